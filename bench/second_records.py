"""Registers in which one person in four is registered twice, by somebody who writes much of it otherwise.

The limits and weights of cases/duplicates/scoring.py are not chosen on these. They follow the description of
an
independent trial: of the second record the age class is another one time in five, a fact is not known one in
ten, the citizenship differs one in ten, the purpose one in five, the county one in four, it comes after 60
days on average, and nobody has written a reference. What the description leaves open is as in what NMT has
published.

    python -m bench.second_records
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from bench.similarity import candidates, worth_asking
from cases.duplicates.scoring import AGES, Record, compare, shares_of

FIRST_DAY: Final = date(2018, 1, 1)
AGAIN: Final = 0.25
AGE, GAP, CITIZENSHIP, PURPOSE, COUNTY, DAYS = 0.20, 0.10, 0.10, 0.20, 0.25, 60
AGE_WEIGHTS: Final = (1, 3, 7, 9, 28, 30, 17, 5)
COUNTIES: Final = {
    "01": 30, "14": 17, "12": 16, "03": 5, "05": 5, "06": 4, "13": 3, "18": 3, "19": 3, "20": 3, "21": 2,
    "22": 2, "24": 2, "25": 2, "17": 2, "04": 2, "08": 1, "07": 1, "10": 1, "23": 1, "09": 1,
}  # fmt: skip
REGIONS: Final = {
    "01": "ST", "09": "ST", "03": "M", "04": "M", "19": "M", "05": "Ö", "06": "Ö", "08": "SY", "07": "SY",
    "10": "SY", "12": "SY", "13": "V", "14": "V", "17": "B", "18": "B", "20": "B", "21": "N", "22": "N",
    "23": "N", "24": "N", "25": "N",
}  # fmt: skip
PURPOSES: Final = {
    "F": {"sexual": 66, "labour": 14, "begging": 10, "marriage": 5, "domestic": 3, "crime": 2},
    "M": {"labour": 60, "begging": 18, "crime": 18, "sexual": 3, "war": 1},
}
# Shares fall as one over the rank, so that of many countries a few are common.
MANY: Final = tuple(f"{a}{b}" for a in "ABCDE" for b in "ABCDEFGHIJ")
FEW: Final = MANY[:12]


@dataclass(frozen=True, slots=True)
class Register:
    """Records, the region of each by its key, and the pairs of keys that are one person."""

    records: list[Record]
    regions: dict[str, str]
    twice: set[frozenset[str]]

    def across(self, pair: frozenset[str]) -> bool:
        return len({self.regions[key] for key in pair}) > 1


def register(persons: int, seed: int, *, countries: tuple[str, ...] = MANY, a_year: int = 400) -> Register:
    rng = random.Random(seed)  # noqa: S311 - invented data, not secrets
    days = max(365, persons * 365 // a_year)
    first = [_person(rng, number, days, countries) for number in range(persons)]
    chosen = rng.sample(first, round(persons * AGAIN))
    second = [_again(rng, seen, number, countries) for number, seen in enumerate(chosen)]
    known = [_with_gaps(rng, record) for record in (*first, *second)]
    pairs = {frozenset({a.key, b.key}) for a, b in zip(chosen, second, strict=True)}
    return Register(known, {record.key: REGIONS[record.county] for record in known}, pairs)


def _person(rng: random.Random, number: int, days: int, countries: tuple[str, ...]) -> Record:
    sex = "F" if rng.random() < 0.6 else "M"
    age = rng.choices(AGES, AGE_WEIGHTS)[0]
    return Record(
        key=f"P{number}",
        case=f"C{number}",
        identified_on=FIRST_DAY + timedelta(rng.randrange(days)),
        county=_drawn(rng, COUNTIES),
        sex=sex,
        child="yes" if AGES.index(age) < 4 else "no",
        age_class=age,
        citizenships=frozenset({_country(rng, countries)}),
        purposes=frozenset({_drawn(rng, PURPOSES[sex])}),
    )


def _again(rng: random.Random, seen: Record, number: int, countries: tuple[str, ...]) -> Record:
    age = seen.age_class
    if rng.random() < AGE:
        place = AGES.index(age) + rng.choice((-1, 1))
        age = AGES[min(max(place, 0), len(AGES) - 1)]
    return replace(
        seen,
        key=f"Q{number}",
        case=f"D{number}",
        identified_on=(seen.identified_on or FIRST_DAY) + timedelta(int(rng.expovariate(1 / DAYS))),
        county=_drawn(rng, COUNTIES) if rng.random() < COUNTY else seen.county,
        age_class=age,
        child="yes" if AGES.index(age) < 4 else "no",
        citizenships=frozenset({_country(rng, countries)})
        if rng.random() < CITIZENSHIP
        else seen.citizenships,
        purposes=frozenset({_drawn(rng, PURPOSES[seen.sex])}) if rng.random() < PURPOSE else seen.purposes,
    )


def _with_gaps(rng: random.Random, record: Record) -> Record:
    if rng.random() < GAP:
        record = replace(record, age_class="unknown")
    return replace(record, citizenships=frozenset()) if rng.random() < GAP else record


def _country(rng: random.Random, countries: tuple[str, ...]) -> str:
    return rng.choices(countries, [1 / rank for rank in range(1, len(countries) + 1)])[0]


def _drawn(rng: random.Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


@dataclass(frozen=True, slots=True)
class Found:
    """Pairs: registered twice in truth, asked about, and right among these; and the same across regions."""

    true: int
    asked: int
    right: int
    true_across: int
    right_across: int

    @property
    def precision(self) -> float:
        return self.right / self.asked

    @property
    def recall(self) -> float:
        return self.right / self.true

    @property
    def recall_across(self) -> float:
        return self.right_across / self.true_across


def found(registers: Iterable[Register]) -> Found:
    """By the search as it is: within a region from its limit, across regions from the higher one."""
    tally: Counter[str] = Counter()
    for one in registers:
        shares = shares_of(one.records)
        asked = [
            pair
            for a, b in candidates(one.records)
            for pair in [frozenset({a.key, b.key})]
            if worth_asking(compare(a, b, shares), across_regions=one.across(pair))
        ]
        right = [pair for pair in asked if pair in one.twice]
        tally["true"] += len(one.twice)
        tally["asked"] += len(asked)
        tally["right"] += len(right)
        tally["true_across"] += sum(map(one.across, one.twice))
        tally["right_across"] += sum(map(one.across, right))
    return Found(**{name: tally[name] for name in Found.__slots__})


# What `cases/duplicates/evaluation.py` says it is measured on: one year, and four.
SEEDS: Final = (1, 2, 3)
SIZES: Final = (400, 1_500)
COUNTRIES: Final = {"many": MANY, "few": FEW}


def measured() -> dict[str, Found]:
    return {
        name: found(register(size, seed, countries=countries) for size in SIZES for seed in SEEDS)
        for name, countries in COUNTRIES.items()
    }


def main() -> int:
    for name, outcome in measured().items():
        print(
            f"second records, {name} countries: {outcome.true} pairs, {outcome.asked} asked about, precision "
            f"{outcome.precision:.2f}, recall {outcome.recall:.2f}; across regions {outcome.right_across} of "
            f"{outcome.true_across}, recall {outcome.recall_across:.2f}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
