"""A printed file is open where the attack does not know what a category is made of: for each category of
every classification that adds up another one, a register of few persons of four codes.

Of few persons are a code of the category and two others, which stand in categories of their own; of many is
another code of the category. By either table alone the few hide one another. Beside both, those of the
category are what it is less the many. Of two categories in all, the other one has a code of many too; or,
where it is a single code, that has fewer than the many: the fine table hides it for the few, the coarse one
shows it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import permutations
from typing import Any, Final

import pytest

from libs.suppression import Package, Protection, protect
from libs.suppression.figures import Made, Words, plain
from summaries.catalogue import CATALOGUE, COMMON_TABLES, PERSONS_PUBLISHED
from summaries.classifications import Codes
from summaries.counting.reference import Reference, elsewhere, nobody_of
from tests.summaries.intruder import Attack, Place, attack
from tests.summaries.small_tables import Json, cross, line, package
from tests.weights import examples

pytestmark = [pytest.mark.django_db, pytest.mark.heavy]
FEW, MANY, MOST = (4, 4), (20, 15), (60, 60)  # women and men
SEX: Final = {"women": "F+no", "men": "M+no"}
K: Final = 5


@dataclass(frozen=True)
class Pair:
    """Classifications of one fact, and codes of it: the first two in one `category` of `coarse`, the others
    each in another one, or both in the only other, or the last is that. `people`: women and men of each."""

    fine: str
    coarse: str
    category: str
    codes: tuple[str, ...]
    people: tuple[tuple[int, int], ...]


@cache
def levels() -> dict[str, set[str]]:
    """Fact → the classifications by which persons are told of it, outside."""
    found: dict[str, set[str]] = {}
    for entry in (*PERSONS_PUBLISHED.values(), *COMMON_TABLES.values()):
        for name in filter(None, (name for step in entry.ladder for name in (step.rows, step.columns))):
            one = CATALOGUE.classifications[name]
            parts = [level for level, _category in one.nested.values()] + [one.crossed] * bool(one.crossed)
            for level in parts or [name]:
                fact = CATALOGUE.fact(level)
                if not fact.several and fact.name != "sex_child":
                    found.setdefault(fact.name, set()).add(level)
    return found


def never(fact: str) -> tuple[Made, ...]:
    """What nobody of the year has of it."""
    return tuple(one for one in (*nobody_of(2018), elsewhere(2018)) if fact in one)


def pairs(codes: Codes) -> Iterator[Pair]:
    """One for each category of which another classification tells two codes apart."""
    seen = set()
    for fact, names in sorted(levels().items()):
        nobody = frozenset().union(*(one[fact] for one in never(fact)))
        base = [code for code in codes.base(fact) if code not in nobody]
        for coarse, fine in permutations(sorted(names), 2):
            of = {code: (codes.of(coarse, code)[0], codes.of(fine, code)[0]) for code in base}
            for category in dict.fromkeys(one for one, _other in of.values()):
                chosen = _chosen(of, category)
                if len(chosen) > 2 and (coarse, category) not in seen:
                    seen.add((coarse, category))
                    yield Pair(fine, coarse, category, chosen, _people([of[one][0] for one in chosen]))


def _people(categories: list[str]) -> tuple[tuple[int, int], ...]:
    if len(categories) == 3:
        return (3, 3), MOST, MANY
    return (3, 3), MANY, FEW, (MANY if categories[2] == categories[3] else FEW)


def _chosen(of: dict[str, tuple[str, str]], category: str) -> tuple[str, ...]:
    """Two codes of the category, and one of each of two others, or two of the only other, or that alone; all
    told apart by the finer. None where there are no such."""
    most = 2 if len({coarse for coarse, _fine in of.values()}) == 2 else 1
    found = _told_apart(of, category, most)
    names = [code for code in found if of[code][0] == category]
    others = [code for code in found if of[code][0] != category]
    enough = len(names) == 2 and len(others) >= 3 - most
    return (*names, *others[:2]) if enough else ()


def _told_apart(of: dict[str, tuple[str, str]], category: str, most: int) -> list[str]:
    """Codes of as many fine categories: two of the category, and so many of each other one at most."""
    found: list[str] = []
    for code, (coarse, fine) in sorted(of.items(), key=lambda one: one[1][0] != category):
        inside = [of[one][0] for one in found].count(coarse)
        is_room = inside < (2 if coarse == category else most)
        if is_room and fine not in [of[one][1] for one in found]:
            found.append(code)
    return found


def table(codes: Codes, level: str, pair: Pair) -> Json:
    found: dict[str, list[int]] = {}
    for code, numbers in zip(pair.codes, pair.people, strict=True):
        row = found.setdefault(codes.of(level, code)[0], [0, 0])
        row[:] = [one + more for one, more in zip(row, numbers, strict=True)]
    return cross(level, "section", found, [*SEX])


def protected(codes: Codes, pair: Pair, *, knows: bool) -> tuple[Protection, Json, dict[Place, int]]:
    """By an attack that knows what the categories of the coarser one are made of, or not; as it is printed,
    and what is true."""
    fact = CATALOGUE.fact(pair.fine).name
    women, men = (sum(numbers) for numbers in zip(*pair.people, strict=True))
    tables = [
        line("section", {"women": women, "men": men}, exempt=True),
        *(table(codes, level, pair) for level in (pair.fine, pair.coarse)),
    ]
    made, nobody = _made(codes, tables), never(fact)
    base = {name: frozenset(codes.base(name)) for name in (fact, "sex_child")}
    known = {where: what for where, what in made.items() if knows or where[0] != pair.coarse}
    words = Words(known, base, _held(fact, pair), nobody)
    protection = protect(replace(Package.from_json(package(*tables, k=K)), words=words), seconds=2)
    printed = {
        "k": K,
        "version": 1,
        "facts": {name: sorted(some) for name, some in base.items()},
        "never": list(map(plain, nobody)),
        "tables": [_printed(protected_table.to_json(), made) for protected_table in protection.tables],
    }
    true = {(one["name"], tuple(cell["key"])): cell["value"] for one in tables for cell in one["cells"]}
    return protection, printed, true


def _made(codes: Codes, tables: list[Json]) -> dict[tuple[str, str], Any]:
    dimensions = [dimension for one in tables for dimension in one["dimensions"]]
    return {
        (dimension["name"], category): codes.made_of(dimension["name"], category)
        for dimension in dimensions
        for category in dimension["categories"]
    }


def _held(fact: str, pair: Pair) -> tuple[Any, ...]:
    """How many there are of each code and sex."""
    return tuple(
        (((fact, code), ("sex_child", SEX[who])), n)
        for code, numbers in zip(pair.codes, pair.people, strict=True)
        for who, n in zip(SEX, numbers, strict=True)
    )


def _printed(one: Json, made: dict[tuple[str, str], Any]) -> Json:
    rules = {"named_from": None, "always": [], "unnamed": [], "several": []}
    dimensions = [
        {**d, "made_of": {c: plain(made[d["name"], c]) for c in d["categories"]}} for d in one["dimensions"]
    ]
    return {**one, "dimensions": dimensions, "of": {}, "rules": rules, "left_out": 0}


def attacked(codes: Codes, pair: Pair, *, knows: bool) -> Attack:
    found, printed, true = protected(codes, pair, knows=knows)
    assert found.audit.passed
    return attack(printed, true)


def some(of: Iterable[Pair]) -> Iterator[Pair]:
    """The first of each classification; in `make test-all` every one."""
    number: Counter[str] = Counter()
    for pair in of:
        number[pair.coarse] += 1
        if number[pair.coarse] <= examples(1, 1_000):
            yield pair


def is_open(found: Attack) -> bool:
    return bool(found.recovered or found.under)


def finds_the_few(found: Attack) -> bool:
    return not {3, 4}.isdisjoint(learned.value for learned in found.recovered)


def test_a_file_is_open_where_the_attack_does_not_know_what_any_category_is_made_of() -> None:
    codes = Reference.load().codes
    asked = list(some(pairs(codes)))
    assert [pair for pair in asked if is_open(attacked(codes, pair, knows=True))] == []
    assert [pair for pair in asked if not finds_the_few(attacked(codes, pair, knows=False))] == []
    assert {pair.coarse for pair in asked} >= {
        "area", "age_class", "age_span", "country_group", "eu_citizenship", "eu_form", "eu_organisation",
        "main_purpose", "offence_class", "purpose_class", "purpose_field", "region", "sdg", "sector_class",
        "eu_status",
    }  # fmt: skip
