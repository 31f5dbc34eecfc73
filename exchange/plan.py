"""What an import would do, row by row: shown by the preview, carried out by its importer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(slots=True)
class PlannedRow:
    """A row that can be read. `row`: the line in the file; `key`: how the register names what it is about;
    `told`: what the preview shows of a new row, or (column, old, new) of what changes."""

    row: int
    outcome: Outcome
    key: str = ""
    told: Sequence[Any] = ()


@dataclass
class Plan:
    """`errors` and `warnings` are dataclasses with slots, of which the first are row, column and value."""

    lines: list[PlannedRow] = field(default_factory=list, kw_only=True)
    errors: list[Any] = field(default_factory=list, kw_only=True)
    warnings: list[Any] = field(default_factory=list, kw_only=True)

    @property
    def failed(self) -> set[int]:
        """The lines of rows with an error."""
        return {said.row for said in self.errors}

    def count(self, outcome: Outcome) -> int:
        if outcome is Outcome.FAILED:
            return len(self.failed)
        return sum(line.outcome is outcome for line in self.lines)

    def counts(self) -> dict[str, int]:
        return {outcome.value: self.count(outcome) for outcome in Outcome}

    @property
    def to_write(self) -> int:
        return self.count(Outcome.NEW) + self.count(Outcome.CHANGED)

    @property
    def fields(self) -> list[str]:
        """The columns that the audit trail names."""
        return []

    def in_order(self) -> None:
        self.lines.sort(key=lambda line: line.row)
        self.errors.sort(key=lambda said: said.row)

    def fingerprint(self) -> str:
        """Equal for two plans of one file only when they would do the same."""
        digest = hashlib.sha256()
        for part in self._parts():
            digest.update(repr(part).encode())
        return digest.hexdigest()

    def _parts(self) -> Iterator[object]:
        yield from ((line.row, line.outcome.value, line.key, line.told) for line in self.lines)
        yield from ((said.row, said.column) for said in self.errors)

    def as_json(self) -> dict[str, Any]:
        """As it waits to be confirmed."""
        return {
            "counts": self.counts(),
            "failed": [_values(said) for said in self.errors],
            "warnings": [_values(said) for said in self.warnings],
            **{
                outcome.value: [[at.row, at.key, at.told] for at in self.lines if at.outcome is outcome]
                for outcome in (Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED)
            },
        }


def _values(said: Any) -> list[Any]:
    return [getattr(said, name) for name in said.__slots__]
