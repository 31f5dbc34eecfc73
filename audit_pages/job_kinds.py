"""Proving the audit log outside the request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import May
from audit.outside import tell
from audit_pages.proof import verify_audit_log
from jobs.kinds import Run, hourly, job

VERIFY = "verify_audit"


@job(VERIFY, title=_("Checking the audit log"), may=May.VIEW_AUDIT_LOG, start="audit_pages:audit")
def verify_audit(run: Run) -> dict[str, Any]:
    """A broken chain is a result as well: the page of the audit log says so."""
    verify_audit_log(run.access, report=run.progress)
    return {"url": reverse("audit_pages:audit")}


@hourly
def send_head(at: datetime) -> None:
    """How far the audit log has come, to a place outside, where there is one."""
    tell(at)
