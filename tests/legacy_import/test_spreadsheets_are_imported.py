"""A workbook of earlier years comes into the register through its pages, by two persons, and goes back."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django.plugin import DjangoDbBlocker

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from cases.importing.importer import PERSONS
from cases.models import Person
from exchange.models import ImportRun
from jobs.kinds import enqueue
from jobs.models import Job
from jobs.worker import work
from legacy_import import workbooks
from legacy_import.models import SpreadsheetMapping, TakenSheet, TakeOver
from tests.actors import access, user
from tests.legacy_import.hands import saved
from tests.legacy_import.imported import (
    HEAD,
    NAMES,
    ZEBRA,
    approved,
    asked,
    at,
    book,
    confirmed,
    fill_confirmed,
    fill_imported,
    kept,
    not_counted,
    send,
    signed,
)
from tests.makers import hand_over

pytestmark = pytest.mark.django_db


def with_a_column_of_dashes() -> bytes:
    """Which says nothing of what it is: it is asked about."""
    made = load_workbook(BytesIO(book()))
    for sheet in made:
        for line, text in enumerate(("Grej", "sex", "Polisen", "nej", "Rumänien", "14"), start=1):
            sheet.cell(line, len(HEAD) + 1, text)
    return saved(made)


@pytest.fixture
def vera() -> Client:
    return signed("Vera", Role.COORDINATOR, region="V")


@pytest.fixture
def max_() -> Client:
    return signed("Max", Role.MANAGER)


@pytest.fixture(scope="class")
def begin(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Callable[[Callable[[], object]], None]]:
    with django_db_blocker.unblock(), ExitStack() as stack:
        yield lambda fill: stack.enter_context(kept(fill.__name__, fill))


@pytest.fixture
def row(db: None) -> TakeOver:
    return TakeOver.objects.get()


def test_a_file_comes_in_by_two_persons_sheet_by_sheet_and_goes_back_whole(
    vera: Client, max_: Client
) -> None:
    row = confirmed(vera)
    approved(vera, row, max_)
    assert not Person.objects.exists()  # who answers takes nothing in
    vera.post(at("take_in_sheets", row))
    vera.post(at("take_in_sheets", row))  # a double click
    assert Person.objects.count() == 8
    assert [sheet.name for sheet in TakenSheet.objects.all()] == ["2017", "2018"]
    page = vera.get(at("take_over_result", row)).content.decode()
    assert "Left out: of another region" in page
    one = TakenSheet.objects.first()
    vera.post(at("undo_sheet", row, one.code))
    assert Person.objects.count() == 4
    vera.post(at("undo_take_over", row))
    assert not Person.objects.exists()
    events = Event.objects.filter(action__startswith="takeover").exclude(action="takeover.read")
    assert [event.action for event in events.order_by("sequence")] == [
        "takeover.upload", "takeover.answer", "takeover.left_behind",
        "takeover.take", "takeover.undo", "takeover.undo",
    ]  # fmt: skip


def test_no_name_and_no_note_is_kept_shown_or_recorded(vera: Client) -> None:
    send(vera)
    row = not_counted(vera, TakeOver.objects.get())
    page = vera.get(at("take_over", row)).content.decode()
    assert "Namn" in page
    assert "Anteckning" in page
    row = confirmed(vera)
    kept = bytes(row.pages).decode() + bytes(row.told).decode() + row.answers + row.mapping.answers
    events = repr(list(Event.objects.values_list()))
    for text in (*NAMES, "väninna"):
        assert text not in kept
        assert text not in events
        assert text not in page
    assert "Left behind" not in vera.get(at("take_over", row)).content.decode()  # shown once


def test_what_is_answered_is_kept_for_the_next_file_of_the_hand(vera: Client) -> None:
    row = confirmed(vera, book(land=ZEBRA))
    page = vera.get(at("take_over_questions", row))
    assert ZEBRA in page.content.decode()
    sent = {"version": row.version, "answer_0": "?", "written_0": "Polen"}
    vera.post(at("take_over_questions", row), sent)
    row.refresh_from_db()
    assert workbooks.open_questions(row) == []
    assert "citizenship=PL" in SpreadsheetMapping.objects.get().answers
    again = send(vera, book(land=ZEBRA), mapping=str(row.mapping.code), new_mapping="")
    assert again.status_code == 302
    assert workbooks.open_questions(TakeOver.objects.latest("pk")) == []


def test_an_empty_answer_to_a_question_about_a_column_is_told_beside_it(vera: Client) -> None:
    row = confirmed(vera, with_a_column_of_dashes())
    questions = workbooks.open_questions(row)
    place = next(n for n, one in enumerate(questions) if one["kind"] == "column")
    sent = {"version": row.version, f"answer_{place}": ""}
    page = vera.post(at("take_over_questions", row), sent)
    assert page.status_code == 200
    assert page.context["form"].errors == {f"answer_{place}": ["Choose an answer, or “Answer later”."]}
    row.refresh_from_db()
    assert workbooks.open_questions(row) == questions


def test_two_who_answer_at_once_are_told_and_nothing_is_written_over(vera: Client) -> None:
    row = confirmed(vera, book(land=ZEBRA))
    sent = {"version": row.version, "answer_0": "?", "written_0": "Polen"}
    vera.post(at("take_over_questions", row), sent)
    page = vera.post(at("take_over_questions", row), sent | {"written_0": "Norge"}, follow=True)
    assert "Somebody else has answered in the meantime" in page.content.decode()
    assert "citizenship=PL" in TakeOver.objects.get().answers


def _handed_over(year: int) -> Person:
    person = Person.objects.filter(first_year=year).earliest("pk")
    vera, stina = User.objects.get(email__startswith="vera"), user("Stina", Role.COORDINATOR, region="ST")
    hand_over(person, by=access(vera), to=access(stina))
    return person


def of_two_years() -> bytes:
    """Five rows of 2017, and as many of 2018, which are all of another region."""
    made = load_workbook(BytesIO(book()))
    for cells in made["2018"].iter_rows(min_row=2):
        cells[2].value = "Skåne"
    return saved(made)


def cells_of(page: str) -> list[str]:
    [table] = re.findall(r"<tbody>.*?</tbody>", page, re.DOTALL)
    cells = re.findall(r"<t[hd].*?</t[hd]>", table, re.DOTALL)
    return [re.sub(r"<[^>]*>", "", cell).strip() for cell in cells]


def test_the_second_person_is_told_what_comes_in_and_what_does_not(vera: Client, max_: Client) -> None:
    row = confirmed(vera, of_two_years())
    with time_machine.travel(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), tick=False):
        TakeOver.objects.update(at=timezone.now())
        row.refresh_from_db()
        question = asked(vera, row)
    page = max_.get(reverse("agencies:approval", args=[question.code])).content.decode()
    assert "2017: 4 (4 of 5 persons are imported); 2018: 0 (0 of 5 persons are imported)" in page
    assert question.target_label == "West: 2017 (4 rows), 2026-07-02 00:30"  # the day in Stockholm
    assert question.target_label in page
    assert "Persons of the file compared with other figures" in page
    cells = cells_of(page)
    assert cells[:4] == ["2017", "All", "5", "4"]
    assert cells[cells.index("2018") : cells.index("2018") + 4] == ["2018", "All", "5", "0"]
    assert str(row.code) not in page  # no way to the file
    assert max_.get(at("take_over_compared", row)).status_code == 403
    assert "Anna" not in json.dumps(question.payload)


def test_no_name_of_a_sheet_is_in_the_question(vera: Client) -> None:
    made = load_workbook(BytesIO(book()))
    made["2018"].title = "2018 Anna Prov"
    question = asked(vera, confirmed(vera, saved(made)))
    assert "Anna Prov" not in json.dumps(question.payload) + question.target_label


def test_a_form_that_is_sent_twice_makes_one_file(vera: Client) -> None:
    token = str(uuid.uuid4())
    first, second = (send(vera, form_token=token) for _time in range(2))
    assert first["Location"] == second["Location"]
    assert TakeOver.objects.count() == 1


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old"])
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(vera: Client, data: bytes) -> None:
    page = vera.post(
        reverse("legacy_import:take_overs"),
        {"file": SimpleUploadedFile("x.xlsx", data), "new_mapping": "Väst"},
    )
    assert page.status_code == 200
    assert page.context["form"].errors["file"]
    assert not TakeOver.objects.exists()


def test_a_corrected_row_is_the_same_person(vera: Client, max_: Client) -> None:
    row = confirmed(vera, book(sheets=("2018",)))
    approved(vera, row, max_)
    vera.post(at("take_in_sheets", row))
    again = confirmed(
        vera, book(land="Ungern", sheets=("2018",)), mapping=str(row.mapping.code), new_mapping=""
    )
    approved(vera, again, max_)
    vera.post(at("take_in_sheets", again))
    assert Person.objects.count() == 4
    assert [(run.new, run.changed) for run in ImportRun.objects.order_by("pk")] == [(4, 0), (0, 1)]
    assert Person.objects.filter(citizenship="HU").count() == 1


def test_sheets_are_forgotten_in_time_and_thrown_away_at_once(vera: Client) -> None:
    row = confirmed(vera)
    workbooks.purge(row.expires_at)
    row.refresh_from_db()
    assert (bytes(row.pages), bytes(row.told)) == (b"", b"")
    assert "no longer stored" in vera.get(at("take_over", row)).content.decode()
    other = confirmed(vera)
    vera.post(at("discard_take_over", other))
    other.refresh_from_db()
    assert bytes(other.pages) == b""


# --- a long file ----------------------------------------------------------------------------------------
def run_of(answer: Any) -> Job:
    """The background run to which a page leads. It has been run."""
    job = Job.objects.latest("pk")
    assert answer["Location"] == job.get_absolute_url()
    work(once=True)
    job.refresh_from_db()
    return job


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of ten rows are too long to wait for."""
    monkeypatch.setattr(workbooks, "IN_PAGE", 5)


@pytest.mark.usefixtures("long")
def test_a_long_file_is_compared_and_taken_in_by_runs_that_name_nothing_of_it(
    vera: Client, max_: Client
) -> None:
    job = run_of(send(vera, book(land=ZEBRA)))
    row = not_counted(vera, TakeOver.objects.get())
    assert (job.kind, job.state) == ("spreadsheets.look", Job.State.DONE)
    assert job.result == {"url": at("take_over", row)}
    assert "Anteckning" in vera.get(at("take_over", row)).content.decode()  # what is left behind, shown once
    vera.post(at("take_over", row), {"version": row.version, "confirm": "1"})
    sent = {"version": row.version, "answer_0": "?", "written_0": "Polen"}
    job = run_of(vera.post(at("take_over_questions", row), sent))
    assert job.result == {"url": at("take_over_questions", row)}
    approved(vera, row, max_)
    job = run_of(vera.post(at("take_in_sheets", row)))
    assert job.result == {"url": at("take_over_result", row)}
    assert Person.objects.count() == 8
    assert {*map(tuple, Job.objects.values_list("params", flat=True))} == {("takeover",)}
    text = repr([list(Job.objects.values_list("params", "result")), list(Event.objects.values_list())])
    assert said_of_the_file(text, ZEBRA, "Väst.xlsx") == []


def said_of_the_file(told: str, *more: str) -> list[str]:
    return [text for text in (*NAMES, "väninna", *more) if text in told]


@pytest.mark.usefixtures("long")
def test_before_a_long_file_is_compared_nothing_that_identifies_is_kept_and_a_stopped_run_is_begun_again(
    vera: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_args: Any, **_facts: Any) -> None:
        raise SystemExit  # as by a signal

    send(vera)
    row = TakeOver.objects.get()
    kept = bytes(row.pages).decode() + bytes(row.told).decode() + row.answers
    assert said_of_the_file(kept) == []
    with monkeypatch.context() as patched:
        patched.setattr(workbooks, "_show", stopped)
        with pytest.raises(SystemExit):
            work(once=True)
    row = not_counted(vera, row)
    assert row.waits
    assert not workbooks.ready(row)
    page = vera.get(at("take_over", row)).content.decode()
    assert "Read the file now" in page
    assert "No table was found" not in page
    run_of(vera.post(at("take_over", row), {"look": "1"}))
    row.refresh_from_db()
    assert not row.waits
    assert [(one["name"], one["rows"]) for one in row.seen["sheets"]] == [("2017", 4), ("2018", 4)]


@pytest.mark.usefixtures("long")
def test_who_answers_while_a_long_file_is_compared_is_not_written_over(vera: Client) -> None:
    run_of(send(vera, book(land=ZEBRA)))
    row, by = TakeOver.objects.get(), Access.of(User.objects.get(name="Vera"))
    answers = {workbooks.open_questions(row)[0]["key"]: "citizenship=PL"}
    earlier = TakeOver.objects.get()
    workbooks.answer(row=row, answers=answers, version=0, by=by)
    with pytest.raises(workbooks.AnsweredMeanwhile):
        workbooks.look(row=earlier, by=by)
    row.refresh_from_db()
    assert row.waits
    workbooks.look(row=row, by=by)
    assert workbooks.open_questions(row) == []


def test_a_file_beyond_what_anybody_can_wait_for_is_refused_before_it_is_read(
    vera: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 5)
    assert "more than 5 rows" in send(vera).content.decode()
    assert not TakeOver.objects.exists()


@pytest.fixture(scope="class")
def confirmed_file(begin: Callable[[Callable[[], object]], None]) -> None:
    begin(fill_confirmed)


@pytest.mark.usefixtures("confirmed_file")
class TestConfirmed:
    def test_nothing_comes_in_before_somebody_has_been_asked(self, row: TakeOver, vera: Client) -> None:
        assert "5" in vera.get(at("take_over_compared", row)).content.decode()
        vera.post(at("take_in_sheets", row))
        assert not Person.objects.exists()

    def test_who_asks_does_not_answer_and_a_colleague_of_the_region_goes_before_the_manager(
        self, row: TakeOver, vera: Client, max_: Client
    ) -> None:
        vilma = signed("Vilma", Role.COORDINATOR, region="V", kind="deputy")
        question = asked(vera, row)
        for who, may in ((vera, False), (max_, False), (vilma, True)):
            who.post(reverse("agencies:approval", args=[question.code]), {"answer": "yes", "reason": "Sett."})
            question.refresh_from_db()
            assert (question.answer == "given") is may
        assert not {"Anna", "kvinna"} & set(json.dumps(question.payload).split('"'))

    def test_another_region_and_another_role_see_nothing_of_it(
        self, row: TakeOver, vera: Client, max_: Client
    ) -> None:
        sven = signed("Sven", Role.COORDINATOR, region="SY")
        for step in ("take_over", "take_over_questions", "take_over_compared", "take_over_result"):
            assert sven.get(at(step, row)).status_code == 404
            assert max_.get(at(step, row)).status_code == 403
        assert send(max_).status_code == 403
        assert sven.post(at("take_in_sheets", row)).status_code == 404

    def test_an_approval_holds_for_the_file_with_its_answers_and_for_no_other(
        self, row: TakeOver, vera: Client, max_: Client
    ) -> None:
        approved(vera, row, max_)
        sent = {"version": row.version, "column": "syfte", "meaning": "drop:no_place"}
        vera.post(at("take_over", row), sent)
        page = vera.post(at("take_in_sheets", row), follow=True).content.decode()
        assert "Ask again" in page
        other = confirmed(vera, book(purpose="arbete"))
        vera.post(at("take_in_sheets", other))
        assert not Person.objects.exists()


@pytest.fixture(scope="class")
def taken_in_file(begin: Callable[[Callable[[], object]], None]) -> None:
    begin(fill_imported)


@pytest.mark.usefixtures("taken_in_file")
class TestImported:
    def test_an_approval_serves_one_taking_in(self, row: TakeOver, vera: Client, max_: Client) -> None:
        assert "Import the sheets" not in vera.get(at("take_over_result", row)).content.decode()
        vera.post(at("undo_take_over", row))
        page = vera.get(at("take_over_result", row)).content.decode()
        assert "Import the sheets" not in page
        assert "Ask a second person" in page
        assert "Ask again" in vera.post(at("take_in_sheets", row), follow=True).content.decode()
        assert not Person.objects.exists()
        approved(vera, row, max_)
        vera.post(at("take_in_sheets", row))
        assert Person.objects.count() == 8

    def test_a_sheet_of_which_one_was_handed_over_is_not_offered_back_and_the_row_is_named(
        self, row: TakeOver, vera: Client, max_: Client
    ) -> None:
        left = _handed_over(2017)
        case, number = left.case.number, left.number

        page = vera.get(at("take_over_result", row)).content.decode()
        pressed = vera.post(at("undo_take_over", row), follow=True)

        assert [
            name in page
            for name in ("Undo the import of 2017", "Undo the import of 2018", "the whole import")
        ] == [
            False,
            True,
            False,
        ]
        assert f'<span class="num">{number}</span>: The person belongs to another region now.' in page
        # Its case, of which it is the only person, went along: the press names the first row of the page.
        [first, *_more] = re.findall(r'<li><span class="num">([^<]+)</span>: ([^<]+)</li>', page)
        [said] = pressed.context["messages"]
        assert first == (case, "Somebody has changed it since.")
        assert str(said) == f"Nothing was undone. {case}: Somebody has changed it since. And 1 more."
        assert Person.objects.count() == 8

    def test_the_same_book_makes_nobody_anew_after_a_transfer(
        self, row: TakeOver, vera: Client, max_: Client
    ) -> None:
        _handed_over(2017)

        again = confirmed(vera)
        approved(vera, again, max_)
        vera.post(at("take_in_sheets", again))

        assert Person.objects.count() == 8

    def test_many_rows_go_back_by_a_run_also_when_the_sheets_are_no_longer_kept(
        self, row: TakeOver, vera: Client, max_: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        vera.post(at("discard_take_over", row))
        monkeypatch.setattr(workbooks, "PERSONS", replace(PERSONS, few=5))
        gone = {"takeover": str(row.code), "sheet": str(uuid.uuid4())}
        of_no_sheet = enqueue("spreadsheets.undo", by=Access.of(User.objects.get(name="Vera")), **gone)
        work(once=True)
        of_no_sheet.refresh_from_db()
        assert (of_no_sheet.state, Person.objects.count()) == (Job.State.FAILED, 8)
        job = run_of(vera.post(at("undo_take_over", row)))
        assert (job.kind, job.state) == ("spreadsheets.undo", Job.State.DONE)
        assert not Person.objects.exists()
