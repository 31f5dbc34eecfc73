"""What this app runs outside the request, and by night.

Where a run is stopped nothing is kept: each ends with one transaction.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy, gettext_noop

from accounts.models import Approval
from accounts.roles import May
from jobs.kinds import JobRefused, Phases, Run, RunCancelled, every_percent, hourly, job, needed
from jobs.retry import is_full
from libs import capture_recapture, suppression
from summaries.estimates.estimate import EstimateQuestion, answer
from summaries.release import actions, corrections, demonstration, workbench
from summaries.release.models import Exemption

__all__ = ["demonstration"]
PUBLISHED: Final = gettext_noop("The version is published: everybody can see it now.")
WAITS: Final = gettext_noop("The version is frozen. It becomes public at its hour, not before.")


def _phases(*words: Promise) -> Phases:
    """What is said before any step is told, from the first step on, and from the half of the steps on."""
    return tuple(zip((-1, 0, 0.5), words, strict=False))


PROTECTING: Final = _phases(
    gettext_lazy("The register is being counted."),
    gettext_lazy("Looking for as little as possible to hide; a good choice is taken if it becomes long."),
    gettext_lazy("The attack test is trying to work out every hidden figure."),
)
SUGGESTING: Final = _phases(
    gettext_lazy("The register is being counted."),
    gettext_lazy("Coarser and finer categories are being tried for each table."),
    gettext_lazy("The tables are being protected with what was found."),
)
PUBLISHING: Final = _phases(
    gettext_lazy("The attack test is run once more, on exactly what will be published."),
    gettext_lazy("The files are being made."),
)
Work = Callable[[Run, int], str | None]


def of_a_year(
    name: str, title: Promise, phases: Phases, may: May | tuple[May, ...] = May.PUBLISH
) -> Callable[[Work], Work]:
    """Register the work of a run about a year, which leads back to the page of the year.

    What the work returns is told there.
    """

    def register(work: Work) -> Work:
        @job(name, title=title, may=may, start="summaries:publications", phases=phases)
        def run_of_a_year(run: Run) -> dict[str, Any]:
            year = int(run.params["year"])
            said = _said(work, run, year)
            return {"url": reverse("summaries:publication", args=[year]), **({"said": said} if said else {})}

        return work

    return register


def _said(work: Work, run: Run, year: int) -> str | None:
    """A stop and a full disk are said in words for the owner of the run."""
    try:
        return work(run, year)
    except suppression.Cancelled:
        raise RunCancelled from None
    except (OSError, OperationalError) as error:
        if not is_full(error):
            raise
        raise JobRefused(_("The disk is full. Nothing was kept: make room, and start again.")) from None


@of_a_year("protect_year", gettext_lazy("Protecting the tables"), PROTECTING)
def protect_year(run: Run, year: int) -> None:
    steps = corrections.steps_for(year, run.params.get("instead", ""))
    tell = every_percent(run.progress)
    actions.protect_draft(year=year, by=run.access, steps=steps, progress=tell, cancelled=run.cancelled)


@of_a_year("suggest_year", gettext_lazy("Suggesting categories for all tables"), SUGGESTING)
def suggest_year(run: Run, year: int) -> None:
    """Choose the steps that are suggested, and protect the tables with them."""
    tell = every_percent(run.progress)

    def half(number: int, done: int, total: int) -> None:
        tell(number * total + done, 2 * total)

    actions.suggest_steps(year=year, by=run.access, progress=partial(half, 0), cancelled=run.cancelled)
    actions.protect_draft(year=year, by=run.access, progress=partial(half, 1), cancelled=run.cancelled)


@of_a_year("publish_year", gettext_lazy("Freezing and publishing"), PUBLISHING)
def publish_year(run: Run, year: int) -> str:
    overtaken = _("Somebody else published {year} first.").format(year=year)
    draft, code = needed(actions.draft_of(year), overtaken), run.params.get("approval")
    found = Approval.objects.filter(code=code).select_related("asked_by").first() if code else None
    approval = needed(found, _("Nobody has approved this release."))
    row = actions.publish(
        draft=draft, approval=approval, by=run.access, progress=run.progress, cancelled=run.cancelled
    )
    return WAITS if row.waits_for_its_hour(timezone.now()) else PUBLISHED


@of_a_year(
    "try_exemption",
    gettext_lazy("Working out what would follow of an exemption"),
    PROTECTING,
    may=(May.PUBLISH, May.APPROVE_EXCEPTION),
)
def try_exemption(run: Run, _year: int) -> None:
    row = Exemption.objects.asked().filter(pk=run.params["exemption"]).first()
    if row is None or row.year is None:
        raise JobRefused(_("The exemption has been answered already."))
    tell = every_percent(run.progress)
    workbench.try_exemption(exemption=row, by=run.access, progress=tell, cancelled=run.cancelled)


for nightly in (corrections.count_by_night, corrections.attack_again):
    hourly(nightly)


@job(
    "dark_figure",
    title=gettext_lazy("Estimating the dark figure"),
    may=May.ESTIMATE,
    start="summaries:dark_figure",
)
def estimate_dark_figure(run: Run) -> dict[str, Any]:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # threads cost more on matrices this small
    question = EstimateQuestion(**run.params)
    try:
        row = answer(question, by=run.access, progress=every_percent(run.progress), cancelled=run.cancelled)
    except capture_recapture.EstimateCancelled:
        raise RunCancelled from None
    return {"url": row.get_absolute_url()}
