"""Files of lists that are read, brought in or undone outside the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import May
from exchange import undoing, waiting
from exchange.importing import Stale
from exchange.models import ListRun, ListUpload
from exchange.resource import RESOURCES
from jobs.kinds import Refused, Run, job

# Which of them a list asks for is asked again where its work begins.
LISTS = (May.ADMINISTER, May.EDIT_FIGURES, May.LOG_CALL, May.IMPORT_PERSONS)


@job("list.look", title=_("Reading the file"), may=LISTS, start="admin:index")
def look(run: Run) -> dict[str, Any]:
    kept = _upload(run)
    waiting.look_later(kept, by=run.access, between=_told(run, waiting.about_rows(kept)))
    return {"url": _page(kept.resource, run, "import_preview", kept.code)}


@job("list.import", title=_("Importing rows"), may=LISTS, start="admin:index")
def bring(run: Run) -> dict[str, Any]:
    """One transaction: stopped at any place, nothing is kept."""
    if before := ListRun.objects.visible_to(run.access).filter(code=run.params["upload"]).first():
        return {"url": _page(before.resource, run, "import_run", before.code)}
    kept = _upload(run)
    page = _page(kept.resource, run, "import_preview", kept.code)
    told = _told(run, waiting.about_rows(kept))
    try:
        done = waiting.confirm(kept, by=run.access, good_rows=bool(run.params["good_rows"]), between=told)
    except Stale:
        done = None
    return {"url": _page(done.resource, run, "import_run", done.code) if done else page}


@job("list.undo", title=_("Undoing the import"), may=LISTS, start="admin:index")
def undo(run: Run) -> dict[str, Any]:
    done = ListRun.objects.visible_to(run.access).get(code=run.params["run"])
    try:
        undoing.undo(done, waiting.resource_of(done, run.access), between=_told(run, done.new + done.changed))
    except undoing.CannotUndo:
        raise Refused(
            gettext("The import was not undone: some of its rows have been touched since.")
        ) from None
    return {"url": _page(done.resource, run, "import_run", done.code)}


def _upload(run: Run) -> ListUpload:
    kept: ListUpload | None = (
        ListUpload.objects.visible_to(run.access).filter(code=run.params["upload"]).first()
    )
    if kept is None:
        raise Refused(gettext("The file has expired. Upload it again."))
    return kept


def _told(run: Run, rows: int) -> Callable[[int], None]:
    """A step is a thousand of the rows that there are about."""
    return lambda done: run.tell(min(done // 1_000, rows // 1_000), rows // 1_000)


def _page(resource: str, run: Run, page: str, code: UUID) -> str:
    meta = RESOURCES[resource](access=run.access).model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=[code])
