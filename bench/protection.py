"""Disclosure control: 200 random publications with a correction, and a linked package beside a plain audit of it."""

from __future__ import annotations

import time
from random import Random

import numpy as np
from scipy.optimize import linprog

from summaries.protection import Package, Protection, protect
from summaries.protection.model import build
from tests.summaries.outsider import Outsider
from tests.summaries.publications import Json, corrected, linked, package, people, publication, published

PUBLICATIONS = 200
MOST_WAITS = 20
ATTACKED = 5  # the second, slow attack takes about ten seconds each


def main() -> None:
    _random_publications()
    _linked_package()


def _tables(protection: Protection) -> list[Json]:
    return [table.to_json() for table in protection.tables]


def _random_publications() -> None:
    recovered = under = exact = waited = held = 0
    shares: list[float] = []
    started = time.perf_counter()
    for seed in range(PUBLICATIONS):
        first, before, second, after, waits = _with_correction(seed)
        waited += waits > 0
        held += not after.audit.passed
        for protection in (before, after) if after.audit.passed else (before,):  # what fails is not published
            recovered += protection.audit.recovered
            under += protection.audit.under_protected
            exact += protection.audit.method == "exact"
            shares.append(_share(protection))
        if seed < ATTACKED:
            found = [Outsider(first, _tables(before)).attack(), Outsider(second, _tables(after)).attack()]
            recovered += sum(item[0] for item in found)
            under += sum(item[1] for item in found)
    seconds = time.perf_counter() - started
    print(f"random publications with a correction: {PUBLICATIONS}, of them {ATTACKED} attacked a second way")
    print(f"  corrections that waited for further ones: {waited}, of them still waiting after {MOST_WAITS}: {held}")
    print(f"  recovered {recovered}, under-protected {under}, proven cheapest {exact} of {len(shares)}")
    print(f"  non-zero figures hidden: {min(shares):.0%} to {max(shares):.0%}; {seconds:.0f} s in all")


def _with_correction(seed: int) -> tuple[Json, Protection, Json, Protection, int]:
    """A first version, and the next one that passes the attack: a correction that cannot be protected waits."""
    random = Random(seed)  # noqa: S311 - invented persons
    everybody = people(random, random.randint(150, 1000))
    exempt = seed % 2 == 0
    first = package(publication(everybody, exempt=exempt))
    before = protect(Package.from_json(first))
    waits = 0
    for waits in range(MOST_WAITS):  # noqa: B007 - told of afterwards
        everybody = corrected(random, everybody, random.choice((1, 2, 3, 5, 8)))
        second = package(publication(everybody, exempt=exempt), [published(first, _tables(before))])
        after = protect(Package.from_json(second))
        if after.audit.passed:
            break
    return first, before, second, after, waits


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
    print(f"  a plain audit ({programmes} programmes from the start each): {plain:.2f} s, ratio {ours / plain:.2f}")


def _plain_audit(package_: Package, protection: Protection) -> int:
    """Two linear programmes for each hidden figure, each handed whole to scipy."""
    model = build(package_)
    hidden = {figure for figure, reason in protection.statuses.items() if reason != "shown"}
    columns = {n: place for place, n in enumerate(n for figure, n in model.of_package.items() if figure in hidden)}
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
