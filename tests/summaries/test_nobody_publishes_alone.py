"""One administrator makes two analysts of their own, opens both accounts, asks for a release by the one and
approves it by the other: the attack as it was found, played by HTTP, and how it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from accounts.access import Access
from accounts.models import Approval, User
from accounts.roles import Role
from jobs import worker
from jobs.kinds import JobRefused
from summaries.counting.historical import decide_standing_exemption
from summaries.release import actions
from summaries.release.approvals import who_answers
from summaries.release.corrections import headline_steps
from summaries.release.models import Publication
from tests.accounts.test_invitation import CHOSEN, choose_password
from tests.actors import NOON, access, user
from tests.summaries.small_year import add, prepare

pytestmark = pytest.mark.django_db
FREEZE = "/summaries/publications/2018/freeze/"
TICKED = {"state": "preliminary", "when": "once", "read_sv": "on", "read_en": "on"}
YES = {"answer": "yes", "reason": "Jag har ringt"}
SOCKS = ("sock1@example.org", "sock2@example.org")


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(worker, "_signs_of_life", nullcontext)
    with time_machine.travel(NOON, tick=False):
        decide_standing_exemption()
        yield


@pytest.fixture
def adam() -> User:
    return user("Adam", Role.ADMINISTRATOR)


@pytest.fixture
def mona() -> User:
    return user("Mona", Role.MANAGER)


def as_(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client


def add_account(by: User, email: str, role: str = "analyst") -> Any:
    facts = {"email": email, "name": email[:5], "role": role, "language": "", "is_active": "on"}
    return as_(by).post("/admin/accounts/user/add/", facts | {"why": "Ny analytiker"})


def page_of(asked: Approval) -> str:
    return f"/approvals/{asked.code}/"


def let_in_socks(by: User, second: User, callbacks: Any) -> list[Client]:
    """Both accounts, which a second person has believed in: opened by the link and the code."""
    found = []
    for email in SOCKS:
        add_account(by, email)
        with callbacks(execute=True):
            answered = as_(second).post(page_of(Approval.objects.latest("pk")), YES)
        link = re.search(r"https?://\S+", mail.outbox[-1].body)
        assert link
        client = Client()
        choose_password(client, link.group(), CHOSEN)
        client.post("/accounts/login/", {"login": email, "password": CHOSEN})
        client.post("/account/open/", {"code": answered.context["asked"].code_to_read_out})
        found.append(client)
    return found


def sock(n: int) -> User:
    return User.objects.get(email=SOCKS[n - 1])


def ask_release(client: Client, vera: Access) -> str:
    """Prepared and asked for by the first of the two; returns the page of the question."""
    add(vera)
    draft = prepare(access(sock(1)), headline_steps())
    return str(client.post(FREEZE, TICKED | {"digest": draft.digest})["Location"])


def is_public() -> bool:
    worker.work(once=True)
    return Client().get("/statistik/2018/").status_code == 200


@pytest.mark.parametrize("role", ["analyst", "manager"])
def test_one_administrator_makes_no_account_that_reads_totals_or_publishes(adam: User, role: str) -> None:
    for email in SOCKS:
        add_account(adam, email, role)
    assert not User.objects.filter(email__in=SOCKS).exists()
    assert Approval.objects.pending().count() == 2
    for asked in Approval.objects.pending():
        as_(adam).post(page_of(asked), YES)
    assert not User.objects.filter(email__in=SOCKS).exists()


def test_an_officer_whom_one_has_made_becomes_no_analyst_by_one(adam: User, mona: User) -> None:
    add_account(adam, SOCKS[0], "officer")
    officer = sock(1)
    facts = {"email": officer.email, "name": "Sock", "role": "analyst", "language": "", "is_active": "on"}
    as_(adam).post(f"/admin/accounts/user/{officer.pk}/change/", facts | {"why": "Ny uppgift"})
    assert sock(1).role == Role.OFFICER


def test_two_whom_one_has_let_in_do_not_answer_each_other_and_the_manager_does(
    adam: User, mona: User, vera: Access, django_capture_on_commit_callbacks: Any
) -> None:
    first, second = let_in_socks(adam, mona, django_capture_on_commit_callbacks)
    question = ask_release(first, vera)
    asked = Approval.objects.pending().get()
    assert who_answers(asked) == [mona]
    assert second.post(question, {"answer": "yes"}).status_code == 403
    assert not is_public()
    as_(mona).post(question, {"answer": "yes"})
    assert is_public()


def test_nor_where_there_is_no_manager_until_ninety_days_have_passed(
    adam: User, vera: Access, django_capture_on_commit_callbacks: Any
) -> None:
    first, second = let_in_socks(adam, user("Bo", Role.ADMINISTRATOR), django_capture_on_commit_callbacks)
    question = ask_release(first, vera)
    asked = Approval.objects.pending().get()
    assert who_answers(asked) == []
    assert second.post(question, {"answer": "yes"}).status_code == 403
    old = user("Pia", Role.ANALYST)
    assert who_answers(asked) == [old], "an analyst whom somebody else let in long ago may"
    with time_machine.travel(NOON + timedelta(days=90, minutes=-1), tick=False):
        assert who_answers(asked) == [old]
    with time_machine.travel(NOON + timedelta(days=90, minutes=1), tick=False):
        assert who_answers(asked) == [sock(2), old]


def test_an_exemption_is_not_approved_by_whom_the_asker_let_in(
    adam: User, vera: Access, anna: Access
) -> None:
    """A manager who was let in by the same person a week ago."""
    add(vera)
    prepare(anna, headline_steps())
    row = actions.ask_exemption(year=2018, table="main_purpose", reason="Känt", by=anna)
    new = user("Nils", Role.MANAGER)
    bo = user("Bo", Role.ADMINISTRATOR)
    for person in (new, anna.user):
        Approval.objects.create(
            act="account.new", reason="x", asked_by=adam, asked_at=NOON, answer="given", answered_by=bo,
            answered_at=NOON - timedelta(days=7), payload={"lets_in": person.pk},
        )  # fmt: skip
    with pytest.raises(JobRefused):
        actions.answer_exemption(exemption=row, approve=True, by=access(new))
    actions.answer_exemption(exemption=row, approve=True, by=access(user("Max", Role.MANAGER)))


def test_a_release_is_for_a_manager_where_there_is_one_who_can_sign_in(
    mona: User, vera: Access, anna: Access
) -> None:
    add(vera)
    draft = prepare(anna, headline_steps())
    pia = user("Pia", Role.ANALYST)
    question = as_(anna.user).post(FREEZE, TICKED | {"digest": draft.digest})["Location"]
    assert as_(pia).post(question, {"answer": "yes"}).status_code == 403
    User.objects.filter(pk=mona.pk).update(is_active=False)
    as_(pia).post(question, {"answer": "yes"})
    assert is_public()
    assert Publication.objects.published().get().approved_by == pia
