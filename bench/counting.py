"""A whole yearly summary at 100 000 persons: its queries, and its time beside the same groupings in bare SQL.

python -m bench.counting [--persons 100000]
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from statistics import median
from typing import Any

import django

DATABASE = "PostgreSQL"
REPEATS = 5
LIMIT, QUERIES = 3.0, 15
NOW = datetime(2019, 3, 1, 9, tzinfo=UTC)
COUNTIES = ("01", "03", "12", "14", "18", "24", "05")
CITIZENSHIPS = ("RO", "NG", "BG", "SE", "TH", "MA", "UA", "VN", None, "ZZ")
PURPOSES = ("sexual", "labour", "begging", "crime", "marriage", "fraud", "unknown")
STATUSES = ("presumed", "identified", "declined", "under_assessment", "not_victim")
COUNTED = "p.same_as_id IS NULL AND p.status IN ('under_assessment','presumed','declined','identified') "
YEARS = "AND p.first_year BETWEEN 2017 AND 2018 GROUP BY p.first_year, p.sex, p.child"
PERSON = "FROM cases_person p"
MAIN = f"{PERSON} LEFT JOIN cases_exploitation e ON e.person_id = p.id"
GIVEN = f"{PERSON} JOIN cases_measure m ON m.person_id = p.id"
# What is grouped by, from where, and any further condition. Joins that repeat a person count each once.
GROUPINGS = (
    ("p.status, p.offence_id", PERSON, ""),
    ("p.age_class", PERSON, ""),
    ("p.citizenship", PERSON, ""),
    ("p.first_county_id, p.first_region_id", PERSON, ""),
    ("p.first_agency_id", PERSON, ""),
    ("p.first_channel_id, c.opened_from_call", f"{PERSON} JOIN cases_case c ON c.id = p.case_id", ""),
    ("e.purpose_id, e.sector_id", MAIN, "AND e.is_main "),
    ("e.purpose_id", MAIN, ""),
    ("m.kind_id, m.answer", GIVEN, ""),
    ("m.kind_id", GIVEN, ""),
    ("m.answer", GIVEN, ""),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--persons", type=int, default=100_000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    django.setup()
    import agencies.reference_data
    from summaries.counting.build import of_the_register
    from summaries.counting.summary import internal_summary

    agencies.reference_data.load()
    fill(options.persons)
    access = of_the_register(NOW)
    queries = number_of_queries(lambda: internal_summary(access, 2018))
    ours, bare = timed(lambda: internal_summary(access, 2018)), timed(bare_sql)
    print(f"A summary of 2018 with 2017 beside, {options.persons} persons:")
    print(f"{ours * 1000:.0f} ms beside {bare * 1000:.0f} ms of the same groupings in bare SQL")
    within = [limit("queries", queries, QUERIES), limit("times the bare SQL", round(ours / bare, 2), LIMIT)]
    if not all(within):
        raise SystemExit("Over the limit.")


def limit(what: str, found: float, most: float) -> bool:
    """Prints the figure beside its limit; whether it holds."""
    print(f"{what:20} {found:>6g}   limit {most:<4g} {'ok' if found <= most else 'OVER'}", flush=True)
    return found <= most


def fill(persons: int) -> None:
    """Half in each of two years, four to a case; written plainly, since only reading is measured."""
    from django.db import connection

    from accounts.models import User
    from accounts.roles import Role
    from agencies.models import Agency, Region
    from cases.models import Case, Exploitation, Measure, Person

    opener = User.objects.create_user("bench@example.org", None, name="Bench", role=Role.COORDINATOR)
    agency, region = Agency.objects.get(code="police"), Region.objects.get(code="V")
    facts = {"region": region, "opened_on": date(2018, 1, 1), "opened_by": opener}
    cases = [Case(number=f"V-{n}", opened_from_call=n % 5 == 0, **facts) for n in range(persons // 4)]
    Case.objects.bulk_create(cases, batch_size=1000)
    rows = [person(n, cases[n // 4 % len(cases)], agency, region) for n in range(persons)]
    Person.objects.bulk_create(rows, batch_size=1000)
    purposes = [
        Exploitation(person=row, purpose_id=f"purpose:{word}", is_main=main)
        for n, row in enumerate(rows)
        for word, main in ((PURPOSES[n % 7], True), (PURPOSES[(n + 3) % 7], False))
    ]
    Exploitation.objects.bulk_create(purposes, batch_size=1000)
    kinds = ("measure:shelter", "measure:return", "measure:police_report")
    measures = [
        Measure(person=row, kind_id=kinds[n % 3], month=date(2018, 9, 1)) for n, row in enumerate(rows)
    ]
    Measure.objects.bulk_create(measures, batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def person(n: int, case: Any, agency: Any, region: Any) -> Any:
    from cases.models import Person

    year = 2017 + n % 2
    return Person(
        case=case,
        position=n % 4 + 1,
        number=f"V-{n}-P",
        responsible_region=region,
        sex="FFFM"[n % 4],
        child=("no", "no", "no", "yes", "unknown")[n % 5],
        citizenship=CITIZENSHIPS[n % 10],
        status=STATUSES[n % 5],
        offence_id="offence:trafficking",
        first_identified_on=date(year, n % 12 + 1, 5),
        first_year=year,
        first_agency=agency,
        first_county_id=COUNTIES[n % 7],
        first_region=region,
    )


def bare_sql() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for facts, source, condition in GROUPINGS:
            number = "COUNT(DISTINCT p.id)" if source in (MAIN, GIVEN) and not condition else "COUNT(*)"
            cursor.execute(
                f"SELECT p.first_year, p.sex, p.child, {facts}, {number} {source} "
                f"WHERE {COUNTED}{condition}{YEARS}, {facts}"
            )
            cursor.fetchall()


def number_of_queries(act: Callable[[], Any]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def timed(act: Callable[[], Any]) -> float:
    act()
    times = []
    for _n in range(REPEATS):
        started = time.perf_counter()
        act()
        times.append(time.perf_counter() - started)
    return median(times)


if __name__ == "__main__":
    main()
