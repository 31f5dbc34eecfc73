"""What an import of persons would do, as values: carried out by `applying`."""

from __future__ import annotations

from dataclasses import dataclass, field

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
