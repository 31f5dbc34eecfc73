"""Negations, running numbers, sums of a year and keys: what three newcomers' books showed to be misread."""

from __future__ import annotations

import pytest

from cases import scanner
from legacy_import.sheets.vocabulary import PERHAPS
from tests.legacy_import.hands import vocabulary
from tests.legacy_import.test_faults_of_eleven_books import concepts, groups, look, page

HEADINGS = ["Datum", "Län", "Kön"]


@pytest.mark.parametrize(
    "words", ["visade sig inte vara offer", "inte ett offer efter utredning", "ej bekräftad", "not confirmed"]
)
def test_a_negated_word_of_a_legend_is_never_surer_than_a_question(words: str) -> None:
    assert all(sure < PERHAPS for _value, sure in vocabulary().near("colour", words))


def test_a_running_number_below_women_counts_nobody() -> None:
    rows = [["Kvinnor", "Datum", "Län", "Ålder"]]
    rows += [[str(n), f"2016-02-{n:02}", "Skåne", str(20 + n)] for n in range(1, 15)]
    found = look(page(rows))
    assert concepts(found)["Kvinnor"] != "women"
    assert sum(groups(found).values()) <= 14


def test_the_row_of_the_whole_year_is_a_sum_and_no_person() -> None:
    rows = [["Datum", "Län", "Myndighet", "Land", "Kvinnor", "Män"]]
    rows += [["2015-01-15", "Skåne", "Polisen", "Rumänien", "2", "1"]]
    rows += [["2015-03-04", "Skåne", "Polisen", "Nigeria", "3", "0"]]
    rows += [["2015-05-09", "Skåne", "Socialtjänsten", "Rumänien", "1", "1"]]
    without = groups(look(page(rows, name="2015")))
    assert sum(without.values()) == 8
    assert groups(look(page([*rows, ["Hela året", "", "", "", "6", "2"]], name="2015"))) == without


def test_no_key_of_a_row_is_taken_for_an_identity_number() -> None:
    rows = [HEADINGS, *(["2018-03-04", "Skåne", "kvinna"] for _ in range(1500))]
    keys = [person.key for person in look(page(rows)).persons]
    assert len(set(keys)) == 1500, len(set(keys))
    assert not any(character.isdigit() for key in keys for character in key)
    assert not any(scanner.find(key) for key in keys)
