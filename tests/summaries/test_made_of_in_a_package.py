"""A package may say what its categories are made of: two words for one fact then know of each other."""

from __future__ import annotations

from typing import Any

from libs.suppression import Figure, Package, Protection, protect
from tests.summaries.small_tables import Json, cross, line, package, still

GROUPS = ("women", "men")
KINDS = {"farm": (6, 30), "street": (7, 3), "home": (8, 20)}  # three kinds of work
CLASSES = {"out": (13, 33), "in": (8, 20)}  # the same in other words: farm and street, home
MADE: dict[str, dict[str, dict[str, list[str]]]] = {
    "group": {"women": {"sex": ["F"]}, "men": {"sex": ["M"]}},
    "kind": {"farm": {"work": ["1"]}, "street": {"work": ["2"]}, "home": {"work": ["3"]}},
    "class": {"out": {"work": ["1", "2"]}, "in": {"work": ["3"]}},
}


def told(*, made: bool) -> Json:
    tables = [cross("kind", "group", KINDS, GROUPS), cross("class", "group", CLASSES, GROUPS)]
    found = package(*tables, k=5)
    for table in found["tables"] if made else ():
        for dimension in table["dimensions"]:
            dimension["made_of"] = MADE[dimension["name"]]
    return found


def run(**how: Any) -> Protection:
    return protect(Package.from_json(told(**how)), seconds=20, clock=still)


def hidden(protection: Protection) -> set[Figure]:
    return {figure for figure, reason in protection.statuses.items() if reason != "shown"}


def known_men_in_the_street(protection: Protection) -> bool:
    """By subtraction: men out less men on farms."""
    men = ("group", "men")
    return not {frozenset({("class", "out"), men}), frozenset({("kind", "farm"), men})} & hidden(protection)


def test_a_word_for_the_sum_of_two_others_is_hidden_with_them() -> None:
    protection = run(made=True)
    assert protection.audit.passed
    assert frozenset({("kind", "street"), ("group", "men")}) in hidden(protection)
    assert not known_men_in_the_street(protection)


def test_a_package_that_says_nothing_is_taken_at_its_word() -> None:
    protection = run(made=False)
    assert protection.audit.passed
    assert not {figure for figure in hidden(protection) if any(name == "class" for name, _c in figure)}


def test_a_row_that_is_not_there_says_how_many_there_are_at_most() -> None:
    """Ten codes, of which nine have no row: from five on they would."""
    nations = line("nation", {"A": 30})
    nations["dimensions"][0]["made_of"] = {"A": {"citizenship": ["A"]}}
    nations["rules"] = {"named_from": 5, "always": [], "unnamed": []}
    data = package(nations, k=5)
    data["facts"] = {"citizenship": list("ABCDEFGHIJ")}
    mine = Package.from_json(data)
    assert mine.words is not None
    (bound,) = mine.words.bounds
    assert (len(bound.rows), bound.most) == (9, 4)
    assert mine.least == {frozenset({("nation", "A")}): 5}
