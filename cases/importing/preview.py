"""A plan as it waits to be confirmed: codes and numbers only, put into words when a page of it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import localised
from cases.facts import BY_NAME
from cases.importing.facts import PROBLEMS, Facts, RowProblem
from cases.importing.lookups import Lookups
from cases.rules.faults import shorten
from cases.rules.messages import KINDS, MESSAGES

LISTED: Final = frozenset({"empty", "listed", "listed_guess"})  # of a cell that the page of codes explains
LONGEST: Final = 8  # values of one list that a cell of the preview names
NEW: Final = ("county", "sex", "child", "main_purpose", "status")
COLUMNS: Final = (
    gettext_lazy("Case"),
    gettext_lazy("Person"),
    gettext_lazy("Identified"),
    gettext_lazy("Agency"),
    gettext_lazy("County"),
    gettext_lazy("Sex"),
    gettext_lazy("Child"),
    gettext_lazy("Main purpose"),
    gettext_lazy("Status"),
)


def shown(facts: Facts) -> tuple[Any, ...]:
    """What COLUMNS show of a new person: by the sender's references it is seen who and in which case."""
    return (facts.case, facts.person, facts.identified_on, facts.agency, *map(facts.value, NEW))


class PersonWords:
    """A plan of persons in words, of which `named` says how the file names each column."""

    columns: Final = COLUMNS

    def __init__(self, named: Mapping[str, str], lookups: Lookups | None = None) -> None:
        self.named, self._lookups = named, lookups

    @cached_property
    def lookups(self) -> Lookups:
        """Read when the first word is looked for, unless somebody has read them already."""
        return self._lookups or Lookups.load()

    def problem(self, kept: Sequence[Any]) -> tuple[str, str, str]:
        said = RowProblem(*kept)
        return self.named.get(said.column, said.column), said.value, in_words(said, self.lookups)

    def new(self, told: Sequence[Any]) -> Sequence[str]:
        case, person, day, agency, *facts = told
        words = [self.say(name, value) for name, value in zip(NEW, facts, strict=True)]
        pair = self.lookups.labels["agency"].get(str(self.lookups.agency_ids.get(agency)))
        return [case, person, day, localised(*pair) if pair else agency, *words]

    def change(self, column: str, old: object, new: object) -> tuple[str, str, str]:
        return self.label(column), self.say(column, old), self.say(column, new)

    def reading(self, kept: Sequence[Any]) -> tuple[str, str, str]:
        column, text, value = kept
        if column == "identified_on":
            said = date_format(date.fromisoformat(value), "j F Y")
        elif column == "agency":
            said = self.lookups.label("agency", self.lookups.agency_ids[value])
        else:
            said = self.say(column, value)
        return self.label(column), shorten(text), said

    def explained(self, kept: Sequence[Any]) -> str:
        said = RowProblem(*kept)
        return f"{reverse('cases:import_codes')}#{said.column}" if said.code in LISTED else ""

    def label(self, column: str) -> str:
        """As the file names the column, or by its English name where it does not have it."""
        return self.named.get(column) or column

    def say(self, column: str, value: Any) -> str:
        if value in (None, "", []):
            return "–"
        fact = BY_NAME[column]
        if isinstance(value, list):
            return self._list(column, value)
        if not isinstance(fact.kind, str):
            return str(fact.kind(value).label)
        return self.lookups.label("code" if fact.codes else fact.kind, value) if fact.kind else str(value)

    def _list(self, column: str, values: list[Any]) -> str:
        if column == "measures":
            words = [
                f"{self.lookups.label('code', kind)} {str(month or '')[:7]}".strip() for kind, month in values
            ]
        else:
            words = [self.lookups.label("code", value) for value in values]
        more = len(words) - LONGEST
        shown = ", ".join(words[:LONGEST])
        return shown if more <= 0 else _("{shown} and {n} more").format(shown=shown, n=more)


def in_words(said: RowProblem, lookups: Lookups) -> str:
    """What is wrong and what is allowed."""
    params = dict(said.params)
    if said.code in LISTED - {"listed_guess"}:
        params["allowed"] = lookups.allowed(said.column)
    if "guess" in params:
        params["guess"] = _guess(str(params["guess_kind"]), str(params["guess"]), lookups)
    if said.code in {"code_early", "code_late"}:
        params["value"] = lookups.label("code", f"{BY_NAME[said.column].codes}:{params['value']}")
    if said.code == "identity":
        params["kind"] = _(KINDS[str(params["kind"])])
    return _(PROBLEMS.get(said.code) or MESSAGES[said.code]).format(**params)


def _guess(kind: str, stored: str, lookups: Lookups) -> str:
    if kind in {"agency", "county"}:
        return lookups.label(kind, str(lookups.agency_ids[stored]) if kind == "agency" else stored)
    closed = BY_NAME[kind].kind if kind in BY_NAME else ""
    if not isinstance(closed, str):
        return str(closed(stored).label)
    return lookups.label("country" if kind == "country" else "code", stored)
