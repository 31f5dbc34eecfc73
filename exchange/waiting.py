"""A file between upload and confirmation: kept encrypted for half an hour, gone when used."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.access import Access
from audit.writer import record
from exchange import apart
from exchange.importer import Between, Importer
from exchange.importers import importer_of
from exchange.limits import APART_LATER
from exchange.models import ImportRun, ImportUpload
from exchange.preview import Preview
from exchange.reading import check_size
from exchange.refusals import Refused, Unmatched
from exchange.runs import Choice, Done, Stale, import_file, target_of
from sealing.sealed import as_bytes, of_bytes

LIFETIME: Final = timedelta(minutes=30)


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
        expires_at=by.at + LIFETIME,
    )


def purge(at: datetime) -> int:
    """Files that nobody confirmed in time. Returns how many."""
    return ImportUpload.objects.expired(at).delete()[0]


def look(
    kept: ImportUpload,
    *,
    by: Access,
    between: Between = lambda rows: None,
    read: apart.ReadFile | None = None,
) -> None:
    """Keep what the file would do, and its rows in its place: it is never parsed again. Where it has not been
    `read` yet it is, outside any transaction of this. Of headings that nobody knows it is kept that they are
    to be asked for. Raises Refused."""
    importer = importer_of(kept.importer)
    read = read or read_of(kept)
    done: Done | Unmatched
    try:
        done = import_file(read, importer, by=by, choice=Choice(trial=True), between=between)
    except Unmatched as unmatched:
        if not importer.columns:
            raise
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
    """Carry out what was shown; the file is gone then, and the run has its code: confirmed once more, it is
    that run. Raises Stale when the register has changed since: what holds now is kept for the page to
    show."""
    choice = Choice(good_rows=good_rows, shown=kept.fingerprint, code=kept.code, name=kept.name)
    importer = importer_of(kept.importer)
    try:
        with transaction.atomic():
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
    """How many rows there are."""
    sheet = done.sheet
    read = {"encoding": sheet.encoding, "delimiter": sheet.delimiter, "header": sheet.header}
    kept.preview = as_bytes(read | done.plan.as_json())
    kept.fingerprint = done.plan.fingerprint()
    kept.save(update_fields=["content", "read", "preview", "fingerprint"])
    return len(done.plan.lines) + len(done.plan.failed)


def read_of(kept: ImportUpload) -> apart.ReadFile:
    """The rows of a file that has been looked at."""
    if not kept.read:  # it was looked at before files were read apart
        return apart.read(kept.content, importer_of(kept.importer).known, within=APART_LATER)
    return apart.ReadFile.unpacked(kept.read)


def preview_of(kept: ImportUpload) -> Preview | None:
    """None while the file has not been read."""
    return Preview(of_bytes(kept.preview), importer_of(kept.importer)) if kept.preview else None


def about_rows(kept: ImportUpload) -> int:
    """How many rows the file has; while it has not been read lines of CSV, and of a workbook 0."""
    if kept.preview:
        return sum(of_bytes(kept.preview).get("counts", {}).values())
    data = kept.content
    return 0 if data.startswith(b"PK") else data.count(b"\n")
