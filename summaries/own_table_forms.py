"""The form of a table that somebody asks for: what is counted, of which period, and of whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from accounts.access import Access
from accounts.roles import May
from libs.suppression.tables import TOTAL
from summaries.counting.own_table import CALL_ROWS, PERSON_ROWS, Asked
from summaries.counting.reference import Labels
from summaries.periods import PRESETS, Period, of_months, preset

FIRST_YEAR: Final = 1990
NAMES: Final = {
    "year": gettext_lazy("This year so far"),
    "quarter": gettext_lazy("The last whole quarter"),
    "half": gettext_lazy("The last whole half-year"),
    "twelve": gettext_lazy("The last twelve months"),
    "last_year": gettext_lazy("Last year"),
}
TIME_NAMES: Final = {
    "in_year": gettext_lazy("Year"),
    "in_quarter": gettext_lazy("Quarter"),
    "in_month": gettext_lazy("Month"),
}


def name_of(level: str, labels: Labels) -> str:
    """Return what a classification is called; of times, which no list has, by their own names."""
    time = level.removeprefix("call_")
    return str(TIME_NAMES[time]) if time in TIME_NAMES else labels.dimension(level)


class MonthField(forms.DateField):
    """A month, as a browser sends it: 2026-03."""

    widget = forms.DateInput(attrs={"type": "month", "placeholder": "2026-03"}, format="%Y-%m")
    default_error_messages = {"invalid": gettext_lazy("Write a month as 2026-03.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%Y-%m"], required=False, **options)


class OwnTableForm(forms.Form):
    rows = forms.ChoiceField(label=gettext_lazy("Rows"))
    columns = forms.ChoiceField(label=gettext_lazy("Columns"), required=False)
    period = forms.ChoiceField(label=gettext_lazy("Period"), required=False)
    since = MonthField(label=gettext_lazy("Or from"))
    until = MonthField(label=gettext_lazy("to"))
    group = forms.ChoiceField(label=gettext_lazy("Only the group"), required=False)
    purpose = forms.ChoiceField(label=gettext_lazy("Only with main purpose"), required=False)
    region = forms.ChoiceField(label=gettext_lazy("Only identified in"), required=False)
    scope = forms.ChoiceField(label=gettext_lazy("Only offence"), required=False)
    source = forms.ChoiceField(label=gettext_lazy("Only from"), required=False)

    def __init__(self, access: Access, labels: Labels, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.access, self.labels = access, labels
        rows = [
            (_("Persons"), self._named(PERSON_ROWS)),
            (_("Calls"), self._named(CALL_ROWS)),
        ]
        self._offer("rows", rows)
        self._offer("columns", [("", _("Totals alone")), *rows])
        self._offer("period", NAMES.items())
        self._offer("group", self._categories("group", ("women", "men", "girls", "boys")))
        self._offer("purpose", self._categories("main_purpose"))
        self._offer("region", self._categories("region", self._regions()))
        self._offer("scope", self._categories("offence_class"))
        self._offer("source", self._categories("source"))
        for field in self.fields.values():
            is_choice = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"

    def _regions(self) -> list[str]:
        every = self.labels.reference.codes.categories("region")
        return [one for one in every if self.access.may(May.VIEW_TOTALS) or one in self.access.regions]

    def _named(self, levels: Iterable[str]) -> list[tuple[str, str]]:
        return [(level, name_of(level, self.labels)) for level in levels]

    def _categories(self, level: str, categories: Iterable[str] = ()) -> list[tuple[str, str]]:
        found = categories or self.labels.reference.codes.categories(level)
        named = [(one, self.labels.category(level, one)) for one in found if one != TOTAL]
        return [("", _("All")), *named]

    def _offer(self, name: str, choices: Iterable[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = list(choices)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        rows, columns = cleaned.get("rows", ""), cleaned.get("columns", "")
        of_calls = rows in CALL_ROWS
        if columns and (columns in CALL_ROWS) != of_calls:
            self.add_error("columns", _("Persons and calls are never counted in one table."))
        if rows and columns == rows:
            self.add_error("columns", _("Choose something else than in the rows."))
        if of_calls and any(cleaned.get(name) for name in ("group", "purpose", "region", "scope", "source")):
            self.add_error("rows", _("What is known of persons cannot select calls. Choose All."))
        self._check_period(cleaned)
        return cleaned

    def _check_period(self, cleaned: Mapping[str, Any]) -> None:
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The period ends before it begins."))
        for name, month in (("since", since), ("until", until)):
            if month and month.year < FIRST_YEAR:
                self.add_error(name, _("No year before 1990 is counted."))
            if month and month > self.access.today:
                self.add_error(name, _("The month has not begun."))
        if bool(since) != bool(until) and not self.errors:
            self.add_error("until" if since else "since", _("Write both months."))

    @property
    def asked(self) -> Asked:
        names = ("rows", "columns", "group", "purpose", "region", "scope", "source")
        return Asked(**{name: self.cleaned_data.get(name, "") for name in names})

    @property
    def chosen(self) -> Period:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until:
            return of_months(since, until, self.access.today)
        return preset(self.cleaned_data.get("period") or PRESETS[0], self.access.today)


def in_words(period: Period) -> str:
    """Return "2026-01 to 2026-03", with the day where the period goes on."""
    last = f"{period.last:%Y-%m-%d}" if period.is_running else f"{period.end:%Y-%m}"
    return _("{first} to {last}").format(first=f"{period.first:%Y-%m}", last=last)


def title_of(asked: Asked, labels: Labels) -> str:
    """Return what the table is called, with what selects its persons."""
    unit = _("Calls") if asked.of_calls else _("Persons")
    by = [name_of(level, labels)[:1].lower() + name_of(level, labels)[1:] for level in asked.levels]
    named = _("{unit} by {facts}").format(unit=unit, facts=_(" and ").join(by))
    only = [labels.category(level, category) for level, category in asked.selects.items()]
    return f"{named} ({', '.join(only)})" if only else named
