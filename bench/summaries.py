"""A year's page, public and inside, beside a bare view and at two sizes of the register; and the PDF report.
A public page that is kept, beside a stored file that the same middlewares answer.

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
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse

from bench._bare_view import FRAMES, REPEATS, Cost, Page, cost, least, measured
from bench.counting import limit

DATABASE = "PostgreSQL"
ANALYST = "analyst@demo.example"
PDF_SECONDS = 30.0
UNCHANGED_MS, TIMES_A_FILE = 3.0, 1.5


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
    pdf = limit("seconds for the PDF", round(pdf_seconds(year), 1), PDF_SECONDS)
    if not (kept(year) and pdf):
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


def kept(year: int) -> bool:
    """Whether a public page that is kept is within its limits: all of it, and where it has not changed."""
    from django.test import Client, override_settings
    from django.urls import path

    client = Client(headers={"host": "localhost", "accept-encoding": "br"})
    page = f"/statistik/{year}/"
    known = {"if-none-match": client.get(page)["ETag"]}
    addresses = (path("statistik/file", stored_file),)

    def once(depth: int) -> list[Cost]:
        own = [cost(lambda: client.get(page), depth), cost(lambda: client.get(page, headers=known), depth)]
        with override_settings(ROOT_URLCONF=addresses):
            client.get("/statistik/file")
            return [*own, cost(lambda: client.get("/statistik/file"), depth)]

    costs = [once(depth) for depth in range(0, FRAMES * REPEATS, FRAMES) for _time in range(10)]
    whole, unchanged, file = (least(each) for each in zip(*costs, strict=True))
    within = [
        limit("ms, not changed", round(1000 * unchanged.both, 1), UNCHANGED_MS),
        limit("times a stored file", round(whole.both / file.both, 2), TIMES_A_FILE),
        limit("Python alone", round(whole.python / file.python, 2), TIMES_A_FILE),
    ]
    return all(within)


@login_not_required
def stored_file(request: HttpRequest) -> HttpResponse:
    from summaries.release.models import PublicationFile

    file = PublicationFile.objects.filter(kind="csv").earliest("pk")
    return HttpResponse(bytes(file.content), content_type="text/csv")


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
