"""Log and correct support-line calls, write and read messages, send and answer notifications.

One side of a handover writes to the other, and reads what came; anybody of a side does it for the side. An
agency notifies a region; the region takes it over, reaches the officer and says how far it has come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Access, bypass_policies
from accounts.roles import May
from agencies.directory import Geography
from agencies.models import Code
from audit.writer import record
from cases import messages
from cases.actions.base import given_afterwards, next_version, save, save_version, save_with_lists
from cases.choices import Consent, ContactWay, NotificationState
from cases.models import Call, Case, Message, Notification, Person, Transfer
from cases.models.notification import Subject
from cases.scope import check_own


class WrittenMeanwhile(Exception):
    """Somebody has written since the form was shown: read that first."""


@transaction.atomic
@bypass_policies("transfer")
def write(*, subject: Subject, text: str, seen: str, by: Access) -> Message:
    """`seen` is the code of the last message that the writer was shown, empty without one. What had come to
    the writer's side is read by the answer. Raises WrittenMeanwhile."""
    side = messages.Thread(subject, by).side
    region = messages.region_of(subject)
    unfit = not text.strip() or len(text) > messages.MAX_LENGTH
    if side is None or region is None or unfit or messages.over(subject):
        raise PermissionDenied
    type(subject)._default_manager.select_for_update().get(pk=subject.pk)  # one writes at a time
    earlier = messages.about(subject)
    codes = [str(one) for one in earlier.order_by("pk").values_list("code", flat=True)]
    if len(codes) >= messages.MAX_MESSAGES:
        raise PermissionDenied
    if next(reversed(codes), "") != seen:
        raise WrittenMeanwhile
    unread = earlier.filter(read_at__isnull=True).exclude(from_side=side)
    unread.update(read_by=by.user, read_at=by.at)
    message = Message(region_id=region, from_side=side, text=text, written_by=by.user, written_at=by.at)
    setattr(message, messages.column_of(subject), subject)
    message.save()
    record(by, "message.send", named(subject))
    return message


@transaction.atomic
@bypass_policies("transfer")
def mark_read(*, message: Message, by: Access) -> None:
    """Mark a message as read. The first of a side reads it for the side."""
    check_own(messages.to_side(message) in messages.sides_of(message.subject, by), "")
    unread = Message.objects.filter(pk=message.pk, read_at__isnull=True)
    if unread.update(read_by=by.user, read_at=by.at):
        record(by, "message.read", named(message.subject))


def empty_of(call: Call) -> None:
    """Consent was missing after all: what was written about the call goes with its note."""
    for message in call.messages.exclude(text=""):
        message.text = ""
        message.save(update_fields=["text"])


def named(subject: Subject) -> Subject | Person:
    """What the audit log calls it: a transfer by its person."""
    return subject.person if isinstance(subject, Transfer) else subject


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
    why = _("A call can be corrected by the one who took it, for %(hours)d hours.")
    check_own(can_edit_call(access, call), why % {"hours": settings.CALL_EDIT_HOURS})


@transaction.atomic
def log_call(
    *, call: Call, lists: Mapping[str, Sequence[Code]], by: Access, still_waits: bool = False
) -> Call:
    """`call` is unsaved; `lists` gives the codes of `topics`, `purposes` and `outcomes`. What was promised in
    the call that it follows up is done with it, unless it `still_waits`: somebody only called again."""
    by.require(May.LOG_CALL)
    call.taken_by = by.user
    _save_call(call, lists, by)
    if call.follow_up_of_id and not still_waits:
        Call.objects.filter(pk=call.follow_up_of_id, followed_up_at__isnull=True).update(followed_up_at=by.at)
    record(by, "call.log", call)
    return call


@transaction.atomic
def edit_call(*, call: Call, lists: Mapping[str, Sequence[Code]], fields: Iterable[str], by: Access) -> Call:
    """Raises Conflict when somebody else saved the call in the meantime."""
    check_can_edit_call(by, call)
    case = given_afterwards(call, by)
    _save_call(call, lists, by)
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


def _save_call(call: Call, lists: Mapping[str, Sequence[Code]], by: Access) -> None:
    """Save a call, new or changed, with what follows from its facts, and its lists."""
    call.received_on = timezone.localdate(call.received_at)
    if call.consent == Consent.MISSING:
        call.note = ""
    if call.pk:
        next_version(call)
    save_with_lists(call, lists, by=by)


RECEIVED, TAKEN, CONTACTED, CLOSED = NotificationState
NEXT: Final = {
    RECEIVED: (TAKEN, CONTACTED, CLOSED),
    TAKEN: (CONTACTED, CLOSED),
    CONTACTED: (CLOSED,),
    CLOSED: (TAKEN,),
}


@transaction.atomic
def notify(*, notification: Notification, purposes: Iterable[Code], by: Access) -> Notification:
    """`notification` is unsaved, with its county; its region is the county's today."""
    by.require(May.NOTIFY)
    notification.officer, notification.agency, notification.sent_at = by.user, by.user.agency, by.at
    notification.region_id = Geography.load().region_on(notification.county_id, by.today)
    save(notification, by=by)
    notification.purposes.set(purposes)
    record(by, "notification.send", notification)
    return notification


@transaction.atomic
def move(*, notification: Notification, state: str, by: Access, how: str = "") -> None:
    """The coordinator of the region says how far it has come. That the officer is contacted is said with how:
    nobody says it by the way. Raises Conflict when a colleague has just done so."""
    by.require(May.EDIT_CASE)
    says_how = how in ContactWay.values
    if state not in NEXT[NotificationState(notification.state)] or (state == CONTACTED) != says_how:
        raise PermissionDenied
    notification.state = state
    fields = ["state"]
    if state == TAKEN:
        _take(notification, by)
        fields += ["taken_by"]
    if state == CONTACTED:
        notification.contacted_by, notification.contacted_at = by.user, by.at
        notification.contacted_how = how
        fields += ["contacted_by", "contacted_how"]
    save_version(notification, by=by)
    record(by, "notification.move", notification, fields=fields)


@transaction.atomic
def link_case(*, notification: Notification, case: Case, by: Access) -> None:
    """The case that the coordinator has opened from it. The officer sees the state, never the case; and is
    not contacted by it."""
    by.require(May.OPEN_CASE)
    notification.case = case
    if notification.state == RECEIVED:
        notification.state = TAKEN
        _take(notification, by)
    save_version(notification, by=by)
    record(by, "notification.link", notification, fields=["case", "state"])


def _take(notification: Notification, by: Access) -> None:
    notification.taken_by, notification.taken_at = by.user, by.at
