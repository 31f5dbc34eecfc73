"""Open, change and close cases, one or several chosen in the list, and remember something in one.

The region that opened a case has it, until all its persons are of one other region.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, F, Max, QuerySet
from django.utils.translation import gettext as _

from accounts.access import Access, bypass_policies
from accounts.models import User
from accounts.roles import May
from agencies.models import Code
from audit.writer import record
from cases.actions.base import (
    check_facts,
    ground_of,
    next_case_numbers,
    next_version,
    save,
    save_version,
    save_with_lists,
)
from cases.actions.duplicates import propose
from cases.actions.persons import NewPerson, insert_persons
from cases.choices import CLOSED_STATES, CaseState
from cases.model_fields import index_of
from cases.models import Call, Case, Measure, Person, Reminder, SuspectCount
from cases.rules.consent import CASE_REGISTERED
from cases.scope import check_own


@transaction.atomic
def open_case(*, case: Case, persons: Sequence[NewPerson], by: Access, call: Call | None = None) -> Case:
    """`case` is unsaved, with its region and day of opening; `call` is the one that it was opened from."""
    by.require(May.OPEN_CASE)
    ground = ground_of(call) if call is not None else ""
    if ground is None:
        raise PermissionDenied(_("Consent to referral is missing: no case is opened from the call."))
    check_facts(ground, _texts(case))
    case.without_consent = ground
    [case.number] = next_case_numbers(case.region_id, case.opened_on.year)
    case.opened_by = by.user
    case.opened_from_call = call is not None
    save(case, by=by)
    if call is not None:
        call.case, call.without_consent = case, ground
        next_version(call)
        outcomes = {*call.outcomes.all(), Code.objects.get(key=CASE_REGISTERED)}
        save_with_lists(call, {"outcomes": list(outcomes)}, by=by)
    propose(insert_persons(case, persons, region=case.region, by=by), by=by)
    record(by, "case.open", case, rows=len(persons))
    return case


@transaction.atomic
def edit_case(*, case: Case, fields: Iterable[str], by: Access) -> Case:
    """Raises Conflict when somebody else saved the case in the meantime."""
    by.require(May.EDIT_CASE)
    fields = list(fields)
    check_facts(case.without_consent, {name: text for name, text in _texts(case).items() if name in fields})
    save_version(case, by=by)
    record(by, "case.edit", case, fields=fields)
    return case


def _texts(case: Case) -> dict[str, str]:
    return {"note": case.note, "registry_number": case.registry_number}


@transaction.atomic
def count_suspects(*, case: Case, numbers: Mapping[str, int], by: Access) -> None:
    """Key of the relation → number. A relation that is not named has none."""
    by.require(May.EDIT_CASE)
    stored = {row.relation_id: row for row in SuspectCount.objects.filter(case=case)}
    for relation in stored.keys() | numbers.keys():
        row = stored.get(relation) or SuspectCount(case=case, relation_id=relation)
        number = numbers.get(relation, 0)
        if row.number != number:
            row.number = number
            save(row, by=by)
    record(by, "case.suspects", case, fields=("suspects",))


def assign_cases(*, cases: Sequence[Case], responsible: User | None, by: Access) -> int:
    """Return how many changed. Raises Conflict, and changes none, when one was saved in the meantime."""
    pk = getattr(responsible, "pk", None)
    changed = [case for case in cases if case.responsible_id != pk]
    return _change(changed, "case.assign", {"responsible": responsible}, by)


def close_cases(*, cases: Sequence[Case], reason: Code, by: Access) -> int:
    """Close those that are open. Return how many changed. Raises Conflict as above."""
    changed = [case for case in cases if case.state not in CLOSED_STATES]
    return _change(changed, "case.close", {"state": CaseState.CLOSED, "close_reason": reason}, by)


@transaction.atomic
def _change(cases: Sequence[Case], act: str, values: Mapping[str, Any], by: Access) -> int:
    by.require(May.EDIT_CASE)
    for case in cases:
        for name, value in values.items():
            setattr(case, name, value)
        save_version(case, by=by)
    digest = hashlib.sha256("\n".join(sorted(str(case.code) for case in cases)).encode()).hexdigest()
    record(by, act, fields=tuple(values), rows=len(cases), digest=digest)
    return len(cases)


def astray(cases: Iterable[int] | None = None) -> QuerySet[Any, Any]:
    """Return case and region of those whose persons are all of one other region than the case."""
    persons = Person.objects.all() if cases is None else Person.objects.filter(case__in=list(cases))
    regions = persons.order_by().values("case")
    regions = regions.annotate(
        regions=Count("responsible_region", distinct=True), region=Max("responsible_region")
    )
    return regions.filter(regions=1).exclude(region=F("case__region")).values_list("case", "region")


@bypass_policies("belonging")
def lock_cases(cases: Iterable[int]) -> None:
    """Of two who move persons of a case at the same moment, the second sees what the first has done."""
    rows = Case.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(cases))
    list(rows.order_by("pk").values_list("pk"))


@bypass_policies("belonging")
def settle_region(cases: Iterable[int], *, by: Access) -> None:
    """Give each of these cases, which are locked, to the region that has all its persons. Nobody there is
    responsible for it yet. Its number and what is counted stay."""
    for pk, region in astray(cases):
        case = Case.objects.get(pk=pk)
        case.region_id, case.responsible = region, None
        case.reference_index = index_of(case)
        save_version(case, by=by)
        Person.objects.filter(case=case).update(moved=False)


@transaction.atomic
def remind(*, case: Case, day: date, text: str, by: Access) -> Reminder:
    """In a case of one's own: one that another region lets one read is not."""
    by.require(May.VIEW_CASE)
    check_own(Case.objects.in_own_region(by).filter(pk=case.pk).exists())
    reminder = Reminder.objects.create(case=case, day=day, text=text, by=by.user)
    record(by, "case.remind", case)
    return reminder


@transaction.atomic
def finish_reminder(*, reminder: Reminder, by: Access) -> None:
    """By oneself alone. Saying it twice is saying it once."""
    by.require(May.VIEW_CASE)
    check_own(reminder.by_id == by.user.pk, _("A reminder is of the one who made it."))
    if reminder.done_at is None:
        reminder.done_at = by.at
        reminder.save(update_fields=["done_at"])
        record(by, "case.reminded", reminder.case)


@transaction.atomic
def deal_with_end(*, measure: Measure, by: Access) -> None:
    """That the period or permit ends, or has ended, is dealt with. Another last day asks anew."""
    by.require(May.EDIT_CASE)
    check_own(Measure.objects.in_own_region(by).filter(pk=measure.pk).exists())
    if measure.dealt_with != measure.ends_on:
        measure.dealt_with = measure.ends_on
        save(measure, by=by)
        record(by, "measure.dealt_with", measure.person)
