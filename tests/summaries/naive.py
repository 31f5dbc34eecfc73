"""A second way to count, row by row from the models, written apart from the first: it shares no code with
it."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from agencies.models import Code, CodeMapping, CountyRegion
from cases.models import Call, Person

REFERENCE = Path(__file__).resolve().parents[2] / "agencies" / "reference"
COUNTED = {"under_assessment", "presumed", "declined", "identified"}
EMPTY = {"none": "none_given", "unknown": "unknown", "not_asked": "not_asked", "given": "not_asked"}
LABOUR = ("purpose:labour", "purpose:unreasonable", "purpose:domestic")
Cells = dict[tuple[str, ...], int]


@cache
def shipped(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def records_of(person: Person) -> list[Person]:
    """The record and all that turned out to be the same person."""
    return [person, *Person.objects.filter(same_as=person)]


def earliest(person: Person):
    rows = [
        (i.identified_on, record.case.number, record.position, i.pk, i)
        for record in records_of(person)
        for i in record.identifications.all()
    ]
    return min(rows)[4]


def counted_in(year: int) -> list[tuple[Person, object]]:
    found = []
    for person in Person.objects.all():
        if person.same_as_id is None and person.status in COUNTED:
            first = earliest(person)
            if first.identified_on.year == year:
                found.append((person, first))
    return found


def group(person: Person) -> str:
    if person.sex == "O":
        return "other"
    if person.sex == "U" or person.child == "unknown":
        return "unknown"
    if person.child == "yes":
        return "girls" if person.sex == "F" else "boys"
    return "women" if person.sex == "F" else "men"


def published_purpose(key: str) -> str:
    return CodeMapping.objects.get(target="nmt", code=key).value


def region_of(county: str, day) -> str:
    rows = list(CountyRegion.objects.filter(county=county).order_by("valid_from"))
    begun = [row for row in rows if row.valid_from <= day]
    return (begun[-1] if begun else rows[0]).region_id


def country_group(person: Person, day) -> str:
    country = str(person.citizenship or "") or "not_asked"
    no_continent = {"not_asked": "not_asked", "SE": "sweden", "XS": "stateless", "ZZ": "unknown"}
    if country in no_continent:
        return no_continent[country]
    if in_union(country, day.isoformat()):
        return "other_eu"
    continent = {row["country"]: row["group"] for row in shipped("country_groups")}[country]
    return "other_europe" if continent == "europe" else continent


def in_union(country: str, day: str) -> bool:
    rows = (row for row in shipped("eu_membership") if row["country"] == country)
    return any(row["valid_from"] <= day and (not row["valid_to"] or day <= row["valid_to"]) for row in rows)


def source_of(person: Person, first) -> str:
    by_phone = first.channel_id == "channel:support_line" or person.case.opened_from_call
    return "support_line" if by_phone else "coordinator"


def purpose_groups(purposes: set[str]) -> list[str]:
    """In the order of the list."""
    order = Code.objects.filter(list="purpose_group").order_by("position")
    return [code.word for code in order if code.word in purposes]


def accepted(person: Person) -> list[str]:
    return sorted({m.kind.word for m in person.measures.all() if m.answer == "accepted"})


def word(code: Code | None) -> str:
    return code.word if code else "not_asked"


def facts(person: Person, first) -> dict[str, list[str]]:
    """The categories of one person in each table; several where they overlap."""
    exploitations = list(person.exploitations.all())
    main = next(e for e in exploitations if e.is_main)
    held = {published_purpose(e.purpose_id) for e in exploitations}
    return {
        "main_purpose": [published_purpose(main.purpose_id)],
        "any_purpose": sorted(held),
        "citizenship": [str(person.citizenship or "") or "not_asked"],
        "county": [first.county_id],
        "organisation": [first.agency.code],
        "source": [source_of(person, first)],
        "offence": [word(person.offence)],
        "status": [person.status],
        "measures": accepted(person),
        "ages": [person.age_class or "not_asked"],
        "age_group": [{"yes": "children", "no": "adults", "unknown": "age_unknown"}[person.child]],
        "purpose_combination": ["+".join(purpose_groups(held))],
        "country_group": [country_group(person, first.identified_on)],
        "region": [region_of(first.county_id, first.identified_on)],
        "channel": [word(first.channel)],
        "sector": [word(main.sector) if main.purpose_id in LABOUR else "not_labour"],
    }


def person_tables(year: int) -> dict[str, Cells]:
    """Every table of persons that has a group: non-zero cells only, margins included."""
    tables: dict[str, Counter[tuple[str, ...]]] = {}
    groups: Counter[tuple[str, ...]] = Counter()
    for person, first in counted_in(year):
        who = group(person)
        groups[who,] += 1
        groups["*",] += 1
        for name, categories in facts(person, first).items():
            table = tables.setdefault(name, Counter())
            for category in categories:
                table[category, who] += 1
                table[category, "*"] += 1
            table["*", who] += 1
            table["*", "*"] += 1
    return {"groups": dict(groups), **{name: dict(cells) for name, cells in tables.items()}}


def measure_answers(year: int) -> Cells:
    cells: Counter[tuple[str, str]] = Counter()
    for person, _first in counted_in(year):
        given = {(m.kind.word, m.answer) for m in person.measures.all()}
        cells.update(given)
        cells.update({(kind, "*") for kind, _answer in given})
        cells.update({("*", answer) for _kind, answer in given})
        cells["*", "*"] += 1
    return dict(cells)


def call_facts(call: Call) -> dict[str, list[str]]:
    """The categories of one call in each table."""
    return {
        "calls_topic": [topic.word for topic in call.topics.all()] or [EMPTY[call.topics_answer]],
        "calls_outcome": [outcome.word for outcome in call.outcomes.all()] or [EMPTY[call.outcomes_answer]],
        "calls_caller": [call.caller_group.word],
        "calls_month": [f"{call.received_on:%m}"],
        "calls_county": [call.caller_county_id or "not_asked"],
    }


def call_tables(year: int) -> dict[str, Cells]:
    tables: dict[str, Counter[tuple[str]]] = {}
    for call in (call for call in Call.objects.all() if call.received_on.year == year):
        for name, found in call_facts(call).items():
            table = tables.setdefault(name, Counter())
            table.update([(category,) for category in found])
            table["*",] += 1
    return {name: dict(cells) for name, cells in tables.items()}


def waits(year: int) -> dict[str, list[tuple[int, int, int]]]:
    """Measure → for each person who accepted it: calendar months, and days from the first to the last that
    may be."""
    found: dict[str, list[tuple[int, int, int]]] = {}
    for person, first in counted_in(year):
        months: dict[str, list[date]] = {}
        for measure in person.measures.all():
            if measure.answer == "accepted" and measure.month:
                months.setdefault(measure.kind.word, []).append(measure.month)
        for kind, begun in months.items():
            found.setdefault(kind, []).append(_waited(first.identified_on, min(begun)))
    return found


def _waited(on: date, month: date) -> tuple[int, int, int]:
    days = [day for day in (month + timedelta(n) for n in range(31)) if day.month == month.month]
    of_the_same_month = (month.year, month.month) == (on.year, on.month)
    possible = [(day - on).days for day in days if day >= on or not of_the_same_month]
    return (month.year - on.year) * 12 + month.month - on.month, min(possible), max(possible)
