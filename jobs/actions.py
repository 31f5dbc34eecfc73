"""Ask for a run, and ask it to stop."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.access import Access
from audit.writer import record
from jobs.kinds import KINDS
from jobs.models import Job


@transaction.atomic
def enqueue(kind: str, *, by: Access, **params: Any) -> Job:
    by.require(*KINDS[kind].rights)
    job = Job.objects.create(kind=kind, owner=by.user, params=params)
    record(by, "job.ask", job, search_kind=kind)
    return job


@transaction.atomic
def cancel(job: Job, *, by: Access) -> None:
    """A run that waits is cancelled at once; one under way stops at its next step."""
    Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(state=Job.State.CANCELLED, ended_at=by.at)
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_asked=True)
    record(by, "job.cancel", job, search_kind=job.kind)
