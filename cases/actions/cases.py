"""Open, change and close cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction

from accounts.access import Access
from accounts.roles import May
from agencies.models import Region
from audit.writer import record
from cases.actions.duplicates import propose
from cases.actions.numbers import next_case_numbers
from cases.actions.persons import NewPerson, insert_persons
from cases.actions.saving import save, save_version
from cases.models import Call, Case


@transaction.atomic
def open_case(*, case: Case, persons: Sequence[NewPerson], by: Access, call: Call | None = None) -> Case:
    """`case` is unsaved, with its region and day of opening; `call` is the one that it was opened from."""
    by.require(May.OPEN_CASE)
    case.number = next_case_numbers(case.region, case.opened_on.year)[0]
    case.opened_by = by.user
    case.opened_from_call = call is not None
    save(case, by=by)
    if call is not None:
        call.case = case
        save_version(call, by=by)
    propose(insert_persons(case, persons, region=case.region, by=by), by=by)
    record(by, "case.open", case, rows=len(persons))
    return case


@transaction.atomic
def edit_case(*, case: Case, fields: Iterable[str], by: Access) -> Case:
    """Raises Conflict when somebody else saved the case in the meantime."""
    by.require(May.EDIT_CASE)
    save_version(case, by=by)
    record(by, "case.edit", case, fields=fields)
    return case


def region_for(access: Access, county_region: str) -> Region:
    """Where a new case belongs: the county's region; for a coordinator always an own one."""
    if access.regions and county_region not in access.regions:
        return Region.objects.get(code=min(access.regions))
    return Region.objects.get(code=county_region)
