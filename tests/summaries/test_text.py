"""The text says what the shown cells prove, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summaries.tables import TOTAL, Cell, Dimension, Key, ProtectedTable, Status
from summaries.text import gather, paragraphs
from summaries.text.bounds import bounds_of
from summaries.text.facts import ADULTS, CHILDREN, GROUPS, Facts
from summaries.text.writing import Language

PURPOSES = ("sexual", "labour", "begging", "crime", "marriage", "unknown")
LANGUAGES: tuple[Language, ...] = ("sv", "en")
Values = dict[Key, int]


def with_margins(cells: Values, categories: Collection[str]) -> Values:
    full = dict(cells)
    for category in categories:
        full[category, TOTAL] = sum(cells[category, group] for group in GROUPS)
    for group in (*GROUPS, TOTAL):
        full[TOTAL, group] = sum(full[category, group] for category in categories)
    return full


def crossed(name: str, values: Values, categories: tuple[str, ...], hidden: Collection[Key] = ()) -> ProtectedTable:
    cells = [Cell(k, None, Status.HIDDEN) if k in hidden else Cell(k, v) for k, v in values.items()]
    return ProtectedTable(name, name, (Dimension(name, categories), Dimension("group", GROUPS)), tuple(cells))


def groups(*numbers: int | None) -> ProtectedTable:
    cells = [Cell((g,), n, Status.HIDDEN if n is None else Status.SHOWN) for g, n in zip(GROUPS, numbers, strict=True)]
    known = [n for n in numbers if n is not None]
    total = Cell((TOTAL,), sum(known)) if len(known) == len(numbers) else Cell((TOTAL,), None, Status.HIDDEN)
    return ProtectedTable("groups", "groups", (Dimension("group", GROUPS),), (*cells, total))


def main_purpose(rows: dict[str, tuple[int, ...]], hidden: Collection[Key] = ()) -> ProtectedTable:
    cells = {
        (purpose, group): n
        for purpose in PURPOSES
        for group, n in zip(GROUPS, rows.get(purpose, (0,) * len(GROUPS)), strict=True)
    }
    return crossed("main_purpose", with_margins(cells, PURPOSES), PURPOSES, hidden)


def words(facts: Facts, language: Language = "en") -> str:
    return "\n".join(paragraphs(facts, language, countries={"RO": "Romania"}))


# --- what 2018 proves ------------------------------------------------------------------------
NOW, BEFORE = groups(163, 42, 19, 38, 0, 0), groups(108, 61, 28, 28, 0, 0)
ROWS = {
    "sexual": (130, 0, 9, 0, 0, 0), "labour": (12, 12, 0, 2, 0, 0), "begging": (19, 18, 6, 4, 0, 0),
    "crime": (0, 12, 0, 32, 0, 0), "marriage": (2, 0, 4, 0, 0, 0),
}  # fmt: skip


def test_2018_is_told_in_words() -> None:
    text = words(gather(2018, [NOW, main_purpose(ROWS)], [BEFORE]))
    assert "In 2018 the network learned of 262 persons" in text
    assert "163 women, 42 men, 19 girls and 38 boys" in text
    assert "That is 37 more than in 2017." in text
    assert "There were 57 children, 1 more than in the year before." in text
    assert "Most of the adults were exploited mainly for sexual purposes. All of these were women." in text
    assert "Most of the children were exploited mainly for criminal purposes. All of these were boys." in text
    assert "Among the girls the main purpose was always sexual purposes, begging or forced marriage." in text
    leading = "By main purpose, sexual purposes (130), begging (19) and labour exploitation (12) came first"
    assert f"{leading} among the women." in text
    assert "Among the men the main purpose was always labour exploitation, begging or criminal purposes." in text
    assert "the dark figure is believed to be large" in text


def test_both_languages_say_the_same_numbers() -> None:
    facts = gather(2018, [NOW, main_purpose(ROWS)], [BEFORE])
    assert sorted(re.findall(r"\d+", words(facts, "sv"))) == sorted(re.findall(r"\d+", words(facts, "en")))
    assert "De flesta av de vuxna utnyttjades främst för sexuella ändamål. Alla dessa var kvinnor." in words(
        facts, "sv"
    )


def test_all_is_not_said_when_a_cell_that_could_hold_somebody_is_hidden() -> None:
    rows = {**ROWS, "sexual": (130, 3, 9, 1, 0, 0), "begging": (19, 15, 6, 3, 0, 0)}
    hidden = {("sexual", "men"), ("sexual", "boys"), ("begging", "men"), ("begging", "boys")}
    text = words(gather(2018, [NOW, main_purpose(rows, hidden)]))
    assert "Most of the adults were exploited mainly for sexual purposes." in text
    assert "All of these were women" not in text


def test_most_is_not_said_when_the_hidden_could_be_half() -> None:
    rows = {"sexual": (50, 0, 0, 0, 0, 0), "labour": (40, 0, 0, 0, 0, 0), "begging": (9, 0, 0, 0, 0, 0)}
    hidden = {("sexual", "women"), ("labour", "women"), ("sexual", TOTAL), ("labour", TOTAL)}
    table = main_purpose(rows, hidden)
    assert gather(2018, [table]).adults_most is None
    assert gather(2018, [main_purpose(rows)]).adults_most is not None


def test_more_is_not_said_when_a_year_is_hidden_or_missing() -> None:
    for before in ([], [groups(108, 61, None, 28, 0, 0)]):
        text = words(gather(2018, [NOW], before))
        assert not re.search(r"\d (more|fewer) than|as many as", text)


def test_children_are_not_added_up_where_somebodys_age_is_open() -> None:
    assert gather(2018, [groups(163, 42, 19, 38, 0, 3)], [BEFORE]).children is None


def test_a_broken_series_is_compared_with_care() -> None:
    assert "compared with care" in words(gather(2018, [NOW], [BEFORE], broken=True))
    assert "med försiktighet" in words(gather(2018, [NOW], [BEFORE], broken=True), "sv")


def test_a_year_without_a_total_says_so() -> None:
    assert "No overall number of persons is given for 2024." in words(gather(2024, [groups(None, 1, 1, 1, 1, 1)]))


def test_fewer_and_as_many_are_told_too() -> None:
    assert "That is 37 fewer than in 2017." in words(gather(2018, [BEFORE], [NOW]))
    assert "That is as many as in 2017." in words(gather(2018, [NOW], [NOW]))
    assert "Det är lika många som 2017." in words(gather(2018, [NOW], [NOW]), "sv")


# --- whatever is hidden ----------------------------------------------------------------------
@st.composite
def tables(draw: st.DrawFn) -> tuple[Values, set[Key]]:
    numbers = st.sampled_from((0, 0, 1, 2, 3, 7, 30, 90))
    cells = {(purpose, group): draw(numbers) for purpose in PURPOSES for group in GROUPS}
    values = with_margins(cells, PURPOSES)
    return values, draw(st.sets(st.sampled_from(sorted(values)), max_size=30))


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
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
    for group, leading in facts.leading.items():
        named = [one.category for one in leading.purposes]
        least = min(values[purpose, group] for purpose in named)
        assert all(values[p, group] < least for p in PURPOSES if p not in (*named, "unknown"))
        assert all(one.number in (None, values[one.category, group]) for one in leading.purposes)
    for group, within in facts.within.items():
        assert sum(values[purpose, group] for purpose in within) == values[TOTAL, group] > 0


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(hidden=st.sets(st.sampled_from([(p, g) for p in (*PURPOSES, TOTAL) for g in (*GROUPS, TOTAL)]), max_size=49))
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_hidden_value_is_ever_written(language: Language, hidden: set[Key]) -> None:
    """Canaries: every cell has a number of its own, so that any that leaks is known by sight."""
    cells = {(p, g): 1000 + 7 * at * at for at, (p, g) in enumerate((p, g) for p in PURPOSES for g in GROUPS)}
    values = with_margins(cells, PURPOSES)
    shown = {values[key] for key in values if key not in hidden}
    canaries = {values[key] for key in hidden} - shown
    facts = gather(2018, [crossed("main_purpose", values, PURPOSES, hidden)])
    written = {int(re.sub(r"\D", "", found)) for found in re.findall(r"\d[\d,\u00a0]*", words(facts, language))}
    assert not written & canaries
