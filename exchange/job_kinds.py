"""Files that are read, brought in or taken back outside the request, and what is forgotten in time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from accounts.roles import May
from exchange import downloads, runs
from exchange.lists import importer_of
from exchange.models import ImportRun, ImportUpload
from exchange.runs import Stale
from jobs.kinds import Run, hourly, job, needed, refused_by

# Which of them an importer asks for is asked again where its work begins.
ANY = (May.ADMINISTER, May.EDIT_FIGURES, May.LOG_CALL, May.IMPORT_PERSONS)


def _start(params: dict[str, Any]) -> str:
    return reverse(importer_of(params["importer"]).at())


@job("import.look", title=_("Reading the file"), may=ANY, start=_start)
def look(run: Run) -> dict[str, Any]:
    upload = _upload(run)
    runs.look_later(upload, by=run.access, between=progress_of(run, runs.about_rows(upload)))
    return {"url": _page(upload, "preview")}


@job("import.run", title=_("Importing rows"), may=ANY, start=_start)
def bring(run: Run) -> dict[str, Any]:
    """One transaction: stopped at any place, nothing is kept."""
    if before := ImportRun.objects.visible_to(run.access).filter(code=run.params["upload"]).first():
        return {"url": _page(before, "run")}
    upload = _upload(run)
    page, told = _page(upload, "preview"), progress_of(run, runs.about_rows(upload))
    done = None
    with suppress(Stale):
        done = runs.confirm(upload, by=run.access, good_rows=bool(run.params["good_rows"]), between=told)
    return {"url": _page(done, "run") if done else page}


@job("import.undo", title=_("Undoing the import"), may=ANY, start=_start)
def undo(run: Run) -> dict[str, Any]:
    """One transaction: stopped at any place, the import stands as it was."""
    done = ImportRun.objects.visible_to(run.access).get(code=run.params["run"])
    rows = runs.Undoing(done, run.access).trace.rows
    with refused_by(runs.CannotUndo):
        runs.undo(done, by=run.access, between=progress_of(run, rows))
    return {"url": _page(done, "run")}


@hourly
def forget(at: datetime) -> None:
    """Files that wait for an import, and exported files after a week."""
    runs.purge(at)
    downloads.purge(at)


def _upload(run: Run) -> ImportUpload:
    kept = ImportUpload.objects.visible_to(run.access).filter(code=run.params["upload"])
    return needed(kept.first(), gettext("The file has expired. Upload it again."))


def progress_of(run: Run, rows: int) -> Callable[[int], None]:
    """Return what tells how far a run is: a step is a thousand of the rows that there are about."""
    return lambda done: run.tell(min(done // 1_000, rows // 1_000), rows // 1_000)


def _page(row: ImportUpload | ImportRun, page: str) -> str:
    return reverse(importer_of(row.importer).at(page), args=[row.code])
