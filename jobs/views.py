"""A run as its owner sees it: how far it is, a button to stop it, and where it leads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import AuthenticatedRequest, lead_on
from jobs.kinds import KINDS, JobKind, cancel as cancel_job
from jobs.models import Heartbeat, Job
from jobs.worker import bury_the_dead, silence


@never_cache
@require_GET
def detail(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    """Leads on to the result when the run is done; the page asks again by itself while it is not.

    Where the process that ran it is gone, with nobody there to say so, the page does.
    """
    job = get_object_or_404(Job.objects.visible_to(request.access), code=code)
    if job.state == Job.State.RUNNING and bury_the_dead():
        job.refresh_from_db()
    by_page = request.headers.get("HX-Request")
    if job.state == Job.State.DONE and (url := job.result.get("url")):
        if said := job.result.get("said"):
            messages.success(request, _(said))
        return HttpResponse(headers={"HX-Redirect": url}) if by_page else redirect(url)
    template = "jobs/_progress.html" if by_page else "jobs/detail.html"
    return render(request, template, _progress(job))


def _progress(job: Job) -> dict[str, Any]:
    """What the page says of a run that leads nowhere yet."""
    kind = KINDS.get(job.kind, JobKind(job.kind, job.kind, may=(), work=lambda run: {}))
    again = kind.again(job) if job.state != Job.State.DONE else ""
    doing = kind.doing(job) if job.state == Job.State.RUNNING else ""
    context = {"job": job, "title": kind.title, "doing": doing, "error": _(job.error), "again": again}
    if job.state == Job.State.QUEUED:
        context["silence"] = silence(Heartbeat.objects.of(Heartbeat.WORKER))
    return context


@require_POST
def cancel(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    job = get_object_or_404(Job.objects.visible_to(request.access), code=code)
    cancel_job(job, by=request.access)
    return lead_on(request, _("The run is being cancelled."), job)
