"""A calendar is told on which days somebody has something to remember, and nothing of what it is."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from accounts.access import Access
from accounts.models import CalendarAddress, User
from accounts.roles import Role
from agencies.models import Coordinator
from audit.models import Event
from cases.actions.cases import finish_reminder, remind
from cases.models import Case, Reminder
from cases.views.personal import calendar
from tests.actors import access, user
from tests.makers import new_case

pytestmark = pytest.mark.django_db
TEXT = "Ask again about the interpreter"


@pytest.fixture
def vera() -> Access:
    return access(user("Vera", Role.COORDINATOR, region="V", language="sv"))


@pytest.fixture
def case(vera: Access) -> Case:
    case = new_case(by=vera)
    for day in (date(2019, 3, 8), date(2019, 3, 8), date(2019, 4, 1)):
        remind(case=case, day=day, text=TEXT, by=vera)
    return case


def signed_in(who: Access) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


def new_address(who: Access) -> str:
    """As the page shows it, this once; without the host."""
    page = signed_in(who).post("/cases/calendar/new/").content.decode()
    found = re.search(r'value="http://testserver(/cases/calendar/[\w-]+\.ics)"', page)
    assert found is not None
    return found[1]


def test_the_calendar_has_an_event_a_day_with_a_link_and_no_fact(vera: Access, case: Case) -> None:
    answer = Client().get(new_address(vera))
    text = answer.content.decode()
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert re.findall(r"DTSTART;VALUE=DATE:(\d+)", text) == ["20190308", "20190401"]
    assert text.count("SUMMARY:Påminnelse i registret\r\n") == 2
    for fact in (case.number, str(case.code), TEXT, "Väst", "Vera", str(Reminder.objects.all()[0].code)):
        assert fact not in text
    assert set(re.findall(r"https?://\S+", text)) == {"http://testserver/cases/reminders/"}


def test_what_is_done_is_no_day_any_more(vera: Access, case: Case) -> None:
    address = new_address(vera)
    for reminder in Reminder.objects.filter(day=date(2019, 3, 8)):
        finish_reminder(reminder=reminder, by=vera)
    assert re.findall(r"DTSTART;VALUE=DATE:(\d+)", Client().get(address).content.decode()) == ["20190401"]


def test_a_new_address_ends_the_one_before_and_it_can_be_ended(vera: Access, case: Case) -> None:
    first, second = new_address(vera), new_address(vera)
    assert [Client().get(one).status_code for one in (first, second)] == [404, 200]
    signed_in(vera).post("/cases/calendar/end/")
    assert Client().get(second).status_code == 404
    acts = Event.objects.filter(action__startswith="user.calendar").order_by("sequence")
    assert [act.action for act in acts] == ["user.calendar", "user.calendar", "user.calendar_end"]


def test_it_is_empty_without_the_region_and_cut_off_when_the_account_ends(vera: Access, case: Case) -> None:
    address = new_address(vera)
    Coordinator.objects.update(valid_to=date(2015, 12, 31))
    assert "BEGIN:VEVENT" not in Client().get(address).content.decode()
    User.objects.update(role=Role.ANALYST)
    assert Client().get(address).status_code == 404
    User.objects.update(role=Role.COORDINATOR, is_active=False)
    assert Client().get(address).status_code == 404


def test_the_key_is_in_no_table_and_signs_in_to_nothing(vera: Access, case: Case) -> None:
    address = new_address(vera)
    key = address.removeprefix("/cases/calendar/").removesuffix(".ics")
    row = CalendarAddress.objects.get()
    assert key not in {str(value) for value in vars(row).values()}
    client = Client()
    client.get(address)
    assert client.get("/cases/reminders/").status_code == 302  # to the sign-in


def test_lines_are_folded_and_signs_are_escaped() -> None:
    at = datetime(2019, 3, 1, 12, tzinfo=UTC)
    text = calendar([date(2019, 3, 8)], words="Å" * 60 + "; a, b", link="https://x/", secret="s", at=at)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert "Å" * 60 + "\\; a\\, b" in text.replace("\r\n ", "")
    assert text.endswith("END:VCALENDAR\r\n")
    assert text == calendar(
        [date(2019, 3, 8)], words="Å" * 60 + "; a, b", link="https://x/", secret="s", at=at
    )
