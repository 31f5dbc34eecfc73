"""Who answers what one person has asked for: for a region those who have it, else the manager, else a second
administrator. Never who asked, never whom the asker has lately let in, never who would gain by it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from accounts.access import Access
from accounts.approvals import ACTS, Newcomers, second_persons
from accounts.models import Approval, User
from accounts.roles import MAY, May, Role
from agencies.models import Coordinator


class Answerers:
    """Those who can sign in on a day and may answer anything. Three queries, however many questions wait."""

    def __init__(self, day: date) -> None:
        able = list(User.objects.able(May.COORDINATE, May.LET_IN, May.ADMINISTER))
        people = {user.pk: user for user in able}
        self.regions: dict[str, list[User]] = defaultdict(list)
        for region, key in Coordinator.objects.valid_on(day).values_list("region_id", "user_id"):
            if key in people and May.COORDINATE in MAY[Role(people[key].role)]:
                self.regions[region].append(people[key])
        self.managers = [user for user in able if May.LET_IN in MAY[user.role_now]]
        self.administrators = [user for user in able if May.ADMINISTER in MAY[user.role_now]]
        self.newcomers = Newcomers(timezone.now())

    def of(self, asked: Approval) -> Sequence[User]:
        """The first group in which there is anybody else; empty where nobody can answer."""
        own = self.regions.get(asked.payload.get("region", ""), [])
        gains = asked.payload.get("user")
        for group in (own, self.managers, self.administrators):
            others = [user for user in group if user.pk != gains]
            if found := second_persons(asked, others, self.newcomers):
                return found
        return []


def answerers(asked: Approval) -> Sequence[User]:
    """Exactly those who may answer this question now."""
    return Answerers(timezone.localdate()).of(asked)


def waiting_for(access: Access) -> list[Approval]:
    """The questions that somebody may answer today, the earliest first. At most four queries."""
    waiting = list(Approval.objects.pending().filter(act__in=ACTS).order_by("asked_at", "pk"))
    if not waiting:
        return []
    today = Answerers(access.today)
    return [row for row in waiting if _has_right(row, access) and access.user in who_answers(row, today)]


def seen(asked: Approval, access: Access) -> bool:
    """Whether somebody may read the question: who asked, answered or may answer it, those of its region, and
    who watches over all of them."""
    mine: tuple[Any, ...] = (asked.asked_by_id, asked.answered_by_id)
    if access.user.pk in mine or access.may(May.VIEW_TRAIL):
        return True
    if asked.payload.get("region", "") in access.regions:
        return True
    pending = asked.answer == Approval.Answer.PENDING
    return pending and access.user in who_answers(asked, Answerers(access.today))


def who_answers(asked: Approval, today: Answerers) -> Sequence[User]:
    """Exactly those who may answer: as the act says, else as the network does."""
    who = ACTS[asked.act].who
    return today.of(asked) if who is None or who is answerers else who(asked)


def _has_right(asked: Approval, access: Access) -> bool:
    return access.may(*ACTS[asked.act].answers)
