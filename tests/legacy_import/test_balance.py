"""What of a year is not explained comes to nothing when each question is answered as the truth would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from exchange.sheets import pages
from legacy_import.sheets.balance import (
    Balance,
    KnownDifference,
    SheetTotal,
    balances,
    sheet_totals,
    unexplained,
)
from legacy_import.sheets.comparison import (
    TOTAL,
    DifferenceReason,
    Of,
    WrongPlace,
    count,
    in_words,
    of_words,
    stated,
)
from legacy_import.sheets.reader import Reading, read
from legacy_import.sheets.values import Answers, CellReader
from tests.legacy_import.hands import Truth, counted, hands, vocabulary
from tests.legacy_import.test_spreadsheets_of_six_hands import answered
from tests.weights import examples, mostly_long

YEARS = (2017, 2018)
PERSONS = examples(15, 30)  # of each hand
COUNTED_TWICE = 2
REGIONS = vocabulary().regions


@dataclass
class Taken:
    """What sheets say, what a register counts that took them in, and the truth behind them."""

    said: list[SheetTotal] = field(default_factory=list)
    register: Counter[Of] = field(default_factory=Counter)
    truth: list[Truth] = field(default_factory=list)


def taken(year: int) -> Taken:
    """The sheets of all six hands of a year."""
    found = Taken()
    for seed, hand in enumerate(hands(), start=year):
        data, rows = hand.file(year, seed=seed, persons=PERSONS)
        reading, answers = answered(hand, data, Answers(), year)
        totals = stated(reading, CellReader(vocabulary(), answers.values()), REGIONS)
        found.said += sheet_totals(reading, totals, REGIONS, set(REGIONS.values()))
        found.register += count(reading.persons, REGIONS)
        found.truth += rows
    return found


def answers_of_the_truth(taken: Taken, published: Mapping[Of, int]) -> list[KnownDifference]:
    """As somebody who has kept the lists answers: those of the reasons are no victims, and a count at the
    side of a sheet was never finished."""
    answers = [(total.of, reason.persons) for total in taken.said for reason in total.reasons]
    everybody = Counter(Of(row.on.year, REGIONS[row.county]) for row in taken.truth)
    for balance in balances(taken.register, taken.said, published, answers):
        unfinished = (balance.sheets or 0) - everybody[balance.of]
        if balance.of.region != TOTAL and unfinished:
            answers += [(balance.of, unfinished), (Of(balance.of.year), -unfinished)]
    return [*answers, *((of, COUNTED_TWICE) for of in published)]


@pytest.mark.parametrize("year", mostly_long(YEARS, usual=[2018]))
def test_every_total_of_six_hands_is_explained_as_the_truth_would(year: int) -> None:
    """Published was whoever was thought of, and two who had been counted by two regions."""
    of_year = taken(year)
    published = {Of(year): len(of_year.truth) + COUNTED_TWICE}
    before = balances(of_year.register, of_year.said, published, [])
    assert unexplained(before, year)

    answers = answers_of_the_truth(of_year, published)
    after = balances(of_year.register, of_year.said, published, answers)
    assert unexplained(after, year) == 0
    assert not any(balance.unexplained for balance in after)
    [total] = [balance for balance in after if balance.of.region == TOTAL]
    assert total.register == counted(of_year.truth)["year"][str(year)]


def test_reasons_name_the_rows_that_do_not_count() -> None:
    hand = hands()[0]
    data, rows = hand.file(2018, seed=1)
    reading, answers = answered(hand, data, Answers(), 2018)
    totals = stated(reading, CellReader(vocabulary(), answers.values()), REGIONS)
    [total] = sheet_totals(reading, totals, REGIONS, {"V"})
    left = sum(row.status == "not_victim" for row in rows)
    assert (total.of, total.told, total.said) == (Of(2018, "V"), len(rows), len(rows))
    assert [(why.kind, why.persons, len(why.rows)) for why in total.reasons] == [("not_victim", left, left)]
    assert sheet_totals(reading, totals, REGIONS, {"SY"}) == []


def sheet_total(region: str, told: int, total: int | None = None, sheet: str = "a") -> SheetTotal:
    return SheetTotal(Of(2018, region), sheet, told, total)


def of(found: list[Balance], region: str) -> Any:
    return next((b.sheets, b.unexplained) for b in found if b.of.region == region)


def test_each_bridge_is_explained_once_and_two_faults_that_cancel_are_two() -> None:
    register = {Of(2018, "V"): 10, Of(2018, "SY"): 20, Of(2018, "M"): 3}
    sheets = [sheet_total("V", 12, 12), sheet_total("SY", 18)]
    found = balances(register, sheets, {Of(2018): 33}, [])
    assert of(found, "V") == (12, 2)
    assert of(found, "SY") == (18, -2)  # by its rows, where it has no total
    assert of(found, "M") == (None, 0)  # nothing came in: what the register counts
    assert of(found, TOTAL) == (33, 0)
    assert unexplained(found, 2018) == 4
    answers = [
        (Of(2018, "V"), 2),
        (Of(2018, "SY"), -2),
        (Of(2018, "M"), 1),
    ]
    found = balances(register, sheets, {Of(2018): 33}, answers)
    # What a region without sheets explains is taken for counted in what was published.
    assert of(found, TOTAL) == (34, -1)
    assert unexplained(found, 2018) == 1


def test_a_table_of_totals_is_of_all_sheets_of_its_region() -> None:
    sheets = [sheet_total("V", 5, 5), sheet_total("V", 6, None, "b"), sheet_total("V", 0, 12, "totals")]
    assert of(balances({}, sheets, {}, []), "V") == (12, 12)
    assert of(balances({}, sheets[:2], {}, []), "V") == (11, 11)


def test_who_has_no_year_is_offered_where_their_sheet_counts() -> None:
    reading = Reading()
    assert sheet_totals(reading, [], {}, {"V"}) == []
    assert DifferenceReason("year", 1, (("a", 2),)).persons == 1


PLACES = ((("Väst 2018", 4), ("Väst 2018", 7), ("Väst 2018", 8)), (("a: b", 3), ("c", 1)))


@pytest.mark.parametrize("places", PLACES)
def test_rows_are_read_as_they_are_written(places: tuple[tuple[str, int], ...]) -> None:
    assert of_words(in_words(places), {sheet for sheet, _line in places}) == places


@pytest.mark.parametrize("text", ["Syd: 4", "Väst 2018", "Väst 2018: 9-4", "Väst 2018: 0", "Väst 2018: x",
                                  "Väst 2018: 1-9999999"])  # fmt: skip
def test_rows_of_no_known_sheet_are_refused(text: str) -> None:
    with pytest.raises(WrongPlace):
        of_words(text, {"Väst 2018"})


@pytest.mark.parametrize(
    ("file", "said"),
    [("NMT Väst 2018, slutlig.csv", 5), ("Sammanställning av Halland.csv", 5),
     ("Väst och Syd 2018.csv", None), ("Register 2018.csv", None), ("NMT Syd 2018, slutlig.csv", None)],
)  # fmt: skip
def test_the_sum_of_a_sheet_with_rows_of_others_is_its_regions_where_only_the_file_names_it(
    file: str, said: int | None
) -> None:
    lines = ["Datum;Län;Kön;Syfte;Land"]
    lines += [f"2018-0{n}-02;{'Skåne' if n == 4 else 'Halland'};kvinna;sex;Polen" for n in range(1, 6)]
    words = vocabulary()
    reading = read(pages("\n".join([*lines, "Summa;;5;;"]).encode(), "Blad 2018"), words, Answers(), file)
    totals = stated(reading, CellReader(words, {}), words.regions)
    [total] = sheet_totals(reading, totals, words.regions, {"V"}, words.region_named(file))
    assert (total.told, total.said) == (4, said)
