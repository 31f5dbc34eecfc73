"""An agency notifies a region; the region takes it over, reaches the officer and says how far it has come."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.access import Access
from accounts.roles import May
from agencies.geography import Geography
from agencies.models import Code
from audit.writer import record
from cases.actions.saving import save, save_version
from cases.choices import ContactWay, NotificationState
from cases.models import Case, Notification

NEXT = {
    NotificationState.RECEIVED: (
        NotificationState.TAKEN,
        NotificationState.CONTACTED,
        NotificationState.CLOSED,
    ),
    NotificationState.TAKEN: (NotificationState.CONTACTED, NotificationState.CLOSED),
    NotificationState.CONTACTED: (NotificationState.CLOSED,),
    NotificationState.CLOSED: (NotificationState.TAKEN,),
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
    if state not in NEXT[NotificationState(notification.state)]:
        raise PermissionDenied
    if (state == NotificationState.CONTACTED) != (how in ContactWay.values):
        raise PermissionDenied
    notification.state = state
    fields = ["state"]
    if state == NotificationState.TAKEN:
        _take(notification, by)
        fields += ["taken_by"]
    if state == NotificationState.CONTACTED:
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
    if notification.state == NotificationState.RECEIVED:
        notification.state = NotificationState.TAKEN
        _take(notification, by)
    save_version(notification, by=by)
    record(by, "notification.link", notification, fields=["case", "state"])


def _take(notification: Notification, by: Access) -> None:
    notification.taken_by, notification.taken_at = by.user, by.at
