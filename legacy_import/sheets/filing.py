"""Persons of a spreadsheet as rows of the register's own import, which plans, writes and takes back. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from cases.rules.exploitation import LABOUR
from cases.rules.persons import CHILD_OF_CLASS
from cases.rules.values import bare
from legacy_import.sheets.comparison import region_of
from legacy_import.sheets.reader import Reading, SheetPerson

HEADER: Final = (
    *("case", "person", "identified_on", "agency", "municipality", "county", "channel", "sex", "child"),
    *("age_class", "citizenship", "status", "offence", "main_purpose", "purposes", "sector"),
)
_MAX_LENGTH: Final = 60  # characters of a reference
_NEEDED: Final = ("on", "agency", "county")


class Filed(NamedTuple):
    sheet: str
    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class NotFiled:
    """`why`: twice, accompanying or what else an answer drops it for, region (another one's), or what the row
    lacks: on, agency, county."""

    sheet: str
    lines: tuple[int, ...]
    why: str


def rows_of(
    reading: Reading, regions: Mapping[str, str], own: Collection[str], sheet: str = ""
) -> tuple[list[Filed], list[NotFiled]]:
    """Rows with their places, and who is left out, for the regions of `own` alone; `sheet`: only of one. What
    the rows do not say is written as not recorded: sex U, child unknown, purpose unknown."""
    filed: list[Filed] = []
    left: list[NotFiled] = []
    for person in reading.of_sheet(sheet):
        if why := why_left_out(person, regions, own):
            left.append(NotFiled(person.sheet, person.lines, why))
        else:
            filed += [Filed(person.sheet, person.lines[0], row) for row in _rows(person)]
    return filed, left


def why_left_out(person: SheetPerson, regions: Mapping[str, str], own: Collection[str]) -> str:
    """Return why the import for the regions of `own` gets no row of a person, "" where it gets one."""
    if person.left not in {"", "year"}:  # of which is told below what it lacks
        return person.left
    known = region_of(person, regions) in own
    lacking = (one for one in _NEEDED if not person.seen[0].get(one))
    return next(lacking, "" if known else "region")


def _rows(person: SheetPerson) -> list[tuple[str, ...]]:
    """One for each time that the person was identified; of two by the same on one day the first."""
    facts = person.facts
    # Case and person, as whose sender's reference the register keeps them.
    case = f"{person.sheet[:20]} {person.case or person.key.rpartition('-')[0]}"[:_MAX_LENGTH]
    said = (
        *(person.sex, person.child, _age(person), facts.get("citizenship", "")),
        *(facts.get("status", "presumed"), bare(facts.get("offence", ""))),
        bare(facts.get("main_purpose", "purpose:unknown")),
        "|".join(bare(one) for one in facts.get("purposes", "").split("|") if one),
        bare(facts.get("sector", "")) if bare(facts.get("main_purpose", "")) in LABOUR else "",
    )
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for one in person.seen:
        seen = person.seen[0] | one
        key = f"{seen['on']}-01-01"[:10], seen["agency"], seen.get("municipality", "")
        row = (case, person.key, *key, seen["county"], bare(seen.get("channel", "")), *said)
        found.setdefault(key, row)
    return list(found.values())


def _age(person: SheetPerson) -> str:
    """The class, where it says the same as whether the person is a child."""
    klass = person.facts.get("age_class", "")
    return klass if CHILD_OF_CLASS.get(klass, person.child) == person.child else "unknown"
