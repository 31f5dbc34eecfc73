"""A published page at two sizes of the register, and the PDF report."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable
from typing import Any

import django

DATABASE = True
PERSONS = 100_000
YEAR = 2018
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from cases.models import Person  # noqa: E402
from summaries.publishing.files import pdf_bytes  # noqa: E402
from summaries.publishing.models import Publication  # noqa: E402


def main() -> None:
    with open(os.devnull, "w") as nowhere:
        call_command("demo", stdout=nowhere)
    page("small register")
    multiply()
    page(f"{Person.objects.count():,} persons")
    publication = Publication.objects.published().get(year=YEAR)
    seconds, file = timed(lambda: pdf_bytes(publication, 1, timezone.now(), "sv"))
    print(f"the PDF report: {seconds:.1f} s, {len(file) / 1000:.0f} kB")


def multiply() -> None:
    """Copies of the demonstration's persons, all of them counted in one year."""
    rows = list(Person.objects.filter(first_year=YEAR))
    number = 0
    while number < PERSONS:
        Person.objects.bulk_create([_copy(row, number + at) for at, row in enumerate(rows)], batch_size=500)
        number += len(rows)


def _copy(row: Person, number: int) -> Person:
    facts = {field.attname: getattr(row, field.attname) for field in Person._meta.concrete_fields}
    facts |= {"id": None, "code": uuid.uuid4(), "number": f"B-{number}", "position": 1000 + number}
    facts |= {"same_as_id": None}
    return Person(**facts)


def page(where: str) -> None:
    client = Client(headers={"host": "localhost"})
    client.get(f"/statistik/{YEAR}/")
    with CaptureQueriesContext(connection) as asked:
        seconds, answer = timed(lambda: client.get(f"/statistik/{YEAR}/"))
    size = len(answer.content) / 1000
    print(
        f"published page, {where}: {1000 * seconds:.0f} ms, {len(asked)} queries, {size:.0f} kB, {answer.status_code}"
    )


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


if __name__ == "__main__":
    main()
