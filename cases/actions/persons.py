"""Register and change presumed victims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max

from accounts.access import Access
from accounts.acting import beyond
from accounts.roles import May
from agencies.geography import Geography
from agencies.models import Region
from audit.writer import record
from cases.actions.completing import check_can_change
from cases.actions.consent import check_children, check_facts
from cases.actions.duplicates import propose
from cases.actions.numbers import person_number
from cases.actions.saving import save_version
from cases.actions.settling import DatedIdentification, first_columns
from cases.actions.years import tell_late
from cases.models import Case, Exploitation, Identification, Measure, Misregistration, Person
from cases.secret_text import index_of
from cases.tries import changed
from exchange import bulk


@dataclass
class NewPerson:
    """A person and what belongs to the person, all unsaved. At least one identification, exactly one main
    purpose."""

    person: Person
    identifications: list[Identification]
    exploitations: list[Exploitation]
    measures: list[Measure] = field(default_factory=list)

    def parts(self) -> Iterable[Identification | Exploitation | Measure]:
        return [*self.identifications, *self.exploitations, *self.measures]


@transaction.atomic
def register_persons(*, case: Case, persons: Sequence[NewPerson], by: Access) -> list[Person]:
    """Add persons to a case; each is counted, the case once."""
    by.require(May.EDIT_CASE, May.OPEN_CASE)
    region = (
        case.region
        if case.region_id in by.regions or not by.regions
        else Region.objects.get(code=min(by.regions))
    )
    rows = insert_persons(case, persons, region=region, by=by)
    propose(rows, by=by)
    record(by, "person.register", case, rows=len(rows))
    return rows


@transaction.atomic
def edit_person(*, person: Person, fields: Iterable[str], by: Access) -> Person:
    """Raises Conflict when somebody else saved the person in the meantime."""
    check_can_change(by, person)
    if "child" in (fields := list(fields)):
        check_children(person.case.without_consent, [person.child])
    save_version(person, by=by)
    changed(fields, by=by)
    record(by, "person.edit", person, fields=fields)
    return person


@beyond("numbers")
def insert_persons(case: Case, persons: Sequence[NewPerson], *, region: Region, by: Access) -> list[Person]:
    """Insert without an audit event: the caller writes one for the whole act."""
    check_children(case.without_consent, (new.person.child for new in persons))
    for new in persons:
        for row in new.identifications:
            check_facts(case.without_consent, {"reference": row.reference})
    last = last_position(case)
    places = Geography.load()
    for step, new in enumerate(persons, start=last + 1):
        new.person.case, new.person.position, new.person.number = case, step, person_number(case.number, step)
        new.person.responsible_region = region
        set_first(new, places)
    insert_all(persons, by=by)
    return [new.person for new in persons]


def last_position(case: Case) -> int:
    """The highest number of a person of the case, also of one who was taken out: it is not given again."""
    taken_out = Misregistration.objects.filter(case_code=case.code).aggregate(last=Max("last"))["last"] or 0
    return max(taken_out, case.persons.aggregate(last=Max("position"))["last"] or 0)


def insert_all(persons: Sequence[NewPerson], *, by: Access) -> None:
    """Insert persons that have their case, number, region and first identification, and all that belongs to
    them."""
    for new in persons:
        new.person.note_region()
    bulk.create([new.person for new in persons], user=by.user)
    for new in persons:
        for part in new.parts():
            part.person = new.person
    for identification in (row for new in persons for row in new.identifications):
        identification.reference_index = index_of(identification)
    bulk.create([row for new in persons for row in new.identifications], user=by.user)
    bulk.create([row for new in persons for row in new.exploitations], user=by.user)
    bulk.create([row for new in persons for row in new.measures], user=by.user)
    tell_late([new.person for new in persons], by=by)


def set_first(new: NewPerson, places: Geography) -> None:
    """The `first_*` columns of a person who is not stored yet."""
    earliest = min(
        DatedIdentification(row.identified_on, "", 0, entry, row.agency_id, row.county_id, row.channel_id)
        for entry, row in enumerate(new.identifications)
    )
    for name, value in first_columns(earliest, places).items():
        setattr(new.person, name, value)
