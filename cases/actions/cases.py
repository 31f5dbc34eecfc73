"""Open, change and close cases, one or several chosen in the list, and count their suspects."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.models import User
from accounts.roles import May
from agencies.models import Code, Region
from audit.writer import record
from cases.actions.consent import check_facts, ground_of
from cases.actions.duplicates import propose
from cases.actions.numbers import next_case_numbers
from cases.actions.persons import NewPerson, insert_persons
from cases.actions.saving import save, save_version
from cases.choices import CLOSED_STATES, CaseState, ListAnswer
from cases.models import Call, Case, SuspectCount
from cases.rules.calls import CASE_REGISTERED


@transaction.atomic
def open_case(*, case: Case, persons: Sequence[NewPerson], by: Access, call: Call | None = None) -> Case:
    """`case` is unsaved, with its region and day of opening; `call` is the one that it was opened from."""
    by.require(May.OPEN_CASE)
    ground = ground_of(call) if call is not None else ""
    if ground is None:
        raise PermissionDenied(_("Consent to referral is missing: no case is opened from the call."))
    check_facts(ground, {"note": case.note, "registry_number": case.registry_number})
    case.without_consent = ground
    [case.number] = next_case_numbers(case.region, case.opened_on.year)
    case.opened_by = by.user
    case.opened_from_call = call is not None
    save(case, by=by)
    if call is not None:
        call.case, call.without_consent = case, ground
        call.outcomes_answer = ListAnswer.GIVEN
        save_version(call, by=by)
        call.outcomes.add(Code.objects.get(key=CASE_REGISTERED))
    propose(insert_persons(case, persons, region=case.region, by=by), by=by)
    record(by, "case.open", case, rows=len(persons))
    return case


@transaction.atomic
def edit_case(*, case: Case, fields: Iterable[str], by: Access) -> Case:
    """Raises Conflict when somebody else saved the case in the meantime."""
    by.require(May.EDIT_CASE)
    fields = list(fields)
    texts = {"note": case.note, "registry_number": case.registry_number}
    check_facts(case.without_consent, {name: text for name, text in texts.items() if name in fields})
    save_version(case, by=by)
    record(by, "case.edit", case, fields=fields)
    return case


def region_for(access: Access, county_region: str) -> Region:
    """Where a new case belongs: the county's region; for a coordinator always an own one."""
    if access.regions and county_region not in access.regions:
        return Region.objects.get(code=min(access.regions))
    return Region.objects.get(code=county_region)


@transaction.atomic
def count_suspects(*, case: Case, numbers: Mapping[str, int], by: Access) -> None:
    """Key of the relation → number. A relation that is not named has none."""
    by.require(May.EDIT_CASE)
    stored = {row.relation_id: row for row in SuspectCount.objects.filter(case=case)}
    for relation in {*stored, *numbers}:
        row = stored.get(relation) or SuspectCount(case=case, relation_id=relation)
        if row.number != numbers.get(relation, 0):
            row.number = numbers.get(relation, 0)
            save(row, by=by)
    record(by, "case.suspects", case, fields=("suspects",))


# --- several at once ---------------------------------------------------------------------------
def assign_cases(*, cases: Sequence[Case], responsible: User | None, by: Access) -> int:
    """Returns how many changed. Raises Conflict, and changes none, when one was saved in the meantime."""

    def assign(case: Case) -> bool:
        changes = case.responsible_id != (responsible.pk if responsible else None)
        case.responsible = responsible
        return changes

    return _change(cases, assign, "case.assign", ("responsible",), by)


def close_cases(*, cases: Sequence[Case], reason: Code, by: Access) -> int:
    """Closes those that are open. Returns how many changed. Raises Conflict as above."""

    def close(case: Case) -> bool:
        if case.state in CLOSED_STATES:
            return False
        case.state, case.close_reason = CaseState.CLOSED, reason
        return True

    return _change(cases, close, "case.close", ("state", "close_reason"), by)


@transaction.atomic
def _change(
    cases: Sequence[Case], change: Callable[[Case], bool], act: str, fields: tuple[str, ...], by: Access
) -> int:
    by.require(May.EDIT_CASE)
    changed = [case for case in cases if change(case)]
    for case in changed:
        save_version(case, by=by)
    digest = hashlib.sha256("\n".join(sorted(str(case.code) for case in changed)).encode()).hexdigest()
    record(by, act, fields=fields, rows=len(changed), digest=digest)
    return len(changed)
