"""What row-level security cost a page: of a role that no policy binds, and of the application's, in turn.
200 000 cases, 300 000 persons, 400 000 calls.

    python -m bench.policies [--size 200000]
"""

from __future__ import annotations

import argparse
import os
from datetime import date
from typing import Any, Final
from unittest.mock import patch

import django

DATABASE = "PostgreSQL"
TURNS, REPEATS = 5, 4
UNBOUND: Final = "nmt_unbound"
MAX_RATIO = 1.10  # times what a page takes without
LITTLE = 0.005  # seconds: what planning the policies of a dozen statements takes, and noise


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--size", type=int, default=200_000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    import agencies.reference_data
    from bench import casework
    from tests.database import on_server
    from tests.installed import APPLICATION, TESTS

    agencies.reference_data.load()
    on_server(f"CREATE ROLE {UNBOUND} BYPASSRLS IN ROLE {APPLICATION}", f"GRANT {UNBOUND} TO {TESTS}")
    client = casework.somebody((casework.ALONE,))
    casework.fill(options.size)
    casework.analyze()
    report({name: measured(client, path) for name, path in addresses(options.size).items()})


def addresses(size: int) -> dict[str, str]:
    """Of a coordinator of one region: lists, one case and one person there."""
    from bench import casework
    from cases.models import Case, Person

    person = Person.objects.filter(responsible_region=casework.ALONE, moved=False).order_by("pk")[1]
    case = Case.objects.get(pk=person.case_id)
    year = date.today().year - 1
    return {
        **casework.LISTS,
        "my page": "/",
        "case": f"/cases/{case.code}/",
        "case, history": f"/cases/{case.code}/history/",
        "person": f"/cases/persons/{person.code}/",
        "person, edit": f"/cases/persons/{person.code}/edit/",
        "new case": "/cases/new/",
        "duplicates": "/cases/duplicates/",
        "summary": f"/summaries/{year}/",
    }


def measured(client: Any, path: str) -> tuple[float, float]:
    """Seconds of work without policies and with them, of the processes of application and database: the best
    of some times, taken in turn. Work and not the clock's time, which on a busy machine is that of others. A
    connection that changes its role plans its functions anew, as none of a web server does: the first page of
    each turn is not measured."""
    from bench._bare_view import FRAMES, cost
    from tests.installed import APPLICATION

    found: dict[str, list[float]] = {UNBOUND: [], APPLICATION: []}
    for _turn in range(TURNS):
        for role, times in found.items():
            with patch("tests.database_roles.APPLICATION", role):
                client.get(path)
                for time in range(REPEATS):
                    times.append(cost(lambda: client.get(path), FRAMES * time).both)
    without, within = (min(times) for times in found.values())
    return without, within


def report(figures: dict[str, tuple[float, float]]) -> None:
    print(f"limit: {100 * (MAX_RATIO - 1):.0f} % a page, or {1000 * LITTLE:.1f} ms")
    print(f"{'page':<18}{'ms without':>11}{'ms within':>11}{'cost':>8}")
    over = []
    for name, (without, within) in figures.items():
        print(f"{name:<18}{1000 * without:>11.1f}{1000 * within:>11.1f}{100 * (within / without - 1):>7.1f}%")
        if within > MAX_RATIO * without and within - without > LITTLE:
            over.append(name)
    total = [sum(column) for column in zip(*figures.values(), strict=True)]
    print(
        f"{'all':<18}{1000 * total[0]:>11.1f}{1000 * total[1]:>11.1f}{100 * (total[1] / total[0] - 1):>7.1f}%"
    )
    print("every limit holds" if not over else "OVER THE LIMIT: " + ", ".join(over))


if __name__ == "__main__":
    main()
