"""Ten workbooks of ten hands: few questions, and nobody lost or put elsewhere without a word of it."""

from collections import Counter
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from openpyxl import Workbook

from accounts.roles import Role
from cases.models import Person
from cases.rules.persons import group_of
from exchange.sheets import SheetRow, WorkbookSheet
from legacy_import import workbooks
from legacy_import.models import TakeOver
from legacy_import.sentences import ListWords
from legacy_import.sheets.filing import rows_of
from legacy_import.sheets.people import child_of_birth
from legacy_import.sheets.reader import Reading, read
from legacy_import.sheets.redaction import leave
from legacy_import.sheets.values import Answers
from tests.legacy_import.eight_books import BOOKS, EAST, MONTHS
from tests.legacy_import.hands import fill, saved, vocabulary
from tests.legacy_import.imported import approved, at, confirmed, signed
from tests.legacy_import.two_books import BIRGITTA, LARS_GÖRAN, Book, Rows

TEN = (BIRGITTA, LARS_GÖRAN, *BOOKS)
EACH_BOOK = pytest.mark.parametrize("book", TEN, ids=lambda book: book.name)
GROUPS = {"women": "woman", "men": "man", "girls": "girl", "boys": "boy"}
MOST_QUESTIONS = 6


def sheets(book: Book) -> list[WorkbookSheet]:
    return [WorkbookSheet(name, tuple(lines(book, name, rows))) for name, rows in book.sheets.items()]


def lines(book: Book, name: str, rows: Rows) -> Any:
    for number, row in enumerate(rows, start=1):
        cells = tuple("" if cell is None else str(cell) for cell in row)
        colour = book.fills.get((name, number))
        if any(cells):
            yield SheetRow(number, cells, dict.fromkeys(range(len(cells)), colour) if colour else {})


def looked_at(book: Book, answers: Answers) -> Reading:
    return read(sheets(book), vocabulary(), answers, book.name)


def answered(book: Book) -> tuple[Reading, dict[str, str]]:
    """The book as it is read when nothing is asked any more, and the answers that were given."""
    given: dict[str, str] = {}
    for _round in range(5):
        found = looked_at(book, Answers(given))
        if not found.questions:
            break
        given |= {question.key: book.answers[question.key] for question in found.questions}
    return found, given


def counties() -> dict[str, str]:
    names = vocabulary().names["county"]
    told = {person.county for book in TEN for person in book.persons}
    return {names.exact(name): name for name in told}


def stated(book: Book) -> Counter[tuple[str, int, str, str]]:
    return Counter((one.sheet, one.year, one.county, one.group) for one in book.persons)


def read_so(found: Reading) -> Counter[tuple[str, int | None, str, str]]:
    named = counties()
    counted = [person for person in found.persons if person.counted]
    return Counter(
        (one.sheet, one.year, named.get(one.seen[0].get("county", ""), ""), GROUPS.get(one.group, "unknown"))
        for one in counted
    )


@EACH_BOOK
def test_a_book_comes_to_the_persons_that_its_writer_meant(book: Book) -> None:
    found, _given = answered(book)
    assert read_so(found) == stated(book)


@EACH_BOOK
def test_a_book_asks_at_most_six_questions(book: Book) -> None:
    _found, given = answered(book)
    assert len(given) <= MOST_QUESTIONS, given


def reluctant(book: Book) -> Reading:
    """The book as it is read when its writer knows what the columns are, and nothing more."""
    given: dict[str, str] = {}
    while new := [one for one in looked_at(book, Answers(given)).questions if one.key not in given]:
        for one in new:
            known = book.answers.get(one.key, "") if one.kind == "column" else ""
            given[one.key] = NOTHING_KNOWN.get(one.kind, known)
    return looked_at(book, Answers(given))


NOTHING_KNOWN = {"down": "no", "adults": "unknown", "colour": "nothing="}


@EACH_BOOK
def test_whoever_knows_nothing_loses_nobody_without_a_reason_that_is_said(book: Book) -> None:
    found = reluctant(book)
    words = vocabulary()
    filed, left = rows_of(found, words.regions, {*words.regions.values()})
    assert len(filed) + len(left) == len(found.persons) >= len(book.persons)


@EACH_BOOK
def test_whoever_knows_nothing_puts_nobody_in_another_county_or_year(book: Book) -> None:
    places = Counter(person[1:3] for person in read_so(reluctant(book)).elements())
    meant = Counter((person.year, person.county) for person in book.persons)
    for year, county in places:
        assert not (year and county) or (year, county) in meant
        assert not county or county in {one.county for one in book.persons}


@EACH_BOOK
def test_no_year_of_birth_is_kept_but_who_was_a_child_is(book: Book) -> None:
    _found, given = answered(book)
    answers = Answers(given)
    behind = leave(sheets(book), looked_at(book, answers), vocabulary(), answers, book.name)
    kept = {cell for page in behind.pages for line in page.lines for cell in line.cells}
    born = {str(cell) for cell in births(book)}
    assert not born & kept
    again = Answers({**behind.answers, **given})
    assert read_so(read(behind.pages, vocabulary(), again, book.name)) == stated(book)


def births(book: Book) -> list[object]:
    """What stands below "Född"."""
    found: list[object] = []
    for rows in book.sheets.values():
        place = next((row.index("Född") for row in rows if "Född" in row), None)
        cells = [row[place] for row in rows if place is not None and len(row) > place]
        found += [cell for cell in cells if cell not in {None, "Född"}]
    return found


def test_a_question_that_is_left_out_of_each_sheet_is_asked_of_each_sheet() -> None:
    [key] = [key for key in MONTHS.answers if key.startswith("default|on")]
    asked = {one.key for one in looked_at(MONTHS, Answers({key: "each"})).questions}
    assert asked == {f"default|on|manadsbladxlsx{month}" for month in ("jan", "feb", "mars")}


def test_a_year_of_all_sheets_is_asked_anew_in_the_next_file() -> None:
    found = read(sheets(MONTHS), vocabulary(), Answers(MONTHS.answers), "nästa år.xlsx")
    assert [one.about for one in found.questions] == ["on"]


AGES = (("1990", 2014, "no"), ("1999", 2014, "yes"), ("ca 1975", 2017, "no"), ("1996", 2014, ""))
AGES += (("2000-05-06", 2017, "yes"), ("200005061234", 2017, "yes"), ("190101-1234", 2021, ""))
AGES += (("barn", 2017, "yes"), ("Namn Aaab, vuxen", 0, "no"), ("1990", 0, ""), ("okänt", 2017, ""))


@pytest.mark.parametrize(("text", "year", "child"), AGES)
def test_a_birth_says_child_or_adult_but_in_the_year_of_the_eighteenth_birthday(
    text: str, year: int, child: str
) -> None:
    assert child_of_birth(text, year) == child


def test_a_row_that_is_no_person_is_skipped_and_is_said_to_be() -> None:
    given = dict(EAST.answers) | {"value|sex|seovan+fru": "dropped=no_person"}
    found = looked_at(EAST, Answers(given))
    words = vocabulary()
    filed, left = rows_of(found, words.regions, {*words.regions.values()})
    assert ([one.why for one in left], len(filed)) == (["no_person"], 4)


def as_file(book: Book) -> bytes:
    made = Workbook()
    made.remove(made.active)
    for name, rows in book.sheets.items():
        sheet = made.create_sheet(name)
        for number, row in enumerate(rows, start=1):
            sheet.append(list(row))
            if colour := book.fills.get((name, number)):
                for cell in sheet[number]:
                    cell.fill = fill(colour)
    return saved(made)


def answer_by_page(client: Client, row: TakeOver, book: Book) -> None:
    """Choose on the page what the writer answers, or write it where it is not offered."""
    while asked := workbooks.open_questions(row):
        page = client.get(at("take_over_questions", row)).context["form"]
        sent: dict[str, Any] = {"version": row.version}
        for place, one in enumerate(asked):
            answer = book.answers[one["key"]]
            offered = dict(page.fields[f"answer_{place}"].choices)
            written = answer not in offered
            sent[f"{'written' if written else 'answer'}_{place}"] = (
                answer.partition("=")[2] if written else answer
            )
        assert client.post(at("take_over_questions", row), sent).status_code == 302
        row.refresh_from_db()


def groups_of_register() -> Counter[str]:
    persons = Person.objects.counted().values_list("sex", "child")
    return Counter(GROUPS.get(group_of(sex, child), "unknown") for sex, child in persons)


@pytest.mark.django_db
@EACH_BOOK
def test_a_book_comes_in_by_its_pages_and_goes_back_whole(book: Book) -> None:
    words = vocabulary()
    mine = words.regions[words.names["county"].exact(book.persons[0].county)]
    vera, max_ = signed("Vera", Role.COORDINATOR, region=mine), signed("Max", Role.MANAGER)
    row = confirmed(vera, as_file(book), name=book.name)
    answer_by_page(vera, row, book)
    if "once more" in vera.get(at("take_over", row)).content.decode():
        row = confirmed(vera, as_file(book), name=book.name, mapping=str(row.mapping.code), new_mapping="")
    page = vera.get(at("take_over_compared", row)).content.decode()
    assert "Region not known" not in page
    approved(vera, row, max_)
    vera.post(at("take_in_sheets", row))
    theirs = [one for one in book.persons if words.regions[words.names["county"].exact(one.county)] == mine]
    wanted = Counter(one.group for one in theirs)
    assert groups_of_register() == wanted
    vera.post(at("undo_take_over", row))
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_lines_that_are_no_persons_are_named_where_the_file_is_first_seen() -> None:
    vera = signed("Vera", Role.COORDINATOR, region="SY")
    row = confirmed(vera, as_file(BIRGITTA), name=BIRGITTA.name)
    assert "no persons on lines 13-14" in vera.get(at("take_over", row)).content.decode()


@pytest.mark.django_db
def test_groups_and_regions_that_are_compared_add_up_to_their_year() -> None:
    vera = signed("Vera", Role.COORDINATOR, region="Ö")
    row = confirmed(vera, as_file(EAST), name=EAST.name)
    answer_by_page(vera, row, EAST)
    shown = vera.get(at("take_over_compared", row)).context["compared"]
    [every] = [one for one in shown if one["region"] == one["group"] == "*"]
    for by in ("region", "group"):
        parts = [one for one in shown if one[by] != "*"]
        assert sum(one["rows"] for one in parts) == every["rows"]
        assert sum(one["come"] for one in parts) == every["come"]


@pytest.mark.django_db
def test_a_question_that_is_passed_over_stays_open_and_says_what_not_knowing_does() -> None:
    vera = signed("Vera", Role.COORDINATOR, region="Ö")
    row = confirmed(vera, as_file(EAST), name=EAST.name)
    form = vera.get(at("take_over_questions", row)).context["form"]
    answers = [field for name, field in form.fields.items() if name.startswith("answer_")]
    assert {field.initial for field in answers} == {"?"}
    agency = next(field for field in answers if "Which agency" in field.label)
    assert dict(agency.choices)[""] == "It is not known: the rows are left out"
    vera.post(at("take_over_questions", row), {"version": row.version, "answer_0": "?"})
    assert len(workbooks.open_questions(TakeOver.objects.get())) == len(answers)


@pytest.mark.django_db
def test_a_number_where_persons_are_meant_is_asked_about_as_a_sum_that_may_be_skipped() -> None:
    words = ListWords()
    one = {"kind": "value", "about": "sex", "text": "4", "lines": [["Jan", 30]], "cells": 1, "proposals": []}
    with translation.override("en"):
        assert words.asks(one) == "“4” stands under Sex or group (line 30). Is it a sum?"
        assert "No person: skip the row" in dict(words.options(one))["dropped=no_person"]
    assert words.of_written("sex", "2 kvinnor, 1 barn") == "who=2:F:no?:+1:U:yes:"
    assert words.of_written("sex", "abc 12 x") == ""
