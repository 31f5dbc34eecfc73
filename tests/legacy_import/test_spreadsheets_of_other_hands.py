"""Shapes of sheets that the six hands do not use: letters for groups, a person a column, a card a person,
sums of months, numbers of a pivot table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from exchange.sheets import SheetRow, WorkbookSheet
from legacy_import.sheets import people, values
from legacy_import.sheets.comparison import Of, stated
from legacy_import.sheets.reader import Reading, read
from legacy_import.sheets.values import Answers, CellReader
from tests.legacy_import.hands import vocabulary

Rows = Sequence[Sequence[str]]


def page(rows: Rows, name: str = "Blad1") -> WorkbookSheet:
    return WorkbookSheet(
        name, tuple(SheetRow(n, tuple(row), {}) for n, row in enumerate(rows, start=1) if any(row))
    )


def reading(rows: Rows, name: str = "Blad1") -> Reading:
    return read([page(rows, name)], vocabulary(), Answers(), "sammanställning.xlsx")


def groups(found: Reading) -> Counter[str]:
    return Counter(person.group for person in found.persons if person.counted)


def sums(found: Reading) -> dict[Of, int]:
    words = vocabulary()
    return {one.of: one.value for one in stated(found, CellReader(words), words.regions)}


HEADINGS = {
    "letters": ("K", "M", "F", "P"),
    "words before letters": ("Vuxna K", "Vuxna M", "Barn F", "Barn P"),
    "ages in signs": ("Kvinnor >18", "Män >18", "Flickor <18", "Pojkar <18"),
    "ages in words": ("kvinnor över 18 år", "män över 18 år", "barn (F)", "barn (P)"),
}


@pytest.mark.parametrize("headings", HEADINGS.values(), ids=HEADINGS)
def test_a_column_each_for_women_men_girls_and_boys_is_known_however_it_is_named(
    headings: tuple[str, ...],
) -> None:
    found = reading(
        [
            ["Ärende", "Inkom", "Myndighet", *headings, "Land", "Län"],
            ["V-1", "2018-01-15", "Polisen", "1", "", "", "", "Rumänien", "Skåne"],
            ["V-2", "2018-02-03", "Polisen", "", "5", "", "", "Ukraina", "Skåne"],
            ["V-3", "2018-02-20", "Polisen", "2", "", "1", "2", "Nigeria", "Skåne"],
        ]
    )
    assert groups(found) == {"women": 3, "men": 5, "girls": 1, "boys": 2}
    assert not found.questions


CARD = [
    ["Kön", "Kvinna", "Man", "Kvinna"],
    ["Ålder", "33", "29", "15"],
    ["Medborgarskap", "Vietnam", "Vietnam", "Vietnam"],
    ["Datum", "2019-05-03", "2019-05-03", "2019-06-??"],
    ["Län", "Uppsala", "Uppsala", "Uppsala"],
    ["Myndighet", "Polisen", "Polisen", "Polisen"],
    ["Ändamål", "Arbete", "Arbete", "Sexuella ändamål"],
]


def test_a_sheet_with_a_person_in_each_column_is_read_as_one_with_a_row_for_each() -> None:
    found = reading([["Ärende 44"], ["", "Person 1", "Person 2", "Person 3"], *CARD])
    assert groups(found) == {"women": 1, "men": 1, "girls": 1}
    assert [person.seen[0]["on"] for person in found.persons] == ["2019-05-03", "2019-05-03", "2019-06"]
    assert not found.questions


def test_a_card_for_each_person_below_the_other_is_read_too() -> None:
    cards = [[label, row[n]] for n in (1, 2, 3) for label, row in ((row[0], row) for row in CARD)]
    found = reading(cards)
    assert groups(found) == groups(reading(CARD))
    assert len({person.lines for person in found.persons}) == 3, "each has a place of its own"


def months(own: Sequence[str], last: Sequence[str] = ()) -> Reading:
    rows: list[list[str]] = []
    for month, total in zip(("Januari", "Februari"), own, strict=True):
        rows += [[f"{month} 2016"], ["Nr", "Datum", "Kön", "Land", "Län", "Myndighet"]]
        rows += [[str(n), f"2016-01-0{n}", "kvinna", "Polen", "Skåne", "Polisen"] for n in (1, 2, 3)]
        rows += [["Summa", total], [""]]
    return reading([*rows, *([["Totalt", *last]] if last else [])], "Syd 2016")


def test_sums_of_months_are_added_up_where_no_sum_of_all_stands_below() -> None:
    assert sums(months(["3", "2"]))[Of(2016, "SY")] == 5
    assert sums(months(["3", "2"], last=["7"]))[Of(2016, "SY")] == 7


def test_a_pivot_table_beside_the_rows_tells_the_sum_of_its_year() -> None:
    found = reading(
        [
            ["Row labels", "female", "male", "Grand Total"],
            ["2020", "2", "3", "5"],
            ["Grand Total", "2", "3", "5"],
        ]
    )
    assert sums(found)[Of(2020)] == 5
    assert not found.persons


def test_a_day_that_is_left_open_is_read_to_its_month() -> None:
    for text in ("2017-06-??", "2017-06-xx", "2017-06-00", "06.2017", "juni 2017"):
        assert values.read_day(text) == values.Day("2017-06"), text


def test_several_in_one_cell_are_told_apart_however_they_are_written() -> None:
    for text, women, men, unknown in (
        ("K 25\nK 30\nM 40", 2, 1, 0),
        ("2 kvinnor (22 och 24 år), 1 flicka 12 år", 3, 0, 0),
        ("2K 1M", 2, 1, 0),
        ("mor + 2 barn", 1, 0, 2),
        ("familj på 4 personer", 0, 0, 4),
        ("en äldre man i 60-årsåldern", 0, 1, 0),
    ):
        told = Counter[str]()
        for one in people.who(text):
            told[one.sex] += one.many
        assert (told["F"], told["M"], told["U"]) == (women, men, unknown), text


def test_ages_in_brackets_go_to_one_each() -> None:
    assert [one.age for one in people.who("2 kvinnor (22 och 24 år)")] == ["22", "24"]
    assert people.who("3 kvinnor (22 och 24 år)") == [], "of whom one has none: asked"


def test_days_of_a_sheet_for_each_month_are_of_that_month() -> None:
    rows = [["Dag", "Kön", "Ålder", "Medborgarskap", "Ändamål", "Stad", "Myndighet"]]
    rows += [["3", "Kvinna", "20", "Polen", "Sex", "Stockholm", "Polis"]]
    rows += [["14", "Man", "21", "Polen", "Sex", "Stockholm", "Polis"]]
    found = read([page(rows, "mars")], vocabulary(), Answers(), "NMT 2017.xlsx")
    assert [person.seen[0]["on"] for person in found.persons] == ["2017-03-03", "2017-03-14"]
    assert [person.seen[0]["county"] for person in found.persons] == ["01", "01"]


def test_a_sum_that_no_program_has_calculated_is_no_person() -> None:
    rows = [["Ärendenr", "Inkommet", "Kön", "Ålder", "Sexuella ändamål", "Tvångsarbete", "Län", "Myndighet"]]
    rows += [
        [f"M-{n}", f"2018-0{n}-11", "K", "30", "x" if n < 3 else "", "x" if n == 3 else "", "Skåne", "Polis"]
        for n in (1, 2, 3)
    ]
    rows += [["", "", "", "", "=", "2", "", ""]]
    found = reading(rows)
    assert groups(found) == {"women": 3}
    assert found.tables[0].chosen[0].concept == "case", "M-1 is no man of one year"
    assert not found.questions


def test_a_number_of_persons_below_is_a_sum() -> None:
    rows = [["Nr", "Datum", "Kön", "Ålder", "Land", "Län", "Myndighet"]]
    rows += [[str(n), f"2018-02-0{n}", "K", "30", "Rumänien", "Skåne", "Polis"] for n in (1, 2)]
    found = reading([*rows, ["", "Antal:", "2"]], "Syd 2018")
    assert groups(found) == {"women": 2}
    assert sums(found)[Of(2018, "SY")] == 2
