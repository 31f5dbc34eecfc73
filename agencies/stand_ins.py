"""Who answers for somebody else.

What one person has asked for is answered, for a region, by those who have it, else by the manager, else by a
second administrator. Never by who asked, by whom the asker has lately let in, or by who would gain from it.

A deputy sees a region for some days in its coordinator's stead: who may, from when and for how long. Somebody
who works with totals or accounts stands in for a manager, and does nothing else meanwhile; two persons give
it.
"""

from __future__ import annotations

import uuid
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from operator import attrgetter, itemgetter
from typing import Any, Final

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Access, AuthenticatedRequest, lead_on, posted
from accounts.approvals import ACTS, Fact, Newcomers, ask, second_persons, use
from accounts.free_text import FreeForm, FreeTextField
from accounts.models import STAND_INS, Approval, User, stand_ins_from
from accounts.notices import notice, tell
from accounts.roles import MAY, STAND_IN, May, Role
from agencies.models import Coordinator, CoordinatorQuerySet
from audit.writer import Actor, record, target
from libs.groups import by_key


class Answerers:
    """Those who can sign in on a day and may answer anything. Three queries, however many questions wait."""

    def __init__(self, day: date) -> None:
        able = list(User.objects.able(May.COORDINATE, May.LET_IN, May.ADMINISTER))
        people = {user.pk: user for user in able if May.COORDINATE in MAY[Role(user.role)]}
        cards = Coordinator.objects.valid_on(day).filter(user__in=people).values_list("region_id", "user__pk")
        self.regions = by_key((region, people[key]) for region, key in cards)
        self.having = by_key((right, user) for user in able for right in MAY[user.role_now])
        self.newcomers = Newcomers(timezone.now())

    def who_answers(self, asked: Approval) -> Sequence[User]:
        """Exactly those who may answer: as the act says, else as the network does."""
        who = ACTS[asked.act].who
        return self.of(asked) if who in {None, answerers} else who(asked)

    def of(self, asked: Approval) -> Sequence[User]:
        """The first group in which there is anybody else; empty where nobody can answer."""
        own = self.regions.get(asked.payload.get("region", ""), [])
        gains = asked.payload.get("user")
        for group in (own, self.having[May.LET_IN], self.having[May.ADMINISTER]):
            others = [user for user in group if user.pk != gains]
            if users := second_persons(asked, others, self.newcomers):
                return users
        return []


def answerers(asked: Approval) -> Sequence[User]:
    """Exactly those who may answer this question now."""
    return Answerers(timezone.localdate()).of(asked)


def waiting_for(access: Access) -> list[Approval]:
    """The questions that somebody may answer today, the earliest first. At most four queries."""
    acts = [name for name, act in ACTS.items() if access.may(*act.answers)]
    own = list(Approval.objects.pending().filter(act__in=acts).order_by("asked_at", "pk"))
    if not own:
        return []
    today = Answerers(access.today)
    return [row for row in own if access.user in today.who_answers(row)]


def seen(asked: Approval, access: Access) -> bool:
    """Whether somebody may read the question: its people, those of its region, and who watches over all."""
    is_own = access.user.pk in (asked.asked_by_id, asked.answered_by_id)
    is_of_region = asked.payload.get("region", "") in access.regions
    if is_own or is_of_region or access.may(May.VIEW_AUDIT_LOG):
        return True
    pending = asked.answer == Approval.Answer.PENDING
    return pending and access.user in Answerers(access.today).who_answers(asked)


MAX_DAYS: Final = 60  # days within a year, for a person and a region together
AHEAD: Final = timedelta(days=30)  # a deputy begins within them
YEAR: Final = timedelta(days=365)
WHOSE_DAYS: Final = attrgetter("kind", "user_id", "region_id")  # of a card
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
        return _("Only a person who signs in as a coordinator can stand in for another.")
    if card.valid_to is None:
        return _("Enter the last day on which the deputy stands in.")
    if card.valid_from > today + AHEAD:
        return _("A deputy's first day is at most 30 days from today.")
    days = most_in_a_year(card, card.valid_to)
    if days > MAX_DAYS:
        message = _(
            "A deputy stands in for at most 60 days within a year in the same region, all periods together. "
            "For %(name)s it would be %(days)d."
        )
        return message % {"name": user.name, "days": days}
    return ""


def forgets_days(before: Coordinator | None, after: Coordinator, today: date) -> bool:
    """Return whether days on which the deputy of `before` has stood in are not on `after`, the same card
    changed: they would no longer be counted."""
    if before is None or before.kind != Coordinator.Kind.DEPUTY or before.user_id is None:
        return False
    stood_until = min(before.last_day, today - timedelta(days=1))
    if stood_until < before.valid_from:
        return False
    shorter = after.valid_from > before.valid_from or after.last_day < stood_until
    return shorter or WHOSE_DAYS(before) != WHOSE_DAYS(after)


def most_in_a_year(card: Coordinator, last: date) -> int:
    """Return the most days within 365 on which the card's user stands in, among the years that it touches."""
    first = card.valid_from
    beside = Coordinator.objects.filter(
        region=card.region_id, user=card.user_id, kind=Coordinator.Kind.DEPUTY,
        valid_from__lt=last + YEAR, valid_to__gt=first - YEAR,
    ).exclude(pk=card.pk)  # fmt: skip
    days = set(_days(first, last))
    for other in beside:
        days.update(_days(other.valid_from, other.last_day))  # a deputy's card has an end, by a constraint
    in_order = sorted(days)
    touching = [day for day in in_order if first - YEAR < day <= last]
    return max(bisect_left(in_order, day + YEAR) - bisect_left(in_order, day) for day in touching)


def _days(first: date, last: date) -> Iterator[date]:
    return (date.fromordinal(one) for one in range(first.toordinal(), last.toordinal() + 1))


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

    Users whose last day has passed see nothing; their cards end when that day is moved.
    """
    today = timezone.localdate()
    for card in deputies_from(today).select_related("user", "region").order_by("pk"):
        if card.user is not None and not card.user.has_ended and (why := why_not(card, today)):
            yield f"{card.pk} ({why})"


LONGEST_STAND_IN: Final = timedelta(days=365)
STAND_IN_ENDED: Final = notice("manager.stand_in_end", gettext_lazy("You no longer stand in for a manager"))


class StandInForm(FreeForm):
    user = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Who stands in"))
    first = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = FreeTextField(
        names=False,
        label=gettext_lazy("Reason, for the person who answers"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        people = User.objects.able(*May).filter(role__in=STAND_IN).order_by("name")
        self.fields["user"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and first < self.today:
            self.add_error("first", _("Somebody stands in from today on."))
        if first and last and not first <= last <= first + LONGEST_STAND_IN:
            self.add_error("last", _("The last day is at most a year after the first."))
        return cleaned


def ask_stand_in(*, user: User, first: date, last: date, reason: str, by: Access) -> Approval:
    """Ask that `user` stands in for a manager in these days."""
    days = {"first": first.toordinal(), "last": last.toordinal()}
    return ask(STAND_INS, target(user), reason=reason, by=by, payload={"user": user.pk, **days})


def standing(today: date) -> QuerySet[Approval]:
    """The answers by which somebody stands in now or later, the earliest day first."""
    return stand_ins_from(today).order_by("payload__first", "pk")


@transaction.atomic
def end_stand_in(*, asked: Approval, by: Access) -> None:
    """End the days at once, by an administrator or a manager."""
    by.require(May.ADMINISTER, May.LET_IN)
    use(asked, at=by.at)
    user = User.objects.get(pk=asked.payload["user"])
    tell([user], STAND_IN_ENDED, label=days_of(asked), at=by.at)
    record(by, "user.stand_in_end", user)


def days_of(asked: Approval) -> str:
    days = (date.fromordinal(one) for one in itemgetter("first", "last")(asked.payload))
    return " – ".join(date_format(day, "SHORT_DATE_FORMAT") for day in days)


def facts(asked: Approval) -> list[Fact]:
    return [(_("Who stands in"), asked.target_label), (_("Days"), days_of(asked))]


@require_http_methods(["GET", "HEAD", "POST"])
def stand_in(request: AuthenticatedRequest) -> HttpResponse:
    """Who stands in for a manager, and the question that somebody does."""
    access = request.access.require(May.ADMINISTER, May.LET_IN)
    form = StandInForm(posted(request), today=access.today)
    if form.is_valid():
        return redirect("agencies:approval", ask_stand_in(**form.cleaned_data, by=access).code)
    title = _("Stand in for a manager")
    stand_ins = [(row, days_of(row)) for row in standing(access.today)]
    crumbs = [(_("To approve"), reverse("agencies:approvals")), (title, "")]
    context = {"form": form, "title": title, "standing": stand_ins, "breadcrumbs": crumbs}
    return render(request, "agencies/stand_in.html", context)


@require_POST
def end(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    request.access.require(May.ADMINISTER, May.LET_IN)
    asked = get_object_or_404(standing(timezone.localdate()), code=code)
    end_stand_in(asked=asked, by=request.access)
    words = _("%(name)s no longer stands in for a manager.") % {"name": asked.target_label}
    return lead_on(request, words, "agencies:stand_in")
