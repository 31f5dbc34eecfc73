"""A published page at two sizes of the register, and the PDF report.

python -m bench.summaries [--persons 100000]
"""

from __future__ import annotations

import argparse
import os
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import django

from bench.counting import limit

DATABASE = True
YEAR = 2018
PAGE = f"/statistik/{YEAR}/"
REPEATS = 15
# The two sizes are measured apart in time: what differs less than this is the machine.
QUERIES, RATIO, PDF_SECONDS = 3, 1.5, 30.0


@dataclass(frozen=True)
class Shown:
    """The best of some times, to which other work adds least."""

    seconds: float
    queries: int
    kilobytes: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--persons", type=int, default=100_000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    django.setup()
    from django.core.management import call_command

    with open(os.devnull, "w") as nowhere:
        call_command("demo", stdout=nowhere)
    small = measured("the demonstration")
    large = measured(f"{multiply(options.persons):,} persons".replace(",", " "))
    within = [
        limit("queries", max(small.queries, large.queries), QUERIES),
        limit("times the small one", round(large.seconds / small.seconds, 2), RATIO),
        limit("seconds for the PDF", round(pdf_seconds(), 1), PDF_SECONDS),
    ]
    if not all(within):
        raise SystemExit("Over the limit.")


def measured(where: str) -> Shown:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "localhost"})
    answer = client.get(PAGE)
    with CaptureQueriesContext(connection) as asked:
        client.get(PAGE)
        queries = len(asked)  # now: the next request empties the log
    best = min(seconds(lambda: client.get(PAGE)) for _ in range(REPEATS))
    shown = Shown(best, queries, len(answer.content) / 1000)
    print(
        f"published page beside {where}: {1000 * best:.0f} ms, {shown.queries} queries, "
        f"{shown.kilobytes:.0f} kB, {answer.status_code}",
        flush=True,
    )
    return shown


def multiply(persons: int) -> int:
    """Copies the year's persons until there are so many, all of them counted in that year; how many there
    are."""
    from cases.models import Person

    rows = list(Person.objects.filter(first_year=YEAR))
    room = 1 + max(row.position for row in rows)  # a place in a case is a small number
    for turn in range(1, persons // len(rows) + 2):
        copies = [_copy(row, f"B-{turn}-{at}", row.position + turn * room) for at, row in enumerate(rows)]
        Person.objects.bulk_create(copies, batch_size=500)
    return Person.objects.count()


def _copy(row: Any, number: str, position: int) -> Any:
    facts = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    new = {"id": None, "code": uuid.uuid4(), "number": number, "position": position, "same_as_id": None}
    return type(row)(**facts | new)


def pdf_seconds() -> float:
    from django.utils import timezone

    from summaries.release.models import Publication
    from summaries.site.files import pdf_bytes

    publication = Publication.objects.published().get(year=YEAR)
    return seconds(lambda: pdf_bytes(publication, 1, timezone.now(), "sv"))


def seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
