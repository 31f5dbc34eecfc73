"""What somebody had taken on in a region goes to who coordinates it, when they have the region no more: a
deputy whose days are over or were ended, a coordinator who has left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.access import Access
from accounts.models import User
from accounts.notices import notice, tell
from accounts.roles import May
from agencies.models import Coordinator
from audit.writer import System, Target, record
from cases.models import Call, Case, Reminder

NAMED: Final = 4  # cases and calls that are named to who gets them; the rest is a number
HANDED_BACK: Final = notice(
    "casework.handed_back",
    gettext_lazy("Somebody has your region no more: what they had taken on is yours now"),
)


class Left(NamedTuple):
    """A row whose `field` names somebody who does not find it any more."""

    row: Case | Reminder | Call
    field: str
    region: str
    label: str


def hand_back(at: datetime) -> None:
    """Give open cases, waiting reminders and calls that were taken over to who coordinates their region,
    where whoever has them does not find them any more. Where a region has nobody they wait."""
    heirs = _heirs(at)
    responsible = Case.objects.open().filter(responsible__isnull=False).order_by().values("responsible")
    reminded = Reminder.objects.waiting().order_by().values("by")
    took_over = _calls().order_by().values("taken_over_by")
    for user in User.objects.filter(Q(pk__in=responsible) | Q(pk__in=reminded) | Q(pk__in=took_over)):
        _from(user, heirs, at)


def _calls() -> QuerySet[Call]:
    """Taken over by somebody, and neither followed up nor a case."""
    return Call.objects.filter(taken_over_by__isnull=False, followed_up_at__isnull=True, case__isnull=True)


def _heirs(at: datetime) -> dict[str, User]:
    """By region, who coordinates it on that day; where nobody does, who stands in."""
    cards = Coordinator.objects.valid_on(timezone.localdate(at)).select_related("user")
    working = cards.filter(user__in=User.objects.working(May.COORDINATE))
    found: dict[str, User] = {}
    for card in working.order_by("kind", "valid_from", "pk"):
        if card.user is not None:
            found.setdefault(card.region_id, card.user)
    return found


@transaction.atomic
def _from(user: User, heirs: dict[str, User], at: datetime) -> None:
    given: dict[str, list[str]] = defaultdict(list)
    for left in _left(user, Access.of(user, at=at)):
        heir = heirs.get(left.region, user)
        if heir == user:
            continue
        setattr(left.row, left.field, heir)
        _save(left)
        given[left.region].append(left.label)
    for region, labels in given.items():
        _tell(user, heirs[region], labels, at)
        on = Target("accounts.user", str(user.pk), str(user)[:100])
        record(System(), "case.hand_back", on, rows=len(labels), at=at)


def _left(user: User, access: Access) -> Iterator[Left]:
    works = access.user.works
    own = (Case.objects.in_own_region(access) if works else Case.objects.none()).order_by().values("pk")
    seen = (Call.objects.visible_to(access) if works else Call.objects.none()).order_by().values("pk")
    for case in Case.objects.open().filter(responsible=user).exclude(pk__in=own):
        yield Left(case, "responsible", case.region_id, case.number)
    reminders = Reminder.objects.waiting().filter(by=user).exclude(case__in=own)
    for reminder in reminders.select_related("case"):
        yield Left(reminder, "by", reminder.case.region_id, reminder.case.number)
    for call in _calls().filter(taken_over_by=user).exclude(pk__in=seen):
        yield Left(call, "taken_over_by", call.referred_region_id or "", str(call))


def _save(left: Left) -> None:
    fields = [left.field]
    if not isinstance(left.row, Reminder):
        left.row.version += 1
        left.row._history_user = None  # type: ignore[union-attr]
        fields.append("version")
    left.row.save(update_fields=fields)


def _tell(user: User, heir: User, labels: list[str], at: datetime) -> None:
    named = list(dict.fromkeys(labels))
    more = f" +{len(named) - NAMED}" if len(named) > NAMED else ""
    label = f"{user}: {', '.join(named[:NAMED])}{more}"
    tell([heir], HANDED_BACK, label=label, link=reverse("cases:list"), at=at)
