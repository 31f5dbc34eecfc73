"""Casework at 1 000 and at 100 000 cases (150 000 persons, 200 000 calls): queries of every page, and how
much slower each is at the larger size. Ratios of the best times in one run. BEGIN and COMMIT are no queries.

    python -m bench.casework [--small 1000] [--large 100000]
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

import django

from agencies.code_words import region_codes, rows

DATABASE = True
NOW = datetime.now(UTC)  # so that something waits on *Min sida*
REPEATS = 9
MOST_QUERIES, SLOWER, PROCESSOR_MS = 12, 1.5, 40
SAY_HOW_LONG = {"case", "case in list"}  # one query more: how long the case is kept
BRACKETS = {"BEGIN", "COMMIT"}
REGIONS = region_codes()
COUNTIES = {row["region"]: row["county"] for row in rows("county_regions")}
FIRST = ("first_agency", "first_identified_on", "first_county")  # what an identification says first
LISTS = {
    "first page": "/cases/",
    "by number": "/cases/?sort=number",
    "by state": "/cases/?sort=state",
    "by region": "/cases/?sort=region",
    "region filter": "/cases/?region=V",
    "state filter": "/cases/?state=closed",
    "calls": "/calls/",
    "calls by caller": "/calls/?sort=caller",
    "calls by taker": "/calls/?sort=taken",
    "calls by county": "/calls/?county=14",
    "calls, due": "/calls/?follow_up=due",
}
# A region far down the alphabet: whoever sees it alone starts behind most of the others' numbers.
ALONE = "V"
OF_ONE = {f"{ALONE}: {name}": path for name, path in LISTS.items() if path.startswith("/cases/")}
LISTED = {*LISTS, *OF_ONE, "page 1 000", "calls, 1 000"}  # whose time may not grow with the register


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--small", type=int, default=1_000)
    parser.add_argument("--large", type=int, default=100_000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    import agencies.reference_data

    agencies.reference_data.load()
    (client, user), (alone, _user) = somebody(REGIONS), somebody((ALONE,))
    figures = {}
    for size in (options.small, options.large):
        fill(size, user)
        analyze()
        figures[size] = {
            name: measure(client, path) for name, path in {**LISTS, **deep(size), **pages()}.items()
        }
        figures[size] |= {name: measure(alone, path) for name, path in OF_ONE.items()}
    report(figures[options.small], figures[options.large])


def somebody(regions: tuple[str, ...]) -> tuple[Any, Any]:
    """A coordinator of these regions: of all, who sees every case, or of one, who passes by most."""
    from django.test import Client

    from accounts.access import Access
    from accounts.entry import accept_terms
    from accounts.models import User
    from agencies.models import Coordinator

    email = f"bench{len(regions)}@example.org"
    user = User.objects.create_user(email, "x" * 20, name="Bench", role="coordinator")
    first = date(2015, 1, 1)
    Coordinator.objects.bulk_create(
        [Coordinator(region_id=code, user=user, name="Bench", valid_from=first) for code in regions]
    )
    client = Client()
    accept_terms(by=Access.of(user))
    client.force_login(user)
    return client, user


def fill(size: int, user: Any) -> None:
    """Up to `size` cases, half as many persons more, twice as many calls. Rows only: what a list reads, and
    what `manage.py check_register` finds in order, so that it may be measured on them too."""
    from agencies.models import Agency
    from cases.models import Call, Case, Exploitation, Identification, Person

    start = Case.objects.count()
    insert(Case, (case(n, user) for n in range(start, size)))
    count_on()
    codes = dict(Case.objects.values_list("number", "pk"))
    police = Agency.objects.get(code="police")
    insert(Person, (row for n in range(start, size) for row in persons(n, codes, police)))
    new = Person.objects.filter(identifications__isnull=True)
    insert(Identification, (identification(*first) for first in new.values_list("pk", *FIRST)))
    new = Person.objects.filter(exploitations__isnull=True)
    labour = {"purpose_id": "purpose:labour", "is_main": True}
    insert(Exploitation, (Exploitation(person_id=pk, **labour) for pk in new.values_list("pk", flat=True)))
    insert(Call, (call(n, user) for n in range(2 * start, 2 * size)))


def insert(model: Any, rows: Iterator[Any]) -> None:
    while batch := list(islice(rows, 2000)):
        model.objects.bulk_create(batch)


def count_on() -> None:
    """The next number that a region gives in a year is free."""
    from cases.models import Case, CaseSeries

    last: dict[tuple[str, int], int] = {}
    for number in Case.objects.values_list("number", flat=True):
        region, year, sequence = number.rsplit("-", 2)
        last[region, int(year)] = max(int(sequence), last.get((region, int(year)), 0))
    rows = [CaseSeries(region_id=region, year=year, last=highest) for (region, year), highest in last.items()]
    CaseSeries.objects.bulk_create(
        rows, update_conflicts=True, update_fields=["last"], unique_fields=["region", "year"]
    )


def analyze() -> None:
    """What autovacuum does by itself on PostgreSQL; SQLite is given its statistics."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def case(n: int, user: Any) -> Any:
    from cases.models import Case

    region = REGIONS[n % len(REGIONS)]
    states = ("closed", "closed", "closed", "active", "follow_up")
    return Case(
        number=f"{region}-{day(n).year}-{n:06d}",
        region_id=region,
        opened_on=day(n),
        opened_by=user,
        state=states[n % 5],
    )


def persons(n: int, codes: dict[str, int], agency: Any) -> Iterator[Any]:
    from cases.models import Person

    region = REGIONS[n % len(REGIONS)]
    number = f"{region}-{day(n).year}-{n:06d}"
    for position in range(1, 2 + n % 2):
        handed_over = (n + position) % 20 == 0
        yield Person(
            case_id=codes[number],
            position=position,
            number=f"{number}-P{position}",
            responsible_region_id=REGIONS[(n + 1) % len(REGIONS)] if handed_over else region,
            moved=handed_over,
            sex="FM"[n % 2],
            child="no",
            age_class="25-34",
            citizenship="RO" if n % 3 else None,
            status="presumed",
            offence_id="offence:trafficking",
            first_identified_on=day(n),
            first_year=day(n).year,
            first_agency=agency,
            first_county_id=COUNTIES[region],
            first_region_id=region,
        )


def identification(person: int, agency: int, on: date, county: str) -> Any:
    from cases.models import Identification

    return Identification(person_id=person, agency_id=agency, identified_on=on, county_id=county)


def call(n: int, user: Any) -> Any:
    from django.utils import timezone

    from cases.models import Call

    at = NOW - timedelta(minutes=20 * n)
    region = REGIONS[n % len(REGIONS)]
    return Call(
        received_at=at,
        received_on=timezone.localdate(at),
        caller_group_id="caller:police",
        caller_county_id=COUNTIES[region],
        referred_region_id=region,
        taken_by=user,
        follow_up_due=timezone.localdate(at) if n % 50 == 0 else None,
    )


def day(n: int) -> date:
    return NOW.date() - timedelta(days=n * 37 % 3600)


def deep(size: int) -> dict[str, str]:
    """Page 1 000, or the last one: the address names the row it goes on from."""
    from cases.models import Call, Case

    cases = Case.objects.order_by("-opened_on", "-pk").values_list("code", flat=True)
    calls = Call.objects.order_by("-received_at", "-pk").values_list("code", flat=True)
    row = min(25 * 999, size - 30)
    closed = cases.filter(region="V", state="closed")
    referred = calls.filter(referred_region="V")
    return {
        "page 1 000": f"/cases/?after={cases[row]}",
        "calls, 1 000": f"/calls/?after={calls[row]}",
        "case in list": f"/cases/{closed[closed.count() // 2]}/?region=V&state=closed&sort=number",
        "call in list": f"/calls/{referred[referred.count() // 2]}/?region=V&sort=caller",
    }


def pages() -> dict[str, str]:
    from cases.models import Call, Case, Person

    case, person = Case.objects.order_by("pk").first(), Person.objects.order_by("pk").first()
    call, part = Call.objects.order_by("pk").first(), person.identifications.get()
    own = f"/cases/persons/{person.code}/"
    return {
        "my page": "/",
        "case": f"/cases/{case.code}/",
        "case, edit": f"/cases/{case.code}/edit/",
        "case, history": f"/cases/{case.code}/history/",
        "case, measures": f"/cases/{case.code}/measures/add/",
        "person": own,
        "person, edit": f"{own}edit/",
        "person, status": f"{own}status/",
        "indicators": f"{own}indicators/",
        "identification": f"{own}identifications/{part.pk}/",
        "exploitation": f"{own}exploitations/add/",
        "transfer": f"{own}transfer/",
        "new case": "/cases/new/",
        "call": f"/calls/{call.code}/",
        "duplicates": "/cases/duplicates/",
        "notifications": "/cases/notifications/",
    }


def measure(client: Any, path: str) -> tuple[int, float, float, int]:
    """Queries, seconds, seconds of processor, bytes: the best of some times, to which other work adds
    least."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)
    with CaptureQueriesContext(connection):
        response = client.get(path)
        asked = sum(query["sql"] not in BRACKETS for query in connection.queries)
    if response.status_code != 200:
        raise SystemExit(f"{path} answered {response.status_code}")
    clocks = [both(lambda: client.get(path)) for _ in range(REPEATS)]
    return asked, min(c[0] for c in clocks), min(c[1] for c in clocks), len(response.content)


def both(work: Callable[[], object]) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def report(small: dict[str, Any], large: dict[str, Any]) -> None:
    print(
        f"limits: {MOST_QUERIES} queries a page; lists {SLOWER}x at the larger size, {PROCESSOR_MS} ms of "
        "processor"
    )
    print(
        f"{'page':<18}{'queries':>9}{'ms':>8}{'ms large':>10}{'ratio':>7}{'processor ms':>14}{'kB':>6}  holds"
    )
    over = []
    for name, (queries, seconds, _processor, _size) in small.items():
        more, slower, processor, size = large[name]
        found = [Figure("queries", max(queries, more), MOST_QUERIES + (name in SAY_HOW_LONG))]
        if name in LISTED:
            found += [
                Figure("ratio", slower / seconds, SLOWER),
                Figure("processor", 1000 * processor, PROCESSOR_MS),
            ]
        text = "OVER: " + ", ".join(f.name for f in found if f.over) if any(f.over for f in found) else "ok"
        over += [f"{name} ({f.name} {f.value:.2f}, limit {f.limit})" for f in found if f.over]
        print(
            f"{name:<18}{max(queries, more):>9}{1000 * seconds:>8.0f}{1000 * slower:>10.0f}{slower / seconds:>7.2f}"  # noqa: E501
            f"{1000 * processor:>14.0f}{size / 1000:>6.0f}  {text}"
        )
    print("every limit holds" if not over else "OVER THE LIMIT: " + "; ".join(over))


@dataclass(frozen=True)
class Figure:
    name: str
    value: float
    limit: float

    @property
    def over(self) -> bool:
        return self.value > self.limit


if __name__ == "__main__":
    main()
