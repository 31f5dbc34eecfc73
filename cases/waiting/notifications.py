"""Notifications: those that own regions are to answer, and how far an officer's own have come."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Access
from cases.choices import NotificationState, Urgency
from cases.models import Notification
from cases.waiting.shape import Kind, Line, Press, Row, name
from cases.wording import clock


def _columns(_access: Access) -> dict[str, Any]:
    return {
        "code": F("code"),
        "at": F("sent_at"),
        "urgent": Q(urgency=Urgency.ACUTE),
        "one": F("receipt"),
        "two": name("agency"),
        "three": name("county"),
        "four": F("state"),
    }


def _line(row: Row, access: Access) -> Line:
    """Police authority, Skåne · 16:16."""
    sender = ", ".join(filter(None, (row.two, row.three)))
    label = " · ".join(filter(None, (sender, clock(row.at, access.today) if row.at else "")))
    state = str(NotificationState(row.four).label)
    take = Press(_("Take over"), reverse("cases:take_notification", args=[row.code]))
    new = row.four == NotificationState.RECEIVED
    url = reverse("cases:notification", args=[row.code])
    return Line(label, url, f"{row.one} · {state}", row.urgent, row.at, acts=(take,) if new else ())


def _own(row: Row, _access: Access) -> Line:
    address = reverse("cases:notification_messages", args=[row.code])
    return Line(row.one, address, str(NotificationState(row.four).label))


NOTIFICATIONS: Final = Kind(
    "notifications", gettext_lazy("Notifications to answer"), Notification.objects.waiting_for,
    _columns, _line,
    order=("-row_urgent", "row_at"),
)  # fmt: skip
OWN_NOTIFICATIONS: Final = Kind(
    "my-notifications", gettext_lazy("My notifications"), Notification.objects.visible_to, _columns, _own,
    order=("-row_at",), url=lambda: reverse("cases:notifications"),
)  # fmt: skip
