"""Every sentence of the text, read as an intruder reads it, is proved by the shown cells.

The checker knows nothing of how the text is made: it reads the English words, and asks linear programmes
whether any table that agrees with the shown cells would make a sentence false.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import linprog

from libs.suppression.tables import TOTAL, Cell, Dimension, Key, ProtectedTable, Status
from summaries.text import gather, paragraphs
from tests.weights import examples

GROUPS: Final = ("women", "men", "girls", "boys", "other", "unknown")
NAMES: Final = {
    "sexual purposes": "sexual", "labour": "labour", "begging": "begging", "criminal purposes": "crime",
    "other purposes": "other",
}  # fmt: skip
PURPOSES: Final = (*dict.fromkeys(NAMES.values()), "unknown")
WHO: Final = {
    "adults": ("women", "men"), "women and men": ("women", "men"), "children": ("girls", "boys"),
    "girls and boys": ("girls", "boys"),
}  # fmt: skip
GROUP: Final = "women|men|girls|boys"
SHARE: Final = r"(?P<n>[\d,]+)(?: (?:was|were) exploited mainly)? for (?P<name>.+)"
Weights = dict[Key, float]


@cache
def margins(keys: tuple[Key, ...]) -> Any:
    """Every total less its parts is 0: a row a total and direction."""
    place = {key: at for at, key in enumerate(keys)}
    rows = []
    for key in keys:
        for at, categories in enumerate((PURPOSES, GROUPS)):
            if key[at] == TOTAL:
                row = np.zeros(len(keys))
                row[place[key]] = -1
                row[[place[(*key[:at], category, *key[at + 1 :])] for category in categories]] = 1
                rows.append(row)
    return np.array(rows)


class Attack(NamedTuple):
    """All tables that agree with the shown cells; where `somebody`, a hidden cell is at least 1."""

    table: ProtectedTable
    somebody: bool

    def least(self, weights: Weights) -> float:
        """The least that the weighted sum of cells can be."""
        keys = tuple(cell.key for cell in self.table)
        hidden = (1 if self.somebody else 0, None)
        known = [(c.value, c.value) if c.status is Status.SHOWN else hidden for c in self.table]
        objective, sums = [weights.get(key, 0.0) for key in keys], margins(keys)
        found = linprog(objective, A_eq=sums, b_eq=np.zeros(len(sums)), bounds=known, method="highs")
        return float(found.fun) if found.status == 0 else -np.inf  # unbounded below: nothing is proved

    def some(self, purpose: str, group: str) -> bool:
        return self.least({(purpose, group): 1}) > 1e-6

    def none(self, purpose: str, group: str) -> bool:
        return self.least({(purpose, group): -1}) > -1e-6

    def above(self, one: str, other: str, group: str) -> bool:
        return self.least({(one, group): 1, (other, group): -1}) > 1e-6

    def shown(self, purpose: str, groups: Iterable[str]) -> int | None:
        cells = [self.table[purpose, group] for group in groups]
        return sum(c.value or 0 for c in cells) if all(c.status is Status.SHOWN for c in cells) else None


class Claim(NamedTuple):
    """What the sentences before have said of the group that a sentence is about."""

    attack: Attack
    told: dict[str, set[str]]
    last: list[str]


def listed(text: str) -> list[tuple[str, int | None]]:
    found = []
    for part in re.split(r", | and | or ", text):
        name, _space, number = part.partition(" (")
        found.append((NAMES[name], int(number.rstrip(")").replace(",", "")) if number else None))
    return found


def shared(text: str) -> list[tuple[str, int | None]]:
    """12 were exploited mainly for labour and 5 for begging."""
    found = [re.fullmatch(SHARE, part) for part in re.split(r", | and ", text)]
    return [(NAMES[one["name"]], int(one["n"].replace(",", ""))) for one in found if one]


def listed_or_none(text: str | None) -> list[tuple[str, int | None]]:
    return listed(text) if text else []


def numbers_are_shown(claim: Claim, named: list[tuple[str, int | None]], group: str) -> bool:
    return all(n is None or n == claim.attack.shown(purpose, [group]) for purpose, n in named)


def most(claim: Claim, match: re.Match[str]) -> bool:
    groups, purpose = WHO.get(match["who"], (match["who"],)), NAMES[match["purpose"]]
    half = {(purpose, group): 1.0 for group in groups} | {(TOTAL, group): -0.5 for group in groups}
    true = claim.attack.least(half) > 1e-6
    if match["n"]:
        true &= int(match["n"]) == claim.attack.shown(purpose, groups)
        true &= int(match["of"]) == claim.attack.shown(TOTAL, groups)
    if match["who"] not in WHO:
        claim.told[match["who"]] = {purpose}
    if match["only"]:
        true &= all(claim.attack.none(purpose, group) for group in groups if group != match["only"])
        claim.told.setdefault(match["only"], set()).add(purpose)
    return bool(true)


def everyone(claim: Claim, match: re.Match[str]) -> bool:
    groups = WHO.get(match["who"], (match["who"],))
    return all(claim.attack.none(p, g) for g in groups for p in PURPOSES if p != NAMES[match["purpose"]])


def most_common(claim: Claim, match: re.Match[str]) -> bool:
    group, named = match["group"].lower(), [*listed(match["first"]), *listed_or_none(match["rest"])]
    order = [purpose for purpose, _n in named]
    claim.told[group], claim.last[:] = set(order), [group]
    others = [purpose for purpose in PURPOSES if purpose not in (*order, "unknown")]
    ahead = [(one, other) for at, one in enumerate(order) for other in (*order[at + 1 :], *others)]
    return numbers_are_shown(claim, named, group) and all(claim.attack.above(*pair, group) for pair in ahead)


def tied(claim: Claim, match: re.Match[str]) -> bool:
    group, order = match["group"].lower(), [purpose for purpose, _n in listed(match["names"])]
    claim.told[group], claim.last[:] = set(order), [group]
    others = [purpose for purpose in PURPOSES if purpose not in (*order, "unknown")]
    alike = all(claim.attack.shown(purpose, [group]) == int(match["n"]) for purpose in order)
    return alike and all(claim.attack.above(order[0], other, group) for other in others)


def following(claim: Claim, match: re.Match[str]) -> bool:
    group, order = claim.last[0], [purpose for purpose, _n in listed(match["names"])]
    others = [purpose for purpose in PURPOSES if purpose not in (*order, *claim.told[group], "unknown")]
    ahead = [(one, other) for at, one in enumerate(order) for other in (*order[at + 1 :], *others)]
    claim.told[group] |= set(order)
    return all(claim.attack.above(*pair, group) for pair in ahead)


def included(claim: Claim, match: re.Match[str]) -> bool:
    parts = match.groupdict()
    group = parts.get("group") or claim.last[0]
    named = shared(match["shares"]) if "shares" in parts else listed(match["names"])
    if not named:
        return False
    claim.told.setdefault(group, set()).update(purpose for purpose, _n in named)
    claim.last[:] = [group]
    return numbers_are_shown(claim, named, group) and all(
        claim.attack.some(purpose, group) for purpose, _n in named
    )


def nothing_else(claim: Claim, match: re.Match[str]) -> bool:
    group, named = match.groupdict().get("group") or claim.last[0], listed(match["names"])
    known = {purpose for purpose, _n in named}
    if match["other"]:
        known |= claim.told[group]
    nobody = all(claim.attack.none(purpose, group) for purpose in PURPOSES if purpose not in known)
    return nobody and numbers_are_shown(claim, named, group)


SENTENCES: Final[tuple[tuple[str, Callable[[Claim, re.Match[str]], bool]], ...]] = (
    (
        r"Most of the (?P<who>[a-z ]+?)(, (?P<n>\d+) of (?P<of>\d+),)? were exploited mainly for (?P<purpose>[a-z ]+?)"  # noqa: E501
        rf"(, and all of these were (?P<only>{GROUP}))?\.",
        most,
    ),
    (r"All (?P<who>[a-z ]+?) were exploited mainly for (?P<purpose>[a-z ]+)\.", everyone),
    (
        r"The (?P<group>[a-z]+) were most often exploited for (?P<names>.+) \((?P<n>\d+) each\)\.",
        tied,
    ),
    (
        r"The (?P<group>[a-z]+) were most often exploited for (?P<first>.+?)(, then for (?P<rest>.+))?\.",
        most_common,
    ),
    (r"Next came (?P<names>.+)\.", following),
    (rf"Of the (other )?(?P<group>{GROUP}), (?P<shares>.+)\.", included),
    (rf"Other (?P<group>{GROUP}) were exploited mainly for (?P<names>.+)\.", included),
    (rf"Some of the (?P<group>{GROUP}) were exploited mainly for (?P<names>.+)\.", included),
    (rf"Among the (other )?(?P<group>{GROUP}) there was also exploitation for (?P<names>.+)\.", included),
    (r"The (?P<other>rest) were exploited mainly for (?P<names>.+)\.", nothing_else),
    (rf"The (?P<other>other )?(?P<group>{GROUP}) were exploited mainly for (?P<names>.+)\.", nothing_else),
)


def claims(text: str) -> Iterator[str]:
    """The sentences about purposes; the first paragraph and the caveats are of other things."""
    for paragraph in text.split("\n")[1:-2]:
        yield from re.findall(r"[A-Z][^.]*\.", paragraph)


def is_proved(claim: Claim, sentence: str) -> bool:
    for pattern, check in SENTENCES:
        if found := re.fullmatch(pattern, sentence):
            return check(claim, found)
    raise AssertionError(f"The checker cannot read: {sentence}")


def with_margins(cells: dict[Key, int]) -> dict[Key, int]:
    full = dict(cells)
    for purpose in PURPOSES:
        full[purpose, TOTAL] = sum(cells[purpose, group] for group in GROUPS)
    for group in (*GROUPS, TOTAL):
        full[TOTAL, group] = sum(full[purpose, group] for purpose in PURPOSES)
    return full


def table_of(values: dict[Key, int], hidden: Iterable[Key]) -> ProtectedTable:
    gone = set(hidden)
    cells = tuple(Cell(k, None, Status.HIDDEN) if k in gone else Cell(k, v) for k, v in values.items())
    return ProtectedTable(
        "main_purpose", "", (Dimension("main_purpose", PURPOSES), Dimension("group", GROUPS)), cells
    )


@st.composite
def tables(draw: st.DrawFn) -> tuple[ProtectedTable, bool]:
    number = st.sampled_from((0, 0, 0, 1, 2, 4, 7, 12, 40))
    values = with_margins({(purpose, group): draw(number) for purpose in PURPOSES for group in GROUPS})
    somebody = draw(st.booleans())
    may_hide = sorted(key for key, n in values.items() if n or not somebody)
    inner = [key for key in may_hide if TOTAL not in key]
    hidden = (
        draw(st.sets(st.sampled_from(draw(st.sampled_from((may_hide, inner or may_hide)))), max_size=16))
        if (may_hide)
        else set()
    )
    return table_of(values, hidden), somebody


def text_of(table: ProtectedTable, somebody: bool) -> str:
    return "\n".join(paragraphs(gather(2018, [table], hidden_is_somebody=somebody), "en", countries={}))


@settings(max_examples=examples(10, 80), deadline=None, derandomize=True, database=None)
@given(drawn=tables())
def test_no_table_that_agrees_with_the_shown_cells_makes_a_sentence_false(
    drawn: tuple[ProtectedTable, bool],
) -> None:
    table, somebody = drawn
    claim = Claim(Attack(table, somebody), {}, [])
    for sentence in claims(text_of(table, somebody)):
        assert is_proved(claim, sentence), sentence


def everybody(rows: dict[str, tuple[int, ...]]) -> dict[Key, int]:
    return with_margins({(p, g): rows.get(p, (0,) * 6)[at] for p in PURPOSES for at, g in enumerate(GROUPS)})


def test_a_year_with_much_hidden_is_still_told_and_every_sentence_proved() -> None:
    values = everybody({
        "sexual": (130, 0, 9, 0, 0, 0), "labour": (12, 12, 0, 2, 0, 0), "begging": (17, 16, 6, 4, 0, 0),
        "crime": (0, 12, 0, 32, 0, 0), "other": (2, 0, 4, 0, 0, 0), "unknown": (2, 2, 0, 0, 0, 0),
    })  # fmt: skip
    small = {key for key, n in values.items() if n in (2, 4, 6) and TOTAL not in key}
    table = table_of(
        values, small | {("labour", "women"), ("labour", "men"), ("labour", TOTAL), ("unknown", TOTAL)}
    )
    sentences = list(claims(text_of(table, somebody=True)))
    claim = Claim(Attack(table, somebody=True), {}, [])
    assert len(sentences) == 10
    assert all(is_proved(claim, sentence) for sentence in sentences)


@pytest.mark.parametrize(
    ("sentence", "true"),
    [
        (
            (
                "Most of the adults, 30 of 50, were exploited mainly for sexual purposes, and all of these "
                "were women."
            ),
            True,
        ),
        ("Most of the adults, 31 of 50, were exploited mainly for sexual purposes.", False),
        ("Most of the adults were exploited mainly for labour.", False),
        ("The women were most often exploited for sexual purposes (30), then for labour.", True),
        ("The women were most often exploited for labour.", False),
        ("Some of the women were exploited mainly for criminal purposes.", False),
        ("The men were exploited mainly for labour or begging.", True),
        ("The men were exploited mainly for labour.", False),
        ("All men were exploited mainly for labour.", False),
    ],
)
def test_the_checker_tells_what_is_proved_from_what_is_not(sentence: str, true: bool) -> None:
    values = everybody(
        {"sexual": (30, 0, 0, 0, 0, 0), "labour": (6, 6, 0, 0, 0, 0), "begging": (2, 6, 0, 0, 0, 0)}
    )
    hidden = {("labour", "men"), ("begging", "men"), ("labour", TOTAL), ("begging", TOTAL)}
    assert is_proved(Claim(Attack(table_of(values, hidden), somebody=True), {}, []), sentence) is true
