"""Every account is looked through once a year, by somebody else: the stalest first, one form of many rows."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.invitations import accounts_at, due, review_accounts
from accounts.models import AccountReview, User
from accounts.roles import Role
from audit.models import Event
from tests.actors import NOON, access, user

pytestmark = pytest.mark.django_db
PAGE = "/users/review/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def max_() -> User:
    return user("Max", Role.MANAGER, language="en")


@pytest.fixture
def client(max_: User) -> Client:
    client = Client()
    client.force_login(max_)
    return client


def since(person: User, days: int, *, seen: int = 0) -> User:
    """Somebody who was let in so many days ago, and signed in last `seen` days ago."""
    at, last = NOON - timedelta(days=days), NOON - timedelta(days=seen)
    User.objects.filter(pk=person.pk).update(date_joined=at, last_login=last)
    return person


def test_the_stalest_stand_first_and_each_with_what_one_needs(client: Client, max_: User) -> None:
    vera = since(user("Vera", Role.COORDINATOR, region="V"), 400)
    olle = since(user("Olle", Role.OPERATOR), 100, seen=91)
    new = since(user("Nina", Role.ANALYST, ends_on=NOON.date()), 1)
    user("Gone", Role.OPERATOR, ends_on=NOON.date() - timedelta(days=1))
    people = list(client.get(PAGE).context["people"])
    assert people == [vera, olle, max_, new]
    assert [(person.due, person.idle, person.endless) for person in people] == [
        (1, 0, 1),
        (0, 1, 1),
        (0, 0, 1),
        (0, 0, 0),
    ]
    text = " ".join(client.get(PAGE).content.decode().split())
    assert "1 account is due for review." in text
    assert [len(person.regions_today) for person in people] == [1, 0, 0, 0]
    assert people[0].regions_today[0] in text
    assert "not for 90 days" in text


def test_one_form_answers_of_many_and_it_is_on_record(client: Client, max_: User) -> None:
    vera, olle = since(user("Vera", Role.COORDINATOR), 400), since(user("Olle", Role.OPERATOR), 400)
    olga = since(user("Olga", Role.OPERATOR), 400)
    sent = {f"account-0{vera.pk}": "stays", f"account-{olle.pk}": "ends", f"account-{olga.pk}": ""}
    sent |= {"form_token": str(uuid.uuid4()), "account-x": "ends", "account-99999": "stays"}
    for _twice in range(2):
        assert client.post(PAGE, sent).status_code == 302
    assert list(due(access(max_))) == [olga]
    olle.refresh_from_db()
    assert (olle.is_active, User.objects.get(pk=vera.pk).is_active) == (False, True)
    rows = AccountReview.objects.order_by("pk").values_list("user", "by", "answer", "at")
    assert list(rows) == [(vera.pk, max_.pk, "stays", NOON), (olle.pk, max_.pk, "ends", NOON)]
    events = Event.objects.filter(action="user.review").order_by("sequence")
    assert [(event.actor, event.target_label, event.search_kind) for event in events] == [
        (max_.email, "Vera", "stays"),
        (max_.email, "Olle", "ends"),
    ]
    assert Event.objects.get(action="user.change").fields == ["is_active"]


def test_who_is_reviewed_is_due_again_after_a_year(max_: User, clock: time_machine.Coordinates) -> None:
    vera = since(user("Vera", Role.COORDINATOR), 366)
    review_accounts({vera: "stays"}, by=access(max_))
    assert not due(access(max_)).exists()
    clock.shift(timedelta(days=366))
    assert list(due(access(max_, NOON + timedelta(days=366)))) == [vera]


def test_nobody_reviews_the_own_account(client: Client, max_: User) -> None:
    since(max_, 400)
    vera = user("Vera", Role.COORDINATOR)
    assert f"account-{max_.pk}" not in client.get(PAGE).content.decode()
    client.post(PAGE, {f"account-{vera.pk}": "ends", f"account-{max_.pk}": "stays"})
    assert not AccountReview.objects.exists()
    assert User.objects.get(pk=vera.pk).is_active
    assert not due(access(max_)).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountReview.objects.create(user=max_, by=max_, at=NOON, answer="stays")


def test_the_last_administrator_does_not_end_by_a_review(client: Client) -> None:
    anna, vera = user("Anna", Role.ADMINISTRATOR), user("Vera", Role.COORDINATOR)
    client.post(PAGE, {f"account-{vera.pk}": "ends", f"account-{anna.pk}": "ends"})
    assert User.objects.filter(pk__in=[anna.pk, vera.pk], is_active=True).count() == 2
    assert "last administrator" in client.get(PAGE).content.decode()


def test_others_review_nothing(client: Client) -> None:
    dag, vera = user("Dag", Role.DPO), user("Vera", Role.COORDINATOR)
    client.force_login(dag)
    assert client.get(PAGE).status_code == 403
    with pytest.raises(PermissionDenied):
        review_accounts({vera: "ends"}, by=access(dag))
    assert User.objects.get(pk=vera.pk).is_active


def test_what_is_overdue_is_counted_on_my_page(client: Client, max_: User) -> None:
    since(max_, 400)
    for number in range(7):
        since(user(f"O{number}", Role.OPERATOR), 400)
    box = next(box for box in client.get("/").context["boxes"] if box.title == "Accounts to review")
    assert (box.count, box.waits, box.url) == (7, False, PAGE)


def test_the_page_asks_as_often_however_many_there_are(
    client: Client, max_: User, django_assert_max_num_queries: object
) -> None:
    for number in range(60):
        user(f"O{number}", Role.OPERATOR, region="V" if number == 1 else "")
    assert accounts_at(NOON).count() == 61
    client.get(PAGE)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        shown = client.get(PAGE)
    assert len(shown.context["people"]) == 25
    assert len(shown.content) < 60_000
    assert shown.context["next"] == "?page=2"
