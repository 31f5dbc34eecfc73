"""A file of spreadsheets on its way in: read and kept without what identifies, answered, approved, imported
sheet by sheet, undone.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, astuple, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from accounts.access import Access, bypass_policies, refuse_where
from accounts.approvals import given, use
from accounts.models import Approval
from accounts.roles import May
from accounts.transactions import transaction_of
from agencies.models import Region
from audit.writer import record
from cases.importing.importer import PERSONS
from encryption.fields import as_bytes, of_bytes
from exchange.importer import Between
from exchange.limits import SPREADSHEET_DAYS
from exchange.models import ImportRun
from exchange.runs import ImportChoice, undo as undo_run
from exchange.sheets import WorkbookSheet
from legacy_import import spreadsheets
from legacy_import.control import (
    ROW,
    Control,
    RowShown,
    SheetControl,
    by_line,
    counts_of,
    rows_of as rows_shown,
)
from legacy_import.models import SpreadsheetMapping, TakenSheet, TakeOver, as_text
from legacy_import.sheets.comparison import Of, count, region_of
from legacy_import.sheets.filing import rows_of, why_left_out
from legacy_import.sheets.reader import Mark, known_again, mark
from legacy_import.sheets.redaction import Behind, Dropped, as_plain, leave, of_plain
from legacy_import.sheets.values import Answers, of_json

MAX_SHOWN: Final = 200  # rows with an error or a warning that a page tells of


@dataclass(frozen=True)
class Brought:
    """A file as another process has read it. `behind`: what may be kept of it, once that is known; `persons`
    then stand in it."""

    name: str
    digest: str
    pages: tuple[WorkbookSheet, ...]
    behind: Behind = field(default_factory=Behind)
    persons: int = 0

    def left(self, said: Answers) -> Brought:
        """The same without what identifies, as the file is read by what was answered before. Stores
        nothing."""
        looked = spreadsheets.look_at(self.pages, self.name, said)
        behind = leave(self.pages, looked.reading, looked.vocabulary, said, self.name)
        return replace(self, name=behind.file, behind=behind, persons=len(looked.reading.persons))


def _show(row: TakeOver, looked: spreadsheets.Looked, by: Access, between: Between) -> dict[str, Any]:
    """Return what the pages of the file show."""
    own = _regions_of(row)
    persons = looked.reading.persons
    mine = [person for person in persons if region_of(person, looked.regions) in {*own, "?"}]
    sheets: list[dict[str, Any]] = []
    before = 0
    for name in dict.fromkeys(person.sheet for person in persons):
        sheets.append(_sheet(row, looked, name, by, _after(before, between)))
        before += sheets[-1]["rows"]
    first = [spreadsheets.as_seen(one) for one in mine[: spreadsheets.FIRST]]
    come = count((one for one in persons if not why_left_out(one, looked.regions, own)), looked.regions)
    shown = spreadsheets.as_json(looked)
    for one in shown["compared"]:
        one["come"] = come[Of(one["year"], one["region"], one["group"])]
    control = {"read": counts_of(persons), "by_line": by_line(persons)}
    return shown | {"first": first, "sheets": sheets, **control, **_years(looked, own)}


def _after(before: int, between: Between) -> Between:
    """`between`, told of the rows of a sheet that comes after so many others."""
    return lambda rows: between(before + rows)


def _regions_of(row: TakeOver) -> set[str]:
    return {*row.regions.values_list("code", flat=True)}


def _years(looked: spreadsheets.Looked, own: set[str]) -> dict[str, dict[str, Any]]:
    """Return by year how many persons come in and count, and how many of how many come in at all."""
    counted, coming, every = Counter[str](), Counter[str](), Counter[str]()
    for person in (person for person in looked.reading.persons if person.on):
        year, comes = str(person.year), not why_left_out(person, looked.regions, own)
        counted[year] += comes and person.counted
        coming[year] += comes
        every[year] += 1
    years = sorted(every)
    return {
        "years": {year: counted[year] for year in years},
        "coming": {year: [coming[year], every[year]] for year in years},
    }


def _sheet(
    row: TakeOver, looked: spreadsheets.Looked, name: str, by: Access, between: Between
) -> dict[str, Any]:
    """What of a sheet would come in, and what not; when nothing is asked any more, what the import makes of
    it."""
    rows, left = rows_of(looked.reading, looked.regions, _regions_of(row), name)
    facts: dict[str, Any] = {"name": name, "rows": len(rows)}
    facts["left"] = dict(Counter(one.why for one in left))
    asked = {question.key for question in looked.reading.questions}
    if rows and asked <= row.said.answers.keys():
        _register_keys(row, looked, name)
        with suppress(spreadsheets.NothingToImport):
            choice = ImportChoice(trial=True)
            done = spreadsheets.take_in(looked, choice, by=_for_file(row, by), sheet=name, between=between)
            facts["plan"] = _plan_of(done)
    return facts


def _for_file(row: TakeOver, by: Access) -> Access:
    """Who takes in, for the regions of the file alone: no other was asked about."""
    return replace(by, regions=by.regions & _regions_of(row))


def _plan_of(taken: spreadsheets.RowsToImport) -> dict[str, Any]:
    plan = taken.done.plan
    return {
        "counts": plan.counts(),
        "errors": _placed(plan.errors, taken),
        "warnings": _placed(plan.warnings, taken),
    }


def _placed(some: Sequence[Any], taken: spreadsheets.RowsToImport) -> list[list[Any]]:
    """Return the first errors or warnings, each with its line in the sheet."""
    return [[taken.place(one.row).line, astuple(one)] for one in some[:MAX_SHOWN]]


def _register_keys(row: TakeOver, looked: spreadsheets.Looked, name: str) -> list[Mark]:
    """Give the persons of a sheet the keys by which the register knows them. Returns their marks."""
    persons = looked.reading.of_sheet(name)
    former = known_again(_before(row, name), [mark(person) for person in persons])
    for person in persons:
        person.key = former.get(person.key, person.key)
    return [mark(person) for person in persons]


def _before(row: TakeOver, name: str) -> list[Mark]:
    """The rows of the same sheet of the same hand, as it came in the last time."""
    of_hand = TakenSheet.objects.filter(of__mapping=row.mapping_id, run__undone_at=None)
    with bypass_policies("takeover"):
        earlier = list(of_hand.order_by("-pk")[:50])
    rows: list[Any] = next((of_bytes(sheet.rows) for sheet in earlier if sheet.name == name), [])
    return [Mark(key, numbered, tuple(says)) for key, numbered, says in rows]


ACT: Final = "takeover"
IN_PAGE: Final = 2_000  # rows that are compared while somebody waits; a longer file is by a background run
# Nothing is kept before what identifies is left behind, so that is done while somebody waits: about ten
# seconds for so many rows.
MOST_ROWS: Final = 20_000


class NotDone(Exception):
    """Why nothing was done with a file, in one sentence."""

    why: Promise

    def __str__(self) -> str:
        return str(self.why)


class AnsweredMeanwhile(NotDone):
    why = gettext_lazy("Somebody else has answered in the meantime. Look again, and answer what is left.")


class Gone(NotDone):
    why = gettext_lazy("The sheets are no longer stored. Choose the file once more.")


class NotApproved(NotDone):
    why = gettext_lazy("No second person has approved the file as it stands now. Ask again.")


@transaction.atomic
def bring(*, brought: Brought, mapping: SpreadsheetMapping | str, by: Access) -> TakeOver:
    """The file, kept without what identifies, for the regions of who brings it. `mapping`: a new one by its
    name, or one that is kept, whose answers hold for it."""
    _own(by)
    stored = _named(mapping, by) if isinstance(mapping, str) else mapping
    brought = brought if brought.behind.pages else brought.left(stored.said)
    behind = brought.behind
    shown = {"columns": [Dropped._asdict(column) for column in behind.columns], "hidden": behind.hidden}
    row = TakeOver.objects.create(
        name=brought.name[:120],
        digest=brought.digest,
        mapping=stored,
        by=by.user,
        at=by.at,
        expires_at=by.at + timedelta(days=SPREADSHEET_DAYS),
        pages=as_bytes(as_plain(behind.pages)),
        answers=as_text({**behind.answers, **stored.said.answers}),
        told=_counted_before(shown, _lines_of(behind.pages)),
    )
    row.regions.set(Region.objects.filter(code__in=by.regions))
    if not is_long(row):
        look(row=row, by=by)
    _record(by, "takeover.upload", row, brought.persons)
    return row


def _lines_of(pages: Sequence[WorkbookSheet]) -> int:
    return sum(len(page.lines) for page in pages)


def _counted_before(behind: Mapping[str, Any], lines: int) -> bytes:
    """What is known of a file before it has been read by what was answered."""
    return as_bytes({"behind": behind, "lines": lines, "waits": True})


def _own(by: Access) -> None:
    """Raises PermissionDenied for who has no region to take rows in for."""
    by.require(May.IMPORT_PERSONS)
    refuse_where(not by.regions, _("You have no region today for which rows could be imported."))


def _named(name: str, by: Access) -> SpreadsheetMapping:
    found, new = SpreadsheetMapping.objects.get_or_create(by=by.user, name=name, defaults={"used_at": by.at})
    if new:
        found.regions.set(Region.objects.filter(code__in=by.regions))
    return found


def _pages_of(row: TakeOver) -> tuple[WorkbookSheet, ...]:
    """Return the sheets that are kept. Raises Gone."""
    if not row.pages:
        raise Gone
    return of_plain(of_bytes(row.pages))


def look(*, row: TakeOver, by: Access, between: Between = lambda rows: None) -> None:
    """Read the file anew by what has been answered, and keep what its pages show, so that showing it reads
    nothing. Stopped before its end it has kept nothing. Raises AnsweredMeanwhile, Gone."""
    pages = _pages_of(row)
    looked = spreadsheets.look_at(pages, row.name, row.said)
    stored = leave(pages, looked.reading, looked.vocabulary, row.said).pages if row.version else pages
    if stored != pages:  # more is left behind now: what is shown is read of what is kept
        looked = spreadsheets.look_at(stored, row.name, row.said)
    facts = _show(row, looked, by, between) | {"lines": _lines_of(stored)}
    with transaction.atomic():
        facts["behind"] = _behind(_locked(row, row.version))
        row.pages, row.told = as_bytes(as_plain(stored)), as_bytes(facts)
        row.save(update_fields=["pages", "told"])


def _behind(row: TakeOver) -> Mapping[str, Any]:
    """What was left behind, until somebody has seen it."""
    found: Mapping[str, Any] = row.seen.get("behind", {})
    return found


def is_long(row: TakeOver) -> bool:
    """Whether nobody can wait while the file is compared."""
    return bool(row.seen.get("lines", 0) > IN_PAGE)


def _lock(row: TakeOver) -> TakeOver:
    stored: TakeOver = TakeOver.objects.select_for_update(of=("self",)).get(pk=row.pk)
    return stored


def _locked(row: TakeOver, version: int) -> TakeOver:
    """Raises AnsweredMeanwhile, Gone."""
    stored = _lock(row)
    if stored.version != version:
        raise AnsweredMeanwhile
    if not stored.pages:
        raise Gone
    return stored


@transaction.atomic
def confirm(*, row: TakeOver, version: int, by: Access) -> TakeOver:
    """Somebody has seen what is left behind: it is not shown again."""
    by.require(May.IMPORT_PERSONS)
    row = _locked(row, version)
    row.confirmed_at, row.confirmed_by = by.at, by.user
    row.told = as_bytes({**row.seen, "behind": {}})
    row.save(update_fields=["confirmed_at", "confirmed_by", "told"])
    _record(by, "takeover.left_behind", row)
    return row


@transaction.atomic
def answer(*, row: TakeOver, answers: Mapping[str, str], version: int, by: Access) -> TakeOver:
    """Several questions at once: the file is read anew by them, a long one by whoever `look`s, and they are
    kept for its hand. Raises ValueError for what is no answer, AnsweredMeanwhile, Gone."""
    by.require(May.IMPORT_PERSONS)
    row = _locked(row, version)
    said = of_json({"answers": dict(answers)})
    _remember(row.mapping, said, by)
    row.answers = as_text({**row.said.answers, **said.answers})
    row.version += 1
    row.told = _counted_before(_behind(row), row.seen.get("lines", 0))
    row.save(update_fields=["answers", "version", "told"])
    if not is_long(row):
        look(row=row, by=by)
    _record(by, "takeover.answer", row, len(answers))
    return row


@transaction.atomic
def count_by_hand(*, row: TakeOver, counted: Control, version: int, by: Access) -> TakeOver:
    """Keep what who kept the book has counted. What was said first stays. Raises AnsweredMeanwhile, Gone."""
    by.require(May.IMPORT_PERSONS)
    row = _locked(row, version)
    first = row.counted_first or counted
    row.control = as_text({"first": first, "now": counted})
    row.version += 1
    row.save(update_fields=["control", "version"])
    _record(by, "takeover.answer", row, len(counted))
    return row


def sheets_to_count(row: TakeOver) -> list[str]:
    """Return the names of the sheets of a file. Raises Gone."""
    return [page.name for page in _pages_of(row)]


def controls(row: TakeOver) -> list[SheetControl]:
    """Return each sheet with what its keeper has counted and what was read of it."""
    read, first = row.seen.get("read", {}), row.counted_first
    return [
        SheetControl(sheet, said, read.get(sheet, {}), first.get(sheet, {}).get("persons"))
        for sheet, said in row.counted.items()
    ]


def rows_that_differ(row: TakeOver) -> dict[str, list[RowShown]]:
    """Return the rows of each sheet that was counted otherwise than it was read. Raises Gone."""
    differing = {one.sheet for one in controls(row) if one.differs}
    numbers = row.seen.get("by_line", {})
    pages = [page for page in _pages_of(row) if page.name in differing]
    return {page.name: rows_shown(page, numbers.get(page.name, []), row.said.answers) for page in pages}


def _remember(mapping: SpreadsheetMapping, said: Answers, by: Access) -> None:
    """Rows that are left out are of this file alone."""
    stored = SpreadsheetMapping.objects.select_for_update(of=("self",)).get(pk=mapping.pk)
    kept = {key: answer for key, answer in said.answers.items() if not key.startswith(f"{ROW}|")}
    stored.answers = as_text({**stored.said.answers, **kept})
    stored.used_at = by.at
    stored.save(update_fields=["answers", "used_at"])


def digest_of(row: TakeOver) -> str:
    """Of the file, its answers and what would come in by them: what changes any of these asks anew."""
    counts = [[one["name"], one["rows"], one["left"]] for one in row.seen.get("sheets", [])]
    text = json.dumps([row.digest, sorted(row.said.answers.items()), counts, row.control])
    return hashlib.sha256(text.encode()).hexdigest()


def ready(row: TakeOver) -> bool:
    """Whether a second person can be asked."""
    is_seen = bool(row.pages and row.confirmed_at and row.control)
    agrees = not any(one.differs for one in controls(row))
    return is_seen and agrees and _rows_in(row) > 0 and not open_questions(row)


def _rows_in(row: TakeOver) -> int:
    """Return how many rows the sheets of a file have, as it was read the last time."""
    return sum(one["rows"] for one in row.seen.get("sheets", []))


def open_questions(row: TakeOver) -> list[dict[str, Any]]:
    """Those that nobody has answered: "not recorded" is an answer too."""
    said = row.said.answers
    return [one for one in row.seen.get("questions", []) if one["key"] not in said]


def approval(row: TakeOver) -> Approval | None:
    """Return the answer under which the file may be taken in, as it stands; it serves one taking in."""
    found = given(ACT, row.target, digest=digest_of(row))
    return None if found is None or found.used_at else found


@transaction_of(None)
def take(*, row: TakeOver, by: Access, between: Between = lambda rows: None) -> list[TakenSheet]:
    """The sheets that are not in the register, each by an import of its own; rows with an error are left out.
    Whoever presses twice is shown the same. Raises NotApproved, Gone, Refused, PermissionDenied."""
    _own(by)
    row = _lock(row)
    there = {one.name for one in sheets_of(row, run__undone_at=None)}
    wanted = not_taken(row, there)
    if there and not wanted:
        return []
    approved = approval(row)
    if approved is None:
        raise NotApproved
    made = _take_each(row, wanted, by, between)
    if made:
        use(approved, at=by.at)
        _record(by, "takeover.take", row, sum(one.run.new for one in made))
    return made


def not_taken(row: TakeOver, there: Collection[str]) -> list[str]:
    """Return the names of the sheets with rows of a file, but for those that are `there` already."""
    with_rows = (one for one in row.seen.get("sheets", []) if one["rows"])
    return [sheet["name"] for sheet in with_rows if sheet["name"] not in there]


def _take_each(row: TakeOver, names: Sequence[str], by: Access, between: Between) -> list[TakenSheet]:
    """Raises Gone."""
    looked = spreadsheets.look_at(_pages_of(row), row.name, row.said)
    made: list[TakenSheet] = []
    done = 0
    for name in names:
        if sheet := _take(row, looked, name, by, _after(done, between)):
            made.append(sheet)
            done += sheet.run.written
    return made


def _take(
    row: TakeOver, looked: spreadsheets.Looked, name: str, by: Access, between: Between
) -> TakenSheet | None:
    """None where every row is left out: for a region that is no longer one's own."""
    marks = _register_keys(row, looked, name)
    choice = ImportChoice(good_rows=True, name=row.name)
    with suppress(spreadsheets.NothingToImport):
        taken = spreadsheets.take_in(looked, choice, by=_for_file(row, by), sheet=name, between=between)
        if run := taken.done.run:
            told = as_bytes({"left": [asdict(one) for one in taken.left], **_plan_of(taken)})
            return TakenSheet.objects.create(of=row, name=name, run=run, told=told, rows=as_bytes(marks))
    return None


def sheets_of(row: TakeOver, **only: Any) -> list[TakenSheet]:
    """All that were taken in of a file, also by colleagues, with the import of each."""
    with bypass_policies("takeover"):
        return list(row.sheets.filter(**only).select_related("run", "run__by"))


@transaction_of(None)
def undo(*, row: TakeOver, by: Access, sheet: TakenSheet | None = None) -> int:
    """The file is taken back whole, or one sheet of it: how many imports were. Only by who took it in. Raises
    CannotUndo, and then nothing is."""
    _own(by)
    wanted = sheets_of(row) if sheet is None else [sheet]
    mine = ImportRun.objects.visible_to(by).filter(pk__in=[one.run_id for one in wanted], undone_at=None)
    runs = [undo_run(run, by=by) for run in mine.order_by("-pk")]
    if runs:
        _record(by, "takeover.undo", row, sum(run.written for run in runs))
    return len(runs)


@transaction.atomic
def discard(*, row: TakeOver, by: Access) -> TakeOver:
    """Nothing of the sheets is kept any longer; what was taken in stays."""
    by.require(May.IMPORT_PERSONS)
    row = _lock(row)
    if row.pages:
        _empty(row)
        _record(by, "takeover.discard", row)
    return row


def _empty(row: TakeOver) -> None:
    row.pages, row.told = b"", b""
    row.save(update_fields=["pages", "told"])


def purge(at: datetime) -> int:
    """Sheets that have been kept for as long as they may be. Returns of how many files."""
    rows = list(TakeOver.objects.expired(at).exclude(pages=b""))
    for row in rows:
        _empty(row)
    return len(rows)


def _record(by: Access, action: str, row: TakeOver, rows: int | None = None) -> None:
    """An event of a file: never a word of it."""
    record(by, action, row.target, rows=rows, digest=row.digest)


def few(row: TakeOver) -> bool:
    """Whether somebody can wait while the file is taken in or back. What came in of it is known also when its
    sheets are no longer kept."""
    there = sum(one.run.written for one in sheets_of(row, run__undone_at=None))
    return not is_long(row) and max(_rows_in(row), there) <= PERSONS.few
