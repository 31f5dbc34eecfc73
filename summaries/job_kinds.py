"""What this app runs outside the request."""

from __future__ import annotations

import os
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.roles import May
from jobs.kinds import Run, RunCancelled, every_percent, job
from libs import capture_recapture
from summaries.estimates.estimate import EstimateQuestion, answer
from summaries.release import demonstration, jobs

__all__ = ["demonstration", "estimate_dark_figure", "jobs"]


@job("dark_figure", title=_("Estimating the dark figure"), may=May.ESTIMATE, start="summaries:dark_figure")
def estimate_dark_figure(run: Run) -> dict[str, Any]:
    os.environ.setdefault(
        "OPENBLAS_NUM_THREADS", "1"
    )  # threads cost more than they give on matrices this small
    asked = run.params
    question = EstimateQuestion(
        asked["first"], asked["last"], asked["grouping"], asked["replicates"], asked["seed"]
    )
    try:
        row = answer(question, by=run.access, progress=every_percent(run.progress), cancelled=run.cancelled)
    except capture_recapture.EstimateCancelled:
        raise RunCancelled from None
    return {"url": row.get_absolute_url()}
