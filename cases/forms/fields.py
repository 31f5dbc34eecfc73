"""Fields that read as the register's people write, and the lists that forms choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache
from itertools import count
from operator import itemgetter
from typing import Any, Final, TypeVar, cast
from unicodedata import combining, normalize

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Model
from django.utils.choices import BaseChoiceIterator, BlankChoiceIterator
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy as _
from django_countries import countries
from django_countries.fields import CountryField

from accounts.access import Access
from accounts.free_text import with_least
from agencies.code_words import rows
from agencies.models import Agency, Code, County, Region
from cases.importing.codes import countries_named
from cases.models import Call, Person
from cases.rules import dates, texts, values
from cases.rules.dates import Validity
from cases.rules.faults import Fault, NotAllowed
from cases.rules.persons import Context
from cases.rules.values import fold, index
from cases.wording import say
from encryption.fields import SecretTextField
from libs.groups import grouped

MOST_USED: Final = 6  # names that are offered before all others
LATEST: Final = 500  # rows that they are counted in
OF_PERSON: Final = {"country": "citizenship", "county": "first_county_id", "agency": "first_agency_id"}
NO_NAMES: Final[dict[str, str]] = {}
LAST: Final = str.maketrans("åäö", "{|}")  # what follows z
Row = TypeVar("Row")


def alphabetical(rows: Iterable[Row], name: Callable[[Row], str] = str) -> list[Row]:
    """Return rows by their names: in Swedish å, ä and ö come last, in English with a and o."""
    letters = LAST if get_language() == "sv" else {}
    return sorted(rows, key=lambda row: _bare(name(row).casefold().translate(letters)))


@lru_cache(maxsize=4096)  # countries, municipalities, counties and agencies, in both languages
def _bare(text: str) -> str:
    return "".join(one for one in normalize("NFKD", text) if not combining(one))


def most_of(values: Iterable[object]) -> list[str]:
    """The values that occur most often, as they are posted; of equally many the first by key."""
    counted = Counter(str(one) for one in values if one)
    return sorted(counted, key=lambda value: (-counted[value], value))[:MOST_USED]


class Countries(BaseChoiceIterator):
    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(_countries_by_name(get_language()))


@cache
def _countries_by_name(_language: str | None) -> list[tuple[str, str]]:
    return alphabetical(((code, str(name)) for code, name in countries), itemgetter(1))


class Pairs(list[tuple[str, str]], BaseChoiceIterator):
    """Values and labels of which Django need not look through each."""


@dataclass(frozen=True, slots=True)
class ListWords:
    labels: Mapping[str, str]  # by value
    values: Mapping[str, str]  # by folded label, or value

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]], names: dict[str, str] = NO_NAMES) -> ListWords:
        """(value, label) pairs. `names`: what else is typed for the values, folded."""
        labels = dict(pairs)
        typed = (*labels.values(), *labels)
        return cls(labels, names | index(zip(typed, (*labels, *labels), strict=True)))


def _by_name(model: type[Model]) -> cached_property[list[Any]]:
    return cached_property(lambda _lists: alphabetical(model._default_manager.all()))


EVERY: Final = models.Q()


class Lists:
    """`today` is the local day of the request. `access`: who asks, where what they use most comes first.
    `of`: which codes are read; a form that is only shown needs no others than it offers."""

    def __init__(self, today: date, access: Access | None = None, of: models.Q = EVERY) -> None:
        self.today, self.access, self.of = today, access, of
        self.words = cache(self._words)

    @cached_property
    def by_list(self) -> dict[str, list[Code]]:
        codes = Code.objects.filter(self.of).order_by("list", "position", "key")
        return grouped(codes, lambda code: code.list)

    @cached_property
    def countries(self) -> ListWords:
        """Those that are used most first."""
        rank = dict(zip(self.used.get("country", ()), count(), strict=False))
        names = sorted(Countries(), key=lambda pair: rank.get(pair[0], MOST_USED))
        return ListWords.of(names, countries_named())

    def _words(self, of: str) -> ListWords:
        """Of a code list."""
        return ListWords.of(((row.key, str(row)) for row in self.by_list[of]), short_names(self.by_list[of]))

    agencies, counties, regions = (_by_name(one) for one in (Agency, County, Region))

    @cached_property
    def used(self) -> Mapping[str, list[str]]:
        """What the latest persons of whoever asks most often have, of countries, counties and agencies: it
        orders what is offered, and selects nobody."""
        if self.access is None:
            return {}
        latest = Person.objects.visible_to(self.access).order_by("-pk")
        rows = latest.values_list(*OF_PERSON.values())[:LATEST]
        columns = zip(*rows, strict=True)
        return {kind: most_of(column) for kind, column in zip(OF_PERSON, columns, strict=False)}

    @cached_property
    def callers_counties(self) -> tuple[tuple[str, str, bool], ...]:
        """Name and code of all counties, those that call most often first; whether each is one of them."""
        latest = Call.objects.visible_to(cast(Access, self.access)).order_by("-pk")
        used = most_of(latest.values_list("caller_county_id", flat=True)[:LATEST])
        rank = dict(zip(used, count(), strict=False))
        rows = sorted(self.counties, key=lambda row: rank.get(row.code, MOST_USED))
        return tuple((str(row), row.code, row.code in rank) for row in rows)

    @cached_property
    def municipalities(self) -> list[str]:
        return alphabetical(row["name"] for row in rows("municipalities"))

    @cached_property
    def context(self) -> Context:
        """What the rules may not look up themselves."""
        codes = (each for one in self.by_list.values() for each in one)
        return Context(today=self.today, validity={c.key: Validity(c.valid_from, c.valid_to) for c in codes})


NOT_LISTED: Final = _("“%(value)s” is not in the list. Choose a name that it has.")
SHOWN: Final = 100  # characters of what is in no list


class _Searched(forms.widgets.ChoiceWidget):
    """The script learns what the reader's region uses most, and offers it first. What was typed and is
    in no list stays in the field. Without script it is a list as others."""

    kind = ""
    lists = Lists(date.min)  # nobody's, until it is said whose

    @property
    def first(self) -> str:
        return " ".join(self.lists.used.get(self.kind, ()))

    def get_context(self, name: str, value: object, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {"data-combobox": True, "data-first": self.first or False}
        return context

    def optgroups(self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        groups: list[Any] = super().optgroups(name, list(value), attrs)
        known = {str(option["value"]) for _name, options, _index in groups for option in options}
        for typed in (str(one) for one in value if one):
            if typed not in known:
                option: Any = self.create_option(name, typed[:SHOWN], typed[:SHOWN], True, len(groups))
                option["attrs"] |= {"data-typed": True}
                groups.append((None, [option], len(groups)))
        return groups


class SearchedChoice(_Searched, forms.Select):
    """One of many."""


class SearchedSeveral(_Searched, forms.SelectMultiple):
    """Several of many."""


def search_in(field: forms.Field, kind: str, lists: Lists) -> None:
    """Give a field that is searched in the kind of its list, and what is used most."""
    widget: Any = field.widget
    if isinstance(widget, _Searched):
        widget.kind, widget.lists = kind, lists
        field.error_messages["invalid_choice"] = NOT_LISTED


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
    length = 10  # characters of a day as it is shown
    example_of = _("For example {day} or {short}")

    def __init__(self, *, today: date | None = None, future: bool = False, **options: Any) -> None:
        widget = forms.TextInput({"class": SHORT, "autocomplete": "off"})
        usual: dict[str, Any] = {"help_text": self.example, "max_length": 100, "widget": widget}
        super().__init__(**usual | options)
        self.widget.attrs["data-day"] = self.kind
        self.today, self.future = today, future

    def know(self, today: date) -> None:
        """The day of the request, which is the example too."""
        self.today = today
        if self.help_text is self.example:
            short = f"{today.day}/{today.month}-{today:%y}"
            self.help_text = self.example_of.format(day=self.prepare_value(today), short=short)

    def bound_data(self, data: Mapping[str, Any], initial: Any) -> Any:
        """What was sent, as it is understood."""
        sent = super().bound_data(data, initial)
        try:
            return self.to_python(sent) or sent
        except ValidationError:
            return sent

    def prepare_value(self, value: object) -> object:
        return str(value)[: self.length] if isinstance(value, date) else value

    def to_python(self, value: object) -> date | None:  # type: ignore[override]
        if isinstance(value, date):
            return value
        try:
            return self.read(str(super().to_python(value)))
        except NotAllowed as refused:
            raise ValidationError(say(refused.fault(""))) from None

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if self.today and not self.future:
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
    length = 7


class NoteField(forms.CharField):
    """A short text that must not identify anybody. However long it is, what was typed is shown again.
    `least`: how many characters a reason needs."""

    def __init__(
        self, *, longest: int = texts.MAX_LENGTH, least: int = 0, rows: int = 3, **options: Any
    ) -> None:
        help_text = _("Write nothing that could identify a person: no names, numbers or addresses.")
        widget = forms.Textarea({"rows": rows}) if rows else forms.TextInput()
        usual: dict[str, Any] = {"required": False, "help_text": help_text, "widget": widget}
        super().__init__(**usual | options)
        self.longest, self.least = longest, least
        self.help_text = with_least(self.help_text, least)

    def validate(self, value: str) -> None:
        super().validate(value)
        refuse(texts.note("", value, longest=self.longest))
        text = _("Give the reason in at least %(n)d characters.") % {"n": self.least}
        refuse_if(value and len(value.strip()) < self.least, text)


class _OfRows(forms.ChoiceField):
    def __init__(self, kind: str, *, blank: str | Promise | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.kind, self.blank = kind, blank
        self.rows: dict[str, Model] = {}

    def fill(self, lists: Lists) -> None:
        search_in(self, self.kind, lists)
        self.rows = {str(row.pk): row for row in rows_of(lists, self.kind)}
        blank = [] if self.blank is None else [("", str(self.blank))]
        self.choices = Pairs([*blank, *((key, str(row)) for key, row in self.rows.items())])


class RowField(_OfRows):
    def __init__(self, kind: str, *, blank: str | Promise | None = "–", **options: Any) -> None:
        widget = SearchedChoice if kind in {"agency", "county"} else forms.Select  # of many rows
        super().__init__(kind, blank=blank, **{"widget": widget} | options)

    def prepare_value(self, value: object) -> object:
        return getattr(value, "pk", value)

    def clean(self, value: object) -> Model | None:
        return self.rows.get(super().clean(self.meant(value)))

    def meant(self, value: object) -> object:
        """The value of a list in which one searches by typing a name or a short form."""
        text = str(value or "")
        if text in self.rows:
            return value
        rows = self.rows.values()
        names = short_names(rows) | index(zip((str(row) for row in rows), self.rows, strict=True))
        return names.get(fold(text), value)

    def has_changed(self, initial: object, data: object) -> bool:
        value = self.prepare_value(initial)  # of an agency a number
        return super().has_changed(None if value is None else str(value), data)


class RowsField(_OfRows, forms.MultipleChoiceField):
    def __init__(self, kind: str, **options: Any) -> None:
        widget = forms.CheckboxSelectMultiple({"class": "toggles"})
        usual: dict[str, Any] = {"required": False, "widget": widget}
        super().__init__(kind, **usual | options)

    def prepare_value(self, value: object) -> object:
        return [getattr(row, "pk", row) for row in value] if isinstance(value, list | tuple) else value

    def clean(self, value: object) -> list[Any]:
        return [self.rows[key] for key in super().clean(value)]

    def has_changed(self, initial: object, data: Collection[Any] | None) -> bool:
        stored: Any = self.prepare_value(initial)
        return super().has_changed(stored, data)


class NamedField(forms.CharField):
    """A word of a list typed as text: in a grid of many rows a choice of 250 countries each would be
    megabytes.

    `words`: what may be typed, which the form says; cleans to the value, "" when empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, **options)
        self.words = ListWords.of(())

    def prepare_value(self, value: object) -> object:
        return self.words.labels.get(str(value), value)

    def to_python(self, value: object) -> str:
        try:
            return values.named(str(super().to_python(value)), self.words.values)
        except NotAllowed as refused:
            raise ValidationError(say(refused.fault(""))) from None


class CountryChoice(forms.TypedChoiceField):
    """A country: chosen, or typed as people write it, such as "Rum."."""

    def to_python(self, value: object) -> str:
        text = super().to_python(value)
        return text if self.valid_value(text) else countries_named().get(fold(text), text)


def short_names(rows: Iterable[Any]) -> dict[str, str]:
    """The keys of rows by short forms of their names, folded."""
    return index((name, str(row.pk)) for row in rows for name in getattr(row, "short_names", ()))


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
        options |= {"choices": BlankChoiceIterator(Countries(), [("", "–")]), "empty_value": None}
        options["widget"] = SearchedChoice
        return None if column.multiple else CountryChoice(**options | differs)
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
    listed = column.get_limit_choices_to().get("list", column.related_model._meta.model_name)
    if column.related_model is not Code and listed not in ROWS:
        return None
    return RowsField(listed, **options) if column.many_to_many else RowField(listed, **options)


def stated(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what has a value."""
    return {name: value for name, value in facts.items() if value}


def rows_of(lists: Lists, kind: str) -> Sequence[Model]:
    return getattr(lists, ROWS[kind]) if kind in ROWS else lists.by_list[kind]


def refuse_if(wrong: object, text: str | Promise) -> None:
    """Raises ValidationError where something is wrong."""
    if wrong:
        raise ValidationError(str(text))


def refuse(faults: tuple[Fault, ...]) -> None:
    if faults:
        raise ValidationError([say(fault) for fault in faults])
