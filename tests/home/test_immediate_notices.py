"""What cannot wait is told by immediate e-mail to who has chosen so: without a fact, whatever the mail server
does, and nobody learns from it what another region has."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client

from accounts.access import Access
from accounts.roles import Role
from accounts.views import choose_emails
from agencies.models import Code, Region
from audit.models import Event
from cases.actions.calls import log_call, move, notify
from cases.actions.sharing import ask_access, ask_transfer
from cases.models import Call, Case, Notification
from home.models import Reminder
from home.notifications import send_unsent, write_down, write_down_reminder as write_down_of_the_day
from tests.actors import NOON, access, user
from tests.makers import new_case

pytestmark = pytest.mark.django_db
SITE = "https://register.example"
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def vera() -> Access:
    return access(user("Vera", Role.COORDINATOR, region="V", language="en"))


@pytest.fixture
def sune() -> Access:
    return access(user("Sune", Role.COORDINATOR, region="SY", language="en"))


@pytest.fixture
def case(vera: Access) -> Case:
    return new_case(by=vera)


def chosen(who: Access) -> None:
    choose_emails(daily=True, at_once=True, by=who)


def minute(at: datetime = LATER) -> int:
    """What the worker does."""
    write_down(at=at)
    return send_unsent(at=at, site=SITE)


def hands_over(case: Case, by: Access, to: str = "SY") -> None:
    region = Region.objects.get(code=to)
    ask_transfer(person=case.persons.get(), to_region=region, reason="She has moved", by=by)


def rings(by: Access, urgency: str, region: str = "SY") -> None:
    group = Code.objects.of("caller")[0]
    facts = {"referred_region_id": region, "urgency": urgency, "consent": "given"}
    call = Call(received_at=NOON, caller_group=group, women=1, created_at=NOON, **facts)
    log_call(call=call, lists={}, by=by)


def notified(urgency: str) -> Notification:
    """By the police, of a woman in Skåne."""
    officer = access(user(f"Otto {urgency}", Role.OFFICER, agency="police"))
    return notify(
        notification=Notification(county_id="12", women=1, urgency=urgency), purposes=[], by=officer
    )


def test_a_transfer_asked_is_told_at_once_without_a_fact_and_once(
    vera: Access, sune: Access, case: Case
) -> None:
    chosen(sune)
    hands_over(case, vera)
    assert minute() == 1
    email = mail.outbox[0]
    assert email.to == ["sune@example.org"]
    assert email.body.split("\n\n") == [
        "The NMT register has something for you that cannot wait.",
        "Sign in to see what it is: https://register.example/",
        "You have chosen this e-mail in My account. It says nothing about what is in the register.",
    ]
    assert minute(LATER + timedelta(minutes=1)) == 0
    assert len(mail.outbox) == 1
    assert Event.objects.get(action="reminder.at_once").rows == 1


def test_urgent_calls_and_access_asked_are_told_and_other_calls_wait(
    vera: Access, sune: Access, case: Case
) -> None:
    olle = access(user("Olle", Role.OPERATOR))
    chosen(sune)
    chosen(vera)
    rings(olle, "days")
    assert minute() == 0
    rings(olle, "acute")
    assert minute() == 1
    ask_access(number=case.number, region=case.region, reason="We have met the person too", by=sune)
    assert minute() == 1
    assert [email.to for email in mail.outbox] == [["sune@example.org"], ["vera@example.org"]]


def test_an_urgent_notification_is_told_and_another_waits(sune: Access) -> None:
    chosen(sune)
    notified("days")
    assert minute() == 0
    notified("acute")
    assert minute() == 1
    assert [email.to for email in mail.outbox] == [["sune@example.org"]]


def test_an_urgent_notification_that_a_colleague_has_taken_over_is_told_no_more(sune: Access) -> None:
    chosen(sune)
    move(notification=notified("acute"), state="taken", by=sune)
    assert minute() == 0


def test_an_urgent_notification_of_another_region_is_told_to_nobody_here(vera: Access) -> None:
    chosen(vera)
    notified("acute")
    assert minute() == 0


def test_nobody_is_told_of_what_another_region_has_nor_of_a_case_that_is_not_there(
    vera: Access, sune: Access, case: Case
) -> None:
    osten = access(user("Osten", Role.COORDINATOR, region="Ö"))
    chosen(osten)
    chosen(vera)
    hands_over(case, vera)
    rings(access(user("Olle", Role.OPERATOR)), "acute")
    ask_access(number="V-2018-0999", region=case.region, reason="We have met the person too", by=sune)
    assert minute() == 0
    assert mail.outbox == []


def test_whoever_has_not_chosen_so_gets_none_and_what_waited_before_the_choice_is_in_none(
    vera: Access, sune: Access, case: Case
) -> None:
    hands_over(case, vera)
    assert minute() == 0
    choose_emails(daily=True, at_once=True, by=access(sune.user, LATER))
    assert minute(LATER + timedelta(minutes=1)) == 0


class Down(BaseEmailBackend):
    tried = 0

    def send_messages(self, messages: Any) -> int:
        Down.tried += 1
        raise TimeoutError("timed out")


def test_a_mail_server_that_is_away_hinders_no_act_and_the_email_comes_when_it_is_back(
    vera: Access, sune: Access, case: Case, settings: Any
) -> None:
    for who in (sune, access(user("Siri", Role.COORDINATOR, region="SY"))):
        chosen(who)
    settings.EMAIL_BACKEND, before = f"{__name__}.Down", Down.tried
    hands_over(case, vera)
    assert minute() == 0
    assert Down.tried - before == 1  # the second is not waited for
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert minute(LATER + timedelta(minutes=1)) == 2
    settings.EMAIL_BACKEND = f"{__name__}.Down"


def test_an_email_that_could_not_be_sent_for_a_day_is_not_sent_any_more(
    vera: Access, sune: Access, case: Case, settings: Any
) -> None:
    chosen(sune)
    settings.EMAIL_BACKEND = f"{__name__}.Down"
    hands_over(case, vera)
    assert minute() == 0

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert minute(LATER + timedelta(days=1, minutes=1)) == 0


def test_both_emails_are_chosen_on_my_account_and_the_daily_one_can_be_left_out(
    vera: Access, sune: Access, case: Case
) -> None:
    client = Client()
    client.force_login(sune.user)
    page = client.get("/account/").content.decode()
    assert 'name="daily" id="letter-daily" checked' in page
    assert 'id="letter-at-once" checked' not in page
    client.post("/account/letters/", {"at_once": "on"})
    sune.user.refresh_from_db()
    assert not sune.user.daily_letter
    assert sune.user.at_once_from is not None
    assert Event.objects.get(action="user.letters").fields == ["at_once_from", "daily_letter"]
    hands_over(case, vera)
    write_down_of_the_day(at=LATER)
    assert not Reminder.objects.filter(user=sune.user).exists()
