"""Disposal is carried out outside the request."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from accounts.roles import May
from jobs.kinds import Run, job, refused_by
from retention.disposal import DisposalRefused, carry_out
from retention.models import Disposal


@job(
    "disposal.carry_out",
    title=gettext_lazy("Disposing of rows"),
    may=May.CARRY_OUT_DISPOSAL,
    start="retention:disposals",
)
def dispose(run: Run) -> dict[str, Any]:
    """One transaction: stopped at any place, nothing of it is gone."""
    row = Disposal.objects.get(code=run.params["disposal"])
    with refused_by(DisposalRefused):
        done = carry_out(disposal=row, by=run.access)
    return {"url": done.get_absolute_url()}
