"""A manager is stood in for by a dated second holder of the role, given by two persons, who never answers own
requests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client

from accounts.access import Access
from accounts.approvals import answer
from accounts.models import Approval, User
from accounts.roles import May, Role
from agencies.account_approvals import ask_factor
from agencies.stand_ins import answerers, ask_stand_in
from tests.actors import NOON, user

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
WHY = "Semester"


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def people() -> dict[str, User]:
    """Nobody is new: Ada the analyst, Anna the administrator, Max the manager, Olle who has lost his key."""
    roles = {"ada": Role.ANALYST, "anna": Role.ADMINISTRATOR, "max": Role.MANAGER, "olle": Role.OPERATOR}
    found = {name: user(name.title(), role) for name, role in roles.items()}
    User.objects.update(date_joined=NOON - timedelta(days=400))
    return found


def by(person: User, days: int = 0) -> Access:
    """What the person may, so many days from now."""
    return Access.of(User.objects.get(pk=person.pk), at=NOON + timedelta(days=days))


def asked(people: dict[str, User], who: str = "ada", first: date = TODAY, days: int = 200) -> Approval:
    last = first + timedelta(days=days - 1)
    return ask_stand_in(user=people[who], first=first, last=last, reason=WHY, by=by(people["anna"]))


@pytest.fixture
def stands(people: dict[str, User]) -> Approval:
    return answer(asked(people), give=True, by=by(people["max"]))


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return client


def test_nobody_stands_in_before_a_second_person_has_said_yes(people: dict[str, User]) -> None:
    asked(people)
    assert not by(people["ada"]).may(May.LET_IN)


def test_who_stands_in_is_a_manager_and_nothing_else(people: dict[str, User], stands: Approval) -> None:
    ada = by(people["ada"])
    assert (ada.role, ada.may(May.LET_IN), ada.may(May.PUBLISH)) == (Role.MANAGER, True, False)


@pytest.mark.parametrize(("day", "stands_in"), [(-1, False), (0, True), (4, True), (5, False)])
def test_it_begins_and_ends_by_its_days(people: dict[str, User], day: int, stands_in: bool) -> None:
    first = TODAY + timedelta(days=10)
    answer(asked(people, first=first, days=5), give=True, by=by(people["max"]))
    with time_machine.travel(NOON + timedelta(days=10 + day), tick=False):
        assert by(people["ada"], 10 + day).may(May.LET_IN) is stands_in
        able = User.objects.able(May.LET_IN)
        assert (people["ada"] in able) is stands_in
        assert (people["ada"] in User.objects.able(May.PUBLISH)) is not stands_in


def test_a_lost_factor_does_not_wait_for_the_manager(people: dict[str, User], stands: Approval) -> None:
    User.objects.filter(pk=people["max"].pk).update(is_active=False)
    lost = ask_factor(user=people["olle"], reason="Ny telefon", by=by(people["anna"]))
    answer(lost, give=True, by=by(people["ada"]))
    lost.refresh_from_db()
    assert lost.answer == "given"


def test_who_stands_in_never_answers_own_requests(people: dict[str, User]) -> None:
    lost = ask_factor(user=people["olle"], reason="Ny telefon", by=by(people["anna"]))
    answer(asked(people, "anna"), give=True, by=by(people["max"]))
    assert by(people["anna"]).may(May.LET_IN)
    assert people["anna"] not in answerers(lost)
    with pytest.raises(PermissionDenied):
        answer(lost, give=True, by=by(people["anna"]))


def test_nobody_makes_oneself_a_manager(people: dict[str, User]) -> None:
    alva = user("Alva", Role.ADMINISTRATOR)
    User.objects.filter(pk=people["max"].pk).update(is_active=False)
    question = asked(people, "anna")
    assert people["anna"] not in answerers(question)
    assert answerers(question) == [alva]


def test_more_than_sixty_days_are_given(people: dict[str, User], stands: Approval) -> None:
    with time_machine.travel(NOON + timedelta(days=199), tick=False):
        assert by(people["ada"], 199).may(May.LET_IN)


@pytest.mark.parametrize("who", ["anna", "max"])
def test_it_is_ended_at_once(people: dict[str, User], stands: Approval, who: str) -> None:
    page = browser(people[who]).get("/users/stand-in/").content.decode()
    assert f"/users/stand-in/{stands.code}/end/" in page
    browser(people[who]).post(f"/users/stand-in/{stands.code}/end/")
    assert not by(people["ada"]).may(May.LET_IN)


def test_it_is_asked_for_on_a_page(people: dict[str, User]) -> None:
    facts = {"user": people["ada"].pk, "first": "2019-03-01", "last": "2019-09-01", "reason": WHY}
    browser(people["anna"]).post("/users/stand-in/", facts)
    question = Approval.objects.get(act="manager.stand_in")
    page = browser(people["max"]).get(f"/approvals/{question.code}/").content.decode()
    assert "Ada" in page
    browser(people["max"]).post(f"/approvals/{question.code}/", {"answer": "yes", "reason": "Ja"})
    assert by(people["ada"]).may(May.LET_IN)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"last": ""}, "last"), ({"last": "2018-01-01"}, "last"), ({"first": "2019-02-01"}, "first")],
)
def test_it_has_its_days(people: dict[str, User], wrong: dict[str, str], field: str) -> None:
    facts: dict[str, Any] = {
        "user": people["ada"].pk,
        "first": "2019-03-01",
        "last": "2019-09-01",
        "reason": WHY,
    }
    answered = browser(people["anna"]).post("/users/stand-in/", facts | wrong)
    assert field in answered.context["form"].errors
    assert not Approval.objects.exists()


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.COORDINATOR, Role.OFFICER, Role.DPO])
def test_nobody_who_works_with_rows_or_watches_stands_in(people: dict[str, User], role: Role) -> None:
    other = user("Nora", role)
    facts = {"user": other.pk, "first": "2019-03-01", "last": "2019-09-01", "reason": WHY}
    answered = browser(people["anna"]).post("/users/stand-in/", facts)
    assert "user" in answered.context["form"].errors


def test_the_register_is_whole_with_a_stand_in(stands: Approval) -> None:
    call_command("check_register")
