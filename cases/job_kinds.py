"""What casework runs outside the request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import May
from cases import drafts, volume
from cases.actions.handing_back import hand_back
from cases.exporting import files
from cases.models import SentLate
from cases.views.exporting import calls_of, selection
from exchange.models import ExportFile
from exchange.refusals import Refused
from jobs.kinds import JobRefused, Run, hourly, job, minutely


@hourly
def forget(at: datetime) -> None:
    """Drafts, and forms sent late, after a day."""
    drafts.purge(at)
    SentLate.objects.expired(at).delete()


@minutely
def give_to_whom_it_belongs(at: datetime) -> None:
    """What deputies and coordinators had taken on who have the region no more."""
    hand_back(at)


@hourly
def watch_readings(at: datetime) -> None:
    """After midnight, the day that is over."""
    volume.count_days(at)


@job("export.rows", title=gettext_lazy("Writing the file"), may=May.EXPORT_ROWS, start="cases:list")
def export(run: Run) -> dict[str, Any]:
    """One transaction: stopped at any place, there is no file. The scope is the owner's when the run
    starts."""
    file = ExportFile.objects.visible_to(run.access).filter(code=run.params["file"]).first()
    if file is None:
        raise JobRefused(_("The file has expired. Make it again."))

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
    except Refused as refused:
        raise JobRefused(refused.told(_)) from None
    return {"url": file.get_absolute_url()}
