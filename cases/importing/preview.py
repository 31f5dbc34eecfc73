"""A plan as it waits to be confirmed: codes and numbers only, put into words when a page of it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.facts import BY_NAME
from cases.importing.facts import Problem
from cases.importing.lookups import Lookups, localised
from cases.importing.plan import Outcome, Plan, RowPlan
from cases.importing.telling import problem
from exchange.preview import Waiting
from exchange.reading import Sheet

LONGEST: Final = 8  # values of one list that a cell of the preview names
NEW: Final = ("county", "sex", "child", "main_purpose", "status")
COLUMNS: Final = (
    gettext_lazy("Identified"),
    gettext_lazy("Agency"),
    gettext_lazy("County"),
    gettext_lazy("Sex"),
    gettext_lazy("Child"),
    gettext_lazy("Main purpose"),
    gettext_lazy("Status"),
)


def as_json(plan: Plan, sheet: Sheet) -> dict[str, Any]:
    return {
        "encoding": sheet.encoding,
        "delimiter": sheet.delimiter,
        "counts": plan.counts(),
        "named": plan.header.named,
        "failed": [_problem(said) for said in plan.errors],
        "warnings": [_problem(said) for said in plan.warnings],
        **{
            outcome.value: [_row(row) for row in plan.rows if row.outcome is outcome]
            for outcome in (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED)
        },
    }


def _problem(said: Problem) -> list[Any]:
    return [said.row, said.column, said.value, said.code, dict(said.params)]


def _row(row: RowPlan) -> list[Any]:
    """Neither references nor notes: what is shown names nobody."""
    if row.outcome is Outcome.UNCHANGED:
        return [row.facts.row, row.number]
    if row.outcome is Outcome.CHANGED:
        return [row.facts.row, row.number, [list(change) for change in row.changes]]
    facts = row.facts
    return [facts.row, facts.identified_on, facts.agency, *map(facts.value, NEW)]


@dataclass(frozen=True)
class Preview(Waiting):
    """`data` as `as_json` gives it: codes and numbers, put into words here. `columns` are those of new
    persons."""

    columns: ClassVar = COLUMNS

    lookups: Lookups

    def page(self, tab: str, page: int) -> list[dict[str, Any]]:
        """The rows of one page in words; pages count from 1."""
        words = {"failed": self._told, "warnings": self._told, "new": self._new, "changed": self._changed}
        return [words.get(tab, self._unchanged)(row) for row in self.rows_of(tab, page)]

    def problems(self) -> dict[int, list[str]]:
        """What is wrong, in words, by line: for the file of failed rows."""
        found: dict[int, list[str]] = {}
        for row in self.data["failed"]:
            told = self._told(row)
            where = f"{told['column']}: " if told["column"] else ""
            found.setdefault(row[0], []).append(where + told["message"])
        return found

    def _told(self, row: list[Any]) -> dict[str, Any]:
        said = Problem(*row)
        column = self.data["named"].get(said.column, said.column)
        return {
            "row": said.row,
            "column": column,
            "value": said.value,
            "message": problem(said, self.lookups),
        }

    def _new(self, row: list[Any]) -> dict[str, Any]:
        line, day, agency, *facts = row
        words = [self.say(name, value) for name, value in zip(NEW, facts, strict=True)]
        pair = self.lookups.labels["agency"].get(str(self.lookups.agency_ids.get(agency)))
        said = (day, localised(pair) if pair else agency, *words)
        return {"row": line, "facts": list(zip(self.columns, said, strict=True))}

    def _changed(self, row: list[Any]) -> dict[str, Any]:
        line, number, changes = row
        told = [
            {"column": self.label(column), "old": self.say(column, old), "new": self.say(column, new)}
            for column, old, new in changes
        ]
        return {"row": line, "number": number, "changes": told}

    def _unchanged(self, row: list[Any]) -> dict[str, Any]:
        return {"row": row[0], "number": row[1]}

    def label(self, column: str) -> str:
        """As the file names the column, or by its English name where it does not have it."""
        return str(self.data["named"].get(column) or column)

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
