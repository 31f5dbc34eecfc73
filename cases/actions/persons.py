"""Register and change presumed victims, one or several, and what belongs to them.

A status changes by its table of transitions; the checklist of indicators supports it. A change raises
Conflict when somebody else changed the row after the form was opened that gave it its `version`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.access import Access, bypass_policies, refuse_where
from accounts.roles import May
from agencies.directory import Geography
from agencies.models import Code, Region
from audit.writer import record
from cases.actions.base import (
    check_can_change,
    check_children,
    check_facts,
    check_unchanged,
    own_region,
    person_number,
    save,
    save_version,
    save_with_lists,
)
from cases.actions.duplicates import DatedIdentification, first_columns, propose, settle
from cases.actions.years import note_late
from cases.choices import Seen
from cases.duplicates.records import COMPARED, tried
from cases.model_fields import index_of
from cases.models import (
    Case,
    Exploitation,
    Identification,
    Measure,
    Misregistration,
    Person,
    PersonIndicator,
    Try,
)
from cases.rules.faults import errors
from cases.rules.persons import status_change
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


PARTS: Final = tuple(attrgetter(one) for one in ("identifications", "exploitations", "measures"))


@transaction.atomic
def register_persons(*, case: Case, persons: Sequence[NewPerson], by: Access) -> list[Person]:
    """Add persons to a case; each is counted, the case once."""
    by.require(May.EDIT_CASE, May.OPEN_CASE)
    own = own_region(case.region_id, by)
    region = case.region if own == case.region_id else Region.objects.get(code=own)
    rows = insert_persons(case, persons, region=region, by=by)
    propose(rows, by=by)
    record(by, "person.register", case, rows=len(rows))
    return rows


@transaction.atomic
def edit_person(*, person: Person, fields: Iterable[str], by: Access) -> None:
    """Raises Conflict when somebody else saved the person in the meantime."""
    check_can_change(by, person)
    if "child" in (fields := list(fields)):
        check_children(person.case.without_consent, [person.child])
    save_version(person, by=by)
    if COMPARED.intersection(fields):
        tried(Try.Kind.EDIT, 1, by=by)
    record(by, "person.edit", person, fields=fields)


@bypass_policies("numbers")
def insert_persons(case: Case, persons: Sequence[NewPerson], *, region: Region, by: Access) -> list[Person]:
    """Insert without an audit event: the caller writes one for the whole act."""
    check_children(case.without_consent, (new.person.child for new in persons))
    for new in persons:
        for row in new.identifications:
            check_facts(case.without_consent, {"reference": row.reference})
    # The number of a person who was taken out is not given again.
    taken_out = Misregistration.objects.filter(case_code=case.code).aggregate(n=Max("last", default=0))
    there = case.persons.aggregate(n=Max("position", default=0))
    places = Geography.load()
    for step, new in enumerate(persons, start=max(taken_out["n"], there["n"]) + 1):
        new.person.case, new.person.position, new.person.number = case, step, person_number(case.number, step)
        new.person.responsible_region = region
        new.person.created_at = by.at  # those of one form have one moment: they are told to be different
        set_first(new, places)
    insert_all(persons, by=by)
    return [person.person for person in persons]


def insert_all(persons: Sequence[NewPerson], *, by: Access) -> None:
    """Insert persons that have their case, number, region and first identification, and all that belongs to
    them."""
    rows = [person.person for person in persons]
    for row in rows:
        row.note_region()
    bulk.create(rows, user=by.user)
    for new in persons:
        for part in new.parts():
            part.person = new.person
        for identification in new.identifications:
            identification.reference_index = index_of(identification)
    for parts_of in PARTS:
        bulk.create([one for person in persons for one in parts_of(person)], user=by.user)
    note_late(rows, by=by)


def set_first(new: NewPerson, places: Geography) -> None:
    """The `first_*` columns of a person who is not stored yet."""
    earliest = min(
        DatedIdentification(row.identified_on, "", 0, entry, row.agency_id, row.county_id, row.channel_id)
        for entry, row in enumerate(new.identifications)
    )
    for name, value in first_columns(earliest, places).items():
        setattr(new.person, name, value)


@transaction.atomic
def change_status(*, person: Person, by: Access, fields: Iterable[str] = ()) -> None:
    """`person` carries the new status with its reason and day. Raises Conflict; PermissionDenied outside the
    table."""
    by.require(May.EDIT_CASE)
    before = Person.objects.values_list("status", flat=True).get(pk=person.pk)
    faults = errors(status_change(before, person.status, person.status_reason))
    refuse_where(faults, _("The status cannot be changed that way."))
    save_version(person, by=by)
    record(by, "person.status", person, fields=fields)


@transaction.atomic
def answer_indicators(*, person: Person, answers: Mapping[str, str], by: Access) -> None:
    """Store answers by the key of the indicator; others are not asked."""
    by.require(May.EDIT_CASE)
    rows: Iterable[PersonIndicator] = PersonIndicator.objects.filter(person=person)
    new, changed = dict(answers), 0
    for row in rows:
        answer = new.pop(row.code_id, Seen.NOT_ASKED)
        if row.answer != answer:
            row.answer, changed = answer, changed + 1
            save(row, by=by)
    added = [PersonIndicator(person=person, code_id=key, answer=answer) for key, answer in new.items()]
    bulk.create(added, user=by.user)
    record(by, "person.indicators", person, rows=changed + len(added))


@transaction.atomic
def save_identification(
    *, identification: Identification, by: Access, fields: Iterable[str] = ()
) -> Identification:
    """Add or change; the person's year, county and organisation follow the earliest."""
    verb = _allowed(identification, by)
    if identification.reference:
        check_facts(identification.person.case.without_consent, {"reference": identification.reference})
    check_unchanged(identification)
    identification.reference_index = index_of(identification)
    save(identification, by=by)
    settle([identification.person], by=by)
    record(by, f"identification.{verb}", identification.person, fields=fields)
    return identification


@transaction.atomic
def save_exploitation(
    *, exploitation: Exploitation, lists: Mapping[str, Sequence[Code]], by: Access, fields: Iterable[str] = ()
) -> Exploitation:
    """Add or change. A new main purpose takes over from the one before: there is always exactly one."""
    verb = _allowed(exploitation, by)
    check_unchanged(exploitation)
    others = Exploitation.objects.filter(person=exploitation.person, is_main=True).exclude(pk=exploitation.pk)
    if exploitation.is_main:
        for other in others:
            other.is_main = False
            save(other, by=by)
    elif not others.exists():
        exploitation.is_main = True
    save_with_lists(exploitation, lists, by=by)
    record(by, f"exploitation.{verb}", exploitation.person, fields=fields)
    return exploitation


@transaction.atomic
def save_measure(*, measure: Measure, by: Access, fields: Iterable[str] = ()) -> Measure:
    by.require(May.EDIT_CASE)
    verb = "edit" if measure.pk else "add"
    check_unchanged(measure)
    save(measure, by=by)
    record(by, f"measure.{verb}", measure.person, fields=fields)
    return measure


def _allowed(part: Exploitation | Identification, by: Access) -> str:
    """Return what is done to the part: whoever opened the case completes what it has; only who edits cases
    adds to it."""
    if part.pk:
        check_can_change(by, part.person)
        return "edit"
    by.require(May.EDIT_CASE)
    return "add"


# Which row has the fact, by the name that the grid and the files call it, and the field there.
OF_PERSON: Final = ("sex", "child", "age_class", "citizenship", "residence", "offence")
OF_MAIN: Final = {"main_purpose": "purpose", "sector": "sector"}
OF_FIRST: Final = {"channel": "channel"}


@dataclass(frozen=True, slots=True)
class PersonEdit:
    """A person with the main purpose and the earliest identification, locked, with what they now are to be.

    `further`: the purposes beside the main one. `fields`: the names of what differs from what is stored."""

    person: Person
    main: Exploitation | None
    first: Identification
    further: frozenset[str]
    fields: frozenset[str] = frozenset()

    @property
    def short(self) -> str:
        return f"P{self.person.position}"


@transaction.atomic
def edit_persons(*, edits: Sequence[PersonEdit], by: Access) -> int:
    """Return how many persons changed. Each gets one new version, so that a form that is open elsewhere
    meets a conflict; the number of statements is the same whatever their number."""
    by.require(May.EDIT_CASE)
    edits = [edit for edit in edits if edit.fields]
    _store_persons(edits, by)
    _store_mains(edits, by)
    _store_firsts(edits, by)
    tried(Try.Kind.EDIT, sum(not COMPARED.isdisjoint(edit.fields) for edit in edits), by=by)
    _tell(edits, by)
    return len(edits)


def _store_persons(edits: Sequence[PersonEdit], by: Access) -> None:
    for edit in edits:
        edit.person.version += 1
        if "child" in edit.fields:
            check_children(edit.person.case.without_consent, [edit.person.child])
    bulk.update([edit.person for edit in edits], [*OF_PERSON, "version"], user=by.user)


def _store_mains(edits: Sequence[PersonEdit], by: Access) -> None:
    """Store the main purposes that changed; one is new where the person had none."""
    new, stored = list[Exploitation](), list[Exploitation]()
    for edit in edits:
        if edit.main and edit.fields & OF_MAIN.keys():
            (stored if edit.main.pk else new).append(edit.main)
    bulk.create(new, user=by.user)
    bulk.update(stored, [*OF_MAIN.values()], user=by.user)


def _store_firsts(edits: Sequence[PersonEdit], by: Access) -> None:
    """Store the earliest identifications that changed, and settle what follows from them."""
    changed = {edit.person: edit.first for edit in edits if edit.fields & OF_FIRST.keys()}
    bulk.update([*changed.values()], [*OF_FIRST.values()], user=by.user)
    if changed:
        settle(changed, by=by)


def _tell(edits: Sequence[PersonEdit], by: Access) -> None:
    """One event a case; what became of each person stands in the person's history."""
    numbers, fields = Counter[int](), defaultdict[int, set[str]](set)
    for edit in edits:
        numbers[edit.person.case_id] += 1
        fields[edit.person.case_id] |= edit.fields
    cases = Case.objects.visible_to(by).filter(pk__in=numbers).order_by("pk")
    for case in cases:
        record(by, "person.edit_several", case, fields=fields[case.pk], rows=numbers[case.pk])
