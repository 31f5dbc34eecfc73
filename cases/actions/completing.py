"""Whoever opened a case for a region completes its facts for as long as an own call may be corrected."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from accounts.access import Access
from accounts.roles import May
from cases.models import Case, Person


def complete_until(case: Case) -> datetime:
    return case.created_at + timedelta(hours=settings.CALL_EDIT_HOURS)


def can_complete(access: Access, case: Case) -> bool:
    """What the year is closed with: facts of persons and their exploitation. Nothing that a region does."""
    return (
        access.may(May.COMPLETE_CASE)
        and case.opened_by_id == access.user.pk
        and access.at <= complete_until(case)
    )


def can_complete_person(access: Access, person: Person) -> bool:
    """Not of somebody whom another region has taken over since."""
    return not person.moved and can_complete(access, person.case)


def check_can_change(access: Access, person: Person) -> None:
    """Raises PermissionDenied for whoever neither edits cases nor may complete this one."""
    if not can_complete_person(access, person):
        access.require(May.EDIT_CASE)
