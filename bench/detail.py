"""How much of ten years of the demonstration is hidden in full detail and with the steps that are suggested.

python -m bench.detail [--years 2016-2025]
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Mapping
from typing import Any, Final

import django

from bench.counting import limit

DATABASE = True
SECONDS: Final = 10.0  # of processor for a year in full detail, audit included
SHARE: Final = 0.25  # of the figures that hold somebody, with the steps that are suggested
# Before there were key totals and a search: full detail, what the page proposed, and the key totals
# that this hid.
BEFORE: Final = {
    2016: (0.47, 0.33, 2),
    2017: (0.36, 0.23, 0),
    2018: (0.44, 0.27, 2),
    2019: (0.43, 0.19, 1),
    2020: (0.39, 0.25, 2),
    2021: (0.38, 0.24, 1),
    2022: (0.37, 0.26, 0),
    2023: (0.41, 0.24, 2),
    2024: (0.41, 0.27, 1),
    2025: (0.41, 0.23, 0),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--years", default="2016-2025")
    first, last = map(int, parser.parse_args().years.split("-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    django.setup()
    invented()
    found = [measured(year) for year in range(first, last + 1)]
    within = [
        limit("seconds of processor for a year in full", max(one[0] for one in found), SECONDS),
        limit("hidden with the steps that are suggested", max(one[1] for one in found), SHARE),
        limit("key totals hidden with them", max(one[2] for one in found), 0),
    ]
    if not all(within):
        raise SystemExit("Over the limit.")


def invented() -> None:
    """The demonstration's years, where the database has nobody."""
    from django.core.management import call_command

    from cases.models import Person

    if not Person.objects.exists():
        with open(os.devnull, "w") as nowhere:
            call_command("demo", stdout=nowhere)


def measured(year: int) -> tuple[float, float, int]:
    """Seconds in full detail; the share that is hidden with suggested steps, and the key totals among it."""
    from django.utils import timezone

    from summaries.counting.build import of_the_register
    from summaries.publishing.protecting import protect_year
    from summaries.publishing.suggesting import suggested

    access, started = of_the_register(timezone.now()), time.process_time()
    full = protect_year(access, year, {}, ledger=[])
    seconds, started = time.process_time() - started, time.process_time()
    trial = suggested(access, year, [])
    search, fine = time.process_time() - started, protect_year(access, year, trial.steps, ledger=[])
    hidden = keys(access, year, trial.steps, fine)
    before = "before {:.0%}, {:.0%} ({} key totals)".format(*BEFORE[year]) if year in BEFORE else ""
    left = sorted(name for name, step in trial.steps.items() if step < 0)
    proof, names = full.audit["proof"], ", ".join(left) or "none"
    print(f"{year}: full {share(full):.0%} hidden in {seconds:.1f} s ({proof}), ", end="")
    print(f"suggested {share(fine):.0%} ({hidden} key totals) found in {search:.1f} s; ", end="")
    print(f"{before}; left out: {names}", flush=True)
    return round(seconds, 1), round(share(fine), 3), hidden


def share(found: Any) -> float:
    cells = [cell for table in found.flat if not table.name.startswith("calls") for cell in table]
    somebody = [cell.status == "hidden" for cell in cells if cell.status == "hidden" or cell.value]
    return sum(somebody) / len(somebody)


def keys(access: Any, year: int, steps: Mapping[str, int], found: Any) -> int:
    """The key totals that are hidden, small ones too."""
    from summaries.publishing.key_totals import key_totals
    from summaries.publishing.protecting import public_tables

    public = public_tables(access, year, steps, [])
    told = {
        entry.name: {public.figure(entry, key): "|".join(key) for key in public.keys(entry)}
        for entry in public.entries
    }
    hidden = {
        figure
        for name, keys in told.items()
        for figure, key in keys.items()
        if key in found.reasons.get(name, {})
    }
    return len(hidden & key_totals(public))


if __name__ == "__main__":
    main()
