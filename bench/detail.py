"""How much of ten years of the demonstration is hidden in full detail and with the steps that are suggested.

python -m bench.detail [--years 2016-2025] [--write docs/disclosure-control.md]

`--write`: the table of that file, between its two marks, is made anew of what was measured.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import django

from bench.counting import limit

DATABASE = "PostgreSQL"
KEY: Final = b"demonstration"  # each installation draws its own: with another one a figure may differ
SECONDS: Final = 10.0  # of processor for a year in full detail, audit included
SHARE: Final = 0.25  # of the figures that hold somebody, with the steps that are suggested
MARKS: Final = "<!-- of bench.detail: begins -->\n", "<!-- of bench.detail: ends -->\n"
HEAD: Final = (
    "| year | full: hidden, seconds | suggested: hidden, key totals, seconds of the search | left out |",
    "|---|---|---|---|",
)


@dataclass(frozen=True)
class Measured:
    """Of a year. `full` and `fine`: the share that is hidden in full detail and with suggested steps; `keys`:
    the key totals among it. `seconds` of processor in full detail, and of the `search`."""

    year: int
    full: float
    proof: str
    seconds: float
    fine: float
    keys: int
    search: float
    left: tuple[str, ...]

    @property
    def said(self) -> str:
        full = f"{self.year}: full {self.full:.0%} hidden in {self.seconds:.1f} s ({self.proof}), "
        fine = f"suggested {self.fine:.0%} ({self.keys} key totals) found in {self.search:.1f} s; "
        return f"{full}{fine}left out: {', '.join(self.left) or 'none'}"

    @property
    def row(self) -> str:
        full = f"{self.full:.0%}, {self.seconds:.1f} ({self.proof})".replace("%", " %")
        fine = f"{self.fine:.0%}, {self.keys}, {self.search:.0f}".replace("%", " %")
        left = ", ".join(f"`{name}`" for name in self.left) or "none"
        return f"| {self.year} | {full} | {fine} | {left} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--years", default="2016-2025")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    first, last = map(int, asked.years.split("-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    django.setup()
    invented()
    found = [measured(year) for year in range(first, last + 1)]
    if asked.write:
        written(asked.write, found)
    within = [
        limit("seconds of processor for a year in full", max(one.seconds for one in found), SECONDS),
        limit("hidden with the steps that are suggested", max(one.fine for one in found), SHARE),
        limit("key totals hidden with them", max(one.keys for one in found), 0),
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


def written(file: Path, found: Sequence[Measured]) -> None:
    begins, ends = MARKS
    before, _begins, rest = file.read_text(encoding="utf-8").partition(begins)
    _old, _ends, after = rest.partition(ends)
    table = "\n".join((*HEAD, *(one.row for one in found)))
    file.write_text(f"{before}{begins}{table}\n{ends}{after}", encoding="utf-8")


def measured(year: int) -> Measured:
    from django.utils import timezone

    from summaries.counting.build import of_the_register
    from summaries.tables.protection import protect_year
    from summaries.tables.suggestion import suggested

    access, started = of_the_register(timezone.now()), time.process_time()
    full = protect_year(access, year, {}, ledger=[], key=KEY)
    seconds, started = time.process_time() - started, time.process_time()
    trial = suggested(access, year, [], key=KEY)
    search = time.process_time() - started
    fine = protect_year(access, year, trial.steps, ledger=[], key=KEY)
    found = Measured(
        year,
        round(share(full), 3),
        full.audit["proof"],
        round(seconds, 1),
        round(share(fine), 3),
        keys(access, year, trial.steps, fine),
        round(search, 1),
        tuple(sorted(name for name, step in trial.steps.items() if step < 0)),
    )
    print(found.said, flush=True)
    return found


def share(found: Any) -> float:
    cells = [cell for table in found.flat if not table.name.startswith("calls") for cell in table]
    somebody = [cell.status == "hidden" for cell in cells if cell.status == "hidden" or cell.value]
    return sum(somebody) / len(somebody)


def keys(access: Any, year: int, steps: Mapping[str, int], found: Any) -> int:
    """The key totals that are hidden, small ones too."""
    from summaries.tables.protection import public_tables
    from summaries.tables.public_tables import key_totals

    public = public_tables(access, year, steps, [])
    texts = {
        entry.name: {public.figure(entry, key): "|".join(key) for key in public.keys(entry)}
        for entry in public.entries
    }
    hidden = {
        figure
        for name, keys in texts.items()
        for figure, key in keys.items()
        if key in found.reasons.get(name, {})
    }
    return len(hidden & key_totals(public))


if __name__ == "__main__":
    main()
