"""Three ways to publish fine detail, over ten years of the demonstration: suppression, cell key, rounding.

python -m bench.cell_key [--years 2016-2025]
"""

from __future__ import annotations

import argparse
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import django

from bench.detail import invented

DATABASE = True
BOUND: Final = 2  # persons that the cell key method adds or takes away at most
FROM: Final = 10  # figures of which the relative error is told
# What is added, and how likely; the mean is 0 and the variance 1.07, but for 1, which cannot go below 0.
TABLE: Final = ((-2, 0.075), (-1, 0.235), (0, 0.38), (1, 0.235), (2, 0.075))
OF_ONE: Final = ((-1, 0.34), (0, 0.40), (1, 0.18), (2, 0.08))
Values = Mapping[Any, int]
Method = Callable[[Any, int], int]


@dataclass
class Error:
    """Of the non-zero figures of some years, each counted once a table."""

    exact: int = 0
    figures: int = 0
    off: int = 0
    large: list[float] = field(default_factory=list)
    sums: int = 0
    broken: int = 0
    told: int = 0
    small: int = 0

    def line(self, name: str) -> str:
        share = self.exact / self.figures
        relative = sum(self.large) / max(len(self.large), 1)
        return (
            f"{name:<16}{share:>8.0%}{self.off / self.figures:>8.2f}{relative:>8.1%}"
            f"{self.broken / max(self.sums, 1):>10.0%}{self.told / max(self.small, 1):>10.0%}"
        )


def drawn(*words: object) -> float:
    """From 0 to 1, the same for the same words: a figure has one value wherever it stands."""
    return int.from_bytes(hashlib.sha256(repr(words).encode()).digest()[:8]) / 2**64


def cell_key(figure: Any, value: int) -> int:
    if not value:
        return 0
    left = drawn("key", figure, value)
    for step, likely in OF_ONE if value == 1 else TABLE:
        left -= likely
        if left < 0:
            return value + step
    return value


def rounded_to(base: int) -> Method:
    """Up or down at random, right on average."""

    def method(figure: Any, value: int) -> int:
        below = value % base
        return value - below + (base if drawn(base, figure, value) < below / base else 0)

    return method


METHODS: Final[Mapping[str, tuple[Method, int]]] = {
    "cell key": (cell_key, BOUND),
    "rounding to 3": (rounded_to(3), 2),
    "rounding to 5": (rounded_to(5), 4),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--years", default="2016-2025")
    first, last = map(int, parser.parse_args().years.split("-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    django.setup()
    invented()
    for steps in ("full", "suggested"):
        found = {name: Error() for name in METHODS}
        hidden = figures = 0
        for year in range(first, last + 1):
            more = measured(year, steps, found)
            hidden, figures = hidden + more[0], figures + more[1]
        print(f"{steps} steps, {first} to {last}: {figures} figures that hold somebody")
        share = hidden / figures
        print(f"{'suppression':<16}{1 - share:>8.0%}{'':>16}{0:>10.0%}{0:>10.0%}   {share:.0%} hidden")
        for name, error in found.items():
            print(error.line(name))
    print("columns: exact; mean error in persons; relative error from 10 on; sums that do not add up;")
    print("hidden small figures of which the perturbed file tells that they are not 1, or not k")


def measured(year: int, steps: str, found: Mapping[str, Error]) -> tuple[int, int]:
    """Adds what the methods do to the year's tables; how many figures suppression hides, and of how many."""
    from django.conf import settings
    from django.utils import timezone

    from summaries.counting.build import of_the_register
    from summaries.publishing.protecting import printed_at, protect_year, public_tables
    from summaries.publishing.public_tables import figures
    from summaries.publishing.suggesting import suggested

    access = of_the_register(timezone.now())
    chosen: Mapping[str, int] = suggested(access, year, []).steps if steps == "suggested" else {}
    public = public_tables(access, year, chosen, [])
    known = figures(public.deep)
    shown = {table.name: table for table in protect_year(access, year, chosen, seconds=5, ledger=[]).flat}
    hidden = number = 0
    for entry in printed_at(chosen):
        if entry.name not in shown:
            continue
        places = {key: public.figure(entry, key) for key in public.keys(entry)}
        values = {key: known[figure].value or 0 for key, figure in places.items() if figure in known}
        statuses = {
            key: shown[entry.name].by_key[key].status for key in values if key in shown[entry.name].by_key
        }
        somebody = [key for key in values if values[key]]
        number += len(somebody)
        hidden += sum(statuses.get(key) == "hidden" for key in somebody)
        for name, (method, bound) in METHODS.items():
            told = {key: method(sorted(places[key]), n) for key, n in values.items()}
            _add(found[name], values, told)
            small = [k for k in somebody if statuses.get(k) == "hidden" and values[k] < settings.SMALL_CELL_K]
            found[name].small += len(small)
            found[name].told += sum(
                told[k] - bound > 1 or told[k] + bound < settings.SMALL_CELL_K for k in small
            )
            for parts, total in (
                _sums(values) if not entry.open and "scope" not in public.step(entry).columns else ()
            ):
                found[name].sums += 1
                found[name].broken += sum(told[k] for k in parts) != told[total]
    return hidden, number


def _add(error: Error, values: Values, told: Values) -> None:
    for key, value in values.items():
        if value:
            error.figures += 1
            error.exact += told[key] == value
            error.off += abs(told[key] - value)
            if value >= FROM:
                error.large.append(abs(told[key] - value) / value)


def _sums(values: Values) -> Iterator[tuple[list[Any], Any]]:
    """Parts and their total, along each line of a table where the true figures add up."""
    for axis in (0, 1):
        for total in [key for key in values if len(key) > axis and key[axis] == "*"]:
            parts = [
                k
                for k in values
                if len(k) > axis and k[axis] != "*" and _without(k, axis) == _without(total, axis)
            ]
            if parts and sum(values[k] for k in parts) == values[total]:
                yield parts, total


def _without(key: Iterable[str], axis: int) -> list[str]:
    return [part for place, part in enumerate(key) if place != axis]


if __name__ == "__main__":
    main()
