"""Invented rows to fit a shape on, and a naive second count of what a shape may hold."""

from __future__ import annotations

import random
from datetime import date, timedelta

from bench.likeness import PURPOSES, person
from cases.shape.drawing import Lists
from cases.shape.rows import AGES, NO, YES, CaseRow, Later, PersonRow, Rows

COUNTIES = ("01", "03", "05", "06", "12", "14", "18", "20", "22", "24", "25")
AGENCIES = ("police", "social", "migration", "ngo", "labour_insp")
RARE = [f"{a}{b}" for a in "ABCDEFGH" for b in "ABCDEFGH"]
LANDS = (*RARE, "RO", "NG", "BG", "TH", "SE", "ZZ", "")
LISTS = Lists(
    words={
        "month": tuple(f"{month:02}" for month in range(1, 13)),
        "sex": ("F", "M", "O", "U"),
        "child": (YES, NO, "unknown"),
        "age_class": ("", *AGES, "unknown"),
        "main_purpose": tuple(
            f"purpose:{name}" for name in ("sexual", "labour", "begging", "crime", "unknown")
        ),
        "further_purpose": ("", "purpose:sexual", "purpose:crime", "purpose:begging"),
        "citizenship": LANDS,
        "further_citizenship": (NO, YES),
        "county": COUNTIES,
        "agency": AGENCIES,
        "later_agency": AGENCIES,
        "sector": ("", "sector:construction", "sector:cleaning"),
        "status": ("presumed", "identified"),
    },
    regions={county: f"R{int(county) % 4}" for county in COUNTIES},
)


def rows(persons: int, seed: int, *, again: float = 0.1) -> Rows:
    """A register that is not the demonstration's: most cases of one person, a few of many."""
    rng, cases, left, twice = random.Random(seed), [], persons, []
    while left > 0:
        size = min(rng.choices((1, 2, 4, 12), (70, 18, 9, 1))[0], left)
        first = _person(rng)
        people = (first, *(_person(rng, like=first) for _step in range(size - 1)))
        cases.append(CaseRow(people, note=rng.choice((0, 40, 130)), accompanying=int(rng.random() < 0.1)))
        twice += [(one, _second(rng, one)) for one in people if rng.random() < again]
        left -= size
    return Rows(tuple(cases), tuple(twice), {"2018": 120, "2019": 4})


# Of facts that persons of one case share: their values, and how often each is drawn for the first of them.
SHARED = {
    "agency": (AGENCIES, (50, 20, 15, 12, 3)),
    "citizenship": (LANDS, [1] * 64 + [90, 40, 30, 30, 20, 4, 9]),
    "county": (COUNTIES, (30, 5, 5, 3, 16, 17, 3, 2, 2, 2, 2)),
}


def _shared(rng: random.Random, fact: str, like: PersonRow | None) -> str:
    values, weights = SHARED[fact]
    return like.word(fact) if like else rng.choices(values, weights)[0]


def _person(rng: random.Random, like: PersonRow | None = None) -> PersonRow:
    record = person(rng, 0, 700)
    sex = like.word("sex") if like and rng.random() < 0.8 else record.sex
    purpose = f"purpose:{rng.choice(list(PURPOSES[sex]))}".replace("marriage", "unknown")
    on = like.on if like else date(2018, 1, 1) + timedelta(rng.randrange(700))
    agency, land = _shared(rng, "agency", like), _shared(rng, "citizenship", like)
    facts = {
        "year": str(on.year),
        "month": f"{on.month:02}",
        "sex": sex,
        "child": record.child,
        "age_class": record.age_class if rng.random() < 0.9 else "unknown",
        "main_purpose": purpose,
        "citizenship": land,
        "further_citizenship": NO,
        "county": _shared(rng, "county", like),
        "agency": agency,
        "sector": rng.choice(("sector:construction", "")) if purpose == "purpose:labour" else "",
        "status": "presumed" if rng.random() < 0.8 else "identified",
    }
    later = (Later(rng.randrange(200), rng.choice(AGENCIES), facts["county"]),) if rng.random() < 0.25 else ()
    return PersonRow(
        facts,
        on,
        delay=int(rng.expovariate(1 / 9)),
        region=LISTS.regions[facts["county"]],
        later=later,
        measures={"shelter": "accepted"} if rng.random() < 0.3 else {},
        reason=rng.randrange(20, 300) if rng.random() < 0.2 else 0,
    )


def _second(rng: random.Random, first: PersonRow) -> PersonRow:
    county = first.word("county") if rng.random() < 0.6 else rng.choice(COUNTIES)
    facts = {**first.facts, "county": county}
    if rng.random() < 0.2:
        facts["age_class"] = "unknown"
    on = first.on + timedelta(int(rng.expovariate(1 / 60)))
    return PersonRow(facts, on, region=LISTS.regions[county])
