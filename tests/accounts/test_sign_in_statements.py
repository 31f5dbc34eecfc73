"""Signing in costs the same however many sessions somebody has, and ends those that are over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from tests.actors import PASSWORD, user

pytestmark = pytest.mark.django_db
AT_MOST = 28  # statements of the request, beside savepoints and what tells PostgreSQL who asks
NOT_COUNTED = ("SAVEPOINT", "RELEASE", "SELECT set_config(")


@pytest.fixture
def olle() -> User:
    return user("Olle", Role.OPERATOR)


def sign_in(person: User) -> list[str]:
    """Return the statements of a sign-in at a new browser."""
    with CaptureQueriesContext(connection) as asked:
        answer = Client().post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 302
    return [query["sql"] for query in asked if not query["sql"].startswith(NOT_COUNTED)]


def test_a_sign_in_costs_the_same_whatever_the_sessions(olle: User) -> None:
    sign_in(olle)
    with_one = sign_in(olle)
    for _browser in range(6):
        sign_in(olle)
    with_many = sign_in(olle)
    assert len(with_many) == len(with_one)
    assert len(with_many) <= AT_MOST, "\n".join(with_many)


def test_a_sign_in_forgets_the_own_sessions_that_are_gone_and_no_others(olle: User) -> None:
    ottilia = user("Ottilia", Role.OPERATOR)
    for person in (olle, olle, ottilia):
        sign_in(person)
    gone, kept = UserSession.objects.filter(user=olle).order_by("pk")
    theirs = UserSession.objects.get(user=ottilia)
    Session.objects.filter(session_key__in=[gone.session_key, theirs.session_key]).delete()
    sign_in(olle)
    left = set(UserSession.objects.values_list("pk", flat=True))
    assert gone.pk not in left
    assert {kept.pk, theirs.pk} < left


def test_a_session_that_has_expired_is_forgotten_too(olle: User) -> None:
    sign_in(olle)
    old = UserSession.objects.get()
    Session.objects.update(expire_date=timezone.now() - timedelta(minutes=1))
    sign_in(olle)
    assert old.pk not in UserSession.objects.values_list("pk", flat=True)


def test_a_session_from_before_a_new_password_is_not_listed(olle: User) -> None:
    """Its row is still there, but it is good for nothing."""
    sign_in(olle)
    olle.set_password("ny hasselbacka moln")
    olle.save()
    assert list(UserSession.objects.purge_and_list(olle)) == []
