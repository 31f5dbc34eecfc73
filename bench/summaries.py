"""A year's page, public and inside, beside a bare view and at two sizes of the register; and the PDF report.

python -m bench.summaries [--persons 100000] [--keep]
"""

from __future__ import annotations

import argparse
import os
import time
import uuid
from collections.abc import Callable
from typing import Any

import django

from bench._bare_view import Page, measured
from bench.counting import limit

DATABASE = "PostgreSQL"
ANALYST = "analyst@demo.example"
PDF_SECONDS = 30.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--keep", action="store_true", help="write the figures down as the last release's")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    django.setup()
    from django.core.management import call_command

    from bench.casework import Figures, report

    with open(os.devnull, "w") as nowhere:
        call_command("demo", stdout=nowhere)
    year = newest()
    small = pages(year)
    print(f"{multiply(options.persons, year)} persons", flush=True)
    large = pages(year)
    if not limit("seconds for the PDF", round(pdf_seconds(year), 1), PDF_SECONDS):
        raise SystemExit("Over the limit.")
    report({name: Figures.of(page, large[name]) for name, page in small.items()}, anew=options.keep)


def newest() -> int:
    """Return the newest year that the demonstration has published."""
    from summaries.release.models import Publication

    year: int = Publication.objects.published().order_by("-year").values_list("year", flat=True)[0]
    return year


def pages(year: int) -> dict[str, Page]:
    from django.test import Client

    from accounts.models import User

    anybody, analyst = Client(headers={"host": "localhost"}), Client(headers={"host": "localhost"})
    analyst.force_login(User.objects.get(email=ANALYST))
    return {
        "public year": measured(anybody, f"/statistik/{year}/"),
        "year, inside": measured(analyst, f"/summaries/{year}/"),
    }


def multiply(persons: int, year: int) -> int:
    """Copies the year's persons until there are so many, all of them counted in that year; how many there
    are."""
    from cases.models import Person

    rows = list(Person.objects.filter(first_year=year))
    room = 1 + max(row.position for row in rows)  # a place in a case is a small number
    for turn in range(1, persons // len(rows) + 2):
        copies = [_copy(row, f"B-{turn}-{at}", row.position + turn * room) for at, row in enumerate(rows)]
        Person.objects.bulk_create(copies, batch_size=500)
    return Person.objects.count()


def _copy(row: Any, number: str, position: int) -> Any:
    facts = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    new = {"id": None, "code": uuid.uuid4(), "number": number, "position": position, "same_as_id": None}
    return type(row)(**facts | new)


def pdf_seconds(year: int) -> float:
    from django.utils import timezone

    from summaries.release.models import Publication
    from summaries.site.files import pdf_bytes

    publication = Publication.objects.published().get(year=year)
    return seconds(lambda: pdf_bytes(publication, 1, timezone.now(), "sv"))


def seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
