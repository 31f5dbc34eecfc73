"""What publishing runs outside the request. Stopped at any place, nothing is kept: each ends with one
transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, gettext_noop

from accounts.models import Approval
from accounts.roles import May
from jobs.kinds import JobRefused, Run, RunCancelled, every_percent, hourly, job
from jobs.retry import is_full
from libs import suppression
from summaries.models import Estimate
from summaries.release import (
    actions,
    corrections,
)
from summaries.release.models import Exemption, Publication
from summaries.tables import effects

PUBLISHED: Final = gettext_noop("The version is published: everybody can see it now.")
WAITS: Final = gettext_noop("The version is frozen. It becomes public at its hour, and nothing of it before.")
PROTECTING: Final = (
    (-1, gettext_lazy("The register is being counted.")),
    (
        0,
        gettext_lazy(
            "As little as possible to hide is being looked for; after so much work a good choice is taken."
        ),
    ),
    (0.5, gettext_lazy("The attack test is trying to work out every hidden figure.")),
)
SUGGESTING: Final = (
    (-1, gettext_lazy("The register is being counted.")),
    (0, gettext_lazy("Coarser and finer categories are being tried for each table.")),
    (0.5, gettext_lazy("The tables are being protected with what was found.")),
)
PUBLISHING: Final = (
    (-1, gettext_lazy("The attack test is run once more, on exactly what will be published.")),
    (0, gettext_lazy("The files are being made.")),
)

TRYING: Final = ((-1, gettext_lazy("Coarser categories are being tried, one table after the other.")),)


@job(
    "protect_year",
    title=gettext_lazy("Protecting the tables"),
    may=May.PUBLISH,
    start="summaries:publications",
    phases=PROTECTING,
)
def protect_year(run: Run) -> dict[str, Any]:
    year = int(run.params["year"])
    with _plainly():
        actions.protect_draft(
            year=year,
            by=run.access,
            steps=corrections.steps_for(year, run.params.get("instead", "")),
            progress=every_percent(run.progress),
            cancelled=run.cancelled,
        )
    return {"url": reverse("summaries:publication", args=[year])}


@job(
    "suggest_year",
    title=gettext_lazy("Suggesting categories for all tables"),
    may=May.PUBLISH,
    start="summaries:publications",
    phases=SUGGESTING,
)
def suggest_year(run: Run) -> dict[str, Any]:
    """The steps that are suggested, and the tables protected with them."""
    year = int(run.params["year"])
    with _plainly():
        tell = every_percent(run.progress)
        half = lambda done, total: tell(done, 2 * total)  # noqa: E731
        rest = lambda done, total: tell(total + done, 2 * total)  # noqa: E731
        actions.suggest_steps(year=year, by=run.access, progress=half, cancelled=run.cancelled)
        actions.protect_draft(year=year, by=run.access, progress=rest, cancelled=run.cancelled)
    return {"url": reverse("summaries:publication", args=[year])}


@job(
    "publish_year",
    title=gettext_lazy("Freezing and publishing"),
    may=May.PUBLISH,
    start="summaries:publications",
    phases=PUBLISHING,
)
def publish_year(run: Run) -> dict[str, Any]:
    year = int(run.params["year"])
    draft = Publication.objects.drafts().filter(year=year).first()
    if draft is None:
        raise JobRefused(_("Somebody else published {year} first.").format(year=year))
    code = run.params.get("approval")
    approval = Approval.objects.filter(code=code).select_related("asked_by").first() if code else None
    if approval is None:
        raise JobRefused(_("Nobody has approved this release."))
    estimate = Estimate.objects.get(pk=chosen) if (chosen := approval.payload["estimate"]) else None
    with _plainly():
        row = actions.publish(
            draft=draft,
            digest=draft.digest,
            state=approval.payload["state"],
            approval=approval,
            estimate=estimate,
            by=run.access,
            progress=run.progress,
            cancelled=run.cancelled,
        )
    said = WAITS if row.waits_for_its_hour(timezone.now()) else PUBLISHED
    return {"url": reverse("summaries:publication", args=[year]), "said": said}


@job(
    "try_correction",
    title=gettext_lazy("Looking for what can be published of a correction"),
    may=May.PUBLISH,
    start="summaries:publications",
    phases=TRYING,
)
def try_correction(run: Run) -> dict[str, Any]:
    year = int(run.params["year"])
    row = corrections.waiting(year)
    if row is None:
        raise JobRefused(_("No correction of {year} waits any more.").format(year=year))
    with _plainly():
        corrections.try_one(row, run.access, run.access, run.progress)
    return {"url": reverse("summaries:publication", args=[year])}


@job(
    "try_exemption",
    title=gettext_lazy("Working out what would follow of an exemption"),
    may=(May.PUBLISH, May.APPROVE_EXCEPTION),
    start="summaries:publications",
    phases=PROTECTING,
)
def try_exemption(run: Run) -> dict[str, Any]:
    row = Exemption.objects.asked().filter(pk=run.params["exemption"]).first()
    if row is None or row.year is None:
        raise JobRefused(_("The exemption has been answered already."))
    with _plainly():
        tell = every_percent(run.progress)
        effects.try_exemption(exemption=row, by=run.access, progress=tell, cancelled=run.cancelled)
    return {"url": reverse("summaries:publication", args=[row.year])}


@hourly
def try_corrections(at: datetime) -> None:
    """By night, those that wait."""
    corrections.try_waiting(at=at)


@hourly
def count_differing(at: datetime) -> None:
    """By night, what differs from the register since it came out."""
    corrections.count_by_night(at=at)


@hourly
def attack_again(at: datetime) -> None:
    """What was frozen before the attack became stricter."""
    corrections.attack_again(at=at)


@contextmanager
def _plainly() -> Iterator[None]:
    """Say a stop and a full disk in words for the owner of the run."""
    try:
        yield
    except suppression.Cancelled:
        raise RunCancelled from None
    except (OSError, OperationalError) as error:
        if is_full(error):
            raise JobRefused(_("The disk is full. Nothing was kept: make room, and start again.")) from None
        raise
