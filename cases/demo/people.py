"""The demonstration's people, one for each role, and the coordinator of each region.

What waits for somebody on the morning of the day that the demonstration is made: handed over, asked,
answered, to be remembered and about to end, by the same actions as the pages. Of the year that goes on
only, and nothing of it happens on the day itself.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.contrib.auth.hashers import make_password
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from accounts.entry import accept_terms
from accounts.models import User
from accounts.roles import Role
from agencies.account_approvals import ask_account
from agencies.code_words import of_regions
from agencies.models import Agency, Code, Coordinator, Region
from audit.writer import Target, record
from cases.actions.calls import log_call, move, notify, write
from cases.actions.cases import assign_cases, remind
from cases.actions.duplicates import ask_other_region
from cases.actions.persons import edit_person, save_measure
from cases.actions.sharing import answer_access, answer_transfer, ask_access, ask_transfer, take_call
from cases.choices import OPEN_STATES, ContactWay, Urgency
from cases.demo import profile
from cases.demo.profile import code
from cases.models import (
    Call,
    Case,
    DuplicateReview,
    Measure,
    Notification,
    Person,
    Transfer,
    YearConfirmation,
)
from cases.timeline import PERMIT, REFLECTION

DOMAIN = "demo.example"
SIGN_INS = (
    # who, role, name, agency
    ("operator", Role.OPERATOR, "Exempel Operatör", "jamy"),
    ("coordinator.vast", Role.COORDINATOR, "Exempel Väst", ""),
    ("coordinator.syd", Role.COORDINATOR, "Exempel Syd", ""),
    ("officer", Role.OFFICER, "Exempel Handläggare", "police"),
    ("analyst", Role.ANALYST, "Exempel Analytiker", "jamy"),
    ("manager", Role.MANAGER, "Exempel Chef", "jamy"),
    ("admin", Role.ADMINISTRATOR, "Exempel Administratör", "jamy"),
    ("admin2", Role.ADMINISTRATOR, "Exempel Reserv", "jamy"),
    ("dpo", Role.DPO, "Exempel Dataskyddsombud", "jamy"),
)
# What each of the demonstration's people has to do, by the part of the address before @.
DOES: Final[dict[str, str | Promise]] = {
    "operator": _("Answers the support line: logs calls, opens cases and hands them over."),
    "coordinator.vast": _("Region Väst: cases, persons, transfers and duplicates."),
    "coordinator.syd": _("Region Syd, and stands in for the coordinator of another region."),
    "officer": _("Works at an agency: notifies of presumed victims and reads the answer."),
    "analyst": _("Counts the year, protects the tables and prepares what is published."),
    "manager": _("Reads the figures, and approves as the second person."),
    "admin": _("Users, agencies, coordinators and code lists."),
    "admin2": _("The second administrator: answers what the first has asked for."),
    "dpo": _("Reads the audit log, and answers persons who ask what is kept about them."),
}
LINE, AGENCY = "operator", "officer"  # who answers the line, and who notifies
COORDINATORS: Final = {"V": "coordinator.vast", "SY": "coordinator.syd"}  # who sign in, by region
OTHER: Final = {"V": "SY", "SY": "V"}
COUNTY: Final = {"V": "14", "SY": "12"}
START = date(2015, 1, 1)


def make_people(password: str) -> dict[str, User]:
    """Users by the part before @. All share the demonstration's password."""
    agencies = Agency.objects.in_bulk(field_name="code")
    users: dict[str, User] = {}
    hashed = make_password(password)
    for who, role, name, agency in SIGN_INS:
        user = User(email=f"{who}@{DOMAIN}", name=name, role=role, agency=agencies.get(agency))
        user.password = hashed
        user.save()
        accept_terms(by=Access.of(user))
        users[who] = user
    _directory(users)
    return users


def ask_something(users: dict[str, User], at: datetime) -> None:
    """A question that waits for the manager: a new operator, whom one administrator has asked for."""
    new = User(email=f"operator2@{DOMAIN}", name="Exempel Nyanställd", role=Role.OPERATOR)
    new.agency = users["admin"].agency
    ask_account(user=new, reason="Börjar på stödtelefonen", site="", by=Access.of(users["admin"], at=at))


def _directory(users: dict[str, User]) -> None:
    for step, region in enumerate(Region.objects.order_by("code"), start=1):
        who = COORDINATORS.get(region.code)
        user = users[who] if who else _without_sign_in(region, step * 10)
        _card(region, user, step * 10, valid_from=START)
    absent = Region.objects.get(code="Ö")  # its deputy is the coordinator of Syd, for the last weeks of 2025
    first, last = date(2025, 11, 24), date(2025, 12, 31)
    _card(absent, users["coordinator.syd"], 75, kind="deputy", valid_from=first, valid_to=last)


def _without_sign_in(region: Region, number: int) -> User:
    """The coordinator of a region into which the demonstration has no way: somebody is responsible there."""
    user = User(
        email=f"koordinator{number}@{DOMAIN}", name=f"Exempel {region.name_sv}", role=Role.COORDINATOR
    )
    user.set_unusable_password()
    user.save()
    return user


def _card(region: Region, user: User, number: int, **facts: Any) -> None:
    Coordinator.objects.create(
        region=region,
        user=user,
        name=user.name,
        municipality=of_regions("seat")[region.code],
        phone=f"000-000 {number:02d} 01",
        email=f"koordinator{number}@{DOMAIN}",
        hours="Mån–fre 9–16",
        **facts,
    )


ENOUGH: Final = 16  # persons of a region in the year that goes on
LATE: Final = ("SY", "Ö")  # have not closed the last year
FEBRUARY: Final = 2  # from when the others have
# What becomes of a notification, each with how the agency was reached.
STEPS: Final = [("taken", ""), ("contacted", str(ContactWay.PHONE)), ("closed", "")]


@dataclass(frozen=True)
class Days:
    """Who acts when: `users` by the part of the address before @, so many days before `today`."""

    users: dict[str, User]
    today: date
    rng: random.Random

    def by(self, who: str, days: int, hour: int = 14) -> Access:
        at = datetime.combine(self.today - timedelta(days=days), time(hour), UTC)
        return Access.of(self.users[who], at=at)

    def ahead(self, days: int) -> date:
        return self.today + timedelta(days=days)


def live(users: dict[str, User], *, seed: int, today: date) -> None:
    """All of it; the same for the same seed and day."""
    days = Days(users, today, random.Random(f"{seed} {today} living"))  # noqa: S311
    _deputy(days)
    _years(days)
    _former_transfers(days)
    _calls(days)
    _notifications(days)
    for region, who in COORDINATORS.items():
        persons = _persons(days, region)
        if len(persons) >= ENOUGH:
            _cases(days, who, region)
            _endings(days, who, persons)
            _missing(days, who, persons)
            _reminders(days, who, persons)
            _transfers(days, region, persons)
    _access(days)
    _questions(days)
    record(days.by(AGENCY, 2), "refused", Target("page", "", "cases:list"))


def _persons(days: Days, region: str) -> list[Person]:
    """Of the year that goes on, in open cases, the newest last; none where it has just begun."""
    own = Person.objects.filter(
        responsible_region=region, case__region=region, case__state__in=OPEN_STATES, same_as=None,
        first_year=days.today.year,
    )  # fmt: skip
    return list(own.exclude(status="not_victim").select_related("case").order_by("case__opened_on", "number"))


def _deputy(days: Days) -> None:
    """The coordinator of one region is away these days, and that of another stands in."""
    old = Coordinator.objects.get(kind=Coordinator.Kind.DEPUTY, region="Ö")
    old.valid_to = min(date(max(profile.YEARS), 12, 31), days.ahead(-6))
    old.save(update_fields=["valid_to"])
    old.pk, old._state.adding = None, True
    old.valid_from, old.valid_to = days.ahead(-5), days.ahead(16)
    old.save()


def _years(days: Days) -> None:
    """All regions have closed the years before the last; most have closed that one too, once it is spring."""
    last = days.today.year - 1
    closed = set(YearConfirmation.objects.values_list("region", "year"))
    spring = days.today.month >= FEBRUARY
    YearConfirmation.objects.bulk_create(
        confirmed(region, year, days.users["coordinator.vast"])
        for year in range(min(profile.YEARS), last + 1)
        for region in Region.objects.order_by("code")
        if (region.code, year) not in closed and (year < last or (spring and region.code not in LATE))
    )


def confirmed(region: Region, year: int, by: User) -> YearConfirmation:
    """Return the confirmation, not yet saved, that a region closed a year at the end of the next January."""
    return YearConfirmation(region=region, year=year, by=by, at=datetime(year + 1, 1, 31, 10, tzinfo=UTC))


def _calls(days: Days) -> None:
    """Referred, urgent ones too, with follow-ups that were promised by a day: whose is late is taken over."""
    for region, ago, urgency, due in (
        ("V", 1, Urgency.ACUTE, 2), ("V", 1, Urgency.DAYS, None), ("SY", 1, Urgency.DAYS, 0),
        ("SY", 3, Urgency.ACUTE, -1), ("V", 4, Urgency.GENERAL, -2), ("V", 5, Urgency.DAYS, None),
    ):  # fmt: skip
        by = days.by(LINE, ago, 9)
        call = Call(
            code=code(days.rng), received_at=by.at - timedelta(minutes=14), received_on=by.today, women=1,
            caller_group_id="caller:social", caller_county_id=COUNTY[region], urgency=urgency,
            consent="given", referred_region_id=region, minutes=14, taken_by=by.user, created_at=by.at,
            follow_up_due=days.ahead(due) if due is not None else None,
            topics_answer="given", outcomes_answer="given",
        )  # fmt: skip
        lists = {"topics": ["topic:person"], "outcomes": ["outcome:referral_coordinator"]}
        rows = {name: list(Code.objects.filter(pk__in=keys)) for name, keys in lists.items()}
        log_call(call=call, lists=rows, by=by)
        if due in (-1, -2):
            take_call(call=call, by=days.by(COORDINATORS[region], ago - 1, 10))
        if region == "V" and ago == 1 and urgency == Urgency.DAYS:
            write(subject=call, text="Vilken dag passar det att vi ringer tillbaka?", seen="",
                  by=days.by("coordinator.vast", 1, 15))  # fmt: skip


def _notifications(days: Days) -> None:
    """An agency's, in each state that they come through; a question waits on either side."""
    for region, ago, urgency, steps in (
        ("V", 1, Urgency.ACUTE, []), ("SY", 1, Urgency.DAYS, []), ("SY", 6, Urgency.GENERAL, STEPS[:1]),
        ("V", 6, Urgency.DAYS, STEPS[:1]), ("V", 9, Urgency.GENERAL, STEPS[:2]),
        ("SY", 30, Urgency.DAYS, STEPS),
    ):  # fmt: skip
        coordinator = COORDINATORS[region]
        row = Notification(code=code(days.rng), county_id=COUNTY[region], women=1, urgency=urgency)
        row = notify(notification=row, purposes=[], by=days.by(AGENCY, ago, 10))
        for step, (state, how) in enumerate(steps):
            move(notification=row, state=state, how=how, by=days.by(coordinator, ago - 1 - step))
        if steps == STEPS[:1]:
            asked = write(subject=row, text="Har ni en tolk med er vid samtalet?", seen="",
                          by=days.by(coordinator, 4))  # fmt: skip
            write(subject=row, text="Ja, en tolk är bokad.", seen=str(asked.code), by=days.by(AGENCY, 1))
        elif steps == STEPS[:2]:
            write(subject=row, text="När kan vi träffas?", seen="", by=days.by(coordinator, 1))


def _cases(days: Days, who: str, region: str) -> None:
    """The newest that the line has opened waits for somebody."""
    newest = Case.objects.filter(region=region, opened_from_call=True, opened_on__gt=days.ahead(-30))
    newest = newest.filter(opened_on__year=days.today.year)
    case = newest.filter(state__in=OPEN_STATES).order_by("-opened_on", "-number").first()
    if case and case.responsible_id:
        assign_cases(cases=[case], responsible=None, by=days.by(who, 1))


def _endings(days: Days, who: str, persons: list[Person]) -> None:
    """Reflection periods and permits: two days ago, soon, and within the month."""
    periods = ((REFLECTION, -2), (REFLECTION, 4), (REFLECTION, 15), (PERMIT, 26))
    for person, (kind, left) in zip(persons[-8:-4], periods, strict=True):
        granted = Measure.objects.filter(person=person, kind_id=kind, answer="accepted").first()
        measure = granted or Measure(person=person, kind_id=kind, answer="accepted")
        measure.ends_on = days.ahead(left)
        measure.month = max(measure.ends_on - timedelta(days=30), person.first_identified_on).replace(day=1)
        save_measure(measure=measure, by=days.by(who, 1))


def _missing(days: Days, who: str, persons: list[Person]) -> None:
    """What the year is closed with, and nobody has found out yet."""
    for person, field in zip(persons[:6], ("age_class", "offence", "citizenship") * 2, strict=True):
        setattr(person, field, None)
        edit_person(person=person, fields=[field], by=days.by(who, 1))


def _reminders(days: Days, who: str, persons: list[Person]) -> None:
    words = ("Fråga om skyddat boende", "Boka tolk till mötet", "Ring åklagaren")
    for person, text, day in zip(persons[6:9], words, (-1, 0, 5), strict=True):
        remind(case=person.case, day=days.ahead(day), text=text, by=days.by(who, 2))


def _former_transfers(days: Days) -> None:
    """Those that have waited since the tenth year are declined: who is whose does not change."""
    for old in Transfer.objects.filter(answer="pending").order_by("pk"):
        by = days.by(COORDINATORS[old.to_region_id], 1)
        answer_transfer(transfer=old, accept=False, reason="Påhittat: personen bor kvar.", by=by)


def _transfers(days: Days, region: str, persons: list[Person]) -> None:
    """One that waits for the other region, and one that it has declined."""
    to = Region.objects.get(code=OTHER[region])
    who, theirs = COORDINATORS[region], COORDINATORS[to.code]
    why = "Påhittat: personen har flyttat."
    ask_transfer(person=persons[9], to_region=to, reason=why, by=days.by(who, 2))
    asked = ask_transfer(person=persons[10], to_region=to, reason=why, by=days.by(who, 6))
    answer_transfer(
        transfer=asked, accept=False, reason="Påhittat: hon bor kvar hos er.", by=days.by(theirs, 1)
    )


def _access(days: Days) -> None:
    """Asked of each other: one waits on either side, one is granted until this afternoon."""
    why = "Påhittat: samma person kan vara känd här."
    persons = {region: _persons(days, region) for region in COORDINATORS}
    if min(len(person) for person in persons.values()) < ENOUGH:
        return
    for region, who in COORDINATORS.items():
        other = Region.objects.get(code=OTHER[region])
        number = persons[other.code][11].case.number
        ask_access(number=number, region=other, reason=why, by=days.by(who, 1))
    number, south = persons["SY"][12].case.number, Region.objects.get(code="SY")
    grant = ask_access(number=number, region=south, reason=why, by=days.by("coordinator.vast", 2))
    answer_access(grant=grant, hours=24, reason="Påhittat: ja.", by=days.by("coordinator.syd", 1, 15))


def _questions(days: Days) -> None:
    """Each of the two asks the other about one of the pairs."""
    for own, who in COORDINATORS.items():
        reviews = DuplicateReview.objects.filter(
            decision="open",
            asked_at=None,
            second__responsible_region=own,
            first__responsible_region=OTHER[own],
        )
        review = reviews.order_by("-found_at", "pk").first()
        if review and review.second.first_year > max(profile.YEARS):
            ask_other_region(review, by=days.by(who, 1))
