"""Carry out a plan of persons in bulk, with field history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from accounts.access import Access
from agencies.models import Region
from cases.actions.base import number_cases, own_region, person_number
from cases.actions.duplicates import settle
from cases.actions.persons import NewPerson, insert_all, set_first
from cases.duplicates.records import tried
from cases.facts import BY_NAME, OWN
from cases.importing.codes import Lookups
from cases.importing.columns import Facts
from cases.importing.plan import Edit, NewCase, PersonPlan, effective, sector_purpose
from cases.importing.stored import joined, last_positions, numbers_of
from cases.model_fields import index_of
from cases.models import Case, Exploitation, Identification, Measure, Person, Try
from exchange.bulk import chunks
from exchange.importer import Between
from exchange.journal import Journal, stored

BATCH_SIZE = 2_000  # persons whose rows are in memory at one time


def write(edits: Sequence[Edit], lookups: Lookups, journal: Journal) -> None:
    _persons(edits, journal)
    _purposes(edits, journal)
    _measures(edits, journal)
    _identifications(edits, lookups, journal)


def _persons(edits: Sequence[Edit], journal: Journal) -> None:
    """Every changed person gets a new version, so that a form that is open elsewhere meets a conflict."""
    wanted = dict((edit.pk, edit.values) for edit in edits)
    rows = Person.objects.in_own_region(journal.by).select_for_update(of=("self",)).filter(pk__in=wanted)
    locked = list(rows.order_by("pk"))
    for row in locked:
        row.version += 1
        if "status" in wanted[row.pk]:
            journal.set(row, "status_on", journal.by.today)
        for column, value in wanted[row.pk].items():
            journal.set(row, BY_NAME[column].attname, value)
    journal.update(locked, [*(one.name for one in OWN), "status_on", "version"])


def _purposes(edits: Sequence[Edit], journal: Journal) -> None:
    """A main purpose steps down before another takes over: the database allows one at any moment."""
    wanted = dict(one for edit in edits for one in edit.purposes_changed.items())
    gone = (one for edit in edits for one in edit.purposes_gone)
    journal.delete(list(stored(Exploitation, gone)))
    rows = list(stored(Exploitation, wanted))
    for row in rows:
        journal.set(row, "is_main", wanted[row.pk].is_main)
        journal.set(row, "sector_id", wanted[row.pk].sector)
    rows.sort(key=lambda row: row.is_main)
    journal.update(rows, ["is_main", "sector"])
    journal.create(
        [
            Exploitation(person_id=edit.pk, purpose_id=new.purpose, is_main=new.is_main, sector_id=new.sector)
            for edit in edits
            for new in edit.purposes_new
        ]
    )


def _measures(edits: Sequence[Edit], journal: Journal) -> None:
    gone = (one for edit in edits for one in edit.given_gone)
    journal.delete(list(stored(Measure, gone)))
    journal.create(
        [
            Measure(person_id=edit.pk, kind_id=kind, month=month)
            for edit in edits
            for kind, month in edit.given_new
        ]
    )


def _identifications(edits: Sequence[Edit], lookups: Lookups, journal: Journal) -> None:
    wanted = dict(one for edit in edits for one in edit.seen_changed.items())
    rows = list(stored(Identification, wanted))
    for row in rows:
        for column, value in wanted[row.pk].items():
            journal.set(row, BY_NAME[column].attname, value)
    journal.update(rows, ["municipality", "county", "channel"])
    new = [identification(facts, lookups, person_id=edit.pk) for edit in edits for facts in edit.seen_new]
    for row in new:
        row.reference_index = index_of(row)
    journal.create(new)
    if touched := {one.person_id for one in [*rows, *new]}:
        settle(Person.objects.in_own_region(journal.by).filter(pk__in=touched), by=journal.by)


def identification(facts: Facts, lookups: Lookups, **whose: Any) -> Identification:
    """Unsaved, with the sender's reference; a number of ours is none."""
    numbered = numbers_of(facts.case, facts.person).person
    return Identification(
        agency_id=lookups.agency_ids[facts.agency],
        municipality=facts.municipality,
        identified_on=facts.identified_on,
        county_id=facts.county,
        channel_id=facts.channel,
        reference="" if numbered else joined(facts.case, facts.person),
        **whose,
    )


def one_at_a_time(by: Access) -> None:
    """Imports into one region wait for each other: two of the same file at once must not add everybody
    twice."""
    regions = Region.objects.select_for_update(no_key=True).filter(code__in=sorted(by.regions))
    list(regions.order_by("code").values_list("code"))


class Writer:
    def __init__(self, plan: PersonPlan, lookups: Lookups, journal: Journal, *, taken_over: bool) -> None:
        self.plan, self.lookups, self.journal, self.by = plan, lookups, journal, journal.by
        self.taken_over = taken_over

    def write(self, between: Between) -> None:
        """Rows that change nothing count as done. A file is one comparison tried."""
        tried(Try.Kind.IMPORT, self.plan.to_write, by=self.by)
        done = sum(self.plan.counts().values()) - self.plan.to_write
        for cases in _batches(self.plan.cases):
            between(done)
            self._add(cases)
            done += sum(case.rows for case in cases)
        for edits in chunks(self.plan.edits, BATCH_SIZE):
            between(done)
            write(edits, self.lookups, self.journal)
            done += len(edits)

    def _add(self, cases: list[NewCase]) -> None:
        rows = self._cases(cases)
        last = last_positions([case.stored.pk for case in cases if case.stored])
        persons = [one for case in cases for one in self._persons(case, rows[id(case)], last)]
        insert_all(persons, by=self.by)
        self.journal.note_made(part for new in persons for part in (new.person, *new.parts()))

    def _cases(self, cases: list[NewCase]) -> dict[int, Case]:
        """Return the row of each, which is opened where it is not stored."""
        rows = self._open([case for case in cases if case.stored is None])
        for case in cases:
            if row := case.stored:
                rows[id(case)] = Case(pk=row.pk, number=row.number, region_id=row.region)
        return rows

    def _open(self, cases: list[NewCase]) -> dict[int, Case]:
        rows: dict[int, Case] = {}
        for case in cases:
            earliest = min(chain(*case.persons), key=lambda facts: facts.identified_on)
            row = rows[id(case)] = Case(
                region_id=self._region(earliest),
                opened_on=earliest.identified_on,
                reference=case.reference,
                opened_by=self.by.user,
            )
            row.reference_index = index_of(row)
        number_cases(rows.values())
        self.journal.create(list(rows.values()))
        return rows

    def _region(self, facts: Facts) -> str:
        """The county's region on that day where it is an own one, else an own one."""
        region = self.lookups.geography.region_on(facts.county, facts.identified_on)
        return own_region(region, self.by)

    def _persons(self, case: NewCase, row: Case, last: dict[int, int]) -> Iterable[NewPerson]:
        region = own_region(row.region_id, self.by)
        for position, rows in enumerate(case.persons, start=last.get(row.pk, 0) + 1):
            new = self._person(rows)
            new.person.case, new.person.position = row, position
            new.person.number = person_number(row.number, position)
            new.person.responsible_region_id = region
            set_first(new, self.lookups.geography)
            yield new

    def _person(self, rows: list[Facts]) -> NewPerson:
        facts = rows[0]
        own = {fact.attname: value for fact, value in zip(OWN, facts.own, strict=True)}
        return NewPerson(
            Person(**own, taken_over=self.taken_over),
            [identification(row, self.lookups) for row in rows],
            _exploitations(facts, self.plan),
            [Measure(kind_id=kind, month=month) for kind, month in facts.measures],
        )


def _exploitations(facts: Facts, plan: PersonPlan) -> list[Exploitation]:
    purposes = effective((), facts, plan.header)
    bears = sector_purpose(purposes)
    return [
        Exploitation(
            purpose_id=purpose,
            is_main=purpose == facts.main_purpose,
            sector_id=facts.sector if purpose == bears else None,
        )
        for purpose in purposes
    ]


def _batches(cases: list[NewCase]) -> Iterable[list[NewCase]]:
    """Whole cases, some BATCH_SIZE persons together."""
    batch: list[NewCase] = []
    count = 0
    for case in cases:
        batch.append(case)
        count += len(case.persons)
        if count >= BATCH_SIZE:
            yield batch
            batch, count = [], 0
    if batch:
        yield batch
