"""What cannot wait until somebody looks at *My page* of their own accord: its kind and random code, without a
word of what it is."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Value

from accounts.access import Access
from accounts.acting import beyond
from cases.choices import NotificationState, Urgency
from cases.models import AccessGrant, Call, Notification, Transfer


@beyond("transfer")
def cannot_wait(access: Access, *, since: datetime) -> set[str]:
    """What own regions are asked since then and have not answered: a transfer, access to a case; and urgent
    calls and notifications that have come to them. One query."""
    transfers = Transfer.objects.waiting_for(access).filter(asked_at__gte=since)
    grants = AccessGrant.objects.waiting_for(access).filter(asked_at__gte=since)
    calls = Call.objects.visible_to(access).filter(
        referred_region__in=access.regions, urgency=Urgency.ACUTE, created_at__gte=since, case__isnull=True
    )
    notifications = Notification.objects.waiting_for(access).filter(
        urgency=Urgency.ACUTE, sent_at__gte=since, state=NotificationState.RECEIVED
    )
    first, *others = (
        rows.order_by().annotate(kind=Value(kind), which=F("code")).values_list("kind", "which")
        for kind, rows in (
            ("transfer", transfers),
            ("access", grants),
            ("call", calls),
            ("notification", notifications),
        )
    )
    return {f"{kind}:{code}" for kind, code in first.union(*others, all=True)}
