"""What an import would do, as values: shown by the preview, carried out by `applying`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from cases.importing.columns import Header
from cases.importing.comparing import Change, Edit
from cases.importing.facts import Facts, Problem
from cases.importing.stored import StoredCase


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(slots=True)
class RowPlan:
    """A row that can be read. `number`: the person's number when the register has the person already."""

    facts: Facts
    outcome: Outcome
    number: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(slots=True)
class NewCase:
    """A case to open, or one of ours to add to. `rows` by which it is opened, in the order of the file."""

    stored: StoredCase | None
    reference: str
    persons: list[list[Facts]] = field(default_factory=list)  # the rows of each new person


@dataclass
class Plan:
    header: Header
    rows: list[RowPlan] = field(default_factory=list)
    cases: list[NewCase] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def count(self, outcome: Outcome) -> int:
        if outcome is Outcome.FAILED:
            return len(self.failed)
        return sum(row.outcome is outcome for row in self.rows)

    @property
    def failed(self) -> set[int]:
        """The lines of rows with an error."""
        return {problem.row for problem in self.errors}

    @property
    def to_write(self) -> int:
        return self.count(Outcome.NEW) + self.count(Outcome.CHANGED)

    def counts(self) -> dict[str, int]:
        return {outcome.value: self.count(outcome) for outcome in Outcome}

    def fingerprint(self) -> str:
        """Equal for two plans of one file only when they would do the same."""
        digest = hashlib.sha256()
        for part in self._said():
            digest.update(repr(part).encode())
        return digest.hexdigest()

    def _said(self) -> Iterable[object]:
        yield from ((row.facts.row, row.outcome.value, row.number, row.changes) for row in self.rows)
        yield from ((problem.row, problem.column, problem.code) for problem in self.errors)
