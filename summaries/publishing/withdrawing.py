"""What was frozen is taken back: before its hour by one person, after it by two."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.approvals import use
from accounts.models import Approval
from audit.writer import record
from jobs.kinds import JobRefused
from summaries.publishing import corrections
from summaries.publishing.actions import Moved
from summaries.publishing.approving import ANSWERS, WITHDRAWAL, target_of
from summaries.publishing.models import Publication

State = Publication.State
CALLED_OFF: Final = "called off before its hour"


@transaction.atomic
def withdraw(*, publication: Publication, approval: Approval, by: Access) -> None:
    """As one asked and another, `by`, has approved. The version stays, and stays in the ledger: what was read
    cannot be unread."""
    by.require(*ANSWERS)
    row, wished = Publication.objects.select_for_update().get(pk=publication.pk), approval.payload
    if row.version is None or row.withdrawn or not (wished["sv"] and wished["en"]):
        raise JobRefused(_("A published version is withdrawn once, with a reason."))
    fits = approval.act == WITHDRAWAL and approval.target_id == str(row.code)
    if not fits or approval.answer != Approval.Answer.GIVEN or approval.answered_by_id != by.user.pk:
        raise Moved(_("What was approved is not what would be withdrawn. Ask for it again."))
    use(approval, at=by.at)
    row.state, row.withdrawn_at = State.WITHDRAWN, by.at
    row.withdrawn_reason, row.withdrawn_reason_en = wished["sv"], wished["en"]
    row.withdrawn_by, row.withdrawal_approved_by = approval.asked_by, approval.answered_by
    row.shown_again = wished["again"]
    row.save()
    record(by, "publication.withdraw", target_of(row), reason=wished["sv"])


@transaction.atomic
def call_off(*, publication: Publication, by: Access) -> None:
    """A version before its hour: nobody has seen it, so one person is enough. It stays in the ledger."""
    by.require(*ANSWERS)
    row = Publication.objects.select_for_update().get(pk=publication.pk)
    if row.published_at is None or row.withdrawn or row.published_at <= by.at:
        raise JobRefused(_("The version is public: it can only be withdrawn."))
    corrections.goes_on(row.year, row.published_at)
    row.state, row.withdrawn_at, row.withdrawn_by = State.WITHDRAWN, by.at, by.user
    row.withdrawn_reason = CALLED_OFF
    row.save()
    record(by, "publication.call_off", target_of(row))
