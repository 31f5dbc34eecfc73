"""Disclosure control: 200 random publications with a correction, and a linked package beside a plain audit of
it.

python -m bench.protection [--count N]
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from random import Random

import numpy as np
from scipy.optimize import linprog

from summaries.protection import Package, Protection, protect
from summaries.protection.programme import build
from tests.summaries.outsider import Outsider
from tests.summaries.publications import (
    Json,
    Someone,
    corrected,
    linked,
    package,
    people,
    publication,
    published,
)

PUBLICATIONS = 200
MOST_WAITS = 5  # corrections that are added to one that cannot be protected, before it is given up


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=PUBLICATIONS, help="random publications")
    _random_publications(parser.parse_args().count)
    _linked_package()


def _random_publications(count: int) -> None:
    started = time.perf_counter()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        years = list(pool.map(_published_year, range(count)))
    shares = [share for year in years for share in year.shares]
    found: Counter[str] = sum((year.found for year in years), Counter())
    print(f"random publications with a correction: {count}, in {time.perf_counter() - started:.0f} s")
    print(f"  let out: {len(shares)} versions, {found['exact']} of them proven cheapest")
    print(f"  the program's audit of them: {found['recovered']} recovered, {found['under']} under-protected")
    print(
        f"  an attack that shares no code: {found['recovered twice']} recovered, {found['under twice']} "
        "under-protected"
    )
    print(
        f"  corrections that waited for others: {found['waited']}; not let out after {MOST_WAITS}: "
        f"{found['held']}"
    )
    print(f"  non-zero figures hidden: {min(shares):.0%} to {max(shares):.0%}", flush=True)


@dataclass(frozen=True)
class Year:
    """What two versions of a year came to. Only what may be published counts in `shares` and in what is
    `found`."""

    shares: list[float]
    found: Counter[str]


def _published_year(seed: int) -> Year:
    random = Random(seed)  # noqa: S311 - invented persons
    everybody = people(random, random.randint(150, 1000))
    exempt = seed % 2 == 0
    input_ = package(publication(everybody, exempt=exempt))
    protection = protect(Package.from_json(input_))
    shares, found = [_share(protection)], _audited(protection)
    for waits, (second, after) in enumerate(
        _corrections(random, everybody, input_, protection, exempt=exempt)
    ):
        found["waited"] += waits == 1
        if after.audit.passed:
            input_, protection = second, after
            shares.append(_share(after))
            found += _audited(after)
            break
    else:
        found["held"] += 1
    recovered, under = Outsider(
        input_, _tables(protection)
    ).attack()  # it knows every version: the first falls with it
    return Year(shares, found + Counter({"recovered twice": recovered, "under twice": under}))


def _corrections(
    random: Random, everybody: Sequence[Someone], first: Json, before: Protection, *, exempt: bool
) -> Iterator[tuple[Json, Protection]]:
    """The next version; while it cannot be protected it waits, and comes again with further corrections."""
    for _again in range(1 + MOST_WAITS):
        everybody = corrected(random, everybody, random.choice((1, 2, 3, 5, 8)))
        second = package(publication(everybody, exempt=exempt), [published(first, _tables(before))])
        yield second, protect(Package.from_json(second))


def _audited(protection: Protection) -> Counter[str]:
    audit = protection.audit
    exact = audit.method == "exact"
    return Counter({"exact": exact, "recovered": audit.recovered, "under": audit.under_protected})


def _tables(protection: Protection) -> list[Json]:
    return [table.to_json() for table in protection.tables]


def _share(protection: Protection) -> float:
    values = build(protection.package)
    somebody = sum(values.variables[number].value > 0 for number in values.of_package.values())
    return protection.audit.hidden / somebody


def _linked_package() -> None:
    input_ = linked()
    package_ = Package.from_json(input_)
    started = time.perf_counter()
    protection = protect(package_)
    ours = time.perf_counter() - started
    started = time.perf_counter()
    programmes = _plain_audit(package_, protection)
    plain = time.perf_counter() - started
    print(f"linked package: protected and audited in {ours:.2f} s, {protection.audit.to_json()}")
    print(
        f"  a plain audit ({programmes} programmes from the start each): {plain:.2f} s, ratio "
        f"{ours / plain:.2f}"
    )


def _plain_audit(package_: Package, protection: Protection) -> int:
    """Two linear programmes for each hidden figure, each handed whole to scipy."""
    model = build(package_)
    hidden = {figure for figure, reason in protection.statuses.items() if reason != "shown"}
    columns = {
        n: place for place, n in enumerate(n for figure, n in model.of_package.items() if figure in hidden)
    }
    rows = [(row, equal) for row, equal in model.rows if equal and any(n in columns for n, _ in row)]
    matrix, right = np.zeros((len(rows), len(columns))), np.zeros(len(rows))
    for place, (row, _) in enumerate(rows):
        for number, sign in row:
            if number in columns:
                matrix[place, columns[number]] = sign
            else:
                right[place] -= sign * model.variables[number].value
    for place in columns.values():
        for sign in (1.0, -1.0):
            objective = np.zeros(len(columns))
            objective[place] = sign
            found = linprog(objective, A_eq=matrix, b_eq=right, bounds=(1, model.ceiling), method="highs")
            if found.status != 0:
                raise ArithmeticError(found.message)
    return 2 * len(columns)


if __name__ == "__main__":
    main()
