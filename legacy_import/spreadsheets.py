"""Old spreadsheets beside the register: read, compared with what was published, and imported by the import of
persons, which plans, writes, keeps a journal and undoes.

What the sheets of a file say of the years is kept when their rows come in, held against the register and what
was published, and each difference is answered for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from operator import attrgetter
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from accounts.access import Access, bypass_policies, refuse_where
from accounts.roles import May
from agencies.code_words import rows as reference
from agencies.models import CountyRegion, Region
from audit.writer import record
from cases.importing.codes import Lookups
from cases.importing.importer import PERSONS, SPREADSHEETS
from cases.models import DisposedYear
from cases.rules.persons import BOYS, GIRLS, MEN, WOMEN, group_of
from exchange.importer import Between
from exchange.models import ImportRun
from exchange.runs import Done, ImportChoice, import_file
from exchange.sandbox import ReadFile
from exchange.sheets import WorkbookSheet
from legacy_import.control import but_left
from legacy_import.models import (
    FIRST_YEAR,
    LAST_YEAR,
    DifferenceKind,
    Explanation,
    ExplanationQuerySet,
    SheetFigure,
    as_text,
)
from legacy_import.sheets.balance import Balance, SheetTotal, balances, of_groups, sheet_totals, unexplained
from legacy_import.sheets.comparison import TOTAL, Compared, Of, Stated, compare, stated
from legacy_import.sheets.filing import HEADER, Filed, NotFiled, rows_of
from legacy_import.sheets.reader import Reading, SheetPerson, SheetTable, read
from legacy_import.sheets.values import Answers, CellQuestion, CellReader
from legacy_import.sheets.vocabulary import Vocabulary, build
from summaries.counting.counts import persons
from summaries.models import HistoricalFigure


@transaction.atomic
def note_figures(said: Iterable[SheetTotal], run: ImportRun, *, by: Access, file: str = "") -> None:
    """Keep the totals of own regions, with the import that their rows came by. When that import is undone,
    they count no more."""
    totals = [one for one in said if one.of.region in by.regions and FIRST_YEAR <= one.of.year <= LAST_YEAR]
    for position, total in enumerate(totals, start=1):
        SheetFigure.objects.create(
            run=run,
            region_id=total.of.region,
            year=total.of.year,
            file=file,
            sheet=total.sheet,
            position=position,
            told=total.told,
            said=total.said,
            reasons=as_text([[why.kind, why.persons, why.rows] for why in total.reasons]),
            at=by.at,
        )
    if totals:
        record(by, "reconciliation.figures", run, rows=len(totals))


FIRST: Final = 10  # persons that are shown
_GROUPS: Final = {"total": TOTAL, "women": "women", "men": "men", "girls": "girls", "boys": "boys"}


@dataclass(frozen=True)
class Looked:
    """A file that has been read, and how its numbers stand beside others. `said`: what its sheets count
    themselves."""

    reading: Reading
    vocabulary: Vocabulary
    compared: list[Compared]
    said: list[Stated]

    @property
    def regions(self) -> Mapping[str, str]:
        """The region of each county."""
        return self.vocabulary.regions


def vocabulary() -> Vocabulary:
    """The lists of the register as they are, and the words that people use for them. Six queries."""
    regions: dict[str, str] = dict(
        CountyRegion.objects.order_by("valid_from").values_list("county", "region")
    )
    return build(
        Lookups.load().names,
        [(one["name"], one["county"]) for one in reference("municipalities")],
        list(Region.objects.values_list("name_sv", "code")),
        regions,
    )


def look_at(pages: Sequence[WorkbookSheet], name: str, answers: Answers) -> Looked:
    """Stores nothing."""
    words = vocabulary()
    reading = read(pages, words, answers, name)
    reading.persons = but_left(reading.persons, answers.answers)
    totals = stated(reading, CellReader(words, answers.values()), words.regions)
    return Looked(reading, words, compare(reading, totals, published(), words.regions), totals)


def published() -> dict[Of, int]:
    """Totals from before the register, of the whole country. One query."""
    figures = HistoricalFigure.objects.filter(measure="persons", group__in=_GROUPS)
    figures = figures.exclude(status=HistoricalFigure.Status.UNVERIFIED)
    return {
        Of(year, TOTAL, _GROUPS[group]): value
        for year, group, value in figures.values_list("year", "group", "value")
    }


class NothingToImport(Exception):
    """Every row is left out; `left` says why."""

    def __init__(self, left: list[NotFiled]) -> None:
        super().__init__("every row is left out")
        self.left = left


@dataclass(frozen=True)
class RowsToImport:
    """`rows`: as they were handed to the import, `left`: who was not."""

    done: Done
    rows: list[Filed]
    left: list[NotFiled]

    def place(self, row: int) -> Filed:
        """Where the row stands that the import numbers so: its header is 1."""
        return self.rows[row - 2]


def take_in(
    looked: Looked, choice: ImportChoice, *, by: Access, sheet: str = "", between: Between = lambda rows: None
) -> RowsToImport:
    """Through the import of persons, for own regions, by whose rules known rows are changed or stay as they
    are. `sheet`: only of one, which is then undone alone. What the sheets count is kept beside their rows. A
    trial keeps nobody from writing. Raises NothingToImport, Refused, PermissionDenied."""
    PERSONS.require(by)
    rows, left = rows_of(looked.reading, looked.regions, by.regions, sheet)
    if not rows:
        raise NothingToImport(left)
    # Numbered on, as the import counts them: lines of several sheets may be the same.
    read = ReadFile.of_rows(HEADER, list(enumerate((row.cells for row in rows), start=2)))
    with nullcontext() if choice.trial else transaction.atomic():
        done = import_file(read, SPREADSHEETS, by=by, choice=choice, between=between)
        if done.run is not None:
            named = looked.vocabulary.region_named(choice.name)
            totals = sheet_totals(looked.reading, looked.said, looked.regions, by.regions, named)
            of_sheet = [total for total in totals if sheet in {"", total.sheet}]
            note_figures(of_sheet, done.run, by=by, file=choice.name)
    return RowsToImport(done, rows, left)


def as_json(looked: Looked) -> dict[str, Any]:
    """All that is seen of it before anything is taken in. Nothing of a dropped column is among it."""
    reading = looked.reading
    counted = sum(person.counted for person in reading.persons)
    places = {one for person in reading.persons for one in person.places}
    return {
        "tables": [_table(taken, places) for taken in reading.tables],
        "cells": {**asdict(reading.cells), "unasked": round(reading.unasked, 4)},
        "questions": [CellQuestion.as_json(question) for question in reading.questions],
        "persons": {"counted": counted, "others": len(reading.persons) - counted},
        "accompanying": {str(year or "?"): n for year, n in reading.accompanying.items() if n},
        "comments_dropped": reading.comments,
        "compared": [_compared(one) for one in looked.compared],
    }


def _table(taken: SheetTable, places: Collection[tuple[str, int]]) -> Mapping[str, Any]:
    """Return how a table was taken; `others`: its lines that are not among those `places` of persons."""
    table = taken.table
    return {
        "sheet": table.sheet,
        "others": [one.line for one in (*table.rows, *table.totals) if (table.sheet, one.line) not in places],
        "kind": taken.kind,
        "heading": list(table.heading_lines),
        "rows": taken.rows,
        "columns": [
            {"heading": one.column.heading, "is": one.concept, "sure": round(min(one.sure, 1.0), 2)}
            for one in taken.chosen
        ],
    }


def as_seen(person: SheetPerson) -> Mapping[str, Any]:
    names = ("sheet", "lines", "group", "facts", "seen", "left", "doubts")
    return {"of": person.alike, **dict(zip(names, attrgetter(*names)(person), strict=True))}


def _compared(one: Compared) -> Mapping[str, Any]:
    facts = asdict(one)
    return {**facts.pop("of")._asdict(), **facts}


SEES = (May.IMPORT_PERSONS, May.VIEW_TOTALS)
_ACTIONS: Final[Mapping[str, str]] = {DifferenceKind.WITHDRAWN: "reconciliation.take_back"}
_BY_GROUP = {WOMEN, MEN, GIRLS, BOYS}


class AnsweredMeanwhile(Exception):
    """Somebody has answered of the same year and region since the page was shown."""

    def __str__(self) -> str:
        return _(
            "Somebody has answered here meanwhile. Look at the answers as they are now, then send again."
        )


@dataclass(frozen=True)
class FilledAnswer:
    """An answer as it was filled in. `places`: sheet and line of each row."""

    kind: str
    persons: int
    group: str = TOTAL
    places: tuple[tuple[str, int], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Reconciled:
    """Years of one's scope: `balances` by year, the country first for who reads its totals. `answers`: those
    that hold. `disposed`: what has to be said of years whose rows are gone, which stand beside nothing."""

    balances: list[Balance]
    figures: list[SheetFigure]
    answers: list[Explanation]
    register: Counter[Of]
    published: dict[Of, int]
    disposed: list[str]

    @property
    def years(self) -> list[int]:
        return sorted({balance.of.year for balance in self.balances})

    def of(self, year: int, region: str) -> Balance | None:
        return next((balance for balance in self.balances if balance.of == Of(year, region)), None)

    def left(self, year: int) -> int:
        """Persons of a year that nothing explains yet."""
        return unexplained(self.balances, year)

    def groups(self, year: int) -> list[Balance]:
        return of_groups(year, self.register, self.published, [answer.answer for answer in self.answers])

    def figures_of(self, year: int, region: str) -> list[SheetFigure]:
        return [figure for figure in self.figures if (figure.year, figure.region_id) == (year, region)]


def reconciled(access: Access) -> Reconciled:
    """Six queries. Whoever has regions sees these alone: a total of the country would tell of the others."""
    figures = standing_figures(access)
    answers = list(Explanation.objects.visible_to(access).standing().select_related("region", "by"))
    years = {one.year for one in (*figures, *answers)}
    register = register_counts(access, min(years), max(years)) if years else Counter[Of]()
    known = published() if access.may(May.VIEW_TOTALS) else {}
    totals, answered = (figure.says for figure in figures), (answer.answer for answer in answers)
    found = balances(register, totals, known, answered)
    disposed = DisposedYear.objects.in_bulk(years, field_name="year")
    standing = [one for one in found if _is_seen(one.of.region, access) and one.of.year not in disposed]
    said = [one.said for one in disposed.values()]
    return Reconciled(standing, figures, answers, register, known, said)


def _is_seen(region: str, access: Access) -> bool:
    return access.may(May.VIEW_TOTALS) or region in access.regions


@bypass_policies("reconciling")
def standing_figures(access: Access) -> list[SheetFigure]:
    """Of imports that were not taken back; of a sheet that came in again, what it said the last time."""
    rows = SheetFigure.objects.visible_to(access).filter(run__undone_at__isnull=True)
    newest: dict[tuple[int, str, str, str], SheetFigure] = {}
    for row in rows.select_related("region").order_by("at", "pk"):
        newest[row.year, row.region_id, row.file, row.sheet] = row
    return sorted(newest.values(), key=lambda figure: (figure.year, figure.region_id, figure.position))


@bypass_policies("totals")
def register_counts(access: Access, first: int, last: int) -> Counter[Of]:
    """Persons by year and region where identified, and by group: all for who reads totals, else those of own
    regions."""
    rows = persons(access, first, last).values_list("first_year", "first_region", "sex", "child")
    found: Counter[Of] = Counter()
    for year, region, sex, child, n in rows.annotate(n=Count("pk")):
        if _is_seen(region, access):
            group = group_of(sex, child)
            found[Of(year, region)] += n
            found[Of(year, region, group if group in _BY_GROUP else "other_unknown")] += n
    return found


def may_answer(region: str, by: Access) -> bool:
    """Of a region who takes over there; of the country who keeps the published figures."""
    if region == TOTAL:
        return by.may(May.EDIT_FIGURES)
    return by.may(May.IMPORT_PERSONS) and region in by.regions


def last_number(year: int, region: str, by: Access) -> int:
    """Of the answers of a year and region, those that hold no more among them; 0 where there is none."""
    last: int = of_place(by, year, region).aggregate(last=Max("number", default=0))["last"]
    return last


def of_place(access: Access, year: int, region: str) -> ExplanationQuerySet:
    """Every answer of a year and region that somebody may read; of the country where `region` is TOTAL."""
    where = None if region == TOTAL else region
    return Explanation.objects.visible_to(access).filter(year=year, region=where)


@transaction.atomic
def explain(
    *,
    year: int,
    region: Region | None,
    wanted: FilledAnswer,
    seen: int,
    by: Access,
    replaces: Explanation | None = None,
) -> Explanation:
    """`seen`: the last number of the list as it was shown. Raises AnsweredMeanwhile, PermissionDenied."""
    code = getattr(region, "code", TOTAL)
    of_another = replaces is not None and replaces.place != (year, code)
    barred = of_another or not may_answer(code, by)
    refuse_where(barred, _("This difference is explained by those who know its rows."))
    if last_number(year, code, by) != seen:
        raise AnsweredMeanwhile
    try:
        with transaction.atomic():
            row = Explanation.objects.create(
                year=year,
                region=region,
                number=seen + 1,
                kind=wanted.kind,
                persons=wanted.persons,
                group=wanted.group,
                places=as_text(wanted.places) if wanted.places else "",
                note=wanted.note,
                by=by.user,
                at=by.at,
                replaces=replaces,
            )
    except IntegrityError:  # two at one moment: the number is the other's
        raise AnsweredMeanwhile from None
    explained = "reconciliation.change" if replaces else "reconciliation.explain"
    record(by, _ACTIONS.get(row.kind, explained), row)
    return row


def take_back(*, answer: Explanation, seen: int, by: Access) -> Explanation:
    """Record that an answer explains nothing after all. It stays to be read."""
    wanted = FilledAnswer(DifferenceKind.WITHDRAWN, 0, answer.group)
    return explain(year=answer.year, region=answer.region, wanted=wanted, seen=seen, by=by, replaces=answer)
