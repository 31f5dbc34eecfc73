"""Import of persons: ours beside django-import-export's default resource with `clean_model_instances`, which
does the same work (case, person, identification, exploitation, measures, history), and beside the limit: the
same rows, raw.

    python -m bench.importing [--rows 10000,100000] [--sample 1000]

The default resource is measured on a sample, since its speed does not depend on the number of rows. The
preview is that of a file in which a quarter of the rows is new, changed, unchanged and wrong each: its
largest page of all.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import django

from bench.casework import analyze

DATABASE = "PostgreSQL"
NOW = datetime(2019, 3, 1, 12, tzinfo=UTC)
COLUMNS = [
    "case",
    "person",
    "identified_on",
    "agency",
    "municipality",
    "county",
    "channel",
    "sex",
    "child",
    "age_class",
    "citizenship",
    "status",
    "offence",
    "purposes",
    "main_purpose",
    "sector",
    "measures",
]
AGES = {
    "yes": ["0-6", "7-12", "13-15", "16-17"],
    "no": ["18-24", "25-34", "35-49", "50+"],
    "unknown": ["unknown"],
}


def rows(count: int, seed: int = 1) -> Iterator[list[str]]:
    """Invented; two persons a case, 1.7 purposes and 0.8 measures a person."""
    draw = random.Random(seed)  # noqa: S311
    for number in range(count):
        child, main = (
            draw.choice(["yes", "no", "no", "unknown"]),
            draw.choice(["sexual", "labour", "begging", "crime"]),
        )
        yield [
            f"S{seed}-{number // 2}",
            f"K{number}",
            f"{draw.choice([2016, 2017, 2018])}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
            draw.choice(["police", "social", "migration", "customs"]),
            draw.choice(["", "Borås"]),
            draw.choice(["14", "12", "01", "13"]),
            draw.choice(["", "police", "support_line"]),
            draw.choice("FMOU"),
            child,
            draw.choice(AGES[child]),
            draw.choice(["RO", "BG", "NG", "", "XS"]),
            draw.choice(["presumed", "identified"]),
            draw.choice(["", "trafficking", "other"]),
            draw.choice(["", "other", "fraud|other"]),
            main,
            "berries" if main == "labour" else "",
            draw.choice(["", "shelter:2018-02", "shelter:2018-02|return:2018-05"]),
        ]


def sheet(count: int, seed: int) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([COLUMNS, *rows(count, seed)])
    return out.getvalue().encode()


def seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def coordinator() -> Any:
    from accounts.access import Access
    from accounts.models import User
    from agencies.models import Coordinator

    user, made = User.objects.get_or_create(email="bench@example.org", name="Bench", role="coordinator")
    if made:
        Coordinator.objects.create(
            region_id="V", user=user, name="Bench", valid_from=NOW.date().replace(year=2010)
        )
    return Access.of(user, at=NOW)


def ours(count: int, seed: int) -> tuple[float, float]:
    """Seconds the first time and when all rows exist, for which autovacuum has been there."""
    from exchange.lists import importer_of
    from exchange.runs import import_file

    by, data, persons = coordinator(), sheet(count, seed), importer_of("persons")
    first = seconds(lambda: import_file(data, persons, by=by))
    analyze()
    return first, seconds(lambda: import_file(data, persons, by=by))


def theirs(count: int, seed: int) -> tuple[float, float]:
    """The same by the default resource."""
    import tablib

    from bench._default_resource import PersonResource

    by = coordinator()
    numbered = ([*cells, f"B-{cells[0]}-{cells[1]}"] for cells in rows(count, seed))
    data = tablib.Dataset(*numbered, headers=[*COLUMNS, "number"])

    def work() -> None:
        result = PersonResource(by.user).import_data(data, raise_errors=True, use_transactions=True)
        if result.totals["new"] + result.totals["update"] != count:
            raise SystemExit(f"The default resource has left rows out: {result.totals}")

    return seconds(work), seconds(work)


def limit() -> tuple[int, float]:
    """All rows that the import has written, history too, raw into tables without indexes. Rows and
    seconds."""
    from django.db import connection
    from simple_history.utils import get_history_manager_for_model

    from cases.importing.importer import MODELS
    from exchange.bulk import insert

    models = [
        table for model in MODELS.values() for table in (model, get_history_manager_for_model(model).model)
    ]
    total, spent = 0, 0.0
    with connection.cursor() as cursor:
        for model in models:
            name = model._meta.db_table
            cursor.execute(f'CREATE TEMPORARY TABLE "bare_{name}" AS SELECT * FROM "{name}" WHERE 1 = 0')  # noqa: S608
            cursor.execute(f'SELECT * FROM "{name}"')  # noqa: S608
            columns, values = [column[0] for column in cursor.description], cursor.fetchall()
            total += len(values)
            bare = type("Bare", (), {"_meta": type("Meta", (), {"db_table": f"bare_{name}"})})
            spent += seconds(lambda bare=bare, columns=columns, values=values: insert(bare, columns, values))
    return total, spent


def report(
    name: str, count: int, times: tuple[float, float], base: tuple[float, float] | None = None
) -> None:
    rates = [count / spent for spent in times]
    ratios = [] if base is None else [f"x{rate / other:.0f}" for rate, other in zip(rates, base, strict=True)]
    first, again = (f"{spent:7.2f} s {rate:7.0f}/s" for spent, rate in zip(times, rates, strict=True))
    print(f"{name:28} {count:7} rows  first {first}  again {again}", *ratios, flush=True)


def preview(count: int, seed: int) -> tuple[int, float]:
    """Bytes of the largest page, and seconds of the slowest, of rows that are imported already but for a
    quarter."""
    from django.test import Client

    from accounts.access import Access
    from accounts.entry import accept_terms
    from exchange import runs
    from exchange.lists import importer_of

    by = Access.of(coordinator().user)
    lines = [list(cells) for cells in rows(count, seed)]
    for cells in lines[1::4]:
        cells[10] = "SE"  # citizenship
    for cells in lines[2::4]:
        cells[3] = "nobody"  # agency
    for cells in lines[3::4]:
        cells[1] += " new"  # person
    out = io.StringIO(newline="")
    csv.writer(out).writerows([COLUMNS, *lines])
    upload = runs.put(importer_of("persons"), "bench.csv", out.getvalue().encode(), by=by)
    runs.look(upload, by=by)
    client, sizes, times = Client(headers={"host": "localhost"}), [], []
    accept_terms(by=by)
    client.force_login(by.user)
    for tab in ("failed", "new", "changed", "unchanged", "warnings"):
        began = time.perf_counter()
        page = client.get(f"/cases/import/{upload.code}/", {"tab": tab, "page": "2"})
        times.append(time.perf_counter() - began)
        if page.status_code != 200:
            raise SystemExit(f"The preview answered {page.status_code}.")
        sizes.append(len(page.content))
    upload.delete()
    return max(sizes), max(times)


def held(what: str, found: str, limit: str, holds: bool) -> bool:
    """One line for one limit."""
    print(f"{what:46} {found:>12}   limit {limit:22} {'ok' if holds else 'OVER'}", flush=True)
    return holds


def memory() -> int:
    """Peak of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="10000,100000")
    parser.add_argument("--sample", type=int, default=1_000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    django.setup()
    import agencies.reference_data

    agencies.reference_data.load()
    counts = [int(count) for count in options.rows.split(",")]
    measured = []
    for seed, count in enumerate(counts, start=1):
        measured.append((count, ours(count, seed), memory(), preview(count, seed)))
        if seed == 1:
            written, spent = limit()
    base = theirs(options.sample, 99)
    rates = (options.sample / base[0], options.sample / base[1])
    report("default resource, cleaned", options.sample, base)
    for count, times, *_rest in measured:
        report("ours", count, times, rates)
    count = measured[0][0]
    print(f"{'limit: the same rows, raw':28} {count:7} rows  {written} rows of tables in {spent:.2f} s")
    good = [held_by(*one, rates) for one in measured]
    return 0 if all(good) else 1


def held_by(
    count: int, times: tuple[float, float], peak: int, page: tuple[int, float], rates: tuple[float, float]
) -> bool:
    """Prints every limit beside what was measured with `count` rows. `rates`: rows a second of the default
    resource."""
    first, again = (count / spent / rate for spent, rate in zip(times, rates, strict=True))
    return all(
        [
            held(f"{count} rows, first", f"x{first:.0f}", ">= 8 x the default", first >= 8),
            held(f"{count} rows, all there already", f"x{again:.0f}", ">= 8 x the default", again >= 8),
            held(f"{count} rows, peak memory", f"{peak} MB", "<= 400 MB", peak <= 400),
            held(
                f"{count} rows, largest page of the preview ({page[1]:.2f} s)",
                f"{page[0] / 1000:.0f} kB",
                "<= 300 kB",
                page[0] <= 300_000,
            ),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
