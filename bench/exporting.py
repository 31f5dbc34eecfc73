"""CSV export of persons: ours, encrypted and with its manifest, beside django-import-export's resource as it
comes for the same columns, and beside the limit: the database writing the rows of the same query (COPY TO).

    python -m bench.exporting [--rows 10000,100000] [--sample 5000]

The default resource is measured on a sample, since its speed does not depend on the number of rows. Memory is
that of a process of its own which makes one file.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
from typing import Any

import django

from bench.casework import analyze
from bench.importing import held, seconds

DATABASE = "PostgreSQL"


def fill(count: int) -> None:
    from bench.importing import coordinator, sheet
    from exchange.lists import importer_of
    from exchange.runs import import_file

    by = coordinator()
    for seed in range(1, count // 10_000 + 1):
        import_file(sheet(10_000, seed), importer_of("persons"), by=by)


def chosen(count: int) -> Any:
    """The persons of the first `count` identifications, in the order of the list."""
    from django.http import QueryDict

    from bench.importing import coordinator
    from cases.export_files import Selection
    from cases.models import Person
    from cases.views.files import selection

    by = coordinator()
    listed = selection(QueryDict("sort=number"), by)
    last = Person.objects.visible_to(by).order_by("pk")[count - 1 : count].values_list("pk", flat=True)
    return Selection(listed.rows.filter(pk__lte=last[0]), listed.order, listed.query), by


def ours(count: int) -> None:
    """The whole file: read, written, digested, encrypted, stored."""
    from cases import export_files

    selected, by = chosen(count)
    file = export_files.ask(selected, by=by, form="csv", purpose="Measured", reason="Measured", language="sv")
    if export_files.make(file, selected, by=by) != count:
        raise SystemExit("The export has left rows out.")


def theirs(count: int) -> None:
    from bench._default_export import ExportResource

    resource = ExportResource()
    _text = resource.export(queryset=resource.get_queryset()[:count]).csv


def limit(count: int) -> None:
    """The rows of our query, written as CSV by the database alone."""
    from django.db import connection

    from cases.export_rows import in_order, person_query

    selected, _by = chosen(count)
    sql, values = person_query(in_order(selected.rows, selected.order)).query.sql_with_params()
    copied = f"COPY ({sql}) TO STDOUT (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(copied, values) as copy:
        for _piece in copy:
            pass


def memory(count: int) -> int:
    """Peak, in MB, of a process that makes one file of `count` rows."""
    command = [sys.executable, "-m", "bench.exporting", "--only", str(count)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1])


def report(name: str, count: int, spent: float) -> float:
    print(f"{name:36} {count:7} rows {spent:8.2f} s {count / spent:9.0f}/s", flush=True)
    return count / spent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="10000,100000")
    parser.add_argument("--sample", type=int, default=5_000)
    parser.add_argument("--only", type=int, help="make one file and print the peak of memory")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    django.setup()
    if options.only:
        ours(options.only)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return 0
    import agencies.reference_data

    agencies.reference_data.load()
    few, many = (int(count) for count in options.rows.split(","))
    fill(many)
    analyze()
    default = report("default resource", options.sample, seconds(lambda: theirs(options.sample)))
    bare = report("limit: the same query, by the database", many, seconds(lambda: limit(many)))
    rate = report("ours, encrypted and with its manifest", many, seconds(lambda: ours(many)))
    peaks = memory(few), memory(many)
    good = [
        held(f"{many} rows as CSV", f"x{rate / default:.0f}", ">= 15 x the default", rate >= 15 * default),
        held(f"{many} rows as CSV", f"{bare / rate:.1f} x", "<= 6 x the limit", bare <= 6 * rate),
        held(
            f"peak memory, {few} and {many} rows",
            f"{peaks[0]}, {peaks[1]} MB",
            "<= 20 MB apart",
            peaks[1] - peaks[0] <= 20,
        ),
    ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
