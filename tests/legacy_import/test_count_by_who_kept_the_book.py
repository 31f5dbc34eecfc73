"""Who kept a book counts it first, and what the reader makes of it cannot pass while the numbers differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from accounts.models import Approval
from accounts.roles import Role
from cases.models import Person
from exchange.sheets import WorkbookSheet
from legacy_import import spreadsheets, workbooks
from legacy_import.models import TakeOver
from legacy_import.sheets.reader import Reading, SheetPerson, read
from tests.legacy_import.hands import saved
from tests.legacy_import.imported import approved, asked, at, counted, send, signed

pytestmark = pytest.mark.django_db
# Counted in the book itself: five women and two men, of whom one woman was found not to be a victim.
ROWS = (
    ("2017-02-01", "Polisen", "Halland", "kvinna", "nej", "sex", "Rumänien", ""),
    ("2017-03-02", "Polisen", "Halland", "kvinna", "nej", "sex", "Nigeria", ""),
    ("2017-04-03", "Polisen", "Halland", "man", "nej", "tiggeri", "Bulgarien", ""),
    ("2017-05-04", "Polisen", "Halland", "man", "nej", "tiggeri", "Bulgarien", ""),
    ("2017-06-05", "Polisen", "Halland", "kvinna", "nej", "sex", "Polen", ""),
    ("2017-07-06", "Polisen", "Halland", "kvinna", "nej", "sex", "Polen", ""),
    ("2017-08-07", "Polisen", "Halland", "kvinna", "nej", "sex", "Polen", "ej offer"),
)
HEAD = ("Datum", "Myndighet", "Län", "Kön", "Barn", "Syfte", "Land", "Status")
TRUE: dict[str, object] = {"persons": 6, "women": 4, "men": 2, "girls": 0, "boys": 0, "years": "2017"}


def book() -> bytes:
    from openpyxl import Workbook

    made = Workbook()
    sheet = made.active
    sheet.title = "2017"
    for row in (HEAD, *ROWS):
        sheet.append(row)
    return saved(made)


@pytest.fixture
def vera() -> Client:
    return signed("Vera", Role.COORDINATOR, region="V")


@pytest.fixture
def max_() -> Client:
    return signed("Max", Role.MANAGER)


def brought(client: Client, said: dict[str, object]) -> TakeOver:
    """The book of one sheet, counted so, and every question answered as the book means it."""
    send(client, book())
    row = TakeOver.objects.latest("pk")
    counted(client, row, said)
    row.refresh_from_db()
    client.post(at("take_over", row), {"version": row.version, "confirm": "1"})
    row.refresh_from_db()
    for question in workbooks.open_questions(row):
        answer = "status=not_victim" if question["about"] == "status" else question["answers"][0]
        client.post(at("take_over_questions", row), {"version": row.version, "answer_0": answer})
        row.refresh_from_db()
    return row


def test_nothing_that_was_read_is_shown_before_the_book_is_counted(vera: Client) -> None:
    send(vera, book())
    row = TakeOver.objects.get()
    for step in ("take_over", "take_over_questions", "take_over_compared"):
        assert vera.get(at(step, row))["Location"] == at("take_over_control", row)
    page = vera.get(at("take_over_control", row)).content.decode()
    assert "2017" in page
    assert "Rumänien" not in page


def test_every_fault_of_a_count_is_told_at_once_and_what_was_typed_stays(vera: Client) -> None:
    send(vera, book())
    row = TakeOver.objects.get()
    page = counted(vera, row, {"persons": 2, "women": 3, "years": "in 2017"}).content.decode()
    assert "Women, men, girls and boys are more than all persons." in page
    assert "Write a year, or two with a line between." in page
    assert 'value="3"' in page
    assert "or tick that you do not know" in counted(vera, row, {"women": 3}).content.decode()
    row.refresh_from_db()
    assert row.control == ""


def test_a_book_that_is_read_as_it_was_counted_goes_to_a_second_person_who_reads_both_numbers(
    vera: Client, max_: Client
) -> None:
    row = brought(vera, TRUE)
    assert workbooks.ready(row)
    question = asked(vera, row)
    page = max_.get(f"/approvals/{question.code}/").content.decode()
    assert question.payload["control"] == {"said": 6, "read": 6, "unknown": 0, "changed": 0, "left": 0}
    assert "6 counted, 6 read" in page
    max_.post(f"/approvals/{question.code}/", {"answer": "yes", "reason": "Sett."})
    vera.post(at("take_in_sheets", row))
    assert Person.objects.counted().count() == 6
    page = vera.get(at("take_over_result", row)).content.decode()
    assert "In the register by this import" in page


def first_of(persons: Sequence[SheetPerson]) -> SheetPerson:
    return next(person for person in persons if person.sex == "F")


def doubled(persons: list[SheetPerson]) -> Iterable[SheetPerson]:
    return [*persons, replace(persons[0], key="twice")]


def dropped(persons: list[SheetPerson]) -> Iterable[SheetPerson]:
    return persons[1:]


def a_sum_taken(persons: list[SheetPerson]) -> Iterable[SheetPerson]:
    return [*persons, *(replace(persons[2], key=f"sum{n}", nth=n) for n in range(7))]


def another_sex(persons: list[SheetPerson]) -> Iterable[SheetPerson]:
    first_of(persons).sex = "M"
    return persons


def another_year(persons: list[SheetPerson]) -> Iterable[SheetPerson]:
    persons[0].seen[0]["on"] = "2016-02-01"
    return persons


def a_no_taken_for_a_yes(persons: list[SheetPerson]) -> Iterable[SheetPerson]:
    for person in persons:
        person.facts["status"] = "presumed"
    return persons


FAULTS = (doubled, dropped, a_sum_taken, another_sex, another_year, a_no_taken_for_a_yes)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_no_fault_of_the_reader_passes_the_count(
    vera: Client, monkeypatch: pytest.MonkeyPatch, fault: Callable[[list[SheetPerson]], Iterable[SheetPerson]]
) -> None:
    def misread(pages: Sequence[WorkbookSheet], *facts: Any) -> Reading:
        reading = read(pages, *facts)
        reading.persons = list(fault(reading.persons))
        return reading

    monkeypatch.setattr(spreadsheets, "read", misread)
    row = brought(vera, TRUE)
    assert not workbooks.ready(row)
    vera.post(at("ask_take_over", row), {"version": row.version, "reason": "Jämförd."})
    assert not Approval.objects.exists()
    page = vera.get(at("take_over_compared", row)).content.decode()
    assert "Rows of sheets that you counted otherwise" in page
    assert "Rumänien" in page


def test_a_row_that_makes_the_difference_is_left_out_and_the_second_person_reads_that(
    vera: Client, max_: Client
) -> None:
    row = brought(vera, TRUE | {"persons": 5, "women": 3})
    assert not workbooks.ready(row)
    (rows,) = workbooks.rows_that_differ(row).values()
    key = next(one.key for one in rows if "Nigeria" in one.text)
    vera.post(at("take_over_compared", row), {"version": row.version, "leave": [key]})
    row.refresh_from_db()
    assert workbooks.ready(row)
    assert key not in row.mapping.said.answers  # of this file alone
    approved(vera, row, max_)
    assert Approval.objects.get().payload["control"]["left"] == 1
    vera.post(at("take_in_sheets", row))
    assert Person.objects.counted().count() == 5


def test_a_count_that_is_changed_after_the_file_was_read_is_told(vera: Client) -> None:
    row = brought(vera, TRUE | {"persons": 5, "women": 3})
    counted(vera, row, TRUE)
    row.refresh_from_db()
    assert workbooks.ready(row)
    assert asked(vera, row).payload["control"]["changed"] == 1
