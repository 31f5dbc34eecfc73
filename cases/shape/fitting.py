"""The shape of rows. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from cases.shape.cells import FEWEST, Crossing, Words, crossing, rounded, spread
from cases.shape.rows import (
    AGAIN,
    CHAIN,
    LATER,
    MOST_LATER,
    NO,
    OTHER,
    SAME,
    YES,
    PersonRow,
    Rows,
    outcome,
)
from cases.shape.shape import STARTS, Shape

# What persons of one event have in common more often than others.
IN_COMMON: Final = (
    "sex",
    "child",
    "main_purpose",
    "citizenship",
    "county",
    "agency",
    "sector",
    "offence",
    "status",
)
DAY: Final = "day"
STEP: Final = 0.05


def fit(rows: Rows, *, fewest: int = FEWEST) -> Shape:
    """How often, and how far apart: no cell of fewer than `fewest` rows, or of fewer events than three."""
    persons = [(number, person) for number, case in enumerate(rows.cases) for person in case.persons]
    kinds = sorted({kind for _number, person in persons for kind in person.measures})
    crossings = {
        **{fact: crossing(_of_fact(persons, fact), fewest=fewest) for fact in CHAIN},
        **{fact: crossing(_of_later(persons, fact), fewest=fewest) for fact in LATER},
        **{f"measure {kind}": crossing(_of_measure(persons, kind), fewest=fewest) for kind in kinds},
        "note": crossing(
            (((), YES if case.note else NO, n) for n, case in enumerate(rows.cases)), fewest=fewest
        ),
        "reason": crossing(
            (((p.word("status"),), YES if p.reason else NO, n) for n, p in persons), fewest=fewest
        ),
        **_again(rows, persons, fewest),
    }
    numbers: dict[str, Iterable[int]] = {
        "persons": (len(case.persons) for case in rows.cases if case.persons),
        "accompanying": (case.accompanying for case in rows.cases),
        "delay": (person.delay for _number, person in persons),
        "later": (one.days for _number, person in persons for one in person.later),
        "again": ((second.on - first.on).days for first, second in rows.again),
        "note": (case.note for case in rows.cases if case.note),
        "reason": (person.reason for _number, person in persons if person.reason),
    }
    spreads = {name: spread(numbers[name], STARTS[name], fewest=fewest) for name in STARTS}
    return Shape(
        fewest=fewest,
        persons=rounded(len(persons)),
        cases=rounded(len(rows.cases)),
        crossings=crossings,
        spreads={name: one for name, one in spreads.items() if one is not None},
        alike=_alike(rows, fewest),
        calls={year: rounded(n) for year, n in sorted(rows.calls.items()) if n >= fewest},
    )


Numbered = list[tuple[int, PersonRow]]
Told = Iterator[tuple[Words, str, int]]


def _of_fact(persons: Numbered, fact: str) -> Told:
    for number, person in persons:
        word = str(min(len(person.later), MOST_LATER)) if fact == "later" else person.word(fact)
        yield tuple(person.word(other) for other in CHAIN[fact]), word, number


def _of_later(persons: Numbered, fact: str) -> Told:
    for number, person in persons:
        for one in person.later:
            same = SAME if one.county == person.word("county") else OTHER
            word = one.agency if fact == "later_agency" else same
            yield tuple(person.word(other) for other in LATER[fact]), word, number


def _of_measure(persons: Numbered, kind: str) -> Told:
    for number, person in persons:
        yield (person.word("child"),), person.measures.get(kind, ""), number


def _again(rows: Rows, persons: Numbered, fewest: int) -> dict[str, Crossing]:
    """Of the persons who have a second record, and of how it differs. Nothing where they are too few: what
    the search has not found is no sign that nobody is met again."""
    if len(rows.again) < fewest:
        return {}
    own = {id(first) for first, _second in rows.again}
    pairs = list(enumerate(rows.again))
    told: dict[str, Iterable[tuple[Words, str, int]]] = {
        "again": (((), YES if id(person) in own else NO, n) for n, person in persons),
        "again region": (((), SAME if a.region == b.region else OTHER, n) for n, (a, b) in pairs),
    }
    for fact in AGAIN:
        outcomes = ((n, outcome(fact, a.word(fact), b.word(fact))) for n, (a, b) in pairs)
        told[f"again {fact}"] = [((), word, n) for n, word in outcomes if word]
    return {name: crossing(found, fewest=fewest) for name, found in told.items()}


def _alike(rows: Rows, fewest: int) -> dict[str, float]:
    """Of a further person: (agreeing - by chance) / (1 - by chance)."""
    further = [(case.persons[0], other) for case in rows.cases for other in case.persons[1:]]
    if len(further) < fewest:
        return {}
    everybody = rows.persons
    found = {}
    for fact in IN_COMMON:
        chance = _by_chance(Counter(person.word(fact) for person in everybody))
        agreeing = sum(first.word(fact) == other.word(fact) for first, other in further) / len(further)
        found[fact] = _share((agreeing - chance) / (1 - chance) if chance < 1 else 1.0)
    found[DAY] = _share(sum(first.on == other.on for first, other in further) / len(further))
    return found


def _by_chance(words: Counter[str]) -> float:
    return sum((n / words.total()) ** 2 for n in words.values())


def _share(share: float) -> float:
    """In steps that tell of no single row."""
    return round(min(max(round(share / STEP) * STEP, 0.0), 1.0), 2)
