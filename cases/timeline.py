"""The manual's six steps of a case, and the days on which something in it ends or is to be remembered.

What was done, what is missing, and where each step stands, as values in and out. The steps may go on at the
same time; "under way" is the furthest one with something done in an open case. A rule knows a few kinds of
measure by name: what the manual wants for whom, and what counts down; all others are rows of the code list
alone. Reflection periods and temporary permits end on a day; reminders and follow-ups of calls have one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product
from typing import Any, Final

from django.db.models import F, Q, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from accounts.access import Access
from accounts.roles import May
from cases.choices import OPEN_STATES, MeasureAnswer
from cases.models import Call, Measure, Reminder
from libs.groups import by_key

CHILD_REPORT: Final = "measure:child_report"
REFLECTION: Final = "measure:reflection"
GUARDIAN: Final = "measure:guardian"
PERMIT: Final = "measure:permit"
THAT_END: Final = (REFLECTION, PERMIT)
# Those that the manual wants early: in the lists it is asked who lacks one.
MISSED: Final = ("measure:shelter", REFLECTION, CHILD_REPORT, GUARDIAN)
# In no list it is asked who was offered one of these: it would select by somebody's health.
OF_HEALTH: Final = frozenset(
    {"measure:health", "measure:psych", "measure:referral_health", "measure:nsp_rehab"}
)


@dataclass(frozen=True)
class Someone:
    name: str
    child: bool
    residence: str = ""
    citizenship: str = ""
    kinds: frozenset[str] = field(default_factory=frozenset)
    address: str = ""


@dataclass(frozen=True, slots=True)
class OfferedMeasure:
    """A measure of the manual's `step` that should have been offered to whoever has this `residence`; to
    children, where none is named."""

    step: int
    kind: str
    name: Promise
    residence: str = ""

    def concerns(self, one: Someone) -> bool:
        return one.residence == self.residence if self.residence else one.child


_WANTED: Final = (
    OfferedMeasure(1, CHILD_REPORT, gettext_lazy("Report of concern for a child")),
    OfferedMeasure(3, REFLECTION, gettext_lazy("Reflection period"), "residence:irregular"),
    OfferedMeasure(
        3, GUARDIAN, gettext_lazy("Guardian or special representative"), "residence:unaccompanied"
    ),
)
WANTED: Final = {wanted.kind: wanted for wanted in _WANTED}

AHEAD: Final = 30  # days before the last one that it is shown
SOON: Final = 7  # and in red


def ending(access: Access) -> QuerySet[Any]:
    """Of own persons, those that end within 30 days; and in open cases those that have ended, until they are
    dealt with. Where no last day is entered nothing is shown. In no order."""
    alive = Q(ends_on__gte=access.today) | Q(person__case__state__in=OPEN_STATES)
    rows = _accepted(access).filter(alive, ends_on__lte=access.today + timedelta(days=AHEAD))
    return rows.exclude(dealt_with=F("ends_on"), dealt_with__isnull=False)


def running(access: Access) -> QuerySet[Any]:
    """Of own persons, those whose last day has not passed, however far it is. In no order."""
    return _accepted(access).filter(ends_on__gte=access.today)


def _accepted(access: Access) -> QuerySet[Any]:
    own: QuerySet[Any] = Measure.objects.in_own_region(access)
    return own.filter(kind__in=THAT_END, answer=MeasureAnswer.ACCEPTED)


def days_in_words(ends_on: date, today: date) -> str:
    """How long there is until the last day, or since."""
    left = (ends_on - today).days
    if left == 0:
        return _("ends today")
    if left > 0:
        return ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left}
    return ngettext("ended %(n)d day ago", "ended %(n)d days ago", -left) % {"n": -left}


def in_red(ends_on: date, today: date) -> bool:
    return (ends_on - today).days <= SOON


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
    day: date
    late: int  # days
    reminder: Reminder | None = None
    call: Call | None = None


def remembered(found: Iterable[tuple[date, str, int]], access: Access) -> list[ReminderLine]:
    """The rows of `to_remember` with what they are of; two queries."""
    found = list(found)
    keys = by_key((kind, key) for _day, kind, key in found)
    rows: dict[str, dict[int, Any]] = {
        "reminder": Reminder.objects.visible_to(access).select_related("case").in_bulk(keys["reminder"]),
        "call": follow_ups(access).select_related(*Call.SAID).in_bulk(keys["call"]),
    }
    return [
        ReminderLine(day, max((access.today - day).days, 0), **{kind: rows[kind].get(key)})
        for day, kind, key in found
    ]


STEPS: Final = 6
REFLECTION_DAYS: Final = 30  # Aliens Act 5:15


@dataclass(frozen=True)
class StepEntry:
    """`what` was done for `persons` (their short names) in a month; `by` is an organisation or kind of
    provider."""

    what: str
    persons: tuple[str, ...]
    month: date | None = None
    by: str = ""
    answer: str = ""
    edit: str = ""


@dataclass(frozen=True)
class Lacks:
    kind: str
    person: str
    address: str = ""


@dataclass(frozen=True)
class ManualStep:
    number: int
    done: tuple[StepEntry, ...] = ()
    lacking: tuple[Lacks, ...] = ()
    state: str = "empty"  # done, now, missing, empty, not_relevant


def steps(
    done: Iterable[tuple[int, StepEntry]], persons: Sequence[Someone], *, open_case: bool
) -> tuple[ManualStep, ...]:
    """`done` with the number of its step, in each the earliest first. Always six steps."""
    by_step = by_key(done)
    lacking = _lacking(persons)
    states = dict.fromkeys(range(1, STEPS + 1), "empty")
    if {person.citizenship for person in persons} == {"SE"}:
        states[STEPS] = "not_relevant"
    states |= dict.fromkeys(by_step, "done")
    if open_case and by_step:
        states[max(by_step)] = "now"
    states |= dict.fromkeys(lacking, "missing")
    return tuple(
        ManualStep(
            number,
            tuple(sorted(by_step[number], key=lambda entry: entry.month or date.max)),
            tuple(lacking[number]),
            state,
        )
        for number, state in states.items()
    )


def _lacking(persons: Sequence[Someone]) -> dict[int, list[Lacks]]:
    """Return what persons lack, by the step that it belongs to."""
    lacking: dict[int, list[Lacks]] = defaultdict(list)
    for wanted, person in product(_WANTED, persons):
        if wanted.concerns(person) and wanted.kind not in person.kinds:
            address = f"{person.address}&kind={wanted.kind}"
            lacking[wanted.step].append(Lacks(wanted.kind, person.name, address))
    return lacking


@dataclass(frozen=True)
class Reflection:
    """A reflection period that counts down. `passed` of `length` days; `left` is negative when it has
    ended."""

    person: str
    ends_on: date
    left: int
    length: int = REFLECTION_DAYS

    @property
    def passed(self) -> int:
        return min(max(self.length - self.left, 0), self.length)


def reflection(person: str, month: date | None, ends_on: date | None, today: date) -> Reflection | None:
    """Until the day that was entered, or else 30 days from the month's first day; None when neither is
    known."""
    last = ends_on or (month and month + timedelta(days=REFLECTION_DAYS))
    return Reflection(person, last, (last - today).days) if last else None
