"""What one person hands to another arrives, is answered where it stands, and tells who asked what became of
it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils.html import strip_tags
from django.utils.translation import override

from accounts.access import Access
from accounts.approvals import AlreadyAnswered
from accounts.roles import Role
from agencies.models import Code, Region
from cases.actions.calls import log_call
from cases.actions.sharing import (
    TakenAlready,
    answer_access,
    answer_transfer,
    ask_access,
    ask_transfer,
    take_call,
    withdraw_access,
    withdraw_transfer,
)
from cases.models import AccessGrant, Call, Case, DuplicateReview, Transfer
from home.boxes import age, overdue
from tests.actors import access, user
from tests.cases.pages import box_of as box, signed_in
from tests.makers import new_case, new_person

NOW = datetime(2019, 3, 4, 15, 16, tzinfo=UTC)
REASON = "The same person may be known here."


@pytest.fixture(autouse=True)
def _on_a_day_in_march():
    with time_machine.travel(NOW, tick=False):
        yield


class Office:
    """The line and two regions, each person signed in."""

    def __init__(self) -> None:
        self.olle = user("Olle", Role.OPERATOR, language="en")
        self.vera = user("Vera", Role.COORDINATOR, region="V", language="en")
        self.viktor = user("Viktor", Role.COORDINATOR, region="V", kind="deputy", language="en")
        self.sune = user("Sune", Role.COORDINATOR, region="SY", language="en")

    def of(self, name: str) -> Access:
        return access(getattr(self, name), NOW)

    def client(self, name: str) -> Client:
        return signed_in(getattr(self, name))


@pytest.fixture
def office(db: Any) -> Office:
    return Office()


def call(office: Office, *, urgency: str = "general", minutes: int = 30, region: str = "V") -> Call:
    at = NOW - timedelta(minutes=minutes)
    row = Call(
        received_at=at, caller_group_id="caller:social", caller_county_id="12", urgency=urgency,
        referred_region_id=region,
    )  # fmt: skip
    row.caller_group = Code.objects.of("caller")[0]
    return log_call(call=row, lists={"topics": Code.objects.filter(key="topic:person")}, by=office.of("olle"))


def page(client: Client, address: str = "/") -> str:
    return client.get(address, follow=True).content.decode()


# --- from the line -----------------------------------------------------------------------------------
CALLS = "New calls from the support line"


def test_a_referred_call_stands_before_its_region_urgent_first_in_words_that_name_nobody(
    office: Office,
) -> None:
    old, urgent = call(office, minutes=300), call(office, urgency="acute", minutes=20)
    waits = box(office.client("vera"), CALLS)
    assert waits is not None
    assert [(row.url, row.urgent) for row in waits.rows] == [
        (urgent.get_absolute_url(), True),
        (old.get_absolute_url(), False),
    ]
    topic = Code.objects.get(key="topic:person").label_en.lower()
    text = f"{urgent.caller_group}, Skåne County · {topic} · 15:56"
    assert waits.rows[0].label == text
    assert waits.rows[0].hint == "20 minutes ago"
    assert box(office.client("sune"), CALLS) is None


def test_of_two_who_take_over_a_call_the_second_is_told_who_was_first(office: Office) -> None:
    asked = call(office)
    press = f"/calls/{asked.code}/take-over/"
    assert "You have taken over the call" in office.client("vera").post(press, follow=True).content.decode()
    second = office.client("viktor").post(press, follow=True).content.decode()
    assert "Vera was first and has taken it over." in second
    asked.refresh_from_db()
    assert (asked.taken_over_by, box(office.client("viktor"), CALLS)) == (office.vera, None)
    assert office.client("sune").post(press).status_code == 404
    assert office.client("olle").post(press).status_code == 403


def test_a_case_of_the_line_waits_until_somebody_is_responsible(office: Office) -> None:
    case = new_case(by=office.of("olle"))
    new_case(by=office.of("vera"))
    vera = office.client("vera")
    waits = box(vera, "New cases from the support line")
    assert waits is not None
    assert [row.label for row in waits.rows] == [f"{case.number} · 1 person"]
    vera.post(f"/cases/{case.code}/take-over/", {"back": "/waiting/cases/"})
    assert box(vera, "New cases from the support line") is None
    assert Case.objects.get(pk=case.pk).responsible == office.vera
    second = office.client("viktor").post(f"/cases/{case.code}/take-over/", follow=True)
    assert "Vera was first and has taken it over." in second.content.decode()


def test_nobody_takes_over_a_call_that_is_not_referred_to_them(office: Office) -> None:
    asked = call(office)
    with pytest.raises(PermissionDenied):
        take_call(call=asked, by=office.of("sune"))
    take_call(call=asked, by=office.of("vera"))
    with pytest.raises(TakenAlready):
        take_call(call=asked, by=office.of("viktor"))


# --- between regions ---------------------------------------------------------------------------------
def asked_transfer(office: Office) -> Transfer:
    person = new_case(by=office.of("vera")).persons.get()
    return ask_transfer(
        person=person, to_region=Region.objects.get(code="SY"), reason="Moved.", by=office.of("vera")
    )


def test_who_asked_for_a_transfer_reads_that_it_was_declined_and_why_and_so_does_a_colleague(
    office: Office,
) -> None:
    asked = asked_transfer(office)
    title = "Your transfer requests"
    waits = box(office.client("vera"), title)
    assert waits is not None
    assert waits.rows[0].hint == "to South · waiting for an answer"
    answer_transfer(transfer=asked, accept=False, reason="Not known here.", by=office.of("sune"))
    for name in ("vera", "viktor"):
        told = box(office.client(name), title)
        assert told is not None
        assert (told.waits, told.rows[0].acts) == (False, ())
        assert told.rows[0].hint == "to South · declined 16:16: Not known here."
    with time_machine.travel(NOW + timedelta(days=8), tick=False):
        assert box(office.client("vera"), title) is None


def test_a_transfer_is_taken_back_and_the_other_region_cannot_answer_it_any_more(office: Office) -> None:
    asked = asked_transfer(office)
    vera, sune = office.client("vera"), office.client("sune")
    assert box(sune, "Transfers to answer") is not None
    back = f"/cases/transfers/{asked.code}/withdraw/"
    assert sune.post(back).status_code == 403
    assert "The transfer is taken back." in vera.post(back, follow=True).content.decode()
    assert box(sune, "Transfers to answer") is None
    late = sune.post(f"/cases/transfers/{asked.code}/", {"accept": "yes", "reason": ""}, follow=True)
    assert "Somebody else answered first: withdrawn" in late.content.decode()
    asked.refresh_from_db()
    assert (asked.answer, asked.person.responsible_region_id) == ("withdrawn", "V")
    # It may be asked again, and what is answered is not taken back.
    again = ask_transfer(
        person=asked.person, to_region=asked.to_region, reason="Moved.", by=office.of("vera")
    )
    answer_transfer(transfer=again, accept=True, reason="", by=office.of("sune"))
    text = vera.post(f"/cases/transfers/{again.code}/withdraw/", follow=True).content.decode()
    assert "It was answered before you took it back: accepted." in text


def test_a_question_is_taken_back_alike_whether_or_not_there_is_such_a_case(
    office: Office,
) -> None:
    there = new_case(by=office.of("vera"))
    south, sune = office.of("sune"), office.client("sune")
    told = []
    for number in (there.number, "V-2018-0999"):
        grant = ask_access(number=number, region=Region.objects.get(code="V"), reason=REASON, by=south)
        page = sune.post(f"/cases/access/{grant.code}/withdraw/", follow=True).content.decode()
        told.append("Your question about" in page and "is taken back." in page)
        waits = box(sune, "Access that you have asked for")
        assert waits is not None
        row = next(row for row in waits.rows if row.label == number)
        assert (row.acts, row.hint) == ((), "withdrawn 16:16")
    assert told == [True, True]
    assert box(office.client("vera"), "Access asked for") is None
    assert set(AccessGrant.objects.values_list("answer", "until")) == {("withdrawn", None)}


def test_who_asked_for_access_reads_until_when_it_is_granted_and_cannot_take_it_back(office: Office) -> None:
    there = new_case(by=office.of("vera"))
    grant = ask_access(
        number=there.number, region=Region.objects.get(code="V"), reason=REASON, by=office.of("sune")
    )
    answer_access(grant=grant, hours=8, reason="", by=office.of("vera"))
    waits = box(office.client("sune"), "Access that you have asked for")
    assert waits is not None
    assert waits.rows[0].hint == "granted until 2019-03-05 00:16"
    assert office.client("vera").post(f"/cases/access/{grant.code}/withdraw/").status_code == 403
    with pytest.raises(AlreadyAnswered):
        withdraw_access(grant=grant, by=office.of("sune"))


def quiet_line(client: Client, title: str) -> str:
    """The text of the line below the list of work that begins so."""
    page = client.get("/").content.decode()
    lines = (" ".join(strip_tags(line.replace("<br>", "; ")).split()) for line in page.split("<li>"))
    return next((line for line in lines if line.startswith(title)), "")


def test_the_line_about_access_on_my_page_says_what_was_answered_and_no_longer_that_it_waits(
    office: Office,
) -> None:
    vera, sune = office.of("vera"), office.client("sune")
    first, second = (new_case(by=vera).number for _one in range(2))
    west, title = Region.objects.get(code="V"), "Access that you have asked for"
    asked = [
        ask_access(number=one, region=west, reason=REASON, by=office.of("sune")) for one in (first, second)
    ]
    waiting = {f"{number} waiting for an answer" for number in (first, second)}
    line = quiet_line(sune, title)
    assert line.startswith(f"{title} (2): ")
    assert set(line.removeprefix(f"{title} (2): ").split("; ")) == waiting
    answer_access(grant=asked[0], hours=8, reason="", by=vera)
    answer_access(grant=asked[1], hours=0, reason="Another person.", by=vera)
    line = quiet_line(sune, title)
    assert "waiting" not in line
    assert f"{first} granted until 2019-03-05 00:16" in line
    assert f"{second} declined 16:16: Another person." in line


def test_the_line_about_transfers_on_my_page_says_what_was_answered(office: Office) -> None:
    asked, title = asked_transfer(office), "Your transfer requests"
    number, vera = asked.person.number, office.client("vera")
    assert quiet_line(vera, title) == f"{title} (1): {number} to South · waiting for an answer"
    answer_transfer(transfer=asked, accept=True, reason="", by=office.of("sune"))
    assert quiet_line(vera, title) == f"{title} (1): {number} to South · accepted 16:16"


def test_nobody_of_another_region_takes_back_a_transfer(office: Office) -> None:
    with pytest.raises(PermissionDenied):
        withdraw_transfer(transfer=asked_transfer(office), by=office.of("sune"))


def test_a_hint_that_another_region_may_have_a_person_leads_to_the_own_record_and_shows_nothing_else(
    office: Office,
) -> None:
    theirs, own = (
        new_case(by=office.of(name), region=region).persons.get()
        for name, region in (("vera", "V"), ("sune", "SY"))
    )
    DuplicateReview.objects.all().delete()
    review = DuplicateReview.objects.create(first=theirs, second=own, similarity=14, found_at=NOW)
    title = "Another region may have the same person"
    hint = box(office.client("sune"), title)
    assert hint is not None
    assert [(row.label, row.url) for row in hint.rows] == [(own.number, own.get_absolute_url())]
    assert theirs.number not in page(office.client("sune"))
    assert box(office.client("vera"), title) is None
    DuplicateReview.objects.filter(pk=review.pk).update(
        asked_by=office.sune, asked_at=NOW, asked_region_id="V"
    )
    assert box(office.client("sune"), title) is None


# --- words -------------------------------------------------------------------------------------------
def test_age_is_said_in_words() -> None:
    with override("en"):
        ages = (10, 60, 12 * 60, 3 * 3600, 17 * 3600, 5 * 86400)
        assert [age(NOW - timedelta(seconds=passed), NOW) for passed in ages] == [
            "just now", "1 minute ago", "12 minutes ago", "3 hours ago", "yesterday", "5 days ago",
        ]  # fmt: skip
        assert overdue(date(2018, 4, 22), date(2019, 3, 4)) == "overdue 316 days"


def test_a_follow_up_whose_day_has_passed_says_by_how_much_in_red(office: Office) -> None:
    asked = call(office)
    for day, text in (
        (date(2019, 3, 4), "by 2019-03-04"),
        (date(2018, 4, 22), '"late small">overdue 316 days<'),
    ):
        Call.objects.filter(pk=asked.pk).update(follow_up_due=day)
        assert text in page(office.client("olle"))


# --- much --------------------------------------------------------------------------------------------
def much(office: Office, number: int) -> None:
    """`number` things for Vera to see to, and as many that she has asked for."""
    vera, sune = office.of("vera"), office.of("sune")
    south, west = Region.objects.get(code="SY"), Region.objects.get(code="V")
    mine = [new_case(new_person(on=date(2018, 3, 1)), by=vera) for _n in range(number // 10)]
    theirs = [new_case(by=sune, region="SY") for _n in range(number // 10)]
    for case in mine:
        ask_transfer(person=case.persons.get(), to_region=south, reason="Moved.", by=vera)
        ask_access(number=case.number, region=west, reason=REASON, by=sune)
    for case in theirs:
        ask_transfer(person=case.persons.get(), to_region=west, reason="Moved.", by=sune)
    for _n in range(number // 10):
        new_case(by=office.of("olle"))
    first = call(office, urgency="acute")
    copies = [
        Call(
            received_at=first.received_at, received_on=first.received_on, caller_group=first.caller_group,
            referred_region_id="V", taken_by=office.olle, follow_up_due=date(2019, 1, 1), urgency="acute",
        )
        for _n in range(number)
    ]  # fmt: skip
    Call.objects.bulk_create(copies)


def test_however_much_waits_my_page_asks_eighteen_times_and_is_small(
    office: Office, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr("cases.actions.sharing.CASES_A_DAY", 1000)
    much(office, 60)
    vera = office.client("vera")
    vera.get("/")
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        fresh = office.client("vera")  # a session of that hour
        with django_assert_max_num_queries(18):
            shown = fresh.get("/")
    waiting = sum(one.count for one in shown.context["boxes"])
    assert waiting >= 60
    assert len(shown.content) < 60_000
    assert sum(len(rows) for _region, _until, rows in shown.context["work"]) == 8


def test_the_list_behind_a_box_shows_all_a_page_at_a_time(office: Office) -> None:
    first = call(office)
    Call.objects.bulk_create(
        Call(
            received_at=NOW, received_on=NOW.date(), caller_group=first.caller_group,
            referred_region_id="V", taken_by=office.olle,
        )
        for _n in range(29)
    )  # fmt: skip
    vera = office.client("vera")
    assert '<a href="/waiting/referred/">New calls from the support line</a>' in page(vera)
    assert [len(vera.get(f"/waiting/referred/?page={n}").context["rows"]) for n in (1, 2)] == [25, 5]
    assert vera.get("/waiting/referred/?page=9").status_code == 302
    assert [office.client("olle").get(at).status_code for at in ("/waiting/referred/", "/waiting/none/")] == [
        403,
        404,
    ]
