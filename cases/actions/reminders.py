"""Remind oneself of something in a case, and say that it is done."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.roles import May
from audit.writer import record
from cases.actions.saving import save
from cases.models import Case, Measure, Reminder
from cases.scope import check_own


@transaction.atomic
def remind(*, case: Case, day: date, text: str, by: Access) -> Reminder:
    """In a case of one's own: one that another region lets one read is not."""
    by.require(May.VIEW_CASE)
    check_own(Case.objects.in_own_region(by).filter(pk=case.pk).exists())
    reminder = Reminder(case=case, day=day, text=text, by=by.user)
    reminder.save()
    record(by, "case.remind", case)
    return reminder


@transaction.atomic
def finish_reminder(*, reminder: Reminder, by: Access) -> None:
    """By oneself alone. Saying it twice is saying it once."""
    by.require(May.VIEW_CASE)
    if reminder.by_id != by.user.pk:
        raise PermissionDenied(_("A reminder is of the one who made it."))
    if reminder.done_at is None:
        reminder.done_at = by.at
        reminder.save(update_fields=["done_at"])
        record(by, "case.reminded", reminder.case)


@transaction.atomic
def deal_with_end(*, measure: Measure, by: Access) -> None:
    """That the period or permit ends, or has ended, is dealt with. Another last day asks anew."""
    by.require(May.EDIT_CASE)
    check_own(Measure.objects.in_own_region(by).filter(pk=measure.pk).exists())
    if measure.dealt_with != measure.ends_on:
        measure.dealt_with = measure.ends_on
        save(measure, by=by)
        record(by, "measure.dealt_with", measure.person)
