"""Precision and recall of the comparison on invented registers whose duplicates are known.

The limits in cases/duplicates/scoring.py were chosen on the register of the seed TUNED. The others were not
looked at
for it: new seeds of the same generator, and a register whose second agencies make twice as many mistakes and
know less, with a third as many duplicates. All are invented: real registers have no truth to compare with,
and may be worse.

Run: python -m bench.similarity [PERSONS]
"""

from __future__ import annotations

import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

from cases.duplicates.scoring import (
    ACROSS_REGIONS,
    AGES,
    WITHIN_SCOPE,
    Record,
    Similarity,
    are_different,
    compare,
    kinds,
    shares_of,
    sharing_of,
    windows,
)

FIRST_DAY = date(2016, 1, 1)
PER_YEAR = 300  # about what the network sees
DUPLICATES = 0.10
TUNED, UNSEEN = 2018, (1, 7, 99)
CITIZENSHIPS = dict(
    RO=18, NG=12, BG=10, TH=9, UA=8, SE=8, MA=6, AF=4, VN=4, CO=3, SY=3, ET=2, ER=2, SO=2, GE=2, UZ=2
)
COUNTIES = {
    "01": 28,
    "14": 20,
    "12": 18,
    "03": 5,
    "05": 5,
    "25": 4,
    "22": 4,
    "18": 3,
    "06": 3,
    "24": 3,
    "20": 2,
}
PURPOSES = {
    "F": dict(sexual=70, labour=12, begging=12, marriage=6),
    "M": dict(labour=50, begging=22, crime=24, sexual=4),
}
AGE_WEIGHTS = (1, 2, 6, 9, 30, 30, 17, 5)


def blocks(record: Record) -> frozenset[str]:
    """Keys of which two records must share one to be compared.

    A reference; or a time (two windows that overlap by half, so that 128 days apart always meet) with a
    similarity. A register that grows by years keeps its blocks small."""
    keys = {f"ref|{reference}" for reference in record.references}
    if record.identified_on is not None:
        keys |= {f"{window}|{kind}" for window in windows(record.identified_on) for kind in kinds(record)}
    return frozenset(keys)


def candidates(records: Iterable[Record]) -> Iterator[tuple[Record, Record]]:
    """Each pair that shares a block once, persons of one case left out."""
    records = list(records)
    by_block: dict[str, list[Record]] = defaultdict(list)
    sharing = sharing_of(records)
    for record in records:
        for key in blocks(record):
            by_block[key].append(record)
    seen: set[frozenset[str]] = set()
    for block in by_block.values():
        for one, other in combinations(block, 2):
            pair = frozenset({one.key, other.key})
            if pair not in seen and not are_different(one, other, sharing):
                seen.add(pair)
                yield one, other


def worth_asking(similarity: Similarity, *, across_regions: bool) -> bool:
    return similarity.score >= (ACROSS_REGIONS if across_regions else WITHIN_SCOPE)


def pick(rng: random.Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def person(rng: random.Random, number: int, days: int) -> Record:
    sex = "F" if rng.random() < 0.62 else "M"
    age = rng.choices(AGES, AGE_WEIGHTS)[0]
    purposes = {pick(rng, PURPOSES[sex])} | ({pick(rng, PURPOSES[sex])} if rng.random() < 0.15 else set())
    return Record(
        key=f"P{number}",
        case=f"C{number}",
        identified_on=FIRST_DAY + timedelta(rng.randrange(days)),
        county=pick(rng, COUNTIES),
        sex=sex,
        child="yes" if AGES.index(age) < 4 else "no",
        age_class=age,
        citizenships=frozenset({pick(rng, CITIZENSHIPS)}),
        purposes=frozenset(purposes),
        references=frozenset({f"ref{number}"}) if rng.random() < 0.4 else frozenset(),
    )


def another_agency(rng: random.Random, seen: Record, number: int, worse: float = 1) -> Record:
    """The same person as somebody else would log: later, sometimes elsewhere, with mistakes and gaps.

    `worse`: how many times as many of them as usual, at most 2."""
    later = rng.choices(
        (rng.randint(0, 7), rng.randint(8, 31), rng.randint(32, 92), rng.randint(93, 500)), (45, 30, 15, 10)
    )
    age = seen.age_class
    if rng.random() < 0.18 * worse:
        age = AGES[min(max(AGES.index(age) + rng.choice((-1, 1)), 0), 7)]
    copy = replace(
        seen,
        key=f"D{number}",
        case=f"CD{number}",
        identified_on=(seen.identified_on or FIRST_DAY) + timedelta(later[0]),
        county=seen.county if rng.random() > 0.3 * worse else pick(rng, COUNTIES),
        sex=seen.sex if rng.random() > 0.01 * worse else "O",
        age_class=age,
        child="yes" if AGES.index(age) < 4 else "no",
        citizenships=seen.citizenships
        if rng.random() > 0.05 * worse
        else frozenset({pick(rng, CITIZENSHIPS)}),
        purposes=seen.purposes if rng.random() > 0.25 * worse else frozenset({pick(rng, PURPOSES[seen.sex])}),
        references=seen.references if rng.random() < 0.5 / worse else frozenset(),
    )
    return _with_gaps(rng, copy, worse)


def _with_gaps(rng: random.Random, record: Record, worse: float) -> Record:
    if rng.random() < 0.05 * worse:
        record = replace(record, sex="U")
    if rng.random() < 0.15 * worse:
        record = replace(record, age_class="unknown")
    if rng.random() < 0.08 * worse:
        record = replace(record, citizenships=frozenset())
    return replace(record, purposes=frozenset({"unknown"})) if rng.random() < 0.06 * worse else record


def register(
    persons: int, seed: int, *, duplicates: float = DUPLICATES, worse: float = 1
) -> tuple[list[Record], set[frozenset[str]]]:
    """Records, and the keys of the pairs that are one person."""
    rng = random.Random(seed)  # noqa: S311 - invented data, not secrets
    days = max(1, persons * 365 // PER_YEAR)
    records = [person(rng, number, days) for number in range(persons)]
    twice = rng.sample(records, int(persons * duplicates))
    copies = [another_agency(rng, seen, number, worse) for number, seen in enumerate(twice)]
    return records + copies, {frozenset({a.key, b.key}) for a, b in zip(twice, copies, strict=True)}


def main() -> int:
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    measure("the register the limits were chosen on", *register(persons, TUNED))
    for seed in UNSEEN:
        measure(f"the same generator, seed {seed}, not seen before", *register(persons, seed))
    measure("twice the mistakes, a third of the duplicates", *register(persons, 5, duplicates=0.033, worse=2))
    return 0


def measure(what: str, records: list[Record], truth: set[frozenset[str]]) -> None:
    started = time.perf_counter()
    shares = shares_of(records)
    proposed = [(frozenset({a.key, b.key}), compare(a, b, shares)) for a, b in candidates(records)]
    seconds = time.perf_counter() - started
    print(f"likeness, {what}: {len(records)} records, {len(truth)} duplicates")
    reached = sum(pair in truth for pair, _likeness in proposed) / len(truth)
    print(f"  {len(proposed)} pairs compared in {seconds:.2f} s; {reached:.3f} of the duplicates among them")
    for name, limit in (("within scope", WITHIN_SCOPE), ("across regions", ACROSS_REGIONS)):
        hits = [pair in truth for pair, similarity in proposed if similarity.score >= limit]
        precision, recall = sum(hits) / max(len(hits), 1), sum(hits) / len(truth)
        print(
            f"  {name} (score from {limit}): precision {precision:.3f}, recall {recall:.3f}, {len(hits)} "
            "proposed"
        )


if __name__ == "__main__":
    raise SystemExit(main())
