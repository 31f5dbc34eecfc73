"""Whatever is hidden, the text says nothing that the shown cells do not prove."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from libs.suppression.tables import TOTAL, Key
from summaries.text import Language, gather
from summaries.text.proved import ADULTS, CHILDREN, GROUPS, bounds_of
from tests.summaries.test_text import (
    LANGUAGES,
    PURPOSES,
    Values,
    crossed,
    with_margins,
    words,
)
from tests.weights import examples


@st.composite
def tables(draw: st.DrawFn) -> tuple[Values, set[Key]]:
    numbers = st.sampled_from((0, 0, 1, 2, 3, 7, 30, 90))
    cells = {(purpose, group): draw(numbers) for purpose in PURPOSES for group in GROUPS}
    values = with_margins(cells, PURPOSES)
    return values, draw(st.sets(st.sampled_from(sorted(values)), max_size=30))


@settings(max_examples=examples(30, 150), deadline=None, derandomize=True, database=None)
@given(drawn=tables())
def test_every_claim_is_true_whatever_is_hidden(drawn: tuple[Values, set[Key]]) -> None:
    values, hidden = drawn
    table = crossed("main_purpose", values, PURPOSES, hidden)
    for key, bounds in bounds_of(table).items():
        assert bounds.least <= values[key] <= bounds.most
    facts = gather(2018, [table])
    check_most(facts.adults_most, ADULTS, values)
    check_most(facts.children_most, CHILDREN, values)
    for group, purposes in facts.purposes.items():
        of_group = {purpose: values[purpose, group] for purpose in (*PURPOSES, TOTAL)}
        check_named(purposes, of_group)
        check_order(purposes, of_group)


def check_most(most: Any, who: Iterable[str], values: Values) -> None:
    """One purpose is that of more than half, and all of these are of the group that is named."""
    if most:
        held = {group: values[most.purpose, group] for group in who}
        assert 2 * sum(held.values()) > sum(values[TOTAL, group] for group in who)
        assert not most.only or [group for group, n in held.items() if n] == [most.only]


def check_named(purposes: Any, of_group: dict[str, int]) -> None:
    """Each that is named has somebody, and as many as it says; where it says so they are all."""
    named = {one.category: one.number for one in (*purposes.first, *purposes.also)}
    assert all(of_group[purpose] for purpose in named)
    assert all(number in (None, of_group[purpose]) for purpose, number in named.items())
    assert not purposes.complete or sum(of_group[purpose] for purpose in named) == of_group[TOTAL]


def check_order(purposes: Any, of_group: dict[str, int]) -> None:
    """The first have the most, in order; those of a tie equally many."""
    first = [one.category for one in purposes.first]
    counts = [of_group[purpose] for purpose in first]
    assert len(set(counts)) == (1 if purposes.tied else len(counts))
    assert counts == sorted(counts, reverse=True)
    rest = [of_group[purpose] for purpose in PURPOSES if purpose not in ("unknown", *first)]
    assert not counts or max(rest, default=-1) < counts[-1]


@settings(max_examples=examples(10, 60), deadline=None, derandomize=True, database=None)
@given(hidden=st.sets(st.sampled_from(list(product((*PURPOSES, TOTAL), (*GROUPS, TOTAL)))), max_size=49))
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_hidden_value_is_ever_written(language: Language, hidden: set[Key]) -> None:
    """Canaries: every cell has a number of its own, so that any that leaks is known by sight."""
    cells = {key: 1000 + 7 * at * at for at, key in enumerate(product(PURPOSES, GROUPS))}
    values = with_margins(cells, PURPOSES)
    shown = {values[key] for key in values if key not in hidden}
    canaries = {values[key] for key in hidden} - shown
    facts = gather(2018, [crossed("main_purpose", values, PURPOSES, hidden)])
    written = {
        int(re.sub(r"\D", "", found)) for found in re.findall(r"\d[\d,\u00a0]*", words(facts, language))
    }
    assert not written & canaries
