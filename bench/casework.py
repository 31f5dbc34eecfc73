"""Each page of casework beside a bare view of the same statements and bytes (`bench/_bare_view.py`) at 1 000
cases, and how the database's work for it grows to 200 000 cases (300 000 persons, 400 000 calls).

    python -m bench.casework [--small 1000] [--large 200000] [--keep]

The limits are the goals of the pages that people work in. Of all others they are the figures of the last
release, `bench/last_release.csv`, and a fifth more for the machine's noise; `--keep` writes them there.
"""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

import django

from agencies.code_words import region_codes, rows
from bench._bare_view import Page, measured

DATABASE = "PostgreSQL"
NOW = datetime.now(UTC)  # so that something waits on *Min sida*
LAST_RELEASE: Final = Path(__file__).with_name("last_release.csv")
NOISE: Final = 1.2
WAITING: Final = 200  # calls
GROWTH, LITTLE_MS = 1.5, 20.0  # of the database's work from the small size to the large one: either holds
# How many times the work of a bare view a page is to take, with the database and without.
GOALS: Final = {
    "first page": (2.2, 4.0),
    "case": (2.2, 4.5),
    "my page": (2.0, 4.5),
    "new call": (2.5, 4.0),
    "year, inside": (2.0, 4.0),
    "public year": (1.3, 1.5),
}
HEAD: Final = (
    f"{'page':<16}{'statements':>11}{'kB':>5}{'both':>6}{'last':>6}{'goal':>6}{'python':>8}{'last':>6}{'goal':>6}"
    f"{'growth':>8}{'ms more':>9}"
)
REGIONS = region_codes()
COUNTIES = {row["region"]: row["county"] for row in rows("county_regions")}
FIRST = ("first_agency", "first_identified_on", "first_county")  # what an identification says first
OPEN_DAYS: Final = 365  # an older case is closed
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
    "admin cases": "/admin/cases/case/",
    "admin persons": "/admin/cases/person/",
    "admin calls": "/admin/cases/call/",
    "audit log": "/audit/",
    "persons": "/cases/persons/",
    "number that waits": "/waiting/",
}
SEARCHED = {"find a number": "V-1999-000001", "find a reference": "K 123-26"}  # that nobody has
# A region far down the alphabet: whoever sees it alone starts behind most of the others' numbers.
ALONE = "V"
OF_OPERATOR = {"new call": "/calls/new/", "operator's page": "/"}
OF_ONE = {f"{ALONE}: {name}": path for name, path in LISTS.items() if path.startswith("/cases/")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--small", type=int, default=1_000)
    parser.add_argument("--large", type=int, default=200_000)
    parser.add_argument("--keep", action="store_true", help="write the figures down as the last release's")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    import agencies.reference_data

    agencies.reference_data.load()
    clients = somebody(REGIONS), somebody((ALONE,)), somebody((), "operator")
    small, large = (sized(size, *clients) for size in (options.small, options.large))
    found = {name: Figures.of(page, large[name]) for name, page in small.items()}
    report(found, anew=options.keep)


def sized(size: int, client: Any, alone: Any, operator: Any) -> dict[str, Page]:
    """Return what each page costs beside a register of `size` cases."""
    fill(size)
    analyze()
    found = {name: measured(client, path) for name, path in {**LISTS, **deep(size), **pages()}.items()}
    found |= {name: measured(client, "/cases/find/", {"find": text}) for name, text in SEARCHED.items()}
    found |= {name: measured(alone, path) for name, path in OF_ONE.items()}
    return found | {name: measured(operator, path) for name, path in OF_OPERATOR.items()}


def somebody(regions: tuple[str, ...], role: str = "coordinator") -> Any:
    """Return the client of a coordinator of these regions, or of somebody who has none."""
    from django.test import Client

    from accounts.access import Access
    from accounts.entry import accept_terms
    from accounts.models import User
    from agencies.models import Coordinator

    email = f"bench{len(regions)}{role}@example.org"
    user = User.objects.create_user(email, "x" * 20, name="Bench", role=role)
    first = date(2015, 1, 1)
    Coordinator.objects.bulk_create(
        [Coordinator(region_id=code, user=user, name="Bench", valid_from=first) for code in regions]
    )
    client = Client()
    accept_terms(by=Access.of(user))
    client.force_login(user)
    return client


def fill(size: int) -> None:
    """Up to `size` cases, half as many persons more, twice as many calls. Rows only: what a list reads, and
    what `manage.py check_register` finds in order, so that it may be measured on them too."""
    from accounts.models import User
    from agencies.models import Agency
    from cases.models import Call, Case, Exploitation, Identification, Person

    user = User.objects.order_by("pk").first()
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
    """What autovacuum does by itself."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def case(n: int, user: Any) -> Any:
    from cases.models import Case

    region, is_new = REGIONS[n % len(REGIONS)], NOW.date() - day(n) < timedelta(days=OPEN_DAYS)
    states = ("closed", "closed", "closed", "active", "follow_up")
    return Case(
        number=f"{region}-{day(n).year}-{n:06d}",
        region_id=region,
        opened_on=day(n),
        opened_by=user,
        state=states[n % 5] if is_new else "closed",
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
    """The newest calls wait; each older one is taken over and followed up, as in a register that is used."""
    from django.utils import timezone

    from cases.models import Call

    at = NOW - timedelta(minutes=20 * n)
    region, done = REGIONS[n % len(REGIONS)], n >= WAITING
    return Call(
        received_at=at,
        received_on=timezone.localdate(at),
        caller_group_id="caller:police",
        caller_county_id=COUNTIES[region],
        referred_region_id=region,
        taken_by=user,
        taken_over_by=user if done else None,
        taken_over_at=at if done else None,
        follow_up_due=timezone.localdate(at) if n % 50 == 0 else None,
        followed_up_at=at if done and n % 50 == 0 else None,
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


@dataclass(frozen=True)
class Figures:
    """Of one page. `of_both`, `of_python`: times the bare view, with the database and without. `growth`:
    times the database's work at the small size; `more_ms`: how much more that is."""

    statements: int
    kilobytes: float
    of_both: float
    of_python: float
    growth: float
    more_ms: float

    @classmethod
    def of(cls, small: Page, large: Page) -> Figures:
        before, after = small.ours.database, large.ours.database
        return cls(
            statements=max(small.questions, large.questions),
            kilobytes=round(small.size / 1000, 1),
            of_both=round(small.of_both, 2),
            of_python=round(small.of_python, 2),
            growth=round(after / before, 2),
            more_ms=round(1000 * (after - before), 1),
        )

    def over(self, last: Figures, goal: tuple[float, float] | None) -> list[str]:
        """Return the names of the figures that are over their limits."""
        of_both, of_python = goal or (NOISE * last.of_both, NOISE * last.of_python)
        limits = {
            "statements": last.statements,
            "kilobytes": NOISE * last.kilobytes,
            "of_both": of_both,
            "of_python": of_python,
        }
        found = [name for name, most in limits.items() if getattr(self, name) > most]
        return [*found, "growth"] if self.growth > GROWTH and self.more_ms > LITTLE_MS else found


def last_release() -> dict[str, Figures]:
    with LAST_RELEASE.open(encoding="utf-8", newline="") as file:
        return {row.pop("page"): _figures(row) for row in csv.DictReader(file)}


def _figures(row: Mapping[str, str]) -> Figures:
    statements = int(row["statements"])
    others = {name: float(text) for name, text in row.items() if name != "statements"}
    return Figures(statements=statements, **others)


def keep(figures: Mapping[str, Figures]) -> None:
    with LAST_RELEASE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["page", *Figures.__dataclass_fields__])
        writer.writerows([name, *vars(page).values()] for name, page in sorted(figures.items()))


def report(found: Mapping[str, Figures], *, anew: bool) -> None:
    """Print the table, and end where a figure is over its limit. `anew`: these are the limits from now on."""
    if anew:
        keep(last_release() | found)
    last = {**found, **last_release()}  # a page that it did not have is its own limit
    print("times the bare view, with the database and Python alone, beside those of the last release")
    print(HEAD)
    for name, page in found.items():
        print(row_of(name, page, last[name]))
    over = [name for name, page in found.items() if page.over(last[name], GOALS.get(name))]
    if over:
        raise SystemExit(f"Over the limit: {', '.join(over)}.")


def row_of(name: str, page: Figures, last: Figures) -> str:
    goal = GOALS.get(name)
    both, python = goal or ("", "")
    faults = page.over(last, goal)
    verdict = f"OVER: {', '.join(faults)}" if faults else "ok"
    whole = f"{page.of_both:>6.1f}{last.of_both:>6.1f}{both:>6}"
    without = f"{page.of_python:>8.1f}{last.of_python:>6.1f}{python:>6}"
    growth = f"{page.growth:>8.1f}{page.more_ms:>9.1f}"
    return f"{name:<16}{page.statements:>11}{page.kilobytes:>5.0f}{whole}{without}{growth}  {verdict}"


if __name__ == "__main__":
    main()
