"""Everything that the register holds as CSV and JSON with its data dictionary, for who takes it over, and for
the archive. Sealed texts leave only where two persons have said so."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection, models, transaction

from accounts.administrators import watchers
from accounts.approvals import use
from accounts.models import Approval
from accounts.notices import tell
from audit.writer import System, record
from exchange.writing import Sheet, Tally, csv_pieces, json_pieces, json_text
from lifecycle.asking import LEFT, WHOLE, approved
from lifecycle.dictionary import HEADER, LEFT_OUT, ExportTable, lines, tables

AT_ONCE: Final = 2_000


def export_everything(folder: Path, *, approval: str = "", at: datetime) -> tuple[int, int]:
    """Numbers of tables and rows that have been written to `folder`, which must not be there yet: the whole
    of it or nothing. Raises OSError, and NotAsItWas where the approval is not good.

    Recorded, and told to the data protection officer and the administrators."""
    part = folder.with_name(f".{folder.name}.part")
    if folder.exists():
        raise FileExistsError(f"{folder} is there already")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    try:
        asked = approved(approval, at=at) if approval else None
        with transaction.atomic():
            at_one_moment()
            written, digest = _write(part, tables(texts=asked is not None), at=at, texts=asked is not None)
        with transaction.atomic():  # one of its own: whoever worked meanwhile has written to the trail
            if asked is not None:
                use(asked, at=at)
            _record(asked, sum(written.values()), digest, at)
            part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return len(written), sum(written.values())


def _record(asked: Approval | None, rows: int, digest: str, at: datetime) -> None:
    tell(watchers(), LEFT, label="", at=at)
    kind = "texts" if asked else ""
    record(System(), "register.export", asked or WHOLE, rows=rows, digest=digest, search_kind=kind)


def at_one_moment() -> None:
    """All tables as they were at one moment, whoever works meanwhile. SQLite's own transaction says so."""
    if connection.vendor == "postgresql" and not connection.savepoint_ids:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _write(part: Path, found: list[ExportTable], *, at: datetime, texts: bool) -> tuple[dict[str, int], str]:
    """Rows by table, and the digest of the manifest."""
    about: list[dict[str, Any]] = []
    for table in found:
        header, digests, tally = [column.name for column in table.kept], {}, Tally()
        for form, pieces in (("csv", csv_pieces), ("json", json_pieces)):
            rows = rows_of(table, table.model._base_manager.all())
            sheet, tally = Sheet(header, rows, settings.DEMO), Tally()
            digests[form] = write_file(part / f"{table.name}.{form}", pieces(sheet, tally))
        about.append({"table": table.name, "rows": tally.rows, "sha256": digests})
    sheet = Sheet(HEADER, lines(found), settings.DEMO)
    write_file(part / "data-dictionary.csv", csv_pieces(sheet, Tally()))
    manifest = json_text(
        {
            "demo": settings.DEMO,
            "at": at.isoformat(),
            "texts": texts,
            "tables": about,
            "left_out": dict(sorted(LEFT_OUT.items())),
        }
    )
    digest = write_file(part / "manifest.json", [manifest.encode()])
    return {one["table"]: one["rows"] for one in about}, digest


def rows_of(table: ExportTable, among: models.QuerySet[Any]) -> Iterator[list[Any]]:
    """The rows `among` as they are told: what is sealed is opened by its row, which alone knows its place."""
    names = [column.field.attname for column in table.kept]
    kinds = [isinstance(column.field, models.JSONField) for column in table.kept]
    files = [column.field.name for column in table.columns if isinstance(column.field, models.BinaryField)]
    for row in among.order_by("pk").defer(*files).iterator(chunk_size=AT_ONCE):
        yield [_cell(getattr(row, name), kind) for name, kind in zip(names, kinds, strict=True)]


def _cell(value: Any, is_json: bool) -> Any:
    if value is None:
        return None
    if is_json:
        return json_text(value)
    if isinstance(value, bool):
        return int(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def write_file(path: Path, pieces: Iterable[bytes]) -> str:
    """Readable by its owner alone; returns the digest of all that was written."""
    digest = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for piece in pieces:
            file.write(piece)
            digest.update(piece)
    return digest.hexdigest()
