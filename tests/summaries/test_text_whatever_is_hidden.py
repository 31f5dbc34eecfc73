"""Whatever is hidden, the text says nothing that the shown cells do not prove."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summaries.tables import TOTAL, Key
from summaries.text import gather
from summaries.text.bounds import bounds_of
from summaries.text.proved import ADULTS, CHILDREN, GROUPS
from summaries.text.writing import Language
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


@settings(max_examples=examples(60, 150), deadline=None, derandomize=True, database=None)
@given(drawn=tables())
def test_every_claim_is_true_whatever_is_hidden(drawn: tuple[Values, set[Key]]) -> None:
    values, hidden = drawn
    table = crossed("main_purpose", values, PURPOSES, hidden)
    for key, bounds in bounds_of(table).items():
        assert bounds.least <= values[key] <= (bounds.most if bounds.most is not None else values[key])
    facts = gather(2018, [table])
    for most, who in ((facts.adults_most, ADULTS), (facts.children_most, CHILDREN)):
        if most:
            held = {group: values[most.purpose, group] for group in who}
            assert 2 * sum(held.values()) > sum(values[TOTAL, group] for group in who)
            assert not most.only or [group for group, n in held.items() if n] == [most.only]
    for group, purposes in facts.purposes.items():
        named = [one.category for one in (*purposes.first, *purposes.also)]
        assert all(
            one.number in (None, values[one.category, group]) for one in (*purposes.first, *purposes.also)
        )
        assert all(values[purpose, group] for purpose in named)
        counts = [values[one.category, group] for one in purposes.first]
        assert len(set(counts)) == (1 if purposes.tied else len(counts))
        assert counts == sorted(counts, reverse=True)
        rest = [
            values[p, group]
            for p in PURPOSES
            if p not in ("unknown", *(one.category for one in purposes.first))
        ]
        assert not counts or all(n < counts[-1] for n in rest)
        assert not purposes.complete or sum(values[p, group] for p in named) == values[TOTAL, group]


@settings(max_examples=examples(25, 60), deadline=None, derandomize=True, database=None)
@given(
    hidden=st.sets(
        st.sampled_from([(p, g) for p in (*PURPOSES, TOTAL) for g in (*GROUPS, TOTAL)]), max_size=49
    )
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_hidden_value_is_ever_written(language: Language, hidden: set[Key]) -> None:
    """Canaries: every cell has a number of its own, so that any that leaks is known by sight."""
    cells = {(p, g): 1000 + 7 * at * at for at, (p, g) in enumerate((p, g) for p in PURPOSES for g in GROUPS)}
    values = with_margins(cells, PURPOSES)
    shown = {values[key] for key in values if key not in hidden}
    canaries = {values[key] for key in hidden} - shown
    facts = gather(2018, [crossed("main_purpose", values, PURPOSES, hidden)])
    written = {
        int(re.sub(r"\D", "", found)) for found in re.findall(r"\d[\d,\u00a0]*", words(facts, language))
    }
    assert not written & canaries
