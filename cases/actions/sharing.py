"""Transfers of persons, access to cases of other regions, and who sees to what was handed over.

A transfer changes neither number, county nor year: published tables stay as they are. Who holds a secret
decides whether another region may read a case (OSL 8:1). What somebody had taken on in a region goes to who
coordinates it, when they have the region no more: a deputy whose days are over or were ended, a coordinator
who has left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from accounts.access import Access, bypass_policies
from accounts.approvals import AlreadyAnswered
from accounts.models import User
from accounts.notices import notice, tell
from accounts.roles import May
from agencies.models import Coordinator, Region
from audit.writer import System, Target, record
from cases.actions.base import save_version
from cases.actions.cases import lock_cases, settle_region
from cases.actions.duplicates import CASES_A_DAY, asked_today, one_more
from cases.choices import RequestAnswer
from cases.models import AccessGrant, Call, Case, Person, Reminder, Transfer
from cases.scope import check_own

ONLY_RESPONSIBLE: Final = gettext_lazy("Only the responsible region may hand a person over.")


@transaction.atomic
def ask_transfer(*, person: Person, to_region: Region, reason: str, by: Access) -> Transfer:
    by.require(May.TRANSFER)
    check_own(person.responsible_region_id in by.regions, ONLY_RESPONSIBLE)
    transfer = Transfer(person=person, reason=reason, asked_by=by.user, asked_at=by.at)
    transfer.from_region, transfer.to_region = person.responsible_region, to_region
    transfer.save()
    record(by, "transfer.ask", person)
    return transfer


@transaction.atomic
@bypass_policies("transfer")
def answer_transfer(*, transfer: Transfer, accept: bool, reason: str, by: Access) -> None:
    """The receiving region accepts or declines. Raises AlreadyAnswered when another answer came first."""
    by.require(May.TRANSFER)
    lock_cases([transfer.person.case_id])
    locked = Transfer.objects.select_for_update().get(pk=transfer.pk)
    check_own(locked.to_region_id in by.regions, _("The receiving region answers a transfer."))
    _check_pending(locked)
    locked.answer = RequestAnswer.ACCEPTED if accept else RequestAnswer.DECLINED
    locked.answered_by, locked.answered_at, locked.answer_reason = by.user, by.at, reason
    locked.save()
    if accept:
        person = Person.objects.select_for_update().get(pk=locked.person_id)
        person.responsible_region = locked.to_region
        save_version(person, by=by)
        settle_region([person.case_id], by=by)
        _hand_on_requests(Case.objects.get(pk=person.case_id), by.at)
    record(by, f"transfer.{locked.answer}", locked.person)


@transaction.atomic
def withdraw_transfer(*, transfer: Transfer, by: Access) -> None:
    """The region that has asked takes it back. Raises AlreadyAnswered when the answer came first."""
    by.require(May.TRANSFER)
    locked = Transfer.objects.select_for_update().get(pk=transfer.pk)
    check_own(locked.from_region_id in by.regions, _("Only the region that has asked may take it back."))
    _check_pending(locked)
    locked.answer, locked.answered_by, locked.answered_at = RequestAnswer.WITHDRAWN, by.user, by.at
    locked.save()
    record(by, "transfer.withdraw", locked.person)


def _check_pending(locked: Transfer | AccessGrant) -> None:
    if locked.answer != RequestAnswer.PENDING:
        raise AlreadyAnswered(locked)


MOST_HOURS: Final = 24
REQUEST: Final = ("case", "case_number", "asked_by", "asked_at", "persons", "note", "reason")


class NothingToAsk(Exception):
    """Who asks reads what they ask for already."""


@transaction.atomic
@bypass_policies("asking")
def ask_access(
    *, number: str, region: Region, reason: str, by: Access, persons: bool = True, note: bool = True
) -> AccessGrant:
    """Ask every other region that is responsible for somebody in the case for its persons, and that of the
    case for its note. `region` is the one that the number names: it is written down where there is no such
    case, so that the answer is the same. Raises TooManyQuestions; NothingToAsk of a case that one sees."""
    by.require(May.GRANT)
    asked = asked_today(AccessGrant.objects.all(), by=by)
    one_more(asked.values("case_number").distinct().count(), CASES_A_DAY)
    case = Case.objects.filter(number=number).first()
    request = AccessGrant(case=case, case_number=number, asked_by=by.user, asked_at=by.at, reason=reason)
    request.persons, request.note = persons, note
    regions = _holders(request, case.region_id if case else region.pk, by)
    seen = Case.objects.visible_to(by).filter(number=number).exists()
    if not regions and seen:
        raise NothingToAsk
    rows = _send(request, regions or {region.pk})
    record(by, "access.ask", Target("cases.case", str(case.code) if case else "", number))
    return rows[0]


def _send(request: AccessGrant, regions: set[str]) -> list[AccessGrant]:
    facts = {name: getattr(request, name) for name in REQUEST}
    rows = [AccessGrant(region_id=code, **facts) for code in sorted(regions)]
    return AccessGrant.objects.bulk_create(rows)


def _holders(request: AccessGrant, region: str, by: Access) -> set[str]:
    """The regions that have any of it and have not granted it already. A case without persons is asked for
    where it is. By its number: where there is no such case, the cost is the same."""
    of_case = Person.objects.filter(case__number=request.case_number).order_by()
    of_persons = set(of_case.values_list("responsible_region", flat=True))
    of_note = {region} if request.note or not of_persons else set()
    holders = of_note | of_persons if request.persons else of_note
    granted = AccessGrant.objects.filter(
        case_number=request.case_number, asked_by=by.user, answer=RequestAnswer.ACCEPTED, until__gt=by.at
    ).filter(**{name: True for name in ("persons", "note") if getattr(request, name)})
    return holders - by.regions - set(granted.values_list("region", flat=True))


@bypass_policies("asking")
def _hand_on_requests(case: Case, at: datetime) -> None:
    """Give requests that nobody has answered to the regions that have now what is asked for."""
    requests = AccessGrant.objects.exclude(answer=RequestAnswer.WITHDRAWN).filter(case=case)
    for row in requests.filter(answer=RequestAnswer.PENDING).select_related("asked_by"):
        holders = _holders(row, case.region_id, Access.of(row.asked_by, at=at))
        asked = requests.filter(asked_by=row.asked_by, asked_at=row.asked_at)
        _send(row, holders.difference(asked.values_list("region", flat=True)))
        left = requests.filter(pk=row.pk, answer=RequestAnswer.PENDING).exclude(region__in=holders)
        left.update(answer=RequestAnswer.WITHDRAWN, answered_at=at)


@transaction.atomic
@bypass_policies("asking")
def answer_access(*, grant: AccessGrant, hours: int, reason: str, by: Access) -> AccessGrant:
    """Grant for `hours`, at most 24, or decline with 0. Raises AlreadyAnswered when another answer came
    first."""
    by.require(May.GRANT)
    locked = AccessGrant.objects.select_for_update().get(pk=grant.pk)
    own = locked.region_id in by.regions and locked.asked_by_id != by.user.pk and locked.case is not None
    check_own(own, _("The other region answers. Nobody grants access to themselves."))
    _check_pending(locked)
    if not 0 <= hours <= MOST_HOURS:
        raise ValueError(f"Access is granted for at most {MOST_HOURS} hours.")
    locked.answer = RequestAnswer.ACCEPTED if hours else RequestAnswer.DECLINED
    locked.until = by.at + timedelta(hours=hours) if hours else None
    locked.answered_by, locked.answered_at, locked.answer_reason = by.user, by.at, reason
    locked.save()
    record(by, "access.grant" if hours else "access.decline", locked.case)
    return locked


@transaction.atomic
@bypass_policies("asking")
def end_access(*, grant: AccessGrant, by: Access) -> None:
    """The region that has granted access ends it now. Does nothing where it has ended already."""
    by.require(May.GRANT)
    locked = AccessGrant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    own = locked.region_id in by.regions and locked.case is not None
    check_own(own, _("Only the region that has granted access may end it."))
    if locked.until and locked.until > by.at:
        locked.until = by.at
        locked.save()
        record(by, "access.end", locked.case)


@transaction.atomic
@bypass_policies("asking")
def withdraw_access(*, grant: AccessGrant, by: Access) -> None:
    """Withdraw a request for access from every region that it was sent to.

    Raises AlreadyAnswered when a region has granted it, or when no region is left to answer. Both raise the
    same error, so that it does not reveal whether the case exists.
    """
    by.require(May.GRANT)
    check_own(grant.asked_by_id == by.user.pk, _("Only who has asked may take it back."))
    asked = AccessGrant.objects.filter(asked_by=by.user, asked_at=grant.asked_at)
    request = asked.filter(case_number=grant.case_number)
    rows = request.select_for_update().order_by("pk")
    granted = [row for row in rows if row.answer == RequestAnswer.ACCEPTED]
    pending = request.filter(answer=RequestAnswer.PENDING)
    if granted or not pending.update(answer=RequestAnswer.WITHDRAWN, answered_at=by.at):
        raise AlreadyAnswered(granted[-1] if granted else grant)
    record(by, "access.withdraw", Target("cases.accessgrant", str(grant.code), grant.case_number))


class TakenAlready(Exception):
    """Somebody was first, or it is not to be taken over any more. `who`: None where nobody is named."""

    def __init__(self, who: User | None) -> None:
        super().__init__("taken over already")
        self.who = who


@transaction.atomic
def take_call(*, call: Call, by: Access) -> None:
    """A call that is referred to an own region. Raises TakenAlready when a colleague was first."""
    by.require(May.EDIT_CASE)
    check_own(
        call.referred_region_id in by.regions, _("The region that a call is referred to takes it over.")
    )
    locked = Call.objects.visible_to(by).select_for_update(of=("self",)).get(pk=call.pk)
    if locked.taken_over_at or locked.followed_up_at or locked.case_id:
        raise TakenAlready(locked.taken_over_by)
    locked.taken_over_by, locked.taken_over_at = by.user, by.at
    save_version(locked, by=by)
    record(by, "call.take_over", locked)


@transaction.atomic
def give_back_call(*, call: Call, by: Access) -> None:
    """Put a call that one has taken over back among those that wait. Raises TakenAlready where somebody else
    has it, or it is seen to."""
    by.require(May.EDIT_CASE)
    locked = Call.objects.visible_to(by).select_for_update(of=("self",)).get(pk=call.pk)
    if locked.taken_over_by_id != by.user.pk or locked.followed_up_at or locked.case_id:
        raise TakenAlready(locked.taken_over_by)
    locked.taken_over_by = locked.taken_over_at = None
    save_version(locked, by=by)
    record(by, "call.give_back", locked)


@transaction.atomic
def take_case(*, case: Case, by: Access) -> None:
    """A case of an own region that nobody is responsible for. Raises TakenAlready when a colleague was
    first."""
    by.require(May.EDIT_CASE)
    own = Case.objects.changeable_by(by).filter(pk=case.pk)
    locked = own.select_for_update(of=("self",)).first()
    if locked is None:
        raise PermissionDenied(_("The case belongs to another region. You may read it."))
    if locked.responsible_id:
        raise TakenAlready(locked.responsible)
    locked.responsible = by.user
    save_version(locked, by=by)
    record(by, "case.take_over", locked)


NAMED: Final = 4  # cases and calls that are named to who gets them; the rest is a number
HANDED_BACK: Final = notice(
    "casework.handed_back",
    gettext_lazy("A colleague has left your region: what they were responsible for is yours now"),
)


class HeldRow(NamedTuple):
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
    took_over = Call.objects.taken_in_hand().order_by().values("taken_over_by")
    for user in User.objects.filter(Q(pk__in=responsible) | Q(pk__in=reminded) | Q(pk__in=took_over)):
        _from(user, heirs, at)


def _heirs(at: datetime) -> dict[str, User]:
    """By region, who coordinates it on that day; where nobody does, who stands in."""
    cards = Coordinator.objects.valid_on(timezone.localdate(at)).select_related("user")
    working = cards.filter(user__in=User.objects.working(May.COORDINATE))
    first_in_the_end = working.order_by("-kind", "-valid_from", "-pk")
    return {card.region_id: card.user for card in first_in_the_end if card.user}


@transaction.atomic
def _from(user: User, heirs: dict[str, User], at: datetime) -> None:
    given: dict[str, list[str]] = defaultdict(list)
    for left in _left(user, Access.of(user, at=at)):
        heir = heirs.get(left.region, user)
        if heir == user:
            continue
        setattr(left.row, left.field, heir)
        fields = [left.field]
        if not isinstance(left.row, Reminder):
            left.row.version += 1
            left.row._history_user = None  # type: ignore[union-attr]
            fields.append("version")
        left.row.save(update_fields=fields)
        given[left.region].append(left.label)
    for region, labels in given.items():
        _tell(user, heirs[region], labels, at)
        on = Target("accounts.user", str(user.pk), str(user)[:100])
        record(System(), "case.hand_back", on, rows=len(labels), at=at)


def _left(user: User, access: Access) -> Iterator[HeldRow]:
    own = Case.objects.in_own_region(access).order_by().values("pk")
    seen = Call.objects.visible_to(access).order_by().values("pk")
    if not access.user.works:
        own, seen = own.none(), seen.none()
    for case in Case.objects.open().filter(responsible=user).exclude(pk__in=own):
        yield HeldRow(case, "responsible", case.region_id, case.number)
    reminders = Reminder.objects.waiting().filter(by=user).exclude(case__in=own)
    for reminder in reminders.select_related("case"):
        yield HeldRow(reminder, "by", reminder.case.region_id, reminder.case.number)
    for call in Call.objects.taken_in_hand().filter(taken_over_by=user).exclude(pk__in=seen):
        yield HeldRow(call, "taken_over_by", call.referred_region_id or "", str(call))


def _tell(user: User, heir: User, labels: list[str], at: datetime) -> None:
    named = list(dict.fromkeys(labels))
    more = f" +{len(named) - NAMED}" if len(named) > NAMED else ""
    label = f"{user}: {', '.join(named[:NAMED])}{more}"
    tell([heir], HANDED_BACK, label=label, link=reverse("cases:list"), at=at)
