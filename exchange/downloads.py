"""Make a file of rows, keep it encrypted for seven days, and hand it out, with its manifest, to whoever made
it.

Files that an import gives: a template, and the failed rows with what is wrong in them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import get_language, gettext as _

from accounts.access import Access
from accounts.transactions import transaction_of
from audit.writer import Target, record
from exchange import writer
from exchange.models import ExportFile, ExportPart
from exchange.reader import ReadSheet
from exchange.writer import BOM, PIECES, TYPES, Sheet, Tally, csv_text
from exchange.xlsx_writer import Page, packed, restore

LIFETIME: Final = timedelta(days=7)
PIECE: Final = 1_000_000  # bytes; each piece is encrypted by itself


@dataclass(frozen=True)
class FileRequest:
    """What file is wanted. `of`: the model whose rows they are; `query`: what filters, and `sort`; `page`:
    the list."""

    kind: str
    of: str
    form: str
    page: str
    purpose: str = ""
    reason: str = ""
    release: str = ""
    language: str = ""
    query: Mapping[str, str] = field(default_factory=dict)


def require_export(of: str, by: Access) -> None:
    """Raises PermissionDenied where the role may not export rows of this model."""
    app, _dot, model = of.partition(".")
    if not by.user.has_perm(f"{app}.export_{model}"):
        raise PermissionDenied(
            _("Your role may not do this. Contact the administrator if you need it for your work.")
        )


@transaction.atomic
def ask(asked: FileRequest, *, by: Access) -> ExportFile:
    """The file to be made, still empty."""
    require_export(asked.of, by)
    purge(by.at)
    facts = {**vars(asked), "query": dict(asked.query), "language": asked.language or get_language() or "sv"}
    return ExportFile.objects.create(owner=by.user, created_at=by.at, expires_at=by.at + LIFETIME, **facts)


@transaction.atomic
def make(file: ExportFile, sheet: Sheet, *, by: Access, facts: Mapping[str, Any] | None = None) -> int:
    """Write the whole file or nothing, and the event that tells of it. `facts`: more for the manifest.
    Returns the number of rows."""
    require_export(file.of, by)
    tally, digest, size = Tally(), hashlib.sha256(), 0
    for position, piece in enumerate(_gathered(PIECES[file.form](sheet, tally))):
        digest.update(piece)
        size += len(piece)
        ExportPart.objects.create(file=file, position=position, content=piece)
    counted = {"rows": tally.rows, "bytes": size, "sha256": digest.hexdigest()}
    file.manifest = {**_manifest(file, by), **(facts or {}), **counted, "software_version": settings.VERSION}
    file.save(update_fields=["manifest"])
    _record(file, by, tally.rows, digest.hexdigest())
    return tally.rows


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) >= PIECE:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def _manifest(file: ExportFile, by: Access) -> dict[str, Any]:
    return {
        "file": name(file),
        "content": file.kind,
        "made_by": by.actor,
        "role": by.role_name,
        "made_at": by.at.isoformat(),
        "filter": {name: value for name, value in file.query.items() if name != "sort"},
        "order": file.query.get("sort", ""),
        "demo": settings.DEMO,
    }


def _record(file: ExportFile, by: Access, rows: int, digest: str) -> None:
    """What the manifest says, but of the filter only the names."""
    record(
        by,
        f"export.{file.kind}",
        Target(file._meta.label_lower, str(file.code), f"{name(file)}, {settings.VERSION}"),
        rows=rows,
        digest=digest,
        search_kind=",".join(sorted(name for name in file.query if name != "sort")),
        reason="; ".join(filter(None, (file.purpose, file.reason))),
    )


def manifest_of(file: ExportFile) -> dict[str, Any]:
    """As it is handed out: purpose and reason are free text, and stored encrypted on their own."""
    return {**file.manifest, "purpose": file.purpose, "reason": file.reason}


def name(file: ExportFile) -> str:
    """Tells the kind, the release of a standard and the day of making: no fact."""
    content = "-".join(filter(None, (file.kind, file.release)))
    return f"{content}-{file.created_at:%Y%m%d}-{file.code.hex[:8]}.{file.form}"


def content(file: ExportFile, by: Access) -> Iterator[bytes]:
    """The bytes of a file that is whole, each part in a transaction of its own: none waits for a slow
    client."""
    with transaction_of(by, writes=False):
        keys = list(file.parts.order_by("position").values_list("pk", flat=True))
    for key in keys:
        with transaction_of(by, writes=False):
            piece = file.parts.get(pk=key).content
        yield piece


def purge(at: datetime) -> int:
    """Files whose seven days are over. Returns how many."""
    return ExportFile.objects.expired(at).delete()[1].get("exchange.ExportFile", 0)


KINDS: Final = ("csv", "xlsx")


def template(header: Sequence[str], kind: str, pages: Sequence[Page] = ()) -> bytes:
    """An empty file with its header, or the `pages` of a workbook; semicolons, as spreadsheet programs in
    Sweden write them."""
    if pages:
        return b"".join(packed(pages))
    if kind == "xlsx":
        return b"".join(writer.xlsx_pieces(writer.Sheet(header, ()), writer.Tally()))
    return (BOM + csv_text([header], ";")).encode()


def header_line(header: Sequence[str]) -> str:
    """The header of a file as a command prints it."""
    return csv_text([header], ";", line_end="")


def failed_rows(sheet: ReadSheet, problems: Mapping[int, Sequence[str]]) -> bytes:
    """The rows with errors as they were sent, each with what is wrong and what is allowed in a column of its
    own."""
    width = len(sheet.header)
    rows = (
        [*map(_meant, cells[:width]), *[""] * (width - len(cells)), " ".join(problems[line])]
        for line, cells in sheet.rows
        if line in problems
    )
    header = [*sheet.header, _("What is wrong")]  # in any language of WHAT_IS_WRONG
    return (BOM + csv_text([header, *rows], sheet.delimiter or ";")).encode()


def _meant(cell: str) -> str:
    """What the import takes a cell for: it is made harmless anew, and not twice."""
    return restore(cell.strip())


def attached(data: bytes, name: str, kind: str) -> HttpResponse:
    """As a download that no cache keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(data, content_type=TYPES[kind], headers=headers)
