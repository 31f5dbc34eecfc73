"""An account may have a last day: after it nobody signs in to it, and what is open ends at the next click."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client

from accounts.invitations import break_glass, change_user, needs_two_to_change
from accounts.models import User
from accounts.notices import reader_of, renew_address
from accounts.roles import May, Role
from agencies.stand_ins import Answerers
from audit.models import Event
from tests.actors import NOON, PASSWORD, access, user
from tests.exchange.list_files import upload

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def sign_in(client: Client, person: User) -> str:
    """Where the browser is led to."""
    client.cookies["django_language"] = "en"
    sent = {"login": person.email, "password": PASSWORD}
    return client.post("/accounts/login/", sent).headers.get("Location", "")


def last_day(person: User, day: date | None) -> User:
    User.objects.filter(pk=person.pk).update(ends_on=day)
    person.refresh_from_db()
    return person


def test_after_the_last_day_the_account_is_not_signed_in_to_and_says_so(client: Client) -> None:
    olle = user("Olle", Role.OPERATOR, ends_on=YESTERDAY)
    there = sign_in(client, olle)
    assert "The account has ended" in client.get(there).content.decode()
    assert client.get("/account/").status_code == 302
    event = Event.objects.get(action="user.ended_refused")
    assert (event.actor, event.target_id) == (olle.email, str(olle.pk))
    assert not Event.objects.filter(action="user.sign_in").exists()


def test_on_the_last_day_it_works_and_what_is_open_ends_at_midnight(
    client: Client, clock: time_machine.Coordinates
) -> None:
    clock.move_to(NOON + timedelta(hours=10, minutes=40))  # 23.40 in Sweden
    olle = user("Olle", Role.OPERATOR, ends_on=TODAY)
    assert sign_in(client, olle) == "/"
    assert client.get("/account/").status_code == 200
    assert client.get("/session/").json()["whole"] == 20 * 60
    clock.shift(timedelta(minutes=21))
    assert client.get("/calls/").headers["Location"].startswith("/accounts/login/")
    assert client.get("/account/").status_code == 302


def test_a_last_day_that_is_set_ends_what_is_open_at_the_next_click(client: Client) -> None:
    olle = user("Olle", Role.OPERATOR)
    sign_in(client, olle)
    assert client.get("/calls/").status_code == 200
    last_day(olle, YESTERDAY)
    assert client.post("/account/letters/", {}).status_code == 302
    olle.refresh_from_db()
    assert olle.daily_letter
    assert client.get("/calls/").headers["Location"].startswith("/accounts/login/")


def test_who_has_ended_may_nothing_answers_nothing_and_reads_no_calendar() -> None:
    anna, max_ = user("Anna", Role.ADMINISTRATOR), user("Max", Role.MANAGER)
    key = renew_address(by=access(max_)).rpartition("/")[2]
    for person in (anna, max_):
        last_day(person, YESTERDAY)
    assert not access(max_).may(May.VIEW_TOTALS)
    assert not anna.has_perm("accounts.change_user")
    assert not User.objects.able(May.ADMINISTER, May.LET_IN).exists()
    assert Answerers(TODAY).having[May.LET_IN] == []
    assert reader_of(key) is None


def test_on_the_last_day_somebody_still_answers_what_others_ask() -> None:
    max_ = user("Max", Role.MANAGER, ends_on=TODAY)

    assert Answerers(TODAY).having[May.LET_IN] == [max_]


@pytest.mark.parametrize(
    ("before", "after", "two"),
    [
        (None, TOMORROW, False),  # shorter
        (TOMORROW, TODAY, False),
        (TOMORROW, TOMORROW, False),
        (TODAY, TOMORROW, True),  # longer
        (TODAY, None, True),
        (YESTERDAY, TOMORROW, True),  # back again
    ],
)
def test_longer_is_given_as_the_role_is_and_shorter_needs_nobody(
    before: date | None, after: date | None, two: bool
) -> None:
    stored = user("Olle", Role.OPERATOR, ends_on=before)
    changed = User(email=stored.email, role=stored.role, ends_on=after)
    assert needs_two_to_change(stored, changed) is two
    stored.role = changed.role = Role.OFFICER  # which one gives alone
    assert not needs_two_to_change(stored, changed)


def test_an_administrator_shortens_alone_and_asks_to_lengthen(client: Client) -> None:
    anna, olle = user("Anna", Role.ADMINISTRATOR, language="en"), user("Olle", Role.OPERATOR)
    client.force_login(anna)
    page = f"/admin/accounts/user/{olle.pk}/change/"
    facts = {"email": olle.email, "name": "Olle", "role": "operator", "language": "", "is_active": "on"}
    client.post(page, {**facts, "ends_on": "2019-03-02"})
    olle.refresh_from_db()
    assert olle.ends_on == TOMORROW
    assert Event.objects.get(action="user.change").fields == ["ends_on"]
    client.post(page, {**facts, "ends_on": "", "why": "Stays"})
    olle.refresh_from_db()
    assert olle.ends_on == TOMORROW
    assert Event.objects.filter(action="approval.ask", search_kind="account.change").exists()
    own = f"/admin/accounts/user/{anna.pk}/change/"
    sent = {**facts, "email": anna.email, "name": "Anna", "role": "administrator", "ends_on": "2019-02-28"}
    assert "You cannot end your own access" in client.post(own, sent).content.decode()


def test_a_file_shortens_and_does_not_lengthen(client: Client) -> None:
    user("Olle", Role.OPERATOR, ends_on=TODAY)
    client.force_login(user("Anna", Role.ADMINISTRATOR, language="en"))
    refused = upload(client, "accounts_user", b"email,ends_on\nolle@example.org,2019-03-02\n")
    assert "Two persons are needed for this" in refused.content.decode()


def test_the_last_administrator_gets_no_last_day() -> None:
    anna = user("Anna", Role.ADMINISTRATOR)
    anna.ends_on = TOMORROW
    with pytest.raises(PermissionDenied, match="administrat"):
        change_user(user=anna, fields=["ends_on"], by=access(User.objects.get(pk=anna.pk)))
    user("Alva", Role.ADMINISTRATOR, ends_on=TOMORROW)  # who ends on the same day
    with pytest.raises(PermissionDenied):
        change_user(user=anna, fields=["ends_on"], by=access(User.objects.get(pk=anna.pk)))
    user("Adam", Role.ADMINISTRATOR)
    change_user(user=anna, fields=["ends_on"], by=access(User.objects.get(pk=anna.pk)))


def test_who_is_let_in_from_the_server_is_let_in_although_the_account_had_ended() -> None:
    anna = user("Anna", Role.ADMINISTRATOR, ends_on=YESTERDAY)
    break_glass(user=anna, role=Role.ADMINISTRATOR, reason="Nobody else", at=NOON)
    anna.refresh_from_db()
    assert anna.ends_on is None
    assert Event.objects.get(action="user.break_glass").fields == ["ends_on"]


def test_my_page_tells_owner_and_administrator_a_month_before(client: Client) -> None:
    olle = user("Olle", Role.OPERATOR, ends_on=TODAY + timedelta(days=30), language="en")
    later = user("Olga", Role.OPERATOR, ends_on=TODAY + timedelta(days=31), language="en")
    client.force_login(olle)
    assert "Your account ends." in client.get("/").content.decode()
    assert "2019-03-31" in client.get("/account/").content.decode()
    client.force_login(later)
    assert "Your account ends." not in client.get("/").content.decode()
    client.force_login(user("Anna", Role.ADMINISTRATOR, language="en"))
    boxes = {box.title: box for box in client.get("/").context["boxes"]}
    assert boxes["Accounts that end soon"].count == 1
