"""A deputy sees a region for some days in its coordinator's stead: who may, from when and for how long. Asked
by the page of a coordinator, by the administrator's, at the answer, and by `check_register`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.notices import notice, tell
from accounts.roles import MAY, May, Role
from agencies.answering import Answerers
from agencies.models import Coordinator
from agencies.querysets import CoordinatorQuerySet
from audit.writer import Actor, record

LONGEST: Final = 60  # days within a year, for a person and a region together
AHEAD: Final = timedelta(days=30)  # a deputy begins within them
YEAR: Final = timedelta(days=365)
ENDED: Final = notice(
    "region.deputy_end", gettext_lazy("A deputy no longer stands in: the role or the account has ended")
)


def why_not(card: Coordinator, today: date) -> str:
    """Return why `card` may not let its user stand in, as a sentence; empty where it may."""
    if forgets_days(Coordinator.objects.filter(pk=card.pk).first(), card, today):
        return _("The days on which a deputy has stood in stay on the card. End it, and add another.")
    user = card.user
    if card.kind != Coordinator.Kind.DEPUTY or user is None:
        return ""
    if not user.works or May.COORDINATE not in MAY[Role(user.role)]:
        return _("Only somebody who signs in as a coordinator stands in for another.")
    if card.valid_to is None:
        return _("Enter the last day on which the deputy stands in.")
    if card.valid_from > today + AHEAD:
        return _("A deputy's first day is at most 30 days from today.")
    days = most_in_a_year(card, card.valid_to)
    if days > LONGEST:
        said = _(
            "A deputy stands in for at most 60 days within a year in the same region, all periods together. "
            "For %(name)s it would be %(days)d."
        )
        return said % {"name": user.name, "days": days}
    return ""


def forgets_days(before: Coordinator | None, after: Coordinator, today: date) -> bool:
    """Return whether days on which the deputy of `before` has stood in are not on `after`, the same card
    changed: they would no longer be counted."""
    if before is None or before.kind != Coordinator.Kind.DEPUTY or before.user_id is None:
        return False
    yesterday = today - timedelta(days=1)
    stood_until = min(before.valid_to or yesterday, yesterday)
    if stood_until < before.valid_from:
        return False
    facts = ("kind", "user_id", "region_id")
    is_same = all(getattr(before, name) == getattr(after, name) for name in facts)
    shorter = after.valid_to is not None and after.valid_to < stood_until
    return not is_same or after.valid_from > before.valid_from or shorter


def most_in_a_year(card: Coordinator, last: date) -> int:
    """Return the most days within 365 on which the card's user stands in, among the years that it touches."""
    first = card.valid_from
    beside = Coordinator.objects.filter(
        region=card.region_id, user=card.user_id, kind=Coordinator.Kind.DEPUTY,
        valid_from__lt=last + YEAR, valid_to__gt=first - YEAR,
    ).exclude(pk=card.pk)  # fmt: skip
    days = set(_days(first, last))
    for start, end in beside.values_list("valid_from", "valid_to"):
        days.update(_days(start, end or start))  # a deputy's card has an end, by a constraint
    in_order = sorted(days)
    touching = [day for day in in_order if first - YEAR < day <= last]
    return max(bisect_left(in_order, day + YEAR) - bisect_left(in_order, day) for day in touching)


def _days(first: date, last: date) -> Iterator[date]:
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


@transaction.atomic
def end_deputies(user: User, by: Actor) -> None:
    """End the days on which `user` stands in, and tell the regions. A card that has not run a whole day keeps
    its name and loses its user, since it cannot end before it begins."""
    today = timezone.localdate()
    for card in deputies_from(today).filter(user=user).select_for_update(of=("self",)):
        end_days(card, by)
        tell(Answerers(today).regions.get(card.region_id, []), ENDED, label=str(card), at=timezone.now())


def deputies_from(day: date) -> CoordinatorQuerySet:
    """The cards of those who stand in on `day` or later."""
    return Coordinator.objects.filter(kind=Coordinator.Kind.DEPUTY, valid_to__gte=day, user__isnull=False)


def end_days(card: Coordinator, by: Actor) -> None:
    """End the days of one deputy now, whatever day it is."""
    fields, yesterday = ["valid_to"], timezone.localdate() - timedelta(days=1)
    card.valid_to = max(card.valid_from, yesterday)
    if card.valid_to > yesterday:
        card.user = None
        fields.append("user")
    card._history_user = getattr(by, "user", None)  # type: ignore[attr-defined]
    card.save()
    record(by, "coordinator.change", card, fields=fields)


def against_the_rules() -> Iterator[str]:
    """Yield the cards of deputies who stand in now or later and should not, for `check_register`.

    Left out are users whose last day has passed: they see nothing, and their cards end when that day is
    moved.
    """
    today = timezone.localdate()
    for card in deputies_from(today).select_related("user", "region").order_by("pk"):
        if card.user is not None and not card.user.has_ended and (why := why_not(card, today)):
            yield f"{card.pk} ({why})"
