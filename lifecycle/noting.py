"""What the sheets of a file say of the years is kept when their rows come in, to be held against the
register."""

from __future__ import annotations

from django.db import transaction

from accounts.access import Access
from audit.writer import record
from exchange.models import ImportRun
from lifecycle.reconciled import FIRST_YEAR, LAST_YEAR, SheetFigure, as_text
from lifecycle.takeover.balance import SheetSays


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
