"""What a file of spreadsheets comes to, worked out and stored nowhere: what may be kept of it, and what its
pages show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from typing import Any, Final

from accounts.access import Access
from accounts.acting import beyond
from exchange.importer import Between
from exchange.pages import Page
from lifecycle.models import TakenSheet, TakeOver
from lifecycle.spreadsheets import Looked, NothingToTake, Taken, as_json, as_seen, look_at, take_in
from lifecycle.takeover.again import Mark, known_again, mark, rename
from lifecycle.takeover.filing import comes_in, rows_of
from lifecycle.takeover.leaving import Behind, leave
from lifecycle.takeover.mapping import Answers
from lifecycle.takeover.reading import Person
from lifecycle.takeover.reconciling import region_of
from sealing.sealed import of_bytes

FIRST: Final = 10  # persons that are shown
TOLD: Final = 200  # rows with an error or a warning that a page tells of


@dataclass(frozen=True)
class Brought:
    """A file as another process has read it. `behind`: what may be kept of it, once that is known; `persons`
    then stand in it."""

    name: str
    digest: str
    pages: tuple[Page, ...]
    behind: Behind | None = None
    persons: int = 0

    def left(self, said: Answers) -> Brought:
        """The same without what identifies, as the file is read by what was answered before. Stores
        nothing."""
        looked = look_at(self.pages, self.name, said)
        behind = leave(self.pages, looked.reading, looked.vocabulary, said, self.name)
        return replace(self, name=behind.file, behind=behind, persons=len(looked.reading.persons))


def lines_of(pages: Sequence[Page]) -> int:
    return sum(len(page.lines) for page in pages)


def told_of(row: TakeOver, looked: Looked, by: Access, between: Between) -> dict[str, Any]:
    """What the pages of the file show."""
    own = regions_of(row)
    reading, regions = looked.reading, looked.vocabulary.regions
    mine = [one for one in reading.persons if region_of(one, regions) in {*own, "?"}]
    sheets: list[dict[str, Any]] = []
    for name in _sheets(reading.persons):
        before = sum(one["rows"] for one in sheets)
        sheets.append(_sheet(row, looked, name, by, after(before, between)))
    return as_json(looked) | {
        "first": [as_seen(person) for person in mine[:FIRST]],
        "sheets": sheets,
        **_years(looked, own),
    }


def after(before: int, between: Between) -> Between:
    """`between`, told of the rows of a sheet that comes after so many others."""
    return lambda rows: between(before + rows)


def regions_of(row: TakeOver) -> set[str]:
    return {*row.regions.values_list("code", flat=True)}


def _sheets(persons: Sequence[Person]) -> list[str]:
    return list(dict.fromkeys(person.sheet for person in persons))


def _years(looked: Looked, own: set[str]) -> dict[str, dict[str, Any]]:
    """Return by year how many persons come in and count, and how many of how many come in at all."""
    regions = looked.vocabulary.regions
    counted: dict[str, int] = {}
    coming: dict[str, list[int]] = {}
    for person in sorted(looked.reading.persons, key=lambda person: person.year or 0):
        if not person.year:
            continue
        year, comes = str(person.year), comes_in(person, regions, own)
        counted[year] = counted.get(year, 0) + (comes and person.counted)
        come, of = coming.get(year, [0, 0])
        coming[year] = [come + comes, of + 1]
    return {"years": counted, "coming": coming}


def _sheet(row: TakeOver, looked: Looked, name: str, by: Access, between: Between) -> dict[str, Any]:
    """What of a sheet would come in, and what not; when nothing is asked any more, what the import makes of
    it."""
    rows, left = rows_of(looked.reading, looked.vocabulary.regions, regions_of(row), name)
    told: dict[str, Any] = {"name": name, "rows": len(rows), "left": dict(Counter(one.why for one in left))}
    if rows and all(one.key in row.said.answers for one in looked.reading.questions):
        register_keys(row, looked, name)
        with suppress(NothingToTake):
            done = take_in(looked, by=for_file(row, by), sheet=name, trial=True, between=between)
            told["plan"] = plan_of(done)
    return told


def for_file(row: TakeOver, by: Access) -> Access:
    """Who takes in, for the regions of the file alone: no other was asked about."""
    return replace(by, regions=by.regions & regions_of(row))


def plan_of(taken: Taken) -> dict[str, Any]:
    plan = taken.done.plan
    return {"counts": plan.counts()} | {
        kind: [[taken.place(one.row).line, astuple(one)] for one in some[:TOLD]]
        for kind, some in (("errors", plan.errors), ("warnings", plan.warnings))
    }


def register_keys(row: TakeOver, looked: Looked, name: str) -> list[Mark]:
    """The persons of a sheet, with the keys by which the register knows them."""
    persons = [person for person in looked.reading.persons if person.sheet == name]
    rename(persons, known_again(_before(row, name), [mark(one) for one in persons]))
    return [mark(one) for one in persons]


def _before(row: TakeOver, name: str) -> list[Mark]:
    """The rows of the same sheet of the same hand, as it came in the last time."""
    with beyond("takeover"):
        earlier = list(
            TakenSheet.objects.filter(of__mapping=row.mapping_id, run__undone_at=None).order_by("-pk")[:50]
        )
    for sheet in earlier:
        if sheet.name == name:
            return [Mark(key, numbered, tuple(says)) for key, numbered, says in of_bytes(sheet.rows)]
    return []
