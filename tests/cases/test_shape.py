"""A shape tells how often and never who, and what is drawn from it looks like what it was fitted on."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from statistics import mean
from typing import Any

import pytest

from cases.shape.cells import CASES, FEWEST, ROUND, Spread, spread
from cases.shape.drawing import draw
from cases.shape.fitting import fit
from cases.shape.nearest import firsts, nearness, proof
from cases.shape.rows import CHAIN, LABOUR, PersonRow, Rows, allowed
from cases.shape.shape import ASSUMED, USUAL, NoShape, plain, read
from tests.cases.shapes import LISTS, rows

REGISTER = cache(lambda: rows(900, 3))
SHAPE = cache(lambda: fit(REGISTER()))
DRAWN = cache(lambda: draw(SHAPE(), LISTS, seed=5))


def word_of(person: PersonRow, fact: str) -> str:
    return str(min(len(person.later), 2)) if fact == "later" else person.word(fact)


def test_no_cell_is_of_few_rows_or_of_few_events_counted_again_by_hand() -> None:
    told = {cell: n for fact in CHAIN for cell, n in cells_of(fact)}
    for (fact, parents, word), n in told.items():
        own = cases_of(fact, parents, word)
        assert len(own) >= FEWEST, (fact, parents, word)
        assert len(set(own)) >= CASES, (fact, parents, word)
        assert abs(len(own) - n) <= ROUND / 2, (fact, parents, word)
    assert len(told) > 150
    assert min(SHAPE().cells()) >= FEWEST


def cells_of(fact: str) -> Iterator[tuple[tuple[str, Any, str], int]]:
    for parents, column in SHAPE().crossings[fact].columns.items():
        for word, n in column.counts.items():
            yield (fact, parents, word), n


def cases_of(fact: str, parents: Any, word: str) -> list[int]:
    """Of each person who is counted in the cell, the number of the case."""
    beside = dict(zip(CHAIN[fact], parents, strict=False))
    return [
        number
        for number, case in enumerate(REGISTER().cases)
        for person in case.persons
        if word_of(person, fact) == word and all(person.word(b) == p for b, p in beside.items())
    ]


def test_forty_persons_of_one_event_are_no_cell() -> None:
    person = REGISTER().persons[0]
    forty = replace(person, facts={**person.facts, "citizenship": "GH"})
    case = replace(REGISTER().cases[0], persons=(forty,) * 40)
    shape = fit(Rows((*REGISTER().cases, case)))
    assert not any("GH" in column.counts for column in shape.crossings["citizenship"].columns.values())


def test_the_file_holds_words_of_the_lists_and_numbers_alone_and_comes_back_the_same() -> None:
    text = json.dumps(plain(SHAPE()))
    assert read(json.loads(text)) == SHAPE()
    lists = {word for words in LISTS.words.values() for word in words}
    lists |= {"2018", "2019", "0", "1", "2", "yes", "no", "same", "near", "other", "unknown", "accepted"}
    told = {
        word
        for one in SHAPE().crossings.values()
        for parents, column in one.columns.items()
        for word in (*parents, *column.counts)
    }
    assert told <= lists
    assert SHAPE().calls == {"2018": 120}  # of four calls nothing is told


@pytest.mark.parametrize("broken", [{}, [], {"shape": 2}, {"shape": 1, "fewest": "x"}, None])
def test_another_file_is_refused(broken: object) -> None:
    with pytest.raises(NoShape):
        read(broken)


def test_what_is_drawn_has_the_marginals_the_crossings_and_the_numbers_of_the_register() -> None:
    drawn, real = DRAWN(), REGISTER()
    for facts in (("sex",), ("child",), ("age_class",), ("agency",), ("county",), ("sex", "main_purpose")):
        seen, known = (shares(r.persons, facts) for r in (drawn, real))
        far = sum(abs(seen[w] - known[w]) for w in {*seen, *known}) / 2
        assert far < 0.09, (facts, far)
    assert numbers_of(drawn) == pytest.approx(numbers_of(real), rel=0.3)


def numbers_of(register: Any) -> dict[str, float]:
    return {
        "size": mean(len(case.persons) for case in register.cases),
        "delay": mean(person.delay for person in register.persons),
        "later": mean(len(person.later) for person in register.persons),
        "again": len(register.again) / len(register.persons),
        "gap": mean((second.on - first.on).days for first, second in register.again),
        "reason": mean(person.reason for person in register.persons),
    }


def shares(persons: list[PersonRow], facts: tuple[str, ...]) -> Counter[tuple[str, ...]]:
    counted = Counter(tuple(person.word(fact) for fact in facts) for person in persons)
    return Counter({words: n / len(persons) for words, n in counted.items()})


def test_persons_of_one_event_are_as_alike_as_in_the_register() -> None:
    def alike(rows: Rows) -> float:
        pairs = [(case.persons[0], one) for case in rows.cases for one in case.persons[1:]]
        return mean(a.word("citizenship") == b.word("citizenship") for a, b in pairs)

    assert alike(DRAWN()) == pytest.approx(alike(REGISTER()), abs=0.12)


def test_every_drawn_row_could_be_registered() -> None:
    assumed = draw(fit(rows(300, 4, again=0.01)), LISTS, seed=1, persons=900).again
    for person in (*DRAWN().persons, *(second for _first, second in (*DRAWN().again, *assumed))):
        for fact in ("age_class", "sector", "further_purpose"):
            assert person.word(fact) in allowed(fact, person.facts, (person.word(fact),)), (fact, person)
        if person.word("sector"):
            assert person.word("main_purpose") in LABOUR


def test_the_same_seed_draws_the_same_and_another_other_rows() -> None:
    assert draw(SHAPE(), LISTS, seed=5) == DRAWN()
    assert draw(SHAPE(), LISTS, seed=6) != DRAWN()


def test_drawn_rows_are_near_copies_of_what_was_fitted_no_more_often_than_of_what_was_held_out() -> None:
    found = [proof(rows(900, seed), LISTS, seed=seed) for seed in (1, 2)]
    assert all(one.nothing_survives for one in found)
    assert sum(one.of_held for one in found) > 100  # there is something to be near to


def test_a_shape_with_cells_of_single_rows_is_found_out() -> None:
    assert not proof(rows(900, 1), LISTS, seed=1, fewest=1, splits=8).nothing_survives


def test_rows_that_are_copied_are_found_out() -> None:
    """Two in a hundred are enough, though a fact of each is another."""
    cases = list(REGISTER().cases)
    random.Random(1).shuffle(cases)
    fitted, held = firsts(cases[::2]), firsts(cases[1::2])
    drawn = firsts(draw(fit(Rows(tuple(cases[::2]))), LISTS, seed=1).cases)
    assert nearness(drawn, fitted, held).nothing_survives
    copied = [replace(one, facts={**one.facts, "month": "none"}) for one in fitted[:25]]
    assert not nearness([*drawn, *copied], fitted, held).nothing_survives


def test_a_register_with_few_confirmed_pairs_is_told_to_be_assumed() -> None:
    shape = fit(rows(300, 4, again=0.01))
    assert {"again", "again age_class"} <= set(shape.assumed)
    drawn = draw(shape, LISTS, seed=1, persons=2000)
    assert len(drawn.again) / 2000 == pytest.approx(ASSUMED["again"]["yes"] / 100, abs=0.04)
    assert mean((b.on - a.on).days for a, b in drawn.again) == pytest.approx(USUAL["again"].tail, rel=0.15)


def test_a_class_of_few_is_one_with_its_neighbour_and_the_last_keeps_its_mean() -> None:
    numbers = [1] * 70 + [2] * 18 + [3] * 11 + [5] * 4 + [40]
    found = spread(numbers, (1, 2, 3, 4, 5, 7, 10, 20, 50))
    assert found == Spread((1, 2, 3), (70, 20, 15), round((33 + 20 + 40) / 16))
    rng = random.Random(1)
    drawn = [found.draw(rng) for _step in range(20_000)]
    assert mean(drawn) == pytest.approx((70 + 40 + 15 * found.tail) / 105, rel=0.05)
    assert spread([3] * 9, (1, 2)) is None
