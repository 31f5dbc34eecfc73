"""What has come since somebody was last on My page, what the line leaves to the next, and how much is open in
each region."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from agencies.models import Code, Region
from cases.actions.calls import log_call
from cases.actions.cases import close_cases
from cases.actions.sharing import answer_transfer, ask_transfer
from cases.models import Call, Case
from home.models import LineNote, Visit
from tests.actors import access, user
from tests.cases.pages import signed_in
from tests.makers import new_case

MORNING = datetime(2019, 3, 4, 8, tzinfo=UTC)
NIGHT = MORNING + timedelta(hours=20)
pytestmark = pytest.mark.django_db


def at(moment: datetime) -> Any:
    return time_machine.travel(moment, tick=False)


def news(person: Any, moment: datetime) -> dict[str, tuple[int, str]]:
    """Title → (how many, where), for who opens My page then."""
    with at(moment):
        shown = signed_in(person).get("/").context
    return {one.title: (one.count, one.url) for one in shown["news"]}


def call(operator: Any, moment: datetime) -> Call:
    row = Call(received_at=moment, caller_group=Code.objects.of("caller")[0], referred_region_id="V")
    row.created_at = moment
    return log_call(call=row, lists={}, by=access(operator, moment))


def colleague(name: str, region: str) -> User:
    return user(name, Role.COORDINATOR, region=region, language="en")


def decline_a_transfer(case: Case, giver: Access, taker: Access) -> None:
    south = Region.objects.get(code="SY")
    asked = ask_transfer(person=case.persons.get(), to_region=south, reason="Moved.", by=giver)
    answer_transfer(transfer=asked, accept=False, reason="No.", by=taker)


def labels(browser: Client, key: str) -> set[str]:
    return {row.label for row in browser.get(f"/since/{key}/").context["rows"]}


def test_a_coordinator_reads_what_others_have_done_in_her_region_since_the_last_visit() -> None:
    olle = user("Olle", Role.OPERATOR)
    vera, viktor, sune = map(colleague, ("Vera", "Viktor", "Sune"), ("V", "V", "SY"))
    assert (news(vera, MORNING), news(sune, MORNING)) == ({}, {})  # the first visits
    later = MORNING + timedelta(hours=2)
    with at(later):
        call(olle, later)
        new_case(by=access(vera, later))  # her own is no news
        case = new_case(by=access(viktor, later))
        decline_a_transfer(case, access(vera, later), access(sune, later))
        closed = new_case(by=access(viktor, later))
        reason = Code.objects.of("close_reason")[0]
        close_cases(cases=[closed], reason=reason, by=access(viktor, later))
    assert news(vera, NIGHT) == {
        "Calls referred": (1, "/since/referred/"),
        "Cases registered": (2, "/since/registered/"),
        "Transfers answered": (1, "/since/transfers-answered/"),
        "Cases closed": (1, "/since/closed/"),
    }
    assert news(sune, NIGHT) == {}
    with at(NIGHT):
        browser = signed_in(vera)
        assert labels(browser, "registered") == {case.number, closed.number}
        assert labels(browser, "closed") == {closed.number}
        assert browser.get("/since/logged/").status_code == 404
        [told] = browser.get("/since/transfers-answered/").context["rows"]
        assert told.hint == "South: declined"
    # Within the hour it is the same visit; after it, the next one, in which nothing is new.
    assert len(news(vera, NIGHT + timedelta(minutes=30))) == 4
    assert news(vera, NIGHT + timedelta(hours=9)) == {}


def test_an_operator_reads_which_of_her_calls_a_region_has_taken_over() -> None:
    olle = user("Olle", Role.OPERATOR, language="en")
    olga = user("Olga", Role.OPERATOR)
    vera = user("Vera", Role.COORDINATOR, region="V")
    assert news(olle, MORNING) == {}
    later = MORNING + timedelta(hours=2)
    with at(later):
        own = call(olle, later)
        call(olga, later)
        signed_in(vera).post(f"/calls/{own.code}/take-over/")
    assert news(olle, NIGHT) == {
        "Calls that colleagues have logged": (1, "/since/logged/"),
        "Calls of yours that a region has taken over": (1, "/since/taken-over/"),
    }


def test_reading_my_page_again_and_again_writes_down_one_visit() -> None:
    vera = user("Vera", Role.COORDINATOR, region="V")
    for minutes in (0, 1, 2):
        news(vera, MORNING + timedelta(minutes=minutes))
    assert list(Visit.objects.values_list("user", "seen", "since")) == [(vera.pk, MORNING, None)]


def test_an_operator_is_told_of_what_nobody_has_taken_over_in_two_days() -> None:
    olle, vera = user("Olle", Role.OPERATOR, language="en"), user("Vera", Role.COORDINATOR, region="V")

    def boxes(moment: datetime) -> dict[str, int]:
        with at(moment):
            found = signed_in(olle).get("/").context["boxes"]
        return {one.title: one.count for one in found if one.title != "My calls today"}

    with at(MORNING):
        own = call(olle, MORNING)
        new_case(by=access(olle, MORNING))
    assert boxes(MORNING + timedelta(days=1)) == {}
    assert boxes(MORNING + timedelta(days=3)) == {
        "Calls that nobody has taken over (48 hours)": 1,
        "Cases that nobody has taken over (48 hours)": 1,
    }
    with at(MORNING + timedelta(days=3)):
        signed_in(vera).post(f"/calls/{own.code}/take-over/")
    assert list(boxes(MORNING + timedelta(days=3))) == ["Cases that nobody has taken over (48 hours)"]


# --- the line to the next ----------------------------------------------------------------------------
def write(client: Client, text: str, until: str) -> Any:
    return client.post("/line-notes/new/", {"text": text, "until": until}, follow=True)


def test_a_note_of_the_line_is_read_by_the_next_until_its_last_day_and_by_nobody_else() -> None:
    olle, olga = (user(name, Role.OPERATOR, language="en") for name in ("Olle", "Olga"))
    with at(MORNING):
        write(signed_in(olle), "The interpreter is ill until Friday.", "2019-03-05")
        for reader, reads in ((olga, True), (user("Vera", Role.COORDINATOR, region="V"), False)):
            shown = signed_in(reader).get("/").content.decode()
            assert ("The interpreter is ill until Friday." in shown) is reads
    note = LineNote.objects.get()
    assert "interpreter" not in str(LineNote.objects.filter(pk=note.pk).values_list("text", flat=True)[0])
    with at(MORNING + timedelta(days=2)):
        assert "interpreter" not in signed_in(olga).get("/").content.decode()
    with at(MORNING):
        client = signed_in(olga)
        for _press in range(2):
            client.post(f"/line-notes/{note.code}/end/")
        assert "interpreter" not in client.get("/").content.decode()
    assert LineNote.objects.get().ended_by == olga


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("Ring 070-123 45 67 om ärendet.", "2019-03-05"),
        ("The interpreter is ill.", "2019-03-03"),
        ("The interpreter is ill.", "2019-06-03"),
        ("", "2019-03-05"),
    ],
)
def test_a_note_that_identifies_or_has_no_day_near_is_refused(text: str, until: str) -> None:
    with at(MORNING):
        write(signed_in(user("Olle", Role.OPERATOR)), text, until)
    assert not LineNote.objects.exists()


# --- the manager -------------------------------------------------------------------------------------
def test_the_manager_alone_reads_what_is_open_and_overdue_in_each_region_as_counts() -> None:
    olle = user("Olle", Role.OPERATOR)
    vera = user("Vera", Role.COORDINATOR, region="V")
    with at(MORNING):
        for _n in range(2):
            new_case(by=access(vera, MORNING))
        late = call(olle, MORNING - timedelta(days=3))
        call(olle, MORNING)
        Call.objects.filter(pk=late.pk).update(follow_up_due=date(2019, 3, 3))
        table = signed_in(user("Maja", Role.MANAGER)).get("/").context["open_cases"]
        counts = [(row.open, row.follow_ups, row.untaken) for row in table]
        assert [numbers for numbers in counts if any(numbers)] == [(2, 1, 1)]
        assert len(table) == 7
        for other in (vera, olle, user("Ada", Role.ANALYST)):
            assert signed_in(other).get("/").context["open_cases"] == []
