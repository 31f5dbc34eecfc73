"""Fields that read as the register's people write: ISO days, months, codes of the lists, short careful
texts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from agencies.models import Code
from cases.forms.lists import Lists, ListWords, countries_by_name
from cases.forms.searched import SEARCHED, Searched, search_in
from cases.rules import dates, notes, values
from cases.rules.faults import Fault, NotAllowed
from cases.secret_text import SecretTextField
from cases.wording import say

SHORT = "form-control-short"
ROWS = {"agency": "agencies", "county": "counties", "region": "regions"}

# Of a count of persons, whatever is wrong with what was typed.
NO_SUCH_NUMBER: Final = dict.fromkeys(
    ("invalid", "min_value", "max_value"), _("Enter a number from 0 to 999.")
)


class DayField(forms.CharField):
    """A day typed in any way that has one meaning; None when empty. Never in the future unless `future`. How
    it is read is shown by static/nmt/dates.js, or when the form comes back."""

    read: Callable[[str], date | None] = staticmethod(values.day)
    kind, example = "day", _("Year-month-day, for example 2018-07-01")
    example_of = _("For example {day} or {short}")

    def __init__(self, *, today: date | None = None, future: bool = False, **options: Any) -> None:
        options.setdefault("help_text", self.example)
        options.setdefault("max_length", 100)
        options.setdefault("widget", forms.TextInput(attrs={"class": SHORT, "autocomplete": "off"}))
        super().__init__(**options)
        self.widget.attrs["data-day"] = self.kind
        self.today, self.future = today, future

    def know(self, today: date) -> None:
        """The day of the request, which is the example too."""
        self.today = today
        if self.help_text is self.example:
            short = f"{today.day}/{today.month}-{today:%y}"
            self.help_text = self.example_of.format(day=self.prepare_value(today), short=short)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was sent, as it is understood."""
        sent = super().bound_data(data, initial)
        try:
            return self.to_python(sent) or sent
        except ValidationError:
            return sent

    def prepare_value(self, value: object) -> object:
        return value.isoformat() if isinstance(value, date) else value

    def to_python(self, value: object) -> date | None:  # type: ignore[override]
        if isinstance(value, date):
            return value
        try:
            return self.read(super().to_python(value) or "")
        except NotAllowed as refused:
            raise ValidationError(say(refused.fault(""))) from None

    def validate(self, value: date | None) -> None:
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        if value is not None and not self.future and self.today:
            refuse(dates.within("", value, today=self.today, earliest=date(1990, 1, 1)))

    def run_validators(self, value: object) -> None:
        """A day has no length."""

    def has_changed(self, initial: object, data: object) -> bool:
        """Days are held against each other as days, however they were typed."""
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class MonthField(DayField):
    """A month typed 2018-07, or in any way that has one meaning; cleans to its first day."""

    read = staticmethod(values.month)
    kind, example, example_of = "month", _("Year-month, for example 2018-07"), _("For example {day}")

    def prepare_value(self, value: object) -> object:
        return f"{value:%Y-%m}" if isinstance(value, date) else value


class NoteField(forms.CharField):
    """A short text that must not identify anybody. However long it is, what was typed is shown again."""

    def __init__(self, *, longest: int = notes.MAX_LENGTH, rows: int = 3, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault(
            "help_text", _("Write nothing that could identify a person: no names, numbers or addresses.")
        )
        if rows:
            options.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**options)
        self.longest = longest

    def validate(self, value: str) -> None:
        super().validate(value)
        refuse(notes.note("", value, longest=self.longest))


class RowField(forms.ChoiceField):
    """One row of a code list, or of agencies, counties or regions. Cleans to the row, or None."""

    def __init__(self, kind: str, *, blank: str | Promise | None = "–", **options: Any) -> None:
        if kind in SEARCHED:
            options.setdefault("widget", Searched)
        super().__init__(**options)
        self.kind, self.blank = kind, blank
        self.rows: dict[str, Model] = {}

    def fill(self, lists: Lists) -> None:
        search_in(self, self.kind, lists)
        self.rows = {str(row.pk): row for row in rows_of(lists, self.kind)}
        named = [(key, str(row)) for key, row in self.rows.items()]
        self.choices = named if self.blank is None else [("", self.blank), *named]

    def prepare_value(self, value: object) -> object:
        return value.pk if isinstance(value, Model) else value

    def clean(self, value: object) -> Model | None:
        return self.rows.get(super().clean(value))

    def has_changed(self, initial: object, data: object) -> bool:
        value = self.prepare_value(initial)  # of an agency a number
        return super().has_changed(None if value is None else str(value), data)


class RowsField(forms.MultipleChoiceField):
    """Several rows of a code list. Cleans to a list of rows."""

    def __init__(self, kind: str, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("widget", forms.CheckboxSelectMultiple(attrs={"class": "toggles"}))
        super().__init__(**options)
        self.kind = kind
        self.rows: dict[str, Model] = {}

    def fill(self, lists: Lists) -> None:
        self.rows = {str(row.pk): row for row in rows_of(lists, self.kind)}
        self.choices = [(key, str(row)) for key, row in self.rows.items()]

    def prepare_value(self, value: object) -> object:
        return [getattr(row, "pk", row) for row in value] if isinstance(value, list | tuple) else value

    def clean(self, value: object) -> list[Any]:
        return [self.rows[key] for key in super().clean(value)]

    def has_changed(self, initial: object, data: Collection[Any] | None) -> bool:
        stored: Any = self.prepare_value(initial or [])
        return super().has_changed(stored, data)


class NamedField(forms.CharField):
    """A word of a list typed as text: in a grid of many rows a choice of 250 countries each would be
    megabytes.

    `words`: what may be typed, which the form says; cleans to the value, "" when empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, **options)
        self.words = ListWords.of(())

    def prepare_value(self, value: object) -> object:
        return self.words.labels.get(str(value or ""), value)

    def to_python(self, value: object) -> str:
        try:
            return values.named(super().to_python(value) or "", self.words.values)
        except NotAllowed as refused:
            raise ValidationError(say(refused.fault(""))) from None


def of(model: type[Model], name: str, kind: type[forms.Field] | None = None, **differs: Any) -> Any:
    """The field in which a column of the model is filled in: its label, choices and help are the model's, and
    it is required where the model cannot do without. `differs`: what a form asks in another way. None for a
    column that is filled in as Django does."""
    column: Any = model._meta.get_field(name)
    options: dict[str, Any] = {"label": capfirst(column.verbose_name), "required": not column.blank}
    if column.help_text:
        options["help_text"] = column.help_text
    if kind is not None:
        return kind(**options | differs)
    if column.remote_field:
        return _of_rows(column, options | differs)
    if isinstance(column, CountryField):
        options |= {"choices": lambda: [("", "–"), *countries_by_name()], "empty_value": None}
        options["widget"] = Searched
        return None if column.multiple else forms.TypedChoiceField(**options | differs)
    if column.choices:
        blank = [("", "–")] if column.blank else []
        options |= {
            "choices": [*blank, *column.choices],
            "initial": column.default if column.has_default() else None,
        }
        return forms.ChoiceField(**options | differs)
    made = {SecretTextField: NoteField, models.DateField: DayField}.get(type(column))
    return made(**options | differs) if made else None


def _of_rows(column: Any, options: dict[str, Any]) -> Any:
    """A choice of rows that every form may offer: a code list, agencies, counties or regions."""
    listed = column.get_limit_choices_to().get("list") or column.related_model._meta.model_name
    if column.related_model is not Code and listed not in ROWS:
        return None
    return RowsField(listed, **options) if column.many_to_many else RowField(listed, **options)


def rows_of(lists: Lists, kind: str) -> Sequence[Model]:
    return getattr(lists, ROWS[kind]) if kind in ROWS else lists.by_list[kind]


def refuse(faults: tuple[Fault, ...]) -> None:
    if faults:
        raise ValidationError([say(fault) for fault in faults])
