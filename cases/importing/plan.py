"""What an import of persons would do, as values: carried out by `applying`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cases.importing.columns import Header
from cases.importing.comparing import Edit
from cases.importing.facts import Facts
from cases.importing.stored import StoredCase
from exchange.plan import Plan


@dataclass(slots=True)
class NewCase:
    """A case to open, or one of ours to add to. `rows` by which it is opened, in the order of the file."""

    stored: StoredCase | None
    reference: str
    persons: list[list[Facts]] = field(default_factory=list)  # the rows of each new person

    @property
    def rows(self) -> int:
        return sum(map(len, self.persons))


@dataclass
class PersonPlan(Plan):
    header: Header
    cases: list[NewCase] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    readings: dict[tuple[str, str], object] = field(default_factory=dict)  # see RowReader

    def as_json(self) -> dict[str, Any]:
        return super().as_json() | {
            "named": self.header.named,
            "said": [[heading, self.said_of(heading)] for heading in self.header.said],
            "readings": [[*read, value] for read, value in self.readings.items()],
        }

    def said_of(self, heading: str) -> str:
        """The column that a heading was said to be; nothing where it is left out."""
        return next((name for name, cell in self.header.named.items() if cell == heading), "")
