"""The spreadsheets of the years before beside the register: read, compared with what was published, and taken
in by the import of persons, which plans, writes, keeps a journal and takes back."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction

from accounts.access import Access
from agencies.loading import rows as reference
from agencies.models import CountyRegion, Region
from audit.writer import record
from cases.importing.importer import PERSONS, SPREADSHEETS
from cases.importing.lookups import Lookups
from exchange import pages_apart
from exchange.apart import ReadFile
from exchange.importer import Between
from exchange.limits import APART_LATER, APART_ROWS
from exchange.models import ImportRun
from exchange.pages import Page
from exchange.reading_apart import as_bytes
from exchange.runs import Choice, Done, import_file
from lifecycle.reconciled import FIRST_YEAR, LAST_YEAR, SheetFigure, as_text
from lifecycle.takeover.balance import SheetSays, sheet_says
from lifecycle.takeover.filing import HEADER, Filed, Left, rows_of
from lifecycle.takeover.mapping import Answers
from lifecycle.takeover.reading import Person, Reading, read
from lifecycle.takeover.reconciling import TOTAL, Compared, Of, Stated, compare, stated
from lifecycle.takeover.values import Reader
from lifecycle.takeover.vocabulary import Vocabulary, build
from summaries.models import HistoricalFigure

# --- noting ---
# What the sheets of a file say of the years is kept when their rows come in, to be held against the
# register.


@transaction.atomic
def note_figures(
    said: list[SheetSays], run: ImportRun, *, by: Access, file: str = "", sheet: str = ""
) -> int:
    """How many totals were kept: of own regions, with the import that their rows came by. `sheet`: only of
    one. When that import is undone, they count no more."""
    kept = [
        one
        for one in said
        if one.sheet == sheet or not sheet
        if one.of.region in by.regions and FIRST_YEAR <= one.of.year <= LAST_YEAR
    ]
    for position, one in enumerate(kept, start=1):
        SheetFigure.objects.create(
            run=run,
            region_id=one.of.region,
            year=one.of.year,
            file=file,
            sheet=one.sheet,
            position=position,
            told=one.told,
            said=one.said,
            reasons=as_text([[why.kind, why.persons, why.rows] for why in one.reasons]),
            at=by.at,
        )
    if kept:
        record(by, "reconciliation.figures", run, rows=len(kept))
    return len(kept)


# --- spreadsheets ---
FIRST: Final = 10  # persons that are shown
_GROUPS: Final = {"total": TOTAL, "women": "women", "men": "men", "girls": "girls", "boys": "boys"}


@dataclass(frozen=True)
class Looked:
    """A file that has been read, and how its numbers stand beside others. `said`: what its sheets count
    themselves."""

    reading: Reading
    vocabulary: Vocabulary
    compared: list[Compared]
    said: list[Stated] = field(default_factory=list)


def vocabulary() -> Vocabulary:
    """The lists of the register as they are, and the words that people use for them. Six queries."""
    regions = dict(CountyRegion.objects.order_by("valid_from").values_list("county", "region"))
    return build(
        Lookups.load().names,
        [(row["name"], row["county"]) for row in reference("municipalities")],
        list(Region.objects.values_list("name_sv", "code")),
        {str(county): str(region) for county, region in regions.items()},
    )


def look(data: bytes, name: str, answers: Answers) -> Looked:
    """Stores nothing. Raises Refused."""
    return look_at(pages_apart.read(data, name.rpartition(".")[0], within=APART_LATER), name, answers)


def look_at(pages: Sequence[Page], name: str, answers: Answers) -> Looked:
    """The same of sheets that have been read."""
    words = vocabulary()
    reading = read(pages, words, answers, name)
    said = stated(reading, Reader(words, answers.values()), words.regions)
    return Looked(reading, words, compare(reading, said, published(), words.regions), said)


def published() -> dict[Of, int]:
    """Totals from before the register, of the whole country. One query."""
    figures = HistoricalFigure.objects.filter(measure="persons", group__in=_GROUPS)
    figures = figures.exclude(status=HistoricalFigure.Status.UNVERIFIED)
    return {
        Of(year, TOTAL, _GROUPS[group]): value
        for year, group, value in figures.values_list("year", "group", "value")
    }


class NothingToTake(Exception):
    """Every row is left out; `left` says why."""

    def __init__(self, left: list[Left]) -> None:
        super().__init__("every row is left out")
        self.left = left


@dataclass(frozen=True)
class Taken:
    """`rows`: as they were handed to the import, `left`: who was not."""

    done: Done
    rows: list[Filed]
    left: list[Left]

    def place(self, row: int) -> Filed:
        """Where the row stands that the import numbers so: its header is 1."""
        return self.rows[row - 2]


def take_in(
    looked: Looked,
    *,
    by: Access,
    sheet: str = "",
    trial: bool = False,
    good_rows: bool = False,
    file: str = "",
    between: Between = lambda rows: None,
) -> Taken:
    """Through the import of persons, for own regions, by whose rules known rows are changed or stay as they
    are. `sheet`: only of one, which is then taken back alone. `good_rows`: those with an error stay out. What
    the sheets count is kept beside their rows. A trial keeps nobody from writing. Raises NothingToTake,
    Refused, PermissionDenied."""
    PERSONS.require(by)
    regions = looked.vocabulary.regions
    rows, left = rows_of(looked.reading, regions, by.regions, sheet)
    if not rows:
        raise NothingToTake(left)
    choice = Choice(trial=trial, good_rows=good_rows, name=file)
    with nullcontext() if trial else transaction.atomic():
        done = import_file(_as_file(rows), SPREADSHEETS, by=by, choice=choice, between=between)
        if done.run is not None:
            named = looked.vocabulary.region_named(file)
            said = sheet_says(looked.reading, looked.said, regions, by.regions, named)
            note_figures(said, done.run, by=by, file=file, sheet=sheet)
    return Taken(done, rows, left)


def _as_file(rows: list[Filed]) -> ReadFile:
    """Numbered on, as the import counts them: lines of several sheets may be the same."""
    numbered = [(line, row.cells) for line, row in enumerate(rows, start=2)]
    pieces = tuple(
        zlib.compress(as_bytes(numbered[at : at + APART_ROWS]), 1)
        for at in range(0, len(numbered), APART_ROWS)
    )
    about = {"header": list(HEADER), "encoding": "UTF-8", "delimiter": ""}
    return ReadFile({**about, "digest": hashlib.sha256(as_bytes(numbered)).hexdigest()}, pieces)


def as_json(looked: Looked) -> dict[str, Any]:
    """All that is seen of it before anything is taken in. Nothing of a dropped column is among it."""
    reading = looked.reading
    persons = [person for person in reading.persons if person.counted]
    return {
        "tables": [
            {
                "sheet": taken.table.sheet,
                "kind": taken.kind,
                "heading": list(taken.table.heading_lines),
                "rows": taken.rows,
                "columns": [
                    {"heading": one.column.heading, "is": one.concept, "sure": round(min(one.sure, 1.0), 2)}
                    for one in taken.chosen
                ],
            }
            for taken in reading.tables
        ],
        "cells": {
            "all": reading.cells.all,
            "asked": reading.cells.asked,
            "unasked": round(reading.unasked, 4),
        },
        "questions": [question.as_json() for question in reading.questions],
        "persons": {"counted": len(persons), "others": len(reading.persons) - len(persons)},
        "accompanying": {str(year or "?"): n for year, n in reading.accompanying.items() if n},
        "comments_dropped": reading.comments,
        "first": [as_seen(person) for person in reading.persons[:FIRST]],
        "compared": [_compared(one) for one in looked.compared],
    }


def as_seen(person: Person) -> Mapping[str, Any]:
    return {
        "sheet": person.sheet,
        "lines": list(person.lines),
        "of": person.alike,
        "group": person.group,
        "facts": person.facts,
        "seen": person.seen,
        "left": person.left,
        "doubts": list(person.doubts),
    }


def _compared(one: Compared) -> Mapping[str, Any]:
    return {
        **one.of._asdict(),
        "rows": one.rows,
        "sheets": one.sheets,
        "published": one.published,
        "reasons": [
            {"kind": reason.kind, "persons": reason.persons, "rows": [list(row) for row in reason.rows]}
            for reason in one.reasons
        ],
    }
