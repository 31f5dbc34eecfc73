"""A reminder of one's own: a day and a few encrypted words in a case, for oneself alone, until it is done.
Follow-ups of calls stand in the same list."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client

from accounts.access import Access
from accounts.roles import Role
from agencies.models import Code, Region
from audit.models import Event
from cases.actions.calls import log_call
from cases.actions.cases import finish_reminder, remind
from cases.actions.sharing import answer_access, answer_transfer, ask_access, ask_transfer
from cases.extract import Extract
from cases.models import Call, Case, Reminder
from cases.timeline import to_remember
from tests.actors import NOON, access, user
from tests.cases.pages import errors_of
from tests.makers import new_case

pytestmark = pytest.mark.django_db
TEXT = "Ask again about the interpreter"
DAY = date(2019, 3, 8)


@pytest.fixture
def vera() -> Access:
    return access(user("Vera", Role.COORDINATOR, region="V", language="en"))


@pytest.fixture
def vidar() -> Access:
    """Of the same region."""
    return access(user("Vidar", Role.COORDINATOR, region="V", kind="deputy", language="en"))


@pytest.fixture
def sune() -> Access:
    return access(user("Sune", Role.COORDINATOR, region="SY", language="en"))


@pytest.fixture
def case(vera: Access) -> Case:
    return new_case(by=vera)


def signed_in(who: Access) -> Client:
    client = Client()
    client.force_login(who.user)
    return client


def test_a_reminder_is_written_in_the_case_and_is_off_the_list_when_it_is_done(
    vera: Access, case: Case
) -> None:
    client = signed_in(vera)
    with time_machine.travel(NOON, tick=False):
        client.post(f"{case.get_absolute_url()}remind/", {"day": "2019-03-08", "text": TEXT})
        reminder = Reminder.objects.get()
        assert TEXT in client.get(case.get_absolute_url()).content.decode()
        assert TEXT in client.get("/cases/reminders/").content.decode()
        assert client.get("/waiting/").json() == {"waiting": 0}  # its day has not come
    with time_machine.travel(NOON.replace(day=8), tick=False):
        assert TEXT in client.get("/").content.decode()
        assert client.get("/waiting/").json() == {"waiting": 1}
        assert (
            client.post(f"/cases/reminders/{reminder.code}/done/", {"case": "1"}).url
            == case.get_absolute_url()
        )
        assert TEXT not in client.get(case.get_absolute_url()).content.decode()
        assert TEXT not in client.get("/cases/reminders/").content.decode()
    assert [
        Event.objects.filter(action=f"case.{verb}", target_label=case.number).count()
        for verb in ("remind", "reminded")
    ] == [1, 1]


def test_a_day_that_has_passed_and_words_that_identify_somebody_are_refused(vera: Access, case: Case) -> None:
    client = signed_in(vera)
    facts = {"day": "2018-01-01", "text": "Ring 070-123 45 67"}
    assert errors_of(client.post(f"{case.get_absolute_url()}remind/", facts)).keys() == {"day", "text"}
    facts = {"day": "2099-01-01", "text": "a" * 201}
    assert errors_of(client.post(f"{case.get_absolute_url()}remind/", facts)).keys() == {"text"}
    assert not Reminder.objects.exists()


def test_nobody_else_sees_it_and_in_the_database_it_cannot_be_read(
    vera: Access, vidar: Access, sune: Access, case: Case
) -> None:
    reminder = remind(case=case, day=DAY, text=TEXT, by=vera)
    for other in (vidar, sune):
        client = signed_in(other)
        assert TEXT not in client.get("/cases/reminders/").content.decode()
        assert TEXT not in client.get(case.get_absolute_url()).content.decode()
        assert client.post(f"/cases/reminders/{reminder.code}/done/").status_code == 404
        with pytest.raises(PermissionDenied):
            finish_reminder(reminder=reminder, by=other)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM cases_reminder")
        assert TEXT not in str(cursor.fetchall())


def test_it_is_in_the_extract_of_the_case(vera: Access, vidar: Access, case: Case) -> None:
    remind(case=case, day=DAY, text=TEXT, by=vera)
    assert any(TEXT in fact for section in Extract(case, vidar).sections for fact in section.facts)


def test_whoever_works_with_the_case_no_more_is_reminded_of_nothing(
    vera: Access, sune: Access, case: Case
) -> None:
    remind(case=case, day=DAY, text=TEXT, by=vera)
    person = case.persons.get()
    transfer = ask_transfer(person=person, to_region=Region.objects.get(code="SY"), reason="Moved.", by=vera)
    answer_transfer(transfer=transfer, accept=True, reason="", by=sune)
    assert not Reminder.objects.visible_to(vera).exists()
    assert TEXT not in signed_in(vera).get("/cases/reminders/").content.decode()


def test_a_case_that_one_is_allowed_to_read_for_a_day_is_none_to_be_reminded_of(
    vera: Access, sune: Access, case: Case
) -> None:
    grant = ask_access(number=case.number, region=case.region, reason="We have met the person too", by=sune)
    answer_access(grant=grant, hours=8, reason="", by=vera)
    with time_machine.travel(NOON, tick=False):
        client = signed_in(sune)
        assert "My reminders" not in client.get(case.get_absolute_url()).content.decode()
        assert client.get(f"{case.get_absolute_url()}remind/").status_code == 403
    with pytest.raises(PermissionDenied):
        remind(case=case, day=DAY, text=TEXT, by=sune)


def test_follow_ups_of_calls_stand_in_the_same_list_by_their_day(
    vera: Access, case: Case, django_assert_max_num_queries: object
) -> None:
    olle = access(user("Olle", Role.OPERATOR, language="en"))
    group = Code.objects.of("caller")[0]
    for due, region in ((date(2019, 3, 5), "V"), (date(2019, 3, 12), "V"), (date(2019, 3, 1), "SY")):
        call = Call(
            received_at=NOON, caller_group=group, women=1, follow_up_due=due, referred_region_id=region
        )
        log_call(call=call, lists={}, by=olle)
    remind(case=case, day=DAY, text=TEXT, by=vera)
    found = [(day.day, kind) for day, kind, _key in to_remember(vera)]
    assert found == [(5, "call"), (8, "reminder"), (12, "call")]
    with time_machine.travel(NOON.replace(day=10), tick=False):
        page = signed_in(vera).get("/cases/reminders/").content.decode()
    assert page.index("5 days late") < page.index("2 days late") < page.index("2019-03-12")
    assert len(to_remember(olle)) == 3
