"""Whole publications and their corrections, attacked by the program and by a second attack that shares no
code."""

from __future__ import annotations

from random import Random

import pytest

from libs.suppression import Package, Protection, protect
from tests.summaries.outsider import Outsider
from tests.summaries.publications import Json, corrected, package, people, publication, published
from tests.summaries.small_tables import still
from tests.weights import mostly_long

# Even ones exempt the groups. The correction of 5 cannot be published: beside what the first version shows,
# the two figures that it changes are known to be 5 together.
SEEDS = (0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11)


def protected(input_: Json) -> Protection:
    return protect(Package.from_json(input_), clock=still)


def tables(protection: Protection) -> list[Json]:
    return [table.to_json() for table in protection.tables]


@pytest.mark.heavy
@pytest.mark.parametrize("seed", mostly_long(SEEDS, usual=(0, 1)))
def test_a_random_publication_and_its_correction_give_nothing_away(seed: int) -> None:
    random = Random(seed)
    everybody = people(random, random.randint(150, 1000))
    exempt = seed % 2 == 0
    first = package(publication(everybody, exempt=exempt))
    before = protected(first)
    afterwards = corrected(random, everybody, random.choice((1, 2, 3, 5, 8)))
    second = package(publication(afterwards, exempt=exempt), [published(first, tables(before))])
    after = protected(second)
    for protection in (before, after):
        assert protection.audit.passed
        assert 0 < protection.audit.primary <= protection.audit.hidden
        assert protection.audit.method == "exact"
        assert protection.audit.hidden < len(protection.statuses)
    assert Outsider(second, tables(after)).attack() == (0, 0)  # it knows both versions


def test_the_second_attack_sees_through_hiding_the_small_ones_alone() -> None:
    input_ = package(publication(people(Random(3), 200))[:2])
    for table in input_["tables"]:
        for cell in table["cells"]:
            if 0 < cell["value"] < 5 and not table["exempt"]:
                cell["status"] = "hidden"
    recovered, under = Outsider(input_, input_["tables"]).attack()
    assert recovered > 0
    assert under >= recovered
