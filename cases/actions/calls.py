"""Log and correct support-line calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.roles import May
from agencies.models import Code
from audit.writer import record
from cases.actions.consent import given_afterwards
from cases.actions.messages import empty_of
from cases.actions.saving import save, save_version
from cases.choices import Consent, ListAnswer
from cases.models import Call


def can_edit_call(access: Access, call: Call) -> bool:
    """An operator corrects an own call within the window."""
    window = timedelta(hours=settings.CALL_EDIT_HOURS)
    return (
        access.may(May.EDIT_CALL)
        and call.taken_by_id == access.user.pk
        and access.at <= call.created_at + window
    )


def check_can_edit_call(access: Access, call: Call) -> None:
    access.require(May.EDIT_CALL)
    if not can_edit_call(access, call):
        raise PermissionDenied(
            _("A call can be corrected by the one who took it, for %(hours)d hours.")
            % {"hours": settings.CALL_EDIT_HOURS}
        )


@transaction.atomic
def log_call(
    *, call: Call, lists: Mapping[str, Iterable[Code]], by: Access, still_waits: bool = False
) -> Call:
    """`call` is unsaved; `lists` gives the codes of `topics`, `purposes` and `outcomes`. What was promised in
    the call that it follows up is done with it, unless it `still_waits`: somebody only called again."""
    by.require(May.LOG_CALL)
    call.taken_by = by.user
    _derive(call, lists)
    save(call, by=by)
    _set_lists(call, lists)
    if call.follow_up_of_id and not still_waits:
        Call.objects.filter(pk=call.follow_up_of_id, followed_up_at__isnull=True).update(followed_up_at=by.at)
    record(by, "call.log", call)
    return call


@transaction.atomic
def edit_call(*, call: Call, lists: Mapping[str, Iterable[Code]], fields: Iterable[str], by: Access) -> Call:
    """Raises Conflict when somebody else saved the call in the meantime."""
    check_can_edit_call(by, call)
    _derive(call, lists)
    case = given_afterwards(call, by)
    save_version(call, by=by)
    _set_lists(call, lists)
    if call.consent == Consent.MISSING:
        empty_of(call)
    if case is not None:
        record(by, "case.edit", case, fields=("without_consent",))
    record(by, "call.edit", call, fields=fields)
    return call


@transaction.atomic
def finish_follow_up(*, call: Call, by: Access) -> None:
    """What was promised is done. By whoever may log calls, or by the coordinator whom the call was referred
    to."""
    by.require(May.LOG_CALL, May.EDIT_CASE)
    call.followed_up_at = by.at
    save_version(call, by=by)
    record(by, "call.follow_up", call)


def _derive(call: Call, lists: Mapping[str, Iterable[Code]]) -> None:
    call.received_on = timezone.localdate(call.received_at)
    if call.consent == Consent.MISSING:
        call.note = ""
    for name in Call.LISTS:
        given = bool(list(lists.get(name, ())))
        if given:
            setattr(call, f"{name}_answer", ListAnswer.GIVEN)
        elif getattr(call, f"{name}_answer") == ListAnswer.GIVEN:
            setattr(call, f"{name}_answer", ListAnswer.NOT_ASKED)


def _set_lists(call: Call, lists: Mapping[str, Iterable[Code]]) -> None:
    for name in Call.LISTS:
        if name in lists:
            getattr(call, name).set(lists[name])
