"""Forms that somebody has not finished: calls that were being logged, and what was sent when the session had
ended."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.access import Access
from cases.models import Draft, SentLate
from cases.waiting.shape import Kind, Line, Row
from cases.wording import minute


def drafts(access: Access) -> QuerySet[Any]:
    """Calls that were being logged when something broke; the page of a new call offers the latest of them."""
    return Draft.objects.visible_to(access).filter(kind="call")


def _draft(row: Row, _access: Access) -> Line:
    return Line(minute(row.at) if row.at else "", reverse("calls:new"))


def _late(row: Row, _access: Access) -> Line:
    return Line(minute(row.at) if row.at else "", reverse("cases:sent_late", args=[row.code]))


DRAFTS: Final = Kind(
    "drafts", gettext_lazy("Unsaved calls"), drafts, lambda _access: {"at": F("updated_at")}, _draft,
    order=("-row_at",),
)  # fmt: skip
SENT_LATE: Final = Kind(
    "sent-late", gettext_lazy("Sent, and not done"), SentLate.objects.visible_to,
    lambda _access: {"code": F("code"), "at": F("sent_at")}, _late, order=("-row_at",),
)  # fmt: skip
