"""Import a file, whatever its importer: in one transaction, with one audit event.

Between upload and confirmation the file is kept encrypted, for half an hour. An import is taken back as a
whole while nothing later has touched its rows; else it says what has.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, ngettext

from accounts.access import Access, bypass_policies
from accounts.transactions import transaction_of
from audit.writer import Target, record
from encryption.fields import as_bytes, of_bytes
from exchange import sandbox
from exchange.importer import Between, Importer, Plan, PlanWords, Preview
from exchange.journal import DISPOSED, Obstacle, Trace
from exchange.limits import SANDBOX_LATER, UPLOAD_MINUTES, Refused, Unmatched
from exchange.lists import importer_of
from exchange.models import ImportRun, ImportUpload
from exchange.reader import ReadSheet, check_size


@dataclass(frozen=True)
class ImportChoice:
    """`good_rows`: leave out the rows with an error. `shown`: the fingerprint of the plan that was confirmed.
    `trial`: only plan. `code`: of the file that waited, which its run takes over; `name`: of the file."""

    good_rows: bool = False
    shown: str = ""
    trial: bool = False
    code: UUID | None = None
    name: str = ""

    def is_stale(self, plan: Plan) -> bool:
        """Whether another plan was confirmed."""
        return bool(self.shown) and self.shown != plan.fingerprint()

    def takes(self, plan: Plan) -> bool:
        """Whether the plan is to be carried out, as far as its errors go."""
        return not self.trial and (self.good_rows or not plan.errors)


AS_A_WHOLE: Final = ImportChoice()


@dataclass(frozen=True)
class Done:
    """`run` is None where nothing was written."""

    plan: Plan
    sheet: ReadSheet
    words: PlanWords
    run: ImportRun | None = None


class Stale(Exception):
    """Somebody changed something after the plan was shown. `now` is what holds, if it can be planned."""

    def __init__(self, now: Done | None = None) -> None:
        super().__init__("the plan no longer holds")
        self.now = now


def target_of(row: ImportUpload | ImportRun, importer: Importer) -> ImportUpload | ImportRun | Target:
    """What the audit log names."""
    return Target(importer.kind, str(row.code), str(importer.title)) if importer.kind else row


def import_file(
    file: bytes | sandbox.ReadFile,
    importer: Importer,
    *,
    by: Access,
    choice: ImportChoice = AS_A_WHOLE,
    between: Between = lambda rows: None,
) -> Done:
    """Write nothing where a row has an error, unless only the good rows are asked for.

    A file that has not been read yet is read before the transaction begins. Raises Refused, PermissionDenied,
    or Stale when `choice.shown` no longer holds.
    """
    importer.require(by)
    file = sandbox.read(file, importer.known, within=SANDBOX_LATER) if isinstance(file, bytes) else file
    sheet, run = file.sheet(), None
    writes = importer.plans_by_writing or not choice.trial
    with transaction.atomic() if writes else nullcontext():  # a trial that only reads keeps nobody waiting
        if not choice.trial:
            importer.lock(by)
        bringing = importer.begin(sheet, by)
        plan = bringing.plan(between)
        is_stale = choice.is_stale(plan)
        if choice.takes(plan) and not is_stale:
            run = _keep_run(importer, by, plan, bringing.write(between), file.digest, choice)
        elif writes:
            transaction.set_rollback(True)
    done = Done(plan, sheet, bringing.words, run)
    if is_stale:
        raise Stale(done)
    return done


def _keep_run(
    importer: Importer, by: Access, plan: Plan, journal: dict[str, Any], digest: str, choice: ImportChoice
) -> ImportRun:
    run = ImportRun.objects.create(
        code=choice.code or uuid4(),
        name=choice.name,
        importer=importer.name,
        by=by.user,
        at=by.at,
        digest=digest,
        journal=as_bytes(journal),
        **plan.counts(),
    )
    on = target_of(run, importer)
    record(by, f"import.{importer.name}", on, rows=plan.to_write, digest=run.digest, fields=plan.fields)
    return run


class CannotUndo(Exception):
    """Rows of the import have been touched since."""

    def __init__(self, obstacles: list[Obstacle]) -> None:
        super().__init__("rows of the import have been touched since")
        self.obstacles = obstacles

    def __str__(self) -> str:
        """The first row in the way, and how many more there are."""
        first, more = self.obstacles[0], len({obstacle.label for obstacle in self.obstacles}) - 1
        message = _("Nothing was undone. {label}: {reason}").format(label=first.label, reason=first.reason)
        others = ngettext("And %(n)d more.", "And %(n)d more.", more) % {"n": more}
        return f"{message} {others}" if more else message


class Undoing:
    """What undoing a run would do, and what stands in its way. Changes nothing."""

    def __init__(self, run: ImportRun, by: Access) -> None:
        self.importer = importer_of(run.importer)
        self.trace = Trace(of_bytes(run.journal), self.importer.models, by)

    @cached_property
    def obstacles(self) -> list[Obstacle]:
        """Found as when it is undone: whoever looks and whoever undoes must be told the same."""
        if self.trace.journal.get(DISPOSED):
            return [Obstacle("–", _("Rows of it have been disposed of."))]
        with bypass_policies("undoing"):
            return sorted({*self.importer.obstacles(self.trace)})

    def goes(self) -> list[tuple[str, int]]:
        """What would go, in words, and how much of it."""
        counts = self.trace.counts
        return [(str(words), counts[name]) for name, words in self.importer.goes.items()]


@transaction.atomic
@bypass_policies("undoing")
def undo(run: ImportRun, *, by: Access, between: Between = lambda rows: None) -> ImportRun:
    """Take an import back. Raises CannotUndo; does nothing when it has been undone already."""
    importer_of(run.importer).require(by)
    run = ImportRun.objects.visible_to(by).select_for_update().get(pk=run.pk)
    if run.undone_at:
        return run
    undoing = Undoing(run, by)
    if undoing.obstacles:
        raise CannotUndo(undoing.obstacles)
    undoing.importer.take_back(undoing.trace, between)
    run.undone_at, run.undone_by = by.at, by.user
    run.save(update_fields=["undone_at", "undone_by"])
    on = target_of(run, undoing.importer)
    record(by, "import.undo", on, rows=undoing.trace.rows, digest=run.digest)
    return run


@transaction.atomic
def put(importer: Importer, name: str, data: bytes, *, by: Access) -> ImportUpload:
    """Keep a file until it is confirmed. Raises Refused when it is empty or too large."""
    importer.require(by)
    check_size(len(data))
    purge(by.at)
    return ImportUpload.objects.create(
        importer=importer.name,
        owner=by.user,
        name=name[:120],
        content=data,
        created_at=by.at,
        expires_at=by.at + timedelta(minutes=UPLOAD_MINUTES),
    )


def purge(at: datetime) -> int:
    """Files that nobody confirmed in time. Returns how many."""
    return ImportUpload.objects.expired(at).delete()[0]


def look(
    kept: ImportUpload,
    *,
    by: Access,
    between: Between = lambda rows: None,
    read: sandbox.ReadFile | None = None,
) -> None:
    """Keep what the file would do, and its rows in its place: it is never parsed again. Headings that nobody
    knows are kept, to be asked about. A file that is not `read` is read before any transaction. Raises
    Refused."""
    importer = importer_of(kept.importer)
    read = read or read_of(kept)
    done: Done | Unmatched
    try:
        done = import_file(read, importer, by=by, choice=ImportChoice(trial=True), between=between)
    except Unmatched as unmatched:
        done = unmatched
    kept.read, kept.content = read.packed(), b""
    with transaction.atomic():
        rows = _ask(kept, done) if isinstance(done, Unmatched) else _keep(kept, done)
        record(by, "import.preview", target_of(kept, importer), rows=rows)


def look_later(kept: ImportUpload, *, by: Access, between: Between = lambda rows: None) -> None:
    """The same in a background run: why a file is refused waits with it for whoever comes back."""
    try:
        look(kept, by=by, between=between)
    except Refused as refused:
        kept.preview = as_bytes({"refused": refused.said})
        kept.save(update_fields=["preview"])


def confirm(
    kept: ImportUpload, *, by: Access, good_rows: bool, between: Between = lambda rows: None
) -> ImportRun | None:
    """Carry out what was shown. The file is gone then, and the run has its code: confirmed again, it is that
    run. Raises Stale when the register has changed since: what holds now is kept for the page to show."""
    choice = ImportChoice(good_rows=good_rows, shown=kept.fingerprint, code=kept.code, name=kept.name)
    importer = importer_of(kept.importer)
    try:
        with transaction_of(by):
            if not ImportUpload.objects.visible_to(by).select_for_update().filter(pk=kept.pk).only("pk"):
                return ImportRun.objects.visible_to(by).get(code=kept.code)
            done = import_file(read_of(kept), importer, by=by, choice=choice, between=between)
            if done.run is not None:
                kept.delete()
            return done.run
    except Stale as stale:
        if stale.now:
            _keep(kept, stale.now)
        raise
    except Unmatched as unmatched:  # what its sender had said of its headings is forgotten
        _ask(kept, unmatched)
        raise Stale from None


def _ask(kept: ImportUpload, unmatched: Unmatched) -> int:
    """What is asked of whoever sent the file before its rows are looked at: none so far."""
    kept.preview = as_bytes({"refused": unmatched.said, "unknown": unmatched.unknown})
    kept.save(update_fields=["content", "read", "preview"])
    return 0


def _keep(kept: ImportUpload, done: Done) -> int:
    sheet = done.sheet
    read = {"encoding": sheet.encoding, "delimiter": sheet.delimiter, "header": sheet.header}
    kept.preview = as_bytes(read | done.plan.as_json())
    kept.fingerprint = done.plan.fingerprint()
    kept.save(update_fields=["content", "read", "preview", "fingerprint"])
    return len(done.plan.lines) + len(done.plan.failed)


def read_of(kept: ImportUpload) -> sandbox.ReadFile:
    """The rows of a file, which is read where nobody has looked at it yet."""
    if not kept.read:
        return sandbox.read(kept.content, importer_of(kept.importer).known, within=SANDBOX_LATER)
    return sandbox.ReadFile.unpacked(kept.read)


def preview_of(kept: ImportUpload) -> Preview | None:
    """None while the file has not been read."""
    return Preview(of_bytes(kept.preview), importer_of(kept.importer)) if kept.preview else None


def about_rows(kept: ImportUpload) -> int:
    """How many rows the file has; while it has not been read lines of CSV, and of a workbook 0."""
    if kept.preview:
        return sum(of_bytes(kept.preview).get("counts", {}).values())
    data = kept.content
    return 0 if data.startswith(b"PK") else data.count(b"\n")
