"""Hand a person over to another region. The number, county and year stay: published tables do not change."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.acting import beyond
from accounts.approvals import AlreadyAnswered
from accounts.roles import May
from agencies.models import Region
from audit.writer import record
from cases.actions.belonging import lock_cases, settle_region
from cases.actions.saving import save_version
from cases.choices import RequestAnswer
from cases.models import Person, Transfer


@transaction.atomic
def ask_transfer(*, person: Person, to_region: Region, reason: str, by: Access) -> Transfer:
    by.require(May.TRANSFER)
    if person.responsible_region_id not in by.regions:
        raise PermissionDenied(_("Only the responsible region may hand a person over."))
    transfer = Transfer.objects.create(
        person=person,
        from_region=person.responsible_region,
        to_region=to_region,
        reason=reason,
        asked_by=by.user,
        asked_at=by.at,
    )
    record(by, "transfer.ask", person)
    return transfer


@transaction.atomic
@beyond("transfer")
def answer_transfer(*, transfer: Transfer, accept: bool, reason: str, by: Access) -> Transfer:
    """The receiving region accepts or declines. Raises AlreadyAnswered when another answer came first."""
    by.require(May.TRANSFER)
    lock_cases([transfer.person.case_id])
    locked = Transfer.objects.select_for_update().get(pk=transfer.pk)
    if locked.to_region_id not in by.regions:
        raise PermissionDenied(_("The receiving region answers a transfer."))
    if locked.answer != RequestAnswer.PENDING:
        raise AlreadyAnswered(locked)
    locked.answer = RequestAnswer.ACCEPTED if accept else RequestAnswer.DECLINED
    locked.answered_by, locked.answered_at, locked.answer_reason = by.user, by.at, reason
    locked.save()
    if accept:
        person = Person.objects.select_for_update().get(pk=locked.person_id)
        person.responsible_region = locked.to_region
        save_version(person, by=by)
        settle_region([person.case_id], by=by)
    record(by, f"transfer.{locked.answer}", locked.person)
    return locked


@transaction.atomic
def withdraw_transfer(*, transfer: Transfer, by: Access) -> Transfer:
    """The region that has asked takes it back. Raises AlreadyAnswered when the answer came first."""
    by.require(May.TRANSFER)
    locked = Transfer.objects.select_for_update().get(pk=transfer.pk)
    if locked.from_region_id not in by.regions:
        raise PermissionDenied(_("Only the region that has asked may take it back."))
    if locked.answer != RequestAnswer.PENDING:
        raise AlreadyAnswered(locked)
    locked.answer, locked.answered_by, locked.answered_at = RequestAnswer.WITHDRAWN, by.user, by.at
    locked.save()
    record(by, "transfer.withdraw", locked.person)
    return locked
