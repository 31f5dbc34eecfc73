"""The nightly search for duplicates at 5 000 and at 10 000 persons of the same ten years, so that each has
twice as many neighbours: pairs that share a block, those of them that are compared, the processor's time, and
the memory in use at the most. Then the night after, when nothing has happened, and the one after ten persons
are new.

    python -m bench.duplicates [--small 5000] [--large 10000]
"""

from __future__ import annotations

import argparse
import os
import random
import time
import tracemalloc
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import django

DATABASE = True
YEARS = 10
NOW = datetime(2018, 1, 1, tzinfo=UTC)
AT_ONCE = 500


@dataclass(frozen=True)
class Night:
    searched: Any
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--small", type=int, default=5_000)
    parser.add_argument("--large", type=int, default=10_000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    django.setup()
    import agencies.loading
    from accounts.models import User
    from tests.cases.alike import Rows

    agencies.loading.load()
    by = User.objects.create_user("bench@example.org", "x" * 20, name="Bench", role="coordinator")
    rows = Rows(by, random.Random(7))  # noqa: S311 - invented data, not secrets
    first = {size: measure(rows, size) for size in (options.small, options.large)}
    small, large = first[options.small], first[options.large]
    print(
        f"twice the persons and neighbours: {large.seconds / small.seconds:.1f} times the time of the "
        "first night"
    )


def measure(rows: Any, size: int) -> Night:
    fill(rows, size)
    pairs = candidate_pairs()
    first = night(everybody=True)
    print(f"{first.searched.persons} persons, {pairs} pairs share a block")
    tell("first night", first)
    tell("nothing has happened", night())
    fill(rows, size + 10)
    tell("ten are new", night())
    print(f"  memory of a first night at the most: {peak():.1f} MB")
    return first


def fill(rows: Any, size: int) -> None:
    """Up to `size` persons, one in eleven of them registered for the second time."""
    from bench.likeness import another_agency, person

    records = []
    for number in range(rows.count, size):
        again = records and number % 11 == 0
        records.append(
            another_agency(rows.rng, records[-1], number) if again else person(rows.rng, number, 365 * YEARS)
        )
    records = [
        replace(record, identified_on=min(record.identified_on, date(2026, 1, 1))) for record in records
    ]
    for begin in range(0, len(records), AT_ONCE):
        rows.add(records[begin : begin + AT_ONCE])


def candidate_pairs() -> int:
    from cases.likeness import candidates
    from cases.models import Person
    from cases.resemblance import records

    return sum(1 for _pair in candidates(records(Person.objects.all()).values()))


def night(**how: Any) -> Night:
    from audit.writer import System
    from cases.actions.searching import search

    began = time.process_time()
    searched = search(by=System(), at=NOW + timedelta(days=1), **how)
    return Night(searched, time.process_time() - began)


def peak() -> float:
    tracemalloc.start()
    try:
        night(everybody=True)
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


def tell(when: str, night: Night) -> None:
    said = night.searched
    print(
        f"  {when}: {said.fresh} searched for, {said.compared} pairs compared, {night.seconds:.2f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
