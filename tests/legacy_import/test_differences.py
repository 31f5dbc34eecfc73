"""Differences between years taken over and what was known of them: explained, changed, signed for."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from accounts.roles import Role
from agencies.models import Region
from audit.models import Event
from exchange.models import ImportRun
from legacy_import.models import DifferenceKind, Explanation, SheetFigure, as_text
from legacy_import.spreadsheets import AnsweredMeanwhile, FilledAnswer, explain, reconciled
from summaries.models import HistoricalFigure
from tests.actors import NOON, access, user

pytestmark = pytest.mark.django_db
WHY = [["not_victim", 2, [["Väst 2018", 4], ["Väst 2018", 9]]]]


@pytest.fixture
def people() -> dict[str, User]:
    return {
        "vera": user("Vera", Role.COORDINATOR, region="V"),
        "vilma": user("Vilma", Role.COORDINATOR, region="V", kind="deputy"),
        "sven": user("Sven", Role.COORDINATOR, region="SY"),
        "ada": user("Ada", Role.ANALYST),
        "max": user("Max", Role.MANAGER),
        "olle": user("Olle", Role.OPERATOR),
    }


@pytest.fixture(autouse=True)
def _sheets(people: dict[str, User]) -> None:
    """Of Väst 5 rows, of whom 5 are counted in its total; of Syd 7. Nothing is in the register."""
    for person, region, told, why in (("vera", "V", 5, WHY), ("sven", "SY", 7, [])):
        run = ImportRun.objects.create(importer="persons", by=people[person], at=NOON, new=told, changed=0,
                                       unchanged=0, failed=0, digest="", journal=b"")  # fmt: skip
        SheetFigure.objects.create(run=run, region=Region.objects.get(code=region), year=2018, position=1,
                                   file="x.xlsx", sheet=f"{'Väst' if region == 'V' else 'Syd'} 2018",
                                   told=told, said=told, reasons=as_text(why), at=NOON)  # fmt: skip


def page(person: User, *of: Any, data: dict[str, Any] | None = None) -> Any:
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    url = reverse("legacy_import:difference", args=of) if of else reverse("legacy_import:differences")
    return client.get(url) if data is None else client.post(url, data)


def answer(seen: int = 0, **facts: Any) -> dict[str, Any]:
    return {
        "kind": "not_victim", "persons": 2, "group": "*", "places": "Väst 2018: 4, 9", "note": "",
        "seen": seen, "form_token": uuid.uuid4(), **facts,
    }  # fmt: skip


def left(person: User) -> int:
    return reconciled(access(person)).left(2018)


def test_each_region_works_through_its_own_and_the_analyst_what_was_published(
    people: dict[str, User],
) -> None:
    HistoricalFigure.objects.filter(year=2018, measure="persons", group="total").update(value=13)
    assert [left(people[name]) for name in ("vera", "sven", "max")] == [5, 7, 5 + 7 + 1]
    other = answer(0, kind="other", persons=7, places="", note="Listan fördes två gånger")
    answers = (
        ("vera", "V", answer()),
        ("vera", "V", answer(1, kind="missing", persons=3, places="")),
        ("sven", "SY", other),
        ("ada", "sverige", answer(0, kind="two_regions", persons=1)),
    )
    for name, of, sent in answers:
        assert page(people[name], 2018, of, data=sent).status_code == 302
    assert [left(people[name]) for name in ("vera", "max")] == [0, 0]
    shown = page(people["max"]).content.decode()
    assert "all explained" in shown
    first = Explanation.objects.get(region="V", number=1)
    assert (first.by, first.rows, first.persons) == (people["vera"], (("Väst 2018", 4), ("Väst 2018", 9)), 2)
    assert Event.objects.filter(action="reconciliation.explain").count() == 4


def test_nobody_learns_another_regions_totals_nor_answers_for_it(people: dict[str, User]) -> None:
    for of in ((2018, "SY"), (2018, "sverige")):
        assert page(people["vera"], *of).status_code == 404
        assert page(people["vera"], *of, data=answer()).status_code == 404
    assert "Syd" not in page(people["vera"]).content.decode()
    assert page(people["olle"]).status_code == 403
    assert not Explanation.objects.exists()


def test_who_reads_totals_answers_for_no_region_and_the_manager_not_for_the_country(
    people: dict[str, User],
) -> None:
    for name in ("ada", "max"):
        shown = page(people[name], 2018, "V").content.decode()
        assert "Väst 2018: 4, 9" not in shown
        assert page(people[name], 2018, "V", data=answer()).status_code == 403
    assert page(people["max"], 2018, "sverige", data=answer()).status_code == 403
    assert not Explanation.objects.exists()


def test_a_double_click_answers_once_and_two_editors_do_not_answer_over_each_other(
    people: dict[str, User],
) -> None:
    sent = answer()
    assert [page(people["vera"], 2018, "V", data=sent).status_code for _click in "12"] == [302, 302]
    assert Explanation.objects.count() == 1
    late = page(people["vilma"], 2018, "V", data=answer(0, persons=1))
    assert (late.status_code, "Somebody has answered here meanwhile" in late.content.decode()) == (422, True)
    again = answer(1, persons=1, places="Väst 2018: 4", change=Explanation.objects.get().code)
    assert page(people["vilma"], 2018, "V", data=again).status_code == 302
    assert left(people["vera"]) == 4
    assert "Answers that no longer apply" in page(people["vera"], 2018, "V").content.decode()
    assert [explanation.persons for explanation in Explanation.objects.order_by("number")] == [2, 1]
    # At the very same moment the database decides.
    with pytest.raises(AnsweredMeanwhile):
        explain(year=2018, region=Region.objects.get(code="V"), wanted=FilledAnswer("twice", 1), seen=2,
                by=access(people["vera"]), replaces=Explanation.objects.get(number=1))  # fmt: skip


def test_an_answer_is_taken_back_once_and_stays_to_be_read(people: dict[str, User]) -> None:
    page(people["vera"], 2018, "V", data=answer())
    url = reverse("legacy_import:take_answer_back", args=[Explanation.objects.get().code])
    statuses = []
    for name, seen in (("sven", 1), ("max", 1), ("vilma", 1), ("vera", 1)):
        client = Client()
        client.force_login(people[name])
        statuses.append(client.post(url, {"seen": seen, "form_token": uuid.uuid4()}).status_code)
    assert statuses == [404, 403, 302, 302]
    assert [one.kind for one in Explanation.objects.order_by("number")] == ["not_victim", "withdrawn"]
    assert left(people["vera"]) == 5
    assert Event.objects.filter(action="reconciliation.take_back").count() == 1


def test_what_a_sheet_tells_itself_is_offered_filled_in(people: dict[str, User]) -> None:
    figure = SheetFigure.objects.get(region="V")
    client = Client()
    client.force_login(people["vera"])
    url = reverse("legacy_import:difference", args=[2018, "V"])
    shown = client.get(url, {"sheet": figure.code, "reason": "not_victim"}).content.decode()
    assert "Väst 2018: 4, 9</textarea>" in shown
    assert 'value="2"' in shown
    refused = page(people["vera"], 2018, "V", data=answer(places="Syd 2018: 4"))
    assert refused.status_code == 422
    assert page(people["vera"], 2018, "V", data=answer(places="")).status_code == 422
    assert page(people["vera"], 2018, "V", data=answer(persons=0)).status_code == 422
    assert page(people["vera"], 2018, "V", data=answer(kind="other", note="")).status_code == 422


def test_an_import_that_is_taken_back_counts_no_more_whoever_looks(people: dict[str, User]) -> None:
    ImportRun.objects.filter(by=people["vera"]).update(undone_at=NOON, undone_by=people["vera"])
    assert left(people["vera"]) == 0
    assert left(people["max"]) >= 7


WRONG = (
    {"number": 1},
    {"kind": "missing", "persons": 0},
    {"kind": "withdrawn", "persons": 0},
    {"kind": "other", "persons": 1},
    {"kind": "gone", "persons": 1},
    {"group": "everybody"},
    {"year": 1812},
)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda one: ",".join(one))
def test_the_database_refuses_an_answer_that_explains_nothing(people: dict[str, User], wrong: Any) -> None:
    good = {"year": 2018, "region_id": "V", "number": 2, "kind": DifferenceKind.MISSING, "persons": 1}
    good |= {"by": people["vera"], "at": NOON}
    Explanation.objects.create(**{**good, "number": 1})
    with pytest.raises(IntegrityError), transaction.atomic():
        Explanation.objects.create(**{**good, **wrong})


def test_a_country_has_one_next_answer(people: dict[str, User]) -> None:
    facts = {"year": 2018, "number": 1, "kind": "missing", "persons": 1, "by": people["ada"], "at": NOON}
    Explanation.objects.create(**facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        Explanation.objects.create(**facts)


def test_the_report_to_sign_holds_what_the_reader_may_see_and_is_an_export(people: dict[str, User]) -> None:
    page(people["vera"], 2018, "V", data=answer(kind="other", places="", note="Listan var en annan"))
    books = {}
    for name in ("max", "vera", "sven"):
        client = Client()
        client.force_login(people[name])
        client.cookies["django_language"] = "en"
        books[name] = _words(client.get(reverse("legacy_import:differences_xlsx")).content)
    assert {"All of Sweden", "Listan var en annan", "Signature: ____________________"} <= books["max"]
    assert "Published figures stay as they are until the year is published again by decision." in books["max"]
    assert "Listan var en annan" in books["vera"]
    assert "All of Sweden" not in books["vera"]
    assert not {"Listan var en annan", "Väst 2018"} & books["sven"]
    pdf = client.get(reverse("legacy_import:differences_pdf"))
    assert pdf.content.startswith(b"%PDF")
    events = Event.objects.filter(action="reconciliation.export").values_list("search_kind", flat=True)
    assert sorted(events) == ["pdf", "xlsx", "xlsx", "xlsx"]


def _words(data: bytes) -> set[str]:
    book = load_workbook(io.BytesIO(data))
    return {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell}
