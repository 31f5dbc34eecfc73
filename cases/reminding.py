"""What somebody is to remember, by its day: reminders of their own, and follow-ups of calls, in one list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet, Value

from accounts.access import Access
from accounts.roles import May
from cases.models import Call, Reminder


def follow_ups(access: Access) -> QuerySet[Any]:
    """Calls with a follow-up that is not done: of who logs calls the own ones, of others those in scope."""
    calls = Call.objects.visible_to(access).filter(follow_up_due__isnull=False, followed_up_at__isnull=True)
    return calls.filter(taken_by=access.user) if access.may(May.LOG_CALL) else calls


def to_remember(access: Access) -> QuerySet[Any]:
    """Day, kind and key of each, the earliest day first; one query."""
    reminders = Reminder.objects.visible_to(access).waiting().order_by()
    calls = follow_ups(access).order_by()
    parts = [
        rows.annotate(on=on, kind=Value(kind), key=F("pk")).values_list("on", "kind", "key")
        for rows, on, kind in ((reminders, F("day"), "reminder"), (calls, F("follow_up_due"), "call"))
    ]
    return parts[0].union(parts[1], all=True).order_by("on", "kind", "key")


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """One line: a reminder or a call, and whether its day has passed."""

    day: date
    reminder: Reminder | None
    call: Call | None
    late: int  # days


def remembered(found: Iterable[tuple[date, str, int]], access: Access) -> list[ReminderLine]:
    """The rows of `to_remember` with what they are of; two queries."""
    found = list(found)
    reminders = Reminder.objects.visible_to(access).select_related("case").in_bulk(_keys(found, "reminder"))
    calls = follow_ups(access).select_related("caller_group", "caller_county").in_bulk(_keys(found, "call"))
    return [
        ReminderLine(
            day,
            reminders.get(key) if kind == "reminder" else None,
            calls.get(key) if kind == "call" else None,
            max((access.today - day).days, 0),
        )
        for day, kind, key in found
    ]


def _keys(found: Iterable[tuple[date, str, int]], kind: str) -> list[int]:
    return [key for _day, of, key in found if of == kind]
