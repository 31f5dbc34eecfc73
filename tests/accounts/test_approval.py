"""What nobody does alone: asked for by one, answered by another, and bound to what was looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from accounts.access import Access
from accounts.approvals import (
    ACTS,
    AlreadyAnswered,
    answer,
    ask,
    given,
    needs_two,
    withdraw,
)
from accounts.models import Approval
from accounts.roles import May, Role
from audit.models import Event
from audit.writer import Target
from tests.actors import NOON, access, user

pytestmark = pytest.mark.django_db
ACT = "test.approval"
YEAR = Target("summary", "2018", "2018")


@pytest.fixture(autouse=True)
def act() -> Iterator[None]:
    needs_two(ACT, title="Release", asks=(May.PUBLISH,), answers=(May.PUBLISH, May.APPROVE_EXCEPTION))
    yield
    del ACTS[ACT]


def somebody(role: Role, name: str) -> Access:
    return access(user(name, role))


@pytest.fixture
def ada() -> Access:
    return somebody(Role.ANALYST, "ada")


@pytest.fixture
def mona() -> Access:
    return somebody(Role.MANAGER, "mona")


def test_what_one_asks_for_another_approves_and_the_audit_log_says_both(ada: Access, mona: Access) -> None:
    asked = ask(ACT, YEAR, reason="Alla tabeller är klara", by=ada)
    assert given(ACT, YEAR) is None
    answer(asked, give=True, by=mona, reason="Läst")
    assert given(ACT, YEAR) == asked
    events = list(Event.objects.order_by("sequence").values_list("action", "actor", "search_kind"))
    assert events == [("approval.ask", ada.actor, ACT), ("approval.approve", mona.actor, ACT)]


def test_nobody_answers_an_own_question_even_with_the_right_to_answer(ada: Access) -> None:
    asked = ask(ACT, YEAR, reason="Klart", by=ada)
    with pytest.raises(PermissionDenied):
        answer(asked, give=True, by=ada)
    assert given(ACT, YEAR) is None


def test_the_database_refuses_an_own_answer_whatever_the_code_says(ada: Access) -> None:
    asked = ask(ACT, YEAR, reason="Klart", by=ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=asked.pk).update(answer="given", answered_by=ada.user, answered_at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=asked.pk).update(answer="given")  # by nobody


@pytest.mark.parametrize(
    "change", [{"answer": "declined"}, {"answer": "pending", "answered_by": None, "answered_at": None},
               {"digest": "another"}, {"payload": {"fields": {"role": "dpo"}}}],
)  # fmt: skip
def test_the_database_lets_an_answer_be_given_once_whatever_the_code_says(
    change: dict[str, object], ada: Access, mona: Access
) -> None:
    asked = answer(ask(ACT, YEAR, reason="Klart", by=ada), give=True, by=mona)
    rows = Approval.objects.filter(pk=asked.pk)
    with pytest.raises(IntegrityError, match="given once"), transaction.atomic():
        rows.update(**change)
    assert rows.update(used_at=NOON) == 1


def test_the_database_lets_a_no_become_no_yes_whatever_the_code_says(ada: Access, mona: Access) -> None:
    asked = answer(ask(ACT, YEAR, reason="Klart", by=ada), give=False, by=mona)
    with pytest.raises(IntegrityError, match="given once"), transaction.atomic():
        Approval.objects.filter(pk=asked.pk).update(answer="given")


def test_who_may_neither_ask_nor_answer_is_refused(ada: Access, mona: Access) -> None:
    with pytest.raises(PermissionDenied):
        ask(ACT, YEAR, reason="Klart", by=mona)
    with pytest.raises(PermissionDenied):
        answer(ask(ACT, YEAR, reason="Klart", by=ada), give=True, by=somebody(Role.OPERATOR, "olle"))


def test_an_answer_is_about_exactly_what_was_looked_at(ada: Access, mona: Access) -> None:
    answer(ask(ACT, YEAR, reason="Klart", by=ada, digest="a" * 64), give=True, by=mona)
    assert given(ACT, YEAR, digest="a" * 64)
    assert given(ACT, YEAR, digest="b" * 64) is None
    assert given(ACT, Target("summary", "2019", "2019"), digest="a" * 64) is None


def test_a_later_no_takes_back_an_earlier_yes(ada: Access, mona: Access) -> None:
    answer(ask(ACT, YEAR, reason="Klart", by=ada), give=True, by=mona)
    later = Access(ada.user, ada.role, NOON + timedelta(hours=1))
    answer(ask(ACT, YEAR, reason="Igen", by=later), give=False, by=mona)
    assert given(ACT, YEAR) is None


def test_asked_twice_is_asked_once_and_a_colleague_waits_for_the_answer(ada: Access) -> None:
    asked = ask(ACT, YEAR, reason="Klart", by=ada)
    assert ask(ACT, YEAR, reason="Klart", by=ada) == asked
    with pytest.raises(IntegrityError), transaction.atomic():
        ask(ACT, YEAR, reason="Jag med", by=somebody(Role.ANALYST, "bo"))


def test_an_answer_is_given_once(ada: Access, mona: Access) -> None:
    asked = ask(ACT, YEAR, reason="Klart", by=ada)
    answer(asked, give=False, by=mona)
    with pytest.raises(AlreadyAnswered):
        answer(asked, give=True, by=somebody(Role.MANAGER, "max"))


def test_who_asked_takes_it_back_and_nobody_else_does(ada: Access, mona: Access) -> None:
    asked = ask(ACT, YEAR, reason="Klart", by=ada)
    with pytest.raises(PermissionDenied):
        withdraw(asked, by=mona)
    withdraw(asked, by=ada)
    with pytest.raises(AlreadyAnswered):
        answer(asked, give=True, by=mona)
    assert given(ACT, YEAR) is None


def test_reasons_are_encrypted_at_rest(ada: Access, mona: Access) -> None:
    answer(ask(ACT, YEAR, reason="Skälet", by=ada), give=True, by=mona, reason="Svaret")
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason, answer_reason FROM accounts_approval")
        stored = " ".join(cursor.fetchone())
    assert "Skälet" not in stored
    assert "Svaret" not in stored
