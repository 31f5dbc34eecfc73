"""What a kind of file needs to come in, what its import would do, and how that is shown before it is done.

All else is the same for every importer: read the file, plan, look, write, keep a journal, undo.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _, pgettext

from accounts.access import Access
from exchange.journal import Models, Obstacle, Trace
from exchange.limits import Refused
from exchange.reader import Known, ReadSheet
from exchange.xlsx_writer import Page


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


@dataclass(kw_only=True)
class Plan:
    """`errors` and `warnings` are dataclasses with slots, of which the first are row, column and value."""

    lines: list[PlannedRow] = field(default_factory=list)
    errors: list[Any] = field(default_factory=list)
    warnings: list[Any] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)  # the columns that the audit log names

    @property
    def failed(self) -> set[int]:
        """The lines of rows with an error."""
        return {error.row for error in self.errors}

    def counts(self) -> dict[str, int]:
        """How many rows there are of each outcome."""
        counted = Counter(line.outcome for line in self.lines)
        counted[Outcome.FAILED] = len(self.failed)
        return {outcome.value: counted[outcome] for outcome in Outcome}

    @property
    def to_write(self) -> int:
        return sum(line.outcome in {Outcome.NEW, Outcome.CHANGED} for line in self.lines)

    def in_order(self) -> None:
        self.lines.sort(key=lambda line: line.row)
        self.errors.sort(key=lambda error: error.row)

    def fingerprint(self) -> str:
        """Equal for two plans of one file only when they would do the same."""
        digest = hashlib.sha256()
        for line in self.lines:
            digest.update(repr((line.row, line.outcome.value, line.key, line.told)).encode())
        for error in self.errors:
            digest.update(repr((error.row, error.column)).encode())
        return digest.hexdigest()

    def as_json(self) -> dict[str, Any]:
        """As it waits to be confirmed."""
        kept: dict[str, Any] = {outcome.value: [] for outcome in Outcome}
        for line in self.lines:
            kept[line.outcome.value].append([line.row, line.key, line.told])
        kept["failed"], kept["warnings"] = (
            [_values(error) for error in self.errors],
            [_values(warning) for warning in self.warnings],
        )
        return {"counts": self.counts()} | kept


def _values(said: Any) -> list[Any]:
    return [getattr(said, name) for name in said.__slots__]


Between = Callable[[int], None]  # told the number of rows done; may raise to stop
Text = str | Promise


class PlanWords:
    """What a plan tells, in the reader's language: here as it is written already."""

    def __init__(self, columns: Sequence[Any]) -> None:
        self.columns = columns  # of new rows

    def problem(self, kept: Sequence[Any]) -> tuple[str, str, str]:
        """Column, value and what is wrong."""
        _row, column, value, message = kept
        return column, value, message

    def reading(self, kept: Sequence[Any]) -> tuple[str, str, str]:
        """Column, text, and what it was taken for."""
        column, text, value = kept
        return column, text, str(value)

    def explained(self, kept: Sequence[Any]) -> str:
        """Where all that the column of a problem may hold is listed, or nothing."""
        return ""

    def new(self, told: Sequence[Any]) -> Sequence[str]:
        """The cells of a new row."""
        return told

    def change(self, column: str, old: object, new: object) -> tuple[str, str, str]:
        """Column, and the cell before and after."""
        return column, str(old), str(new)


class Bringing(Protocol):
    @property
    def words(self) -> PlanWords: ...

    def plan(self, between: Between) -> Plan:
        """Raises Refused or PermissionDenied."""

    def write(self, between: Between) -> dict[str, Any]:
        """Carries out the plan. Returns the journal."""


@dataclass(frozen=True)
class MadeRow:
    label: str
    address: str
    new: bool


@dataclass(frozen=True)
class Importer:
    """`name` stands in the audit log: `import.<name>`. `kind` is the model that the log names, where it
    is not the file itself. `page` is the address where a file is chosen; those of its other pages begin so.
    """

    name: str
    title: Text  # of the rows
    kind: str
    page: str
    require: Callable[[Access], object]  # raises PermissionDenied
    template: Callable[[], Sequence[str]]  # the header of an empty file, in the reader's language
    template_name: Text
    known: Known
    begin: Callable[[ReadSheet, Access], Bringing]
    words: Callable[[Mapping[str, Any]], PlanWords]  # of a plan that has waited
    plans_by_writing: bool  # a plan finds what only the database knows; a trial is rolled back
    small: int  # bytes that are read while the reader waits; a larger file is a background run
    few: int  # rows that are written while the reader waits
    warns: bool  # rows may be odd but allowed
    # How it is taken back.
    models: Models
    obstacles: Callable[[Trace], Iterable[Obstacle]]
    take_back: Callable[[Trace, Between], None]
    # Words of its pages.
    new: Text  # what has been made
    new_rows: Text  # those that would be made
    key: Text  # by which a row is named
    goes: Mapping[str, Text]  # what an undo takes away, by the names of `models`
    # What not every importer has.
    lock: Callable[[Access], None] = lambda by: None  # whoever imports the same at the same moment waits
    columns: Callable[[], Sequence[tuple[str, Text]]] = lambda: ()  # what an unknown heading may be
    guess: Callable[[str], str] = lambda heading: ""  # the column that one seems to be
    # How many rows it made or changed, and those from one place to another.
    made: Callable[[Trace, int, int], tuple[int, Sequence[MadeRow]]] | None = None
    workbook: Callable[[], Sequence[Page]] = lambda: ()  # the template as XLSX: more than a header

    def at(self, page: str = "upload") -> str:
        """The name of an address."""
        return self.page if page == "upload" else f"{self.page}_{page}"


IMPORTERS: Final[dict[str, Importer]] = {}  # by name; each app hands in its own


def hand_in(importer: Importer) -> None:
    IMPORTERS[importer.name] = importer


PER_PAGE: Final = 50


@dataclass
class Preview:
    """`data`: how the file was read, and its plan as JSON; or why the file is refused."""

    data: dict[str, Any]
    importer: Importer

    @property
    def refused(self) -> str:
        return Refused(*(tuple(one) for one in self.data.get("refused", ()))).in_words(_)

    @property
    def unknown(self) -> list[str]:
        """Headings that are to be asked for."""
        return list(self.data.get("unknown", ()))

    @property
    def said(self) -> list[tuple[str, str]]:
        """Headings of which the sender has said what they are, and the columns in words."""
        names = dict(self.importer.columns())
        said = self.data.get("said", ())
        return [(heading, str(names.get(column, pgettext("column", "left out")))) for heading, column in said]

    @property
    def counts(self) -> dict[str, int]:
        return dict(self.data["counts"])

    @property
    def to_write(self) -> int:
        return self.counts["new"] + self.counts["changed"]

    @cached_property
    def words(self) -> PlanWords:
        return self.importer.words(self.data)

    def tabs(self) -> list[tuple[str, str, int]]:
        """Name, label and number of rows of those that have any; errors first."""
        labels = {
            "failed": _("Errors"),
            "new": _("New"),
            "changed": pgettext("rows", "Changed"),
            "unchanged": _("Unchanged"),
            "warnings": _("Warnings"),
            "readings": pgettext("import", "Read as"),
        }
        return [(name, label, len(self.data[name])) for name, label in labels.items() if self.data.get(name)]

    def lines(self, tab: str) -> list[Any]:
        """The lines of a tab. Warnings that say the same are one, which begins with the rows that have it."""
        if tab != "warnings":
            return list(self.data.get(tab, []))
        alike: dict[str, Any] = {}
        for row, *said in self.data.get(tab, []):
            alike.setdefault(repr(said), ([], *said))[0].append(row)
        return list(alike.values())

    def _in_words(self, tab: str, lines: Iterable[Any]) -> list[dict[str, Any]]:
        words = {
            "failed": self._problem,
            "warnings": self._problem,
            "readings": self._reading,
            "new": self._new,
        }
        return [words.get(tab, self._known)(*line) for line in lines]

    def problems(self) -> dict[int, list[str]]:
        """What is wrong, in words, by line: for the file of failed rows."""
        found: dict[int, list[str]] = defaultdict(list)
        for kept in self.data["failed"]:
            column, _value, message = self.words.problem(kept)
            found[kept[0]].append(": ".join(one for one in (column, message) if one))
        return found

    def _problem(self, *kept: Any) -> dict[str, Any]:
        column, value, message = self.words.problem(kept)
        where = self.words.explained(kept)
        return {"row": kept[0], "column": column, "value": value, "message": message, "where": where}

    def _reading(self, *kept: Any) -> dict[str, Any]:
        return dict(zip(("column", "value", "read"), self.words.reading(kept), strict=True))

    def _new(self, row: int, key: str, told: list[Any]) -> dict[str, Any]:
        return {"row": row, "facts": list(zip(self.words.columns, self.words.new(told), strict=True))}

    def _known(self, row: int, key: str, told: list[Any]) -> dict[str, Any]:
        return {"row": row, "key": key, "changes": [self.words.change(*change) for change in told]}

    def at(self, asked: Mapping[str, Any]) -> dict[str, object]:
        """The rows of the tab and page that an address asks for, or of the nearest, and links to others."""
        tabs = self.tabs()
        counts = {name: count for name, _label, count in tabs}
        tab = next((name for name in (asked.get("tab", ""), *counts) if name in counts), "new")
        lines = self.lines(tab)
        page = min(page_of(asked.get("page", "1")), max(-(-len(lines) // PER_PAGE), 1))
        rows = self._in_words(tab, lines[(page - 1) * PER_PAGE : page * PER_PAGE])
        return {"tab": tab, "tabs": tabs, "rows": rows, **pager(page, len(lines), f"tab={tab}&")}


def page_of(asked: str) -> int:
    """The number of a page that an address asks for."""
    return max(int(asked), 1) if re.fullmatch(r"\d{1,7}", asked) else 1


def pager(page: int, count: int, beside: str) -> dict[str, object]:
    """What leads to the pages beside; `beside` is what else their addresses say."""
    first, last = (page - 1) * PER_PAGE + 1, min(page * PER_PAGE, count)
    return {
        "previous": f"?{beside}page={page - 1}" if page > 1 else "",
        "next": f"?{beside}page={page + 1}" if last < count else "",
        "shown": _("{first}–{last} of {n}").format(first=first, last=last, n=count) if count else "",
    }
