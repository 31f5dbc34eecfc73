"""What several actions do and check.

Rows are saved with the field history in the name of the one who acts. People are shown numbers: V-2018-0012
of a case, V-2018-0012-P1 of a person in it. Whoever opened a case for a region completes its facts for as
long as an own call may be corrected. Consent to referral is checked at every act: a case from a call, its
persons, their references.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import F, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.access import Access, bypass_policies
from accounts.roles import May
from agencies.models import Code
from cases.choices import Consent
from cases.models import Call, Case, CaseSeries, Exploitation, Identification, Measure, Notification, Person
from cases.rules import consent
from cases.rules.exploitation import answer_for
from cases.rules.faults import Fault
from cases.wording import say
from exchange import bulk
from libs.groups import grouped

Versioned = Call | Case | Notification | Person


class Conflict(Exception):
    """Somebody else saved the row in the meantime."""

    def __init__(self, saved: Model) -> None:
        super().__init__("saved by somebody else in the meantime")
        self.saved = saved


def save(row: Model, *, by: Access) -> None:
    row._history_user = by.user  # type: ignore[attr-defined]
    row.save()


def next_version(row: Versioned) -> None:
    """Raises Conflict when the stored version is another."""
    manager = type(row)._default_manager
    if not manager.filter(pk=row.pk, version=row.version).update(version=F("version") + 1):
        raise Conflict(manager.get(pk=row.pk))
    row.version += 1


def save_version(row: Versioned, *, by: Access) -> None:
    """Save a changed row that has a `version`. Raises Conflict when the stored version is another."""
    next_version(row)
    save(row, by=by)


def with_versions(parts: QuerySet[Any]) -> QuerySet[Any]:
    """Parts of persons, each with its `version`: the last entry of its history, bulk work too."""
    model: Any = parts.model
    last = model.history.filter(id=OuterRef("pk")).order_by("-history_id").values("history_id")[:1]
    return parts.annotate(version=Coalesce(Subquery(last), 0))


def version_of(row: Any) -> int:
    """What a form remembers of the row it shows, as it is stored."""
    if isinstance(row, Versioned):
        return row.version
    stored = with_versions(type(row)._default_manager.filter(pk=row.pk))
    return int(stored.values_list("version", flat=True).first() or 0)


def check_unchanged(part: Exploitation | Identification | Measure) -> None:
    """Raises Conflict when `part` of a person has a `version` and is not stored as that any more.

    Whoever saves a part of the person next waits until this transaction has ended."""
    expected = getattr(part, "version", None)
    if part.pk is None or expected is None:
        return
    list(type(part.person)._default_manager.select_for_update().filter(pk=part.person_id).values_list("pk"))
    if version_of(part) != expected:
        raise Conflict(type(part)._default_manager.get(pk=part.pk))


def set_answers(row: Call | Exploitation, lists: Mapping[str, Sequence[Code]]) -> None:
    """Make the answers beside these lists agree with what was chosen."""
    for name, chosen in lists.items():
        answer = f"{name}_answer"
        setattr(row, answer, answer_for(getattr(row, answer), len(chosen)))


def save_with_lists(row: Call | Exploitation, lists: Mapping[str, Sequence[Code]], *, by: Access) -> None:
    """Save a row, new or changed, with its lists and the answers beside them, and one entry of history."""
    set_answers(row, lists)
    kind, put = ("~", bulk.set_lists) if row.pk else ("+", bulk.fill_lists)
    row.save_without_historical_record()  # type: ignore[union-attr]
    put([row], [lists])
    bulk.add_history([row], kind, user=by.user)


@bypass_policies("numbers")
def next_case_numbers(region: str, year: int, count: int = 1) -> list[str]:
    """`count` numbers that follow on the last. Call inside a transaction: the series is locked to its end."""
    CaseSeries.objects.get_or_create(region_id=region, year=year)
    series = CaseSeries.objects.select_for_update().get(region_id=region, year=year)
    CaseSeries.objects.filter(pk=series.pk).update(last=F("last") + count)
    return [f"{region}-{year}-{series.last + step:04d}" for step in range(1, count + 1)]


def own_region(code: str, by: Access) -> str:
    """Return the key of the region in which somebody registers: of a coordinator always an own one."""
    return code if code in by.regions else min(by.regions, default=code)


def number_cases(cases: Iterable[Case]) -> None:
    """Give new cases their numbers, in this order. Call inside a transaction, as `next_case_numbers`."""
    series = grouped(cases, attrgetter("region_id", "opened_on.year"))
    for region, year in sorted(series):
        opened = series[region, year]
        for case, number in zip(opened, next_case_numbers(region, year, len(opened)), strict=True):
            case.number = number


def person_number(case: str, position: int) -> str:
    return f"{case}-P{position}"


def in_order(number: str) -> str:
    """As text that sorts as the number does: V-2018-0012-P2 before V-2018-0012-P10."""
    return re.sub(r"[0-9]+", lambda digits: digits[0].zfill(9), number)


def complete_until(case: Case) -> datetime:
    return case.created_at + timedelta(hours=settings.CALL_EDIT_HOURS)


def can_complete(access: Access, case: Case) -> bool:
    """What the year is closed with: facts of persons and their exploitation. Nothing that a region does."""
    return (
        access.may(May.COMPLETE_CASE)
        and case.opened_by_id == access.user.pk
        and access.at <= complete_until(case)
    )


def can_complete_person(access: Access, person: Person) -> bool:
    """Not of somebody whom another region has taken over since."""
    return not person.moved and can_complete(access, person.case)


def check_can_change(access: Access, person: Person) -> None:
    """Raises PermissionDenied for whoever neither edits cases nor may complete this one."""
    if not can_complete_person(access, person):
        access.require(May.EDIT_CASE)


def ground_of(call: Call) -> str | None:
    """Why a case may be opened from the call; None where consent is missing and no case is opened."""
    return consent.ground(call.consent, call.children, settings.CASE_WITHOUT_CONSENT)


def check_facts(without: str, facts: Mapping[str, object]) -> None:
    """Raises PermissionDenied where a case without consent would hold more than it may."""
    _refuse(consent.of_case(without, facts))


def check_children(without: str, children: Iterable[str]) -> None:
    """Raises PermissionDenied where somebody is no child, in a case that is there for a child's sake."""
    for child in children:
        _refuse(consent.of_person(without, child))


def given_afterwards(call: Call, by: Access) -> Case | None:
    """Return the case that was opened from the call and is now as any other, since whoever logged the call
    has corrected the answer."""
    if call.consent == Consent.MISSING or not call.without_consent or call.case_id is None:
        return None
    call.without_consent = ""
    case = Case.objects.changeable_by(by).filter(pk=call.case_id).exclude(without_consent="").first()
    if case is not None:
        case.without_consent = ""
        save_version(case, by=by)
    return case


def _refuse(faults: Iterable[Fault]) -> None:
    for fault in faults:
        raise PermissionDenied(say(fault))
