"""A region's running year in the register beside the spreadsheet of the month."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.roles import May
from agencies.models import Region
from audit.writer import record
from cases.importing.references import joined
from cases.models import Identification, Person
from cases.rules.groups import group_of
from cases.rules.references import folded
from cases.rules.values import bare
from exchange import pages_apart
from lifecycle.reconciled import MonthlyComparison, as_text
from lifecycle.spreadsheets import vocabulary
from lifecycle.takeover.both_ways import IN_A_ROW, Month, One, agreed_in_a_row, both_ways
from lifecycle.takeover.filing import reference_of
from lifecycle.takeover.mapping import Answers
from lifecycle.takeover.reading import Person as Told
from lifecycle.takeover.reading import read
from lifecycle.takeover.reconciling import region_of

_NO_COUNTRY: Final = {"", "ZZ"}
_NO_PURPOSE: Final = {"", "unknown"}


class QuestionsOpen(Exception):
    """The spreadsheet holds what has to be asked about first."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


@dataclass(frozen=True)
class Sheet:
    """The persons of a spreadsheet that are compared. `others`: how many are of other regions or years."""

    persons: list[One]
    others: int
    digest: str


@dataclass(frozen=True)
class Agreed:
    """How far a region has come. `newest`: its last comparison."""

    region: Region
    newest: MonthlyComparison
    in_a_row: int

    @property
    def done(self) -> bool:
        return self.in_a_row >= IN_A_ROW


def sheet_side(data: bytes, name: str, answers: Answers, region: str, year: int) -> Sheet:
    """Stores nothing. Raises Refused, QuestionsOpen."""
    words = vocabulary()
    found = read(pages_apart.read(data, name.rpartition(".")[0]), words, answers, name)
    if found.questions:
        raise QuestionsOpen(len(found.questions))
    counted = [person for person in found.persons if person.counted]
    mine = [one for one in counted if (region_of(one, words.regions), one.year) == (region, year)]
    digest = hashlib.sha256(data).hexdigest()
    return Sheet([_told(one) for one in mine], len(counted) - len(mine), digest)


def _told(person: Told) -> One:
    """Keys in the order of `_stored`: the cell of a case may hold any of three numbers."""
    first = min(person.seen, key=lambda one: one.get("on", "9"))
    case, on = folded(person.case), first.get("on", "")
    lines = ", ".join(map(str, person.lines))
    place = f"{person.sheet} {lines}" + (f" ({person.nth})" if person.alike > 1 else "")
    facts = {
        "group": person.group,
        "main_purpose": _purpose(person.facts.get("main_purpose", "")),
        "citizenship": _country(person.facts.get("citizenship", "")),
        "county": first.get("county", ""),
        "organisation": first.get("agency", ""),
        "month": on[5:7],
    }
    return One(
        place, on, (folded(joined(*reference_of(person))), folded(person.ref), case, case, case), facts
    )


def register_side(access: Access, region: str, year: int) -> list[One]:
    """The persons of an own region who count in the year. Two queries."""
    rows = Person.objects.visible_to(access).counted().identified_in(year).filter(first_region=region)
    found = rows.with_main().annotate(main_key=F("main__purpose")).select_related("case", "first_agency")
    people = list(found.order_by("number"))
    references = _references(access, people)
    return [_stored(one, references.get(one.pk, "")) for one in people]


def _references(access: Access, people: Iterable[Person]) -> dict[int, str]:
    """The first that is told, of each person."""
    rows = Identification.objects.visible_to(access).filter(person__in=[one.pk for one in people])
    told: dict[int, str] = defaultdict(str)
    for row in rows.order_by("identified_on", "pk"):
        told[row.person_id] = told[row.person_id] or row.reference
    return told


def _stored(person: Any, reference: str) -> One:
    case, on = person.case, person.first_identified_on.isoformat()
    facts = {
        "group": group_of(person.sex, person.child),
        "main_purpose": _purpose(person.main_key or ""),
        "citizenship": _country(str(person.citizenship or "")),
        "county": person.first_county_id,
        "organisation": person.first_agency.code,
        "month": on[5:7],
    }
    cases = (folded(case.number), folded(case.registry_number), folded(case.reference))
    return One(person.number, on, (folded(reference), folded(person.number), *cases), facts)


def _purpose(key: str) -> str:
    return "" if bare(key) in _NO_PURPOSE else bare(key)


def _country(code: str) -> str:
    return "" if code in _NO_COUNTRY else code


@transaction.atomic
def compare_month(*, region: Region, sheet: Sheet, by: Access) -> MonthlyComparison:
    """Of the running year so far, by who takes over in the region. Raises PermissionDenied."""
    by.require(May.IMPORT_PERSONS)
    if region.code not in by.regions:
        raise PermissionDenied(_("Only those of the region compare its rows."))
    stored = register_side(by, region.code, by.today.year)
    found = both_ways(stored, sheet.persons)
    row = MonthlyComparison.objects.create(
        region=region,
        year=by.today.year,
        month=by.today.month,
        by=by.user,
        at=by.at,
        digest=sheet.digest,
        register=len(stored),
        sheet=len(sheet.persons),
        differing=len(found.rows),
        agrees=found.agrees,
        found=as_text(found.as_json()),
    )
    record(by, "comparison.make", row, rows=len(found.rows), digest=sheet.digest)
    return row


def agreed(access: Access) -> list[Agreed]:
    """By region: how many months in a row agree, back from the newest. One query."""
    rows = MonthlyComparison.objects.totals_for(access).defer("found").select_related("region")
    by_region: dict[Region, list[MonthlyComparison]] = defaultdict(list)
    for row in rows.order_by("region__name_sv", "at", "pk"):
        by_region[row.region].append(row)
    return [
        Agreed(region, some[-1], agreed_in_a_row(_last_of_each(some))) for region, some in by_region.items()
    ]


def _last_of_each(rows: Iterable[MonthlyComparison]) -> Mapping[Month, bool]:
    """Rows in the order of their time."""
    return {Month(row.year, row.month): row.agrees for row in rows}
