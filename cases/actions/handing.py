"""Somebody in the region says that they see to what the support line has handed over."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.models import User
from accounts.roles import May
from audit.writer import record
from cases.actions.saving import save_version
from cases.models import Call, Case


class TakenAlready(Exception):
    """Somebody was first, or it is not to be taken over any more. `who`: None where nobody is named."""

    def __init__(self, who: User | None) -> None:
        super().__init__("taken over already")
        self.who = who


@transaction.atomic
def take_call(*, call: Call, by: Access) -> Call:
    """A call that is referred to an own region. Raises TakenAlready when a colleague was first."""
    by.require(May.EDIT_CASE)
    if call.referred_region_id not in by.regions:
        raise PermissionDenied(_("The region that a call is referred to takes it over."))
    locked = Call.objects.visible_to(by).select_for_update(of=("self",)).get(pk=call.pk)
    if locked.taken_over_at or locked.followed_up_at or locked.case_id:
        raise TakenAlready(locked.taken_over_by)
    locked.taken_over_by, locked.taken_over_at = by.user, by.at
    save_version(locked, by=by)
    record(by, "call.take_over", locked)
    return locked


@transaction.atomic
def take_case(*, case: Case, by: Access) -> Case:
    """A case of an own region that nobody is responsible for. Raises TakenAlready when a colleague was
    first."""
    by.require(May.EDIT_CASE)
    own = Case.objects.changeable_by(by).filter(pk=case.pk)
    locked = own.select_for_update(of=("self",)).first()
    if locked is None:
        raise PermissionDenied(_("The case belongs to another region. You may read it."))
    if locked.responsible_id:
        raise TakenAlready(locked.responsible)
    locked.responsible = by.user
    save_version(locked, by=by)
    record(by, "case.take_over", locked)
    return locked
