"""What an import changes in persons of ours, in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cases.actions.settling import settle
from cases.facts import BY_NAME, OWN
from cases.importing.comparing import Edit
from cases.importing.facts import Facts
from cases.importing.lookups import Lookups
from cases.importing.references import joined, numbers_of
from cases.models import Exploitation, Identification, Measure, Person
from cases.secret_text import index_of
from exchange.journal import Journal, stored


def write(edits: Sequence[Edit], lookups: Lookups, journal: Journal) -> None:
    _persons(edits, journal)
    _purposes(edits, journal)
    _measures(edits, journal)
    _identifications(edits, lookups, journal)


def _persons(edits: Sequence[Edit], journal: Journal) -> None:
    """Every changed person gets a new version, so that a form that is open elsewhere meets a conflict."""
    wanted = {edit.pk: edit.values for edit in edits}
    rows = Person.objects.in_own_region(journal.by).select_for_update(of=("self",)).filter(pk__in=wanted)
    locked = list(rows.order_by("pk"))
    for row in locked:
        row.version += 1
        if "status" in wanted[row.pk]:
            journal.set(row, "status_on", journal.by.today)
        for column, value in wanted[row.pk].items():
            journal.set(row, BY_NAME[column].attname, value)
    journal.update(locked, [*(fact.name for fact in OWN), "status_on", "version"])


def _purposes(edits: Sequence[Edit], journal: Journal) -> None:
    """A main purpose steps down before another takes over: the database allows one at any moment."""
    wanted = {pk: new for edit in edits for pk, new in edit.purposes_changed.items()}
    journal.delete(list(stored(Exploitation, (pk for edit in edits for pk in edit.purposes_gone))))
    rows = list(stored(Exploitation, wanted))
    for row in rows:
        journal.set(row, "is_main", wanted[row.pk].is_main)
        journal.set(row, "sector_id", wanted[row.pk].sector)
    rows.sort(key=lambda row: row.is_main)
    journal.update(rows, ["is_main", "sector"])
    new = [(edit.pk, purpose) for edit in edits for purpose in edit.purposes_new]
    journal.create(
        [
            Exploitation(person_id=pk, purpose_id=p.purpose, is_main=p.is_main, sector_id=p.sector)
            for pk, p in new
        ]
    )


def _measures(edits: Sequence[Edit], journal: Journal) -> None:
    journal.delete(list(stored(Measure, (pk for edit in edits for pk in edit.given_gone))))
    new = [(edit.pk, kind, month) for edit in edits for kind, month in edit.given_new]
    journal.create([Measure(person_id=pk, kind_id=kind, month=month) for pk, kind, month in new])


def _identifications(edits: Sequence[Edit], lookups: Lookups, journal: Journal) -> None:
    wanted = {pk: new for edit in edits for pk, new in edit.seen_changed.items()}
    rows = list(stored(Identification, wanted))
    for row in rows:
        for column, value in wanted[row.pk].items():
            journal.set(row, BY_NAME[column].attname, value)
    journal.update(rows, ["municipality", "county", "channel"])
    new = [identification(facts, lookups, person_id=edit.pk) for edit in edits for facts in edit.seen_new]
    for row in new:
        row.reference_index = index_of(row)
    journal.create(new)
    if touched := {row.person_id for row in [*rows, *new]}:
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
