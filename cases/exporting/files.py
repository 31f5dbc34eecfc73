"""Make a file of rows, keep it encrypted for seven days, and hand it out to whoever made it."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from agencies.access import Access
from agencies.roles import May
from agencies.sealed import seal, unseal
from audit.writer import record
from cases.exporting import htcds
from cases.exporting.calls import call_rows
from cases.exporting.rarity import rarest
from cases.exporting.rows import in_order, person_rows
from cases.exporting.writing import PIECE, PIECES, Sheet, Tally
from cases.importing.columns import COLUMNS
from cases.models import ExportFile, ExportPart
from cases.paging import Order
from cases.resources.call import CallResource

LIFETIME: Final = timedelta(days=7)
SMALL: Final = 5_000  # persons; or calls; a larger file is a background run
PERSONS, HTCDS, CALLS = "persons", "htcds", "calls"


@dataclass(frozen=True)
class Selection:
    """`rows`, persons or calls, in scope of a list that has `query` as its filters and order."""

    rows: Any
    order: Order
    query: dict[str, str]
    of_calls: bool = False


@transaction.atomic
def ask(selection: Selection, *, by: Access, form: str, purpose: str, reason: str, language: str) -> ExportFile:
    """The file to be made, still empty. `form`: csv, xlsx, json, or htcds and its release as "htcds 2.0"."""
    by.require(May.EXPORT_ROWS)
    purge(by.at)
    kind, _space, release = form.partition(" ")
    return ExportFile.objects.create(
        owner=by.user,
        kind=CALLS if selection.of_calls else HTCDS if kind == HTCDS else PERSONS,
        form="csv" if kind == HTCDS else kind,
        release=release,
        language=language,
        query=selection.query,
        purpose=purpose,
        reason=reason,
        created_at=by.at,
        expires_at=by.at + LIFETIME,
    )


@transaction.atomic
def make(file: ExportFile, selection: Selection, *, by: Access, told: Callable[[int], None] = lambda rows: None) -> int:
    """Write the whole file or nothing, and the event that tells of it. Returns the number of rows."""
    by.require(May.EXPORT_ROWS)
    with override(file.language):
        sheet = _sheet(file, selection, by, told)
    tally, digest, size = Tally(), hashlib.sha256(), 0
    for position, piece in enumerate(_gathered(PIECES[file.form](sheet, tally))):
        digest.update(piece)
        size += len(piece)
        ExportPart.objects.create(file=file, position=position, content=seal(piece))
    file.manifest = _manifest(file, selection, by, rows=tally.rows, bytes=size, sha256=digest.hexdigest())
    file.save(update_fields=["manifest"])
    said = "; ".join(filter(None, (file.purpose, file.reason)))
    names = sorted(name for name in file.query if name != "sort")
    record(
        by,
        f"export.{file.kind}",
        file,
        rows=tally.rows,
        digest=digest.hexdigest(),
        search_kind=",".join(names),
        reason=said,
    )
    return tally.rows


def _sheet(file: ExportFile, selection: Selection, by: Access, told: Callable[[int], None]) -> Sheet:
    if file.kind == CALLS:
        return _sheet_of_calls(file, selection, by, told)
    persons = in_order(selection.rows, selection.order)
    if file.kind == HTCDS:
        header, rows = htcds.table(persons, file.release, by)
        return Sheet(header, rows, settings.DEMO, ",", told, htcds.ATTRIBUTION)
    swedish = file.language == "sv" and file.form != "json"
    header = [column.swedish if swedish else column.name for column in COLUMNS]
    return Sheet(header, person_rows(persons), settings.DEMO, told=told)


def _sheet_of_calls(file: ExportFile, selection: Selection, by: Access, told: Callable[[int], None]) -> Sheet:
    resource = CallResource(access=by)
    header = resource.template() if file.language == "sv" and file.form != "json" else resource.header
    rows = call_rows(selection.rows.order_by(*selection.order.by()), resource.header)
    return Sheet(header, rows, settings.DEMO, told=told, title=CALLS)


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces of about a million bytes: each is encrypted by itself."""
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) >= PIECE:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def _manifest(file: ExportFile, selection: Selection, by: Access, **counted: Any) -> dict[str, Any]:
    return {
        "file": name(file),
        "content": f"HTCDS {file.release}" if file.kind == HTCDS else file.kind,
        **({"attribution": htcds.ATTRIBUTION} if file.kind == HTCDS else {}),
        "made_by": by.actor,
        "role": by.role_name,
        "made_at": by.at.isoformat(),
        "filter": {name: value for name, value in file.query.items() if name != "sort"},
        "order": file.query["sort"],
        **_of_persons(selection),
        **counted,
        "software_version": version(),
        "demo": settings.DEMO,
    }


def _of_persons(selection: Selection) -> dict[str, int]:
    """Calls are never counted as persons."""
    if selection.of_calls:
        return {}
    return {"persons": selection.rows.order_by().count(), "rarest_combination": rarest(selection.rows)}


def manifest_of(file: ExportFile) -> dict[str, Any]:
    """As it is handed out: purpose and reason are free text, and stored encrypted on their own."""
    return {**file.manifest, "purpose": file.purpose, "reason": file.reason}


def name(file: ExportFile) -> str:
    """Tells the kind and the day of making: no fact."""
    content = f"htcds-{file.release}" if file.kind == HTCDS else file.kind
    return f"{content}-{file.created_at:%Y%m%d}-{file.code.hex[:8]}.{file.form}"


def content(file: ExportFile) -> Iterator[bytes]:
    """The bytes of a file that is whole."""
    for token in file.parts.order_by("position").values_list("content", flat=True).iterator(chunk_size=1):
        yield unseal(token)


def purge(at: datetime) -> int:
    """Files whose seven days are over. Returns how many."""
    gone = ExportFile.objects.expired(at)
    return gone.delete()[1].get("cases.ExportFile", 0)


@lru_cache(maxsize=1)
def version() -> str:
    """Of this software."""
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])
