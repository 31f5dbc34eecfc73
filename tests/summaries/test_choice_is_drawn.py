"""Whoever runs the program again on every register that fits a publication learns no more than its rows
say."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping
from itertools import product

import pytest

from libs.suppression import Package, protect
from libs.suppression.tables import TOTAL, Cell, Dimension, Status, Table
from tests.weights import mostly_long

K = 5
PURPOSES, GROUPS = ("labour", "begging", "crime"), ("women", "men")
KEYS = 200
MOST = 60
# Persons of each purpose, and the key of the publication: with some others too many registers fit to try them
# all. At most six figures of each are hidden. Of the first the women in labour were once found exactly. Of
# five others a small figure could not be 1, or not k: what protected it, from k on, had too little room.
REGISTERS = (
    ({"labour": (4, 29), "begging": (8, 13), "crime": (37, 15)}, 1),
    ({"labour": (3, 12), "begging": (6, 40), "crime": (20, 9)}, 1),
    ({"labour": (3, 30), "begging": (3, 4), "crime": (4, 9)}, 197),
    ({"labour": (20, 5), "begging": (20, 9), "crime": (6, 2)}, 638),
    ({"labour": (6, 4), "begging": (12, 15), "crime": (4, 30)}, 639),
    ({"labour": (4, 2), "begging": (12, 10), "crime": (2, 10)}, 521),
    ({"labour": (4, 30), "begging": (2, 30), "crime": (20, 10)}, 363),
    ({"labour": (4, 3), "begging": (6, 10), "crime": (2, 5)}, 729),
    ({"labour": (12, 30), "begging": (12, 5), "crime": (20, 2)}, 580),
    ({"labour": (6, 15), "begging": (3, 3), "crime": (4, 30)}, 374),
    ({"labour": (9, 12), "begging": (7, 6), "crime": (4, 4)}, 887),
    ({"labour": (5, 2), "begging": (10, 20), "crime": (2, 4)}, 934),
    ({"labour": (4, 12), "begging": (30, 30), "crime": (3, 6)}, 120),
    ({"labour": (5, 12), "begging": (10, 4), "crime": (7, 12)}, 485),
    ({"labour": (5, 7), "begging": (8, 4), "crime": (5, 20)}, 44),
    ({"labour": (8, 30), "begging": (8, 2), "crime": (6, 10)}, 497),
    ({"labour": (5, 6), "begging": (3, 20), "crime": (8, 9)}, 158),
    ({"labour": (30, 12), "begging": (3, 9), "crime": (30, 6)}, 37),
)
COUNTS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 30)
Register = Mapping[tuple[str, str], int]
Printed = tuple[tuple[tuple[str, ...], int | None, str], ...]


def register(rows: Mapping[str, tuple[int, int]]) -> Register:
    return {(row, group): rows[row][at] for row in PURPOSES for at, group in enumerate(GROUPS)}


def published(persons: Register, key: bytes) -> Printed:
    """The table of purposes as it is printed beside an exempt headline."""
    of_purpose = {row: sum(persons[row, group] for group in GROUPS) for row in PURPOSES}
    of_group = {group: sum(persons[row, group] for row in PURPOSES) for group in GROUPS}
    everybody = Cell((TOTAL,), sum(of_group.values()))
    cells = [Cell(place, number) for place, number in persons.items()]
    cells += [Cell((row, TOTAL), number) for row, number in of_purpose.items()]
    cells += [Cell((TOTAL, group), number) for group, number in of_group.items()]
    groups = Dimension("group", GROUPS)
    headline = [*(Cell((group,), number) for group, number in of_group.items()), everybody]
    tables = (
        Table("groups", "", (groups,), tuple(headline), exempt=True),
        Table(
            "main_purpose",
            "",
            (Dimension("main_purpose", PURPOSES), groups),
            (*cells, Cell((TOTAL, TOTAL), everybody.value)),
        ),
    )
    _headline, table = protect(Package(K, "2018", tables, key=key), briefly=True).tables
    return tuple((cell.key, cell.value, str(cell.status)) for cell in table)


def key_of(number: int) -> bytes:
    return hashlib.sha256(f"{number}".encode()).digest()


def fitting(printed: Printed) -> Iterator[Register]:
    """Every register of which the printed rows and columns are true, where hidden figures are 1 or more."""
    known = {place: value for place, value, _status in printed}
    rows = [list(_ways(known, row)) for row in PURPOSES]
    for way in product(*rows):
        columns = zip(GROUPS, map(sum, zip(*way, strict=True)), strict=True)
        if all(known[TOTAL, group] in (number, None) for group, number in columns):
            yield register(dict(zip(PURPOSES, way, strict=True)))


def _ways(known: Mapping[tuple[str, ...], int | None], row: str) -> Iterator[tuple[int, int]]:
    """What the women and men of a purpose may be."""
    numbers = [range(1, MOST) if (value := known[row, group]) is None else [value] for group in GROUPS]
    for women, men in product(*numbers):
        if known[row, TOTAL] in (women + men, None):
            yield women, men


@pytest.mark.parametrize("publication", mostly_long(REGISTERS, usual=[REGISTERS[0], REGISTERS[10]]))
def test_each_hidden_small_figure_may_still_be_1_and_k(
    publication: tuple[Mapping[str, tuple[int, int]], int],
) -> None:
    rows, key = publication
    true = register(rows)
    printed = published(true, key_of(key))
    hidden = [place for place, value, _status in printed if value is None and TOTAL not in place]
    assert 0 < len(hidden) <= 6
    assert sum(status == Status.HIDDEN for _place, _value, status in printed) <= 6
    possible: dict[tuple[str, ...], set[int]] = {place: set() for place in hidden}
    for candidate in fitting(printed):
        tells_more = any(candidate[place] not in possible[place] for place in hidden)
        if tells_more and is_printed(candidate, printed):
            for place in hidden:
                possible[place].add(candidate[place])
    for place in hidden:
        assert max(possible[place]) - min(possible[place]) >= K - 1, (place, possible[place])
        if true[place] < K:
            assert {1, K} <= possible[place], (place, possible[place])


def drawn_rows(seed: int) -> dict[str, tuple[int, int]]:
    some = random.Random(seed)
    return {row: (some.choice(COUNTS), some.choice(COUNTS)) for row in PURPOSES}


@pytest.mark.parametrize("seeds", [range(20), range(20, 40)], ids=str)
def test_a_hidden_figure_that_may_be_below_k_may_be_1_and_k(seeds: range) -> None:
    asked = 0
    for seed in seeds:
        printed = published(register(drawn_rows(seed)), key_of(seed))
        hidden = [place for place, value, _status in printed if value is None]
        if len(hidden) > 4 or any(TOTAL in place for place in hidden):
            continue  # too many registers fit
        candidates = list(fitting(printed))
        for place in hidden:
            possible = {candidate[place] for candidate in candidates}
            assert min(possible) >= K or {1, K} <= possible, (seed, place, possible)
            asked += 1
    assert asked > 10


def is_printed(persons: Register, printed: Printed) -> bool:
    """Whether some key makes the program print the same of these persons."""
    return any(published(persons, key_of(number)) == printed for number in range(KEYS))
