"""Workbooks as people have kept them come to the counts that they were written from."""

from __future__ import annotations

import io
import zipfile
from collections import Counter

import pytest
from openpyxl import Workbook, load_workbook

from exchange import sandboxed_sheets
from exchange.limits import Refused
from exchange.sheets import pages
from legacy_import.sheets import values
from legacy_import.sheets.comparison import TOTAL, Of, compare
from legacy_import.sheets.reader import Reading, read
from legacy_import.sheets.values import Answers, of_json
from tests import ods
from tests.legacy_import.hands import Hand, counted, counted_of, hands, saved, vocabulary
from tests.weights import examples, mostly_long


def reading(hand: Hand, data: bytes, answers: Answers, year: int) -> Reading:
    name = f"{hand.name} {year}"
    return read(pages(data, name), vocabulary(), answers, f"{name}.{hand.ending}")


def dropped(found: Reading) -> dict[str, str]:
    """Headings of columns that are dropped, and why."""
    columns = [concept for taken in found.tables if taken.kind == "persons" for concept in taken.chosen]
    parts = [(column.column.heading, column.concept.partition(":")) for column in columns]
    return {heading: why for heading, (drop, _sign, why) in parts if drop == "drop"}


def answered(hand: Hand, data: bytes, answers: Answers, year: int) -> tuple[Reading, Answers]:
    """Every question answered as the truth would, until none is left."""
    for _round in range(5):
        found = reading(hand, data, answers, year)
        if not found.questions:
            break
        answers = hand.answers(found.questions, answers)
    assert not found.questions
    return found, answers


@pytest.mark.parametrize("hand", hands(), ids=lambda hand: hand.name)
def test_after_its_first_file_a_hand_is_hardly_asked_and_both_come_to_the_truth(hand: Hand) -> None:
    persons = examples(20, 60)
    data, rows = hand.file(2018, seed=1, persons=persons)
    first, answers = answered(hand, data, Answers(), 2018)
    assert counted_of(first.persons) == counted(rows)
    data, rows = hand.file(2019, seed=2, persons=persons)
    again = reading(hand, data, answers, 2019)
    assert again.unasked >= 0.95, [question.key for question in again.questions]
    second, _answers = answered(hand, data, answers, 2019)
    assert counted_of(second.persons) == counted(rows)


HANDS = {hand.name: hand for hand in hands()}


# Of each format one.
@pytest.mark.usefixtures("read_by_a_process")
@pytest.mark.parametrize("name", mostly_long(HANDS, usual=["Väst", "Stockholm", "Öst"]))
def test_a_process_of_its_own_reads_the_same(name: str) -> None:
    data, _rows = HANDS[name].file(2018, seed=1)
    assert sandboxed_sheets.read(data, "x") == pages(data, "x")


@pytest.mark.parametrize("persons", mostly_long([300, 10_000], usual=[300]))
def test_a_long_sheet_is_read_whole(persons: int) -> None:
    hand = hands()[0]
    data, rows = hand.file(2018, seed=1, persons=persons)
    assert len(reading(hand, data, Answers(), 2018).persons) == len(rows)


def test_names_notes_numbers_and_comments_are_in_nothing_that_is_handed_on() -> None:
    hand = hands()[0]
    data, rows = hand.file(2018, seed=3)
    found = reading(hand, data, Answers(), 2018)
    assert dropped(found) == {"Nr": "rownumber", "Namn": "name", "Anteckning": "note"}
    handed_on = repr((found.persons, found.questions))
    assert not [row.name for row in rows if row.name in handed_on]
    assert "väninna" not in handed_on
    assert reading(hands()[2], hands()[2].file(2018, seed=1)[0], Answers(), 2018).comments > 0


def test_a_name_in_a_column_of_references_is_dropped_unasked() -> None:
    lines = [
        "Klient;Datum;Kön;Syfte",
        *(f"{name};2018-0{n}-01;kvinna;sex" for n, name in enumerate(NAMES, 1)),
    ]
    found = read(pages("\n".join(lines).encode(), "Skåne"), vocabulary(), Answers(), "x.csv")
    assert dropped(found) == {"Klient": "name"}
    assert len(found.persons) == len(NAMES)
    assert not [name for name in NAMES if name in repr((found.persons, found.questions))]


def test_a_cell_that_tells_who_somebody_is_is_asked_about_by_its_place() -> None:
    lines = ["Datum;Kön;Syfte;Land", "2018-01-02;kvinna, Anna Prov 19850101-1234;sex;Polen"]
    lines += ["2018-02-02;flicka;sex;Polen", "2018-03-02;kvinna;sex;Polen"]
    sheet = pages("\n".join(lines).encode(), "Skåne 2018")
    key = "value|sex|2skane2018"
    [asked] = [one for one in read(sheet, vocabulary(), Answers(), "x").questions if one.kind == "value"]
    assert (asked.key, asked.text) == (key, "2 Skåne 2018")
    found = read(sheet, vocabulary(), Answers({key: "who=1:F:no:"}), "x")
    assert not [question for question in found.questions if question.kind == "value"]
    assert found.persons[0].group == "women"


@pytest.mark.parametrize("answer", [{"column|via": "agncy"}, {"kind|annat": "person"}])
def test_an_answer_that_is_no_kind_of_column_or_table_is_refused(answer: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="no answer to"):
        of_json({"answers": answer})


NAMES = ("Anna Prov", "Elena Test", "Maria Påhitt", "Irina Exempel")


def test_a_row_is_known_again_when_the_file_has_been_corrected() -> None:
    hand = hands()[0]
    data, _rows = hand.file(2018, seed=1)
    book = load_workbook(io.BytesIO(data))
    sheet = book.active
    before = {person.key for person in reading(hand, data, Answers(), 2018).persons}
    sheet.cell(4 + 6, 6).value = 33  # another age
    sheet.insert_rows(2)
    after = {person.key for person in reading(hand, saved(book), Answers(), 2018).persons}
    assert before == after


ROWS = (
    ("3 kvinnor", {"women": 3}),
    ("2 kvinnor och 1 flicka", {"women": 2, "girls": 1}),
    ("flicka 15 år", {"girls": 1}),
    ("en kvinna, två barn", {"women": 1, "unknown": 2}),
    ("M/34", {"men": 1}),
    ("K 17", {"girls": 1}),
    ("3 st pojkar", {"boys": 3}),
    ("kvinna (2)", {"women": 2}),
    ("2 K + 1 M", {"women": 2, "men": 1}),
    ("kvinnor x 3", {"women": 3}),
)


@pytest.mark.parametrize(("text", "groups"), ROWS)
def test_who_stands_in_a_row_is_read_as_people_write_it(text: str, groups: dict[str, int]) -> None:
    table = f"Datum;Kön;Syfte;Land\n2018-01-02;{text.replace(';', ' ')};sex;Rumänien\n"
    table += "2018-02-02;flicka;sex;Polen\n2018-03-02;kvinna;sex;Polen\n"
    found = read(pages(table.encode(), "Skåne 2018"), vocabulary(), Answers(), "x.csv")
    assert Counter(p.group for p in found.persons if p.lines == (2,)) == Counter(groups)


DAYS = (
    *(("2018-03-05", "2018-03-05"), ("5/3-18", "2018-03-05"), ("5/3 2018", "2018-03-05")),
    *(("5 mars 2018", "2018-03-05"), ("180305", "2018-03-05"), ("20180305", "2018-03-05")),
    *(("43164", "2018-03-05"), ("5.3.2018", "2018-03-05"), ("mars 2018", "2018-03"), ("mar-18", "2018-03")),
    *(("2018-03", "2018-03"), ("2018", "2018"), ("våren 2018", "2018"), ("5/3", "2018-03-05")),
    *(("vecka 3 2019", "2019-01"), ("v. 12, 2019", "2019-03"), ("2019 v 12", "2019-03")),
    *(("30/2-18", None), ("Malmö", None), ("17-001", None), ("1905", None), ("mars 1950", None)),
)


@pytest.mark.parametrize(("text", "on"), DAYS)
def test_a_day_is_read_to_what_it_says(text: str, on: str | None) -> None:
    found = values.read_day(text, year=2018)
    assert (found and found.on) == on


def test_a_workbook_that_unpacks_to_far_more_is_refused_before_it_is_read() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", b" " * (5 * 2**20))  # a thousand times what it is packed to
    for reads in (pages, sandboxed_sheets.read):
        with pytest.raises(Refused) as refused:
            reads(held.getvalue())
        assert refused.value.said == (("xlsx_bomb", {}),)


def test_a_sheet_whose_merged_cells_cover_millions_is_refused() -> None:
    wide = ' table:number-rows-spanned="1000000" table:number-columns-spanned="90"'
    blank = ods.row("<table:table-cell/>", more=' table:number-rows-repeated="900000"')
    data = ods.archive(
        ods.parts(ods.content(ods.table(ods.row(ods.text("a", wide)), blank, ods.row(ods.text("b")))))
    )
    with pytest.raises(Refused) as refused:
        sandboxed_sheets.read(data)
    assert refused.value.said == (("xlsx_overfull", {}),)


def test_no_sheet_with_rows_is_passed_over_and_a_note_that_a_row_does_not_count_is_asked_about() -> None:
    book = Workbook()
    for line in ([None, "Person", None, "Händelse"], ["Ärende", "Kön", "Land", "Ändamål", "Kommentar"]):
        book.active.append(line)
    book.active.append(["S1", "K", "Ungern", "Tiggeri", "ej offer"])
    book.active.append(["S2", "M", "RO", "Arbete", "ringde"])
    other = book.create_sheet("Annat")
    for line in (["abc", "def"], ["ghi", "jkl"], ["Datum", "xyz"], ["uvw", "rst"], ["opq", "lmn"]):
        other.append([*line, "ö"])
    found = read(pages(saved(book)), vocabulary(), Answers(), "Skåne 2018.xlsx")
    asked = {question.key for question in found.questions}
    sheets = {sheet for question in found.questions for sheet, _line in question.lines}
    assert [person.facts["citizenship"] for person in found.persons[:2]] == ["HU", "RO"]
    assert "value|drop:note|ejoffer" in asked
    assert "Annat" in sheets


def test_a_difference_among_those_of_other_or_unknown_sex_is_explained_like_any() -> None:
    lines = ["Datum;Kön;Syfte;Status", "2018-01-02;okänt;sex;ej offer", "2018-02-02;okänt;sex;förmodat offer"]
    found = read(pages("\n".join(lines).encode(), "Skåne"), vocabulary(), Answers(), "x.csv")
    of = Of(2018, TOTAL, "other_unknown")
    [one] = [compared for compared in compare(found, [], {of: 2}, {}) if compared.of == of]
    assert (one.rows, [(reason.kind, reason.persons) for reason in one.reasons]) == (1, [("not_victim", 1)])
