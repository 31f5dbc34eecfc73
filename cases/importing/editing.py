"""What an import changes in persons of ours, in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from agencies.access import Access
from cases.actions.saving import create_all, delete_all, update_all
from cases.actions.settling import settle
from cases.importing.comparing import Edit
from cases.importing.facts import Facts
from cases.importing.lookups import Lookups
from cases.importing.references import joined
from cases.models import Exploitation, Identification, Measure, Person
from cases.secret_text import index


def write(edits: Sequence[Edit], lookups: Lookups, *, by: Access) -> None:
    _persons(edits, by)
    _purposes(edits, by)
    _measures(edits, by)
    _identifications(edits, lookups, by)


def _persons(edits: Sequence[Edit], by: Access) -> None:
    """Every changed person gets a new version, so that a form that is open elsewhere meets a conflict."""
    wanted = {edit.pk: edit.values for edit in edits}
    rows = list(Person.objects.in_own_region(by).select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"))
    for row in rows:
        row.version += 1
        if "status" in wanted[row.pk]:
            row.status_on = by.today
        for column, value in wanted[row.pk].items():
            setattr(row, "offence_id" if column == "offence" else column, value)
    update_all(
        rows,
        ["sex", "child", "age_class", "citizenship", "status", "status_on", "offence", "version", "updated_at"],
        by=by,
    )


def _purposes(edits: Sequence[Edit], by: Access) -> None:
    """A main purpose steps down before another takes over: the database allows one at any moment."""
    wanted = {pk: new for edit in edits for pk, new in edit.purposes_changed.items()}
    delete_all(_rows(Exploitation, (pk for edit in edits for pk in edit.purposes_gone)), by=by)
    rows = _rows(Exploitation, wanted)
    for row in rows:
        row.is_main, row.sector_id = wanted[row.pk].is_main, wanted[row.pk].sector
    rows.sort(key=lambda row: row.is_main)
    update_all(rows, ["is_main", "sector"], by=by)
    new = [(edit.pk, purpose) for edit in edits for purpose in edit.purposes_new]
    create_all(
        [Exploitation(person_id=pk, purpose_id=p.purpose, is_main=p.is_main, sector_id=p.sector) for pk, p in new],
        by=by,
    )


def _measures(edits: Sequence[Edit], by: Access) -> None:
    delete_all(_rows(Measure, (pk for edit in edits for pk in edit.given_gone)), by=by)
    new = [(edit.pk, kind, month) for edit in edits for kind, month in edit.given_new]
    create_all([Measure(person_id=pk, kind_id=kind, month=month) for pk, kind, month in new], by=by)


def _identifications(edits: Sequence[Edit], lookups: Lookups, by: Access) -> None:
    wanted = {pk: new for edit in edits for pk, new in edit.seen_changed.items()}
    rows = _rows(Identification, wanted)
    for row in rows:
        for column, value in wanted[row.pk].items():
            setattr(row, f"{column}_id", value)
    update_all(rows, ["county", "channel"], by=by)
    new = [identification(facts, lookups, person_id=edit.pk) for edit in edits for facts in edit.seen_new]
    for row in new:
        row.reference_index = index(row.reference)
    create_all(new, by=by)
    touched = {row.person_id for row in [*rows, *new]}
    if touched:
        settle(Person.objects.in_own_region(by).filter(pk__in=touched), by=by)


def identification(facts: Facts, lookups: Lookups, **whose: Any) -> Identification:
    """Unsaved, with the sender's reference."""
    return Identification(
        agency_id=lookups.agency_ids[facts.agency],
        municipality=facts.municipality,
        identified_on=facts.identified_on,
        county_id=facts.county,
        channel_id=facts.channel,
        reference=joined(facts.case, facts.person),
        **whose,
    )


def _rows(model: Any, ids: Iterable[int]) -> list[Any]:
    wanted = list(ids)
    return list(model.objects.filter(pk__in=wanted).order_by("pk")) if wanted else []
