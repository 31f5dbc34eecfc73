"""What one kind of file needs to come in. All else is the same for every importer: read the file, plan what
it would do, look at that, write, keep a journal, undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from django.utils.functional import Promise

from accounts.access import Access
from exchange.journal import Models, Obstacle, Trace
from exchange.packing import Page
from exchange.plan import Plan
from exchange.reading import Known, ReadSheet

Between = Callable[[int], None]  # told the number of rows done; may raise to stop
Text = str | Promise


class PlanWords(Protocol):
    """What a plan tells, in the reader's language."""

    @property
    def columns(self) -> Sequence[Any]:
        """Of new rows."""

    def problem(self, kept: Sequence[Any]) -> tuple[str, str, str]:
        """Column, value and what is wrong."""

    def reading(self, kept: Sequence[Any]) -> tuple[str, str, str]:
        """Column, text, and what it was taken for."""

    def explained(self, kept: Sequence[Any]) -> str:
        """Where all that the column of a problem may hold is told, or nothing."""

    def new(self, told: Sequence[Any]) -> Sequence[str]:
        """The cells of a new row."""

    def change(self, column: str, old: object, new: object) -> tuple[str, str, str]:
        """Column, and the cell before and after."""


class Bringing(Protocol):
    """One file on its way in."""

    @property
    def words(self) -> PlanWords: ...

    def plan(self, between: Between) -> Plan:
        """Raises Refused or PermissionDenied."""

    def write(self, between: Between) -> dict[str, Any]:
        """Carries out the plan. Returns the journal."""


@dataclass(frozen=True)
class Made:
    """A row that an import made or changed, and where it is shown."""

    label: str
    address: str
    new: bool


@dataclass(frozen=True)
class Importer:
    """`name` stands in the audit trail: `import.<name>`. `kind` is the model that the trail names, where it
    is not the file itself. `page` is the address where a file is chosen; those of its other pages begin so.
    """

    name: str
    title: Text  # of the rows
    kind: str
    page: str
    require: Callable[[Access], None]  # raises PermissionDenied
    template: Callable[[], Sequence[str]]  # the header of an empty file, in the reader's language
    template_name: Text
    known: Known
    begin: Callable[[ReadSheet, Access], Bringing]
    words: Callable[[Mapping[str, Any]], PlanWords]  # of a plan that has waited
    lock: Callable[[Access], None]  # whoever imports the same at the same moment waits
    plans_by_writing: bool  # a plan finds what only the database knows; a trial is rolled back
    small: int  # bytes that are read while the reader waits; a larger file is a background run
    few: int  # rows that are written while the reader waits
    warns: bool  # rows may be odd but allowed
    # --- how it is taken back
    models: Models
    obstacles: Callable[[Trace], Iterable[Obstacle]]
    take_back: Callable[[Trace, Between], None]
    # --- words of its pages
    new: Text  # what has been made
    new_rows: Text  # those that would be made
    key: Text  # by which a row is named
    goes: Mapping[str, Text]  # what an undo takes away, by the names of `models`
    # --- what not every one has
    columns: Callable[[], Sequence[tuple[str, Text]]] | None = None  # what an unknown heading may be
    guess: Callable[[str], str] = lambda heading: ""  # the column that one seems to be
    # How many rows it made or changed, and those from one place to another.
    made: Callable[[Trace, int, int], tuple[int, Sequence[Made]]] | None = None
    workbook: Callable[[], Sequence[Page]] | None = None  # the template as XLSX: more than a header

    def at(self, page: str = "") -> str:
        """The name of an address."""
        return f"{self.page}_{page}" if page else self.page


IMPORTERS: Final[dict[str, Importer]] = {}  # by name; each app hands in its own


def hand_in(importer: Importer) -> None:
    IMPORTERS[importer.name] = importer
