"""Spreadsheets of many rows that are taken in or back outside the request; and what is forgotten in time."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from accounts.roles import May
from exchange.importer import Between
from exchange.job_kinds import progress_of
from exchange.runs import CannotUndo
from jobs.kinds import Run, hourly, job, needed, refused_by
from legacy_import import workbooks
from legacy_import.models import TakeOver

Row = TypeVar("Row", bound=Model)

of_spreadsheets: Final = partial(job, may=May.IMPORT_PERSONS, start="legacy_import:take_overs")


def _found(rows: QuerySet[Row], code: str) -> Row:
    """Raises JobRefused."""
    return needed(rows.filter(code=code).first(), _("The file is not one of your regions' any longer."))


def _row(run: Run) -> TakeOver:
    return _found(TakeOver.objects.visible_to(run.access), run.params["takeover"])


def _between(run: Run, row: TakeOver) -> Between:
    return progress_of(run, row.seen.get("lines", 0))


def _page(row: TakeOver, step: str) -> dict[str, Any]:
    return {"url": reverse(f"legacy_import:{step}", args=[row.code])}


@of_spreadsheets("spreadsheets.look", title=gettext_lazy("Reading spreadsheets"))
def look(run: Run) -> dict[str, Any]:
    """What has been read is kept by one statement at its end: stopped before, the file waits as it did."""
    row = _row(run)
    with refused_by(workbooks.NotDone):
        try:
            workbooks.look(row=row, by=run.access, between=_between(run, row))
        except workbooks.AnsweredMeanwhile:
            row.refresh_from_db()  # who has answered asked for a run too
    return _page(row, "take_over_questions" if row.confirmed_at else "take_over")


@of_spreadsheets("spreadsheets.take", title=gettext_lazy("Importing spreadsheets"))
def take(run: Run) -> dict[str, Any]:
    """One transaction: stopped at any place, nothing of it is taken in."""
    row = _row(run)
    with refused_by(workbooks.NotDone):
        workbooks.take(row=row, by=run.access, between=_between(run, row))
    return _page(row, "take_over_result")


@of_spreadsheets("spreadsheets.undo", title=gettext_lazy("Taking spreadsheets back"))
def undo(run: Run) -> dict[str, Any]:
    row = _row(run)
    code = run.params.get("sheet")
    sheet = _found(row.sheets.all(), code) if code else None  # never the whole file in its place
    with refused_by(CannotUndo):
        workbooks.undo(row=row, by=run.access, sheet=sheet)
    return _page(row, "take_over_result")


@hourly
def forget(at: datetime) -> None:
    """Sheets that were kept to be taken in, after thirty days."""
    workbooks.purge(at)
