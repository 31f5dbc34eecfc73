"""What the rows of a file change in one stored person. Pure arithmetic on plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from cases.choices import LABOUR_PURPOSES
from cases.facts import COMPARED, OWN
from cases.importing.columns import Header
from cases.importing.facts import Facts
from cases.importing.stored import Given, Purpose, StoredIdentification, StoredPerson

Key = tuple[str, str, date]  # agency, municipality, day


class Change(NamedTuple):
    """One value as stored before and after, by column."""

    column: str
    old: object
    new: object


@dataclass(slots=True)
class Edit:
    """Everything to write for one stored person. Rows are named by their primary keys."""

    pk: int
    version: int
    values: dict[str, str | None] = field(default_factory=dict)
    seen_new: list[Facts] = field(default_factory=list)
    seen_changed: dict[int, dict[str, str | None]] = field(default_factory=dict)
    purposes_new: list[Purpose] = field(default_factory=list)  # pk 0
    purposes_changed: dict[int, Purpose] = field(default_factory=dict)
    purposes_gone: list[int] = field(default_factory=list)
    given_new: list[tuple[str, date]] = field(default_factory=list)
    given_gone: list[int] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__ if name not in {"pk", "version"})


def of_person(facts: Facts, column: str) -> object:
    """What a row says of the person, so that two rows of one person can be held against each other."""
    return frozenset(facts.purposes) if column == "purposes" else facts.value(column)


def disagreement(one: Facts, other: Facts) -> list[str]:
    return [fact.name for fact in COMPARED if of_person(one, fact.name) != of_person(other, fact.name)]


def facts_of(person: StoredPerson, facts: Facts, header: Header, edit: Edit) -> list[Change]:
    """The person's own facts, purposes and measures; identifications are `seen`."""
    changes = []
    for fact, new in zip(OWN, facts.own, strict=True):
        old = person.values[fact.name]
        if header.has(fact.name) and old != new:
            edit.values[fact.name] = new
            changes.append(Change(fact.name, old, new))
    changes += _purposes(person.purposes, facts, header, edit)
    if header.has("measures"):
        changes += _measures(person.given, facts, edit)
    return changes


def effective(stored: Iterable[str], facts: Facts, header: Header) -> list[str]:
    """The purposes after the import, the main one first."""
    further = facts.purposes if header.has("purposes") else stored
    return [facts.main, *sorted({purpose for purpose in further if purpose != facts.main})]


def sector_purpose(purposes: list[str]) -> str:
    """Which purpose a sector belongs to: the main one when it is labour, else the first of labour. "" for
    none."""
    if purposes[0] in LABOUR_PURPOSES:
        return purposes[0]
    return next((purpose for purpose in LABOUR_PURPOSES if purpose in purposes), "")


def _purposes(stored: list[Purpose], facts: Facts, header: Header, edit: Edit) -> list[Change]:
    after = effective((row.purpose for row in stored), facts, header)
    edit.purposes_gone = [row.pk for row in stored if row.purpose not in after]
    main = max(
        (row for row in stored if row.purpose == facts.main),
        key=lambda row: (row.is_main, -row.pk),
        default=None,
    )
    wants = sector_purpose(after) if header.has("sector") else ""
    bears = bearer(stored, main, wants)
    for row in stored:
        if row.purpose in after:
            new = row._replace(is_main=row is main, sector=facts.sector if row is bears else row.sector)
            if new != row:
                edit.purposes_changed[row.pk] = new
    present = {row.purpose for row in stored}
    edit.purposes_new = [
        Purpose(0, purpose, purpose == facts.main, facts.sector if purpose == wants else None)
        for purpose in after
        if purpose not in present
    ]
    return _purpose_changes(stored, after, facts, bears, wants)


def bearer(stored: list[Purpose], main: Purpose | None, wants: str) -> Purpose | None:
    """The stored row that bears the sector: of several with one purpose the main one, or the first."""
    if main is not None and main.purpose == wants:
        return main
    return next((row for row in stored if wants and row.purpose == wants), None)


def _purpose_changes(
    stored: list[Purpose], after: list[str], facts: Facts, bears: Purpose | None, wants: str
) -> list[Change]:
    changes = []
    was_main = next((row.purpose for row in stored if row.is_main), None)
    if was_main != facts.main:
        changes.append(Change("main_purpose", was_main, facts.main))
    before = {row.purpose for row in stored}
    if before != set(after):
        changes.append(Change("purposes", tuple(sorted(before)), tuple(sorted(after))))
    was_sector = bears.sector if bears else None
    if wants and was_sector != facts.sector:
        changes.append(Change("sector", was_sector, facts.sector))
    return changes


def _measures(stored: list[Given], facts: Facts, edit: Edit) -> list[Change]:
    wanted, kept = set(facts.measures), set()
    for row in stored:
        if row.month is None or (row.kind, row.month) in wanted:  # without a month it cannot stand in a file
            kept.add((row.kind, row.month))
        else:
            edit.given_gone.append(row.pk)
    edit.given_new = [pair for pair in facts.measures if pair not in kept]
    if not (edit.given_gone or edit.given_new):
        return []
    return [Change("measures", tuple((row.kind, row.month) for row in stored), facts.measures)]


def key(facts: Facts) -> Key:
    """What tells one identification of a person from another."""
    return facts.agency, facts.municipality, facts.identified_on


def is_further(changes: list[Change]) -> bool:
    """Whether `seen` has added an identification."""
    return any(change.column == "identified_on" for change in changes)


def seen(
    identifications: list[StoredIdentification], facts: Facts, header: Header, edit: Edit, said: set[Key]
) -> list[Change]:
    """One identification: found by agency, municipality (if the file has it) and day; or by agency and day
    alone, where no row of the file says (`said`) what is stored, so that its municipality was corrected; or
    else a further one."""
    same_day = [row for row in identifications if (row.agency, row.on) == (facts.agency, facts.identified_on)]
    for row in same_day:
        if not header.has("municipality") or row.municipality == facts.municipality:
            return _seen_changed(row, facts, header, edit)
    for row in same_day:
        if row.pk and (row.agency, row.municipality, row.on) not in said:
            identifications[identifications.index(row)] = row._replace(municipality=facts.municipality)
            return _seen_changed(row, facts, header, edit)
    edit.seen_new.append(facts)
    identifications.append(
        StoredIdentification(
            0, facts.agency, facts.municipality, facts.identified_on, facts.county, facts.channel
        )
    )
    return [Change("identified_on", None, facts.identified_on)]


def _seen_changed(row: StoredIdentification, facts: Facts, header: Header, edit: Edit) -> list[Change]:
    changes = [
        Change(column, getattr(row, column), getattr(facts, column))
        for column in ("municipality", "county", "channel")
        if header.has(column) and getattr(row, column) != getattr(facts, column)
    ]
    if changes and row.pk:
        edit.seen_changed[row.pk] = {change.column: change.new for change in changes}  # type: ignore[misc]
    return changes
