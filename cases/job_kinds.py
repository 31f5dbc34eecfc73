"""What casework runs outside the request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.exchange.models import ListUpload
from agencies.roles import May
from cases import drafts
from cases.exporting import files
from cases.importing import waiting
from cases.importing.applying import Stale
from cases.models import ExportFile, ImportUpload
from cases.views.exporting import selection
from jobs.kinds import Cancelled, Refused, Run, hourly, job


@job("import.look", title=gettext_lazy("Reading the file"), may=May.IMPORT_PERSONS)
def look(run: Run) -> dict[str, Any]:
    upload = _upload(run)
    waiting.look(upload, by=run.access)
    return {"url": reverse("cases:import_preview", args=[upload.code])}


@job("import.persons", title=gettext_lazy("Importing persons"), may=May.IMPORT_PERSONS)
def confirm(run: Run) -> dict[str, Any]:
    """One transaction: stopped at any place, nothing is kept."""
    upload = _upload(run)

    def between() -> None:
        if run.cancelled():
            raise Cancelled

    try:
        done = waiting.confirm(upload, by=run.access, good_rows=bool(run.params["good_rows"]), between=between)
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
    files.purge(at)
    ListUpload.objects.expired(at).delete()


def _upload(run: Run) -> ImportUpload:
    waits = ImportUpload.objects.visible_to(run.access)
    upload: ImportUpload | None = waits.filter(code=run.params["upload"]).first()
    if upload is None:
        raise Refused(_("The file has expired. Upload it again."))
    return upload


@job("export.rows", title=gettext_lazy("Writing the file"), may=May.EXPORT_ROWS)
def export(run: Run) -> dict[str, Any]:
    """One transaction: stopped at any place, there is no file. The scope is the owner's when the run starts."""
    file = ExportFile.objects.visible_to(run.access).filter(code=run.params["file"]).first()
    if file is None:
        raise Refused(_("The file has expired. Make it again."))

    def told(_rows: int) -> None:
        if run.cancelled():
            raise Cancelled

    query = QueryDict(mutable=True)
    query.update(file.query)
    files.make(file, selection(query, run.access), by=run.access, told=told)
    return {"url": file.get_absolute_url()}
