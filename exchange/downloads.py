"""Files that leave: exported rows, kept encrypted for some days for their maker, with a manifest; and those
of an import, its template and its failed rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import get_language, gettext as _, gettext_lazy

from accounts.access import Access, refuse_where
from accounts.transactions import transaction_of
from audit.writer import Target, record
from exchange.limits import EXPORT_DAYS
from exchange.models import ExportFile, ExportPart
from exchange.reader import ReadSheet
from exchange.writer import BOM, PIECES, TYPES, Sheet, Tally, csv_text, xlsx_pieces
from exchange.xlsx_writer import Page, packed, restore

PIECE: Final = 1_000_000  # bytes; each piece is encrypted by itself


def require_permission(verb: str, of: str, by: Access) -> None:
    """Raises PermissionDenied where the role may not import or export rows of this model."""
    app, _dot, model = of.partition(".")
    refuse_where(
        not by.user.has_perm(f"{app}.{verb}_{model}"),
        _("Your role may not do this. Contact the administrator if you need it for your work."),
    )


@transaction.atomic
def ask(file: ExportFile, *, by: Access) -> ExportFile:
    """Store the file that is to be made, still empty, as one of whoever asks for it."""
    require_permission("export", file.of, by)
    purge(by.at)
    file.owner, file.created_at, file.expires_at = by.user, by.at, by.at + timedelta(days=EXPORT_DAYS)
    file.language = file.language or get_language() or "sv"
    file.save()
    return file


@transaction.atomic
def make(
    file: ExportFile, sheet: Sheet, *, by: Access, facts: Mapping[str, Any] = MappingProxyType({})
) -> int:
    """Write the whole file or nothing, and record it. Return how many rows. `facts`: for the manifest."""
    require_permission("export", file.of, by)
    tally, digest, size = Tally(), hashlib.sha256(), 0
    for position, piece in enumerate(_gathered(PIECES[file.form](sheet, tally))):
        digest.update(piece)
        size += len(piece)
        ExportPart.objects.create(file=file, position=position, content=piece)
    filters = {name: value for name, value in file.query.items() if name != "sort"}
    file.manifest = {
        "file": name(file),
        "content": file.kind,
        "made_by": by.actor,
        "role": by.role_name,
        "made_at": by.at.isoformat(),
        "filter": filters,
        "order": file.query.get("sort", ""),
        "demo": settings.DEMO,
        **facts,
        "rows": tally.rows,
        "bytes": size,
        "sha256": digest.hexdigest(),
        "software_version": settings.VERSION,
    }
    file.save(update_fields=["manifest"])
    record(  # what the manifest says, but of the filter only the names
        by,
        f"export.{file.kind}",
        Target(file._meta.label_lower, str(file.code), f"{name(file)}, {settings.VERSION}"),
        rows=tally.rows,
        digest=digest.hexdigest(),
        search_kind=",".join(sorted(filters)),
        reason="; ".join(one for one in (file.purpose, file.reason) if one),
    )
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


def name(file: ExportFile) -> str:
    """Tells the kind, the release of a standard and the day of making: no fact."""
    content = "-".join(one for one in (file.kind, file.release) if one)
    return f"{content}-{file.created_at:%Y%m%d}-{file.code.hex[:8]}.{file.form}"


def content(file: ExportFile, by: Access) -> Iterator[bytes]:
    """Yield the bytes of a file, each part in a transaction of its own: none waits for a slow client."""
    with transaction_of(by, writes=False):
        keys = list(file.parts.order_by("position").values_list("pk", flat=True))
    for key in keys:
        with transaction_of(by, writes=False):
            piece = file.parts.get(pk=key).content
        yield piece


def purge(at: datetime) -> int:
    """Files whose time is over. Returns how many."""
    return ExportFile.objects.expired(at).delete()[1].get("exchange.ExportFile", 0)


def words_field() -> forms.BooleanField:
    """Without a tick the file has the codes that programs read."""
    return forms.BooleanField(
        label=gettext_lazy("Headings and values in words"),
        help_text=gettext_lazy(
            "As on this page. Otherwise the file has codes, for programs. Both can be imported."
        ),
        initial=True,
        required=False,
    )


KINDS: Final = ("csv", "xlsx")


def template(header: Sequence[str], kind: str, pages: Sequence[Page] = ()) -> bytes:
    """An empty file with its header, or the `pages` of a workbook."""
    if pages:
        return b"".join(packed(pages))
    if kind == "xlsx":
        return b"".join(xlsx_pieces(Sheet(header, ()), Tally()))
    return (BOM + csv_text([header], ";")).encode()


def header_line(header: Sequence[str]) -> str:
    """The header of a file as a command prints it."""
    return csv_text([header], ";", line_end="")


def failed_rows(sheet: ReadSheet, problems: Mapping[int, Sequence[str]]) -> bytes:
    """Return the rows with errors as they were sent, with a column that says what is wrong and allowed."""
    width = len(sheet.header)
    rows = [[*sheet.header, _("What is wrong")]]  # in any language of WHAT_IS_WRONG
    for line, cells in sheet.rows:
        if line in problems:
            # What the import takes its cells for: they are made harmless anew, and not twice.
            taken = [restore(cell.strip()) for cell in cells[:width]]
            rows.append([*taken, *[""] * (width - len(cells)), " ".join(problems[line])])
    return (BOM + csv_text(rows, sheet.delimiter or ";")).encode()


def attached(data: bytes, name: str, kind: str) -> HttpResponse:
    """As a download that no cache keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(data, content_type=TYPES[kind], headers=headers)
