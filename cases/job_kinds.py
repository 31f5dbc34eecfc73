"""What casework runs outside the request."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import May
from cases import drafts
from cases.exporting import files
from cases.importing import undoing, waiting
from cases.importing.applying import Stale
from cases.models import ImportRun, ImportUpload
from cases.views.exporting import calls_of, selection
from exchange import outgoing
from exchange.models import ExportFile, ListUpload
from exchange.refusals import Refused as NotMade
from exchange.telling import refusal
from jobs.kinds import Refused, Run, hourly, job


@job("import.look", title=gettext_lazy("Reading the file"), may=May.IMPORT_PERSONS, start="cases:import")
def look(run: Run) -> dict[str, Any]:
    upload = _upload(run)
    waiting.look_later(upload, by=run.access)
    return {"url": reverse("cases:import_preview", args=[upload.code])}


@job("import.persons", title=gettext_lazy("Importing persons"), may=May.IMPORT_PERSONS, start="cases:import")
def confirm(run: Run) -> dict[str, Any]:
    """One transaction: stopped at any place, nothing is kept."""
    if before := ImportRun.objects.visible_to(run.access).filter(code=run.params["upload"]).first():
        return {"url": reverse("cases:import_run", args=[before.code])}
    upload = _upload(run)
    step, steps = itertools.count(1), waiting.batches_of(upload)

    def between() -> None:
        run.tell(min(next(step), steps), steps)

    try:
        done = waiting.confirm(
            upload, by=run.access, good_rows=bool(run.params["good_rows"]), between=between
        )
    except Stale:
        done = None
    if done is None:
        return {"url": reverse("cases:import_preview", args=[upload.code]) + "?stale=1"}
    return {"url": reverse("cases:import_run", args=[done.code])}


@hourly
def forget(at: datetime) -> None:
    """Drafts after a day, files that wait for an import, exported files after a week."""
    drafts.purge(at)
    waiting.purge(at)
    outgoing.purge(at)
    ListUpload.objects.expired(at).delete()


@job("import.undo", title=gettext_lazy("Undoing the import"), may=May.IMPORT_PERSONS, start="cases:import")
def undo(run: Run) -> dict[str, Any]:
    """One transaction: stopped at any place, the import stands as it was."""
    done = ImportRun.objects.visible_to(run.access).get(code=run.params["run"])
    step, steps = itertools.count(1), undoing.batches_of(done)
    try:
        undoing.undo(done, by=run.access, between=lambda: run.tell(min(next(step), steps), steps))
    except undoing.CannotUndo:
        raise Refused(_("The import was not undone: some of its rows have been touched since.")) from None
    return {"url": reverse("cases:import_run", args=[done.code])}


def _upload(run: Run) -> ImportUpload:
    waits = ImportUpload.objects.visible_to(run.access)
    upload: ImportUpload | None = waits.filter(code=run.params["upload"]).first()
    if upload is None:
        raise Refused(_("The file has expired. Upload it again."))
    return upload


@job("export.rows", title=gettext_lazy("Writing the file"), may=May.EXPORT_ROWS, start="cases:list")
def export(run: Run) -> dict[str, Any]:
    """One transaction: stopped at any place, there is no file. The scope is the owner's when the run
    starts."""
    file = ExportFile.objects.visible_to(run.access).filter(code=run.params["file"]).first()
    if file is None:
        raise Refused(_("The file has expired. Make it again."))

    query = QueryDict(mutable=True)
    query.update(file.query)
    chosen = (calls_of if file.kind == files.CALLS else selection)(query, run.access)
    steps = (
        chosen.rows.order_by().count() // 1_000
    )  # persons have more rows than one each: the last step waits

    def told(rows: int) -> None:
        run.tell(min(rows // 1_000, steps), steps)

    try:
        files.make(file, chosen, by=run.access, told=told)
    except NotMade as refused:
        raise Refused(refusal(refused)) from None
    return {"url": file.get_absolute_url()}
