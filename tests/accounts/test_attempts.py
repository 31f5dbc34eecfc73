"""Attempts are counted for all processes, by one statement each; only time takes a count away."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import db_cache
from accounts.models import Attempt, User
from accounts.roles import Role
from tests.accounts.test_sign_in import sign_in
from tests.actors import user
from tests.at_once import at_once

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTES = timedelta(minutes=5)


@pytest.fixture
def olle() -> User:
    return user("Olle", Role.OPERATOR)


def guesses(email: str, number: int, first: int = 0) -> list[str]:
    """The pages that a stranger reads who guesses from ever another address of the network."""
    return [
        sign_in(
            Client(REMOTE_ADDR=f"192.0.2.{(first + n) % 200}", HTTP_ACCEPT_LANGUAGE="en"), email, "a guess"
        )
        for n in range(number)
    ]


def test_a_period_begins_with_the_first_try_and_ends_by_itself() -> None:
    with time_machine.travel(START, tick=False) as clock:
        assert [db_cache.count("door", MINUTES) for _n in range(3)] == [1, 2, 3]
        assert db_cache.count("another door", MINUTES) == 1
        clock.shift(MINUTES - timedelta(seconds=1))
        assert db_cache.count("door", MINUTES) == 4
        clock.shift(timedelta(seconds=2))
        assert db_cache.count("door", MINUTES) == 1


def test_a_try_is_counted_by_one_statement() -> None:
    db_cache.count("door", MINUTES)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert db_cache.count("door", MINUTES) == 2
    assert len(queries) == 1


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_are_all_counted() -> None:
    at_once(lambda _who: [db_cache.count("door", MINUTES) for _n in range(10)], 4)
    assert db_cache.so_far("door") == 40


def test_no_number_of_other_counts_gives_fresh_tries(olle: User) -> None:
    """Where 300 fitted, the counter of an account was gone after as many others."""
    assert "Too many attempts" in guesses(olle.email, 7)[-1]
    for n in range(400):
        db_cache.count(f"filler {n}", MINUTES)
    assert Attempt.objects.count() > 400
    assert "Too many attempts" in guesses(olle.email, 1)[0]


def test_an_account_is_not_tried_on_all_day_and_the_officer_is_told(olle: User) -> None:
    dpo = user("Dana", Role.DPO, language="en")
    with time_machine.travel(START, tick=False) as clock:
        for _round in range(9):
            pages = guesses(olle.email, 5)
            clock.shift(timedelta(minutes=6))
        assert "Too many attempts" in pages[-1]
        assert guesses(olle.email, 1)[0] != ""  # in a fresh period of five minutes too
        officer = Client()
        officer.force_login(dpo)
        page = officer.get("/").content.decode()
        assert "Failed sign-in" in page
        assert "Olle" in page
        assert "/audit/?action=user.sign_in_refused&amp;from=" in page
        clock.shift(timedelta(days=1))
        assert sign_in(Client(), olle.email) == ""


def test_the_officer_is_not_told_of_an_ordinary_day(olle: User) -> None:
    dpo = user("Dana", Role.DPO, language="en")
    guesses(olle.email, 5)
    officer = Client()
    officer.force_login(dpo)
    assert "Failed sign-in" not in officer.get("/").content.decode()


def test_whoever_signs_in_has_not_failed(olle: User) -> None:
    browser = Client()
    for _day_part in range(20):
        assert sign_in(browser, olle.email) == ""
        browser.post("/accounts/logout/")
    assert not db_cache.much_tried(START).exists()


def test_the_table_names_no_address(olle: User) -> None:
    guesses("somebody.else@example.org", 2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_attempt")
        assert "somebody.else" not in repr(cursor.fetchall())


def test_what_is_over_is_swept_away() -> None:
    with time_machine.travel(START, tick=False) as clock:
        db_cache.count("door", MINUTES)
        clock.shift(timedelta(days=2))
        db_cache.count("another door", MINUTES)
    assert Attempt.objects.count() == 1


class Bomb:
    def __reduce__(self) -> Any:
        return exploded.append, ("bang",)


exploded: list[str] = []


class TestSharedMemory:
    def test_what_is_remembered_comes_back_until_it_expires(self) -> None:
        with time_machine.travel(START, tick=False) as clock:
            cache.set("fact", {"a": [1, "å", None]}, 60)
            assert cache.get("fact") == {"a": [1, "å", None]}
            assert not cache.add("fact", 2, 60)
            clock.shift(timedelta(seconds=61))
            assert cache.get("fact", "gone") == "gone"
            assert cache.add("fact", 3, 60)
            assert cache.get("fact") == 3
            cache.set("fact", 4, None)
            clock.shift(timedelta(days=900))
            assert cache.incr("fact") == 5
            assert cache.touch("fact", 1)
            clock.shift(timedelta(seconds=2))
            assert "fact" not in cache

    @pytest.mark.parametrize("value", [START, {1, 2}, (1, 2), Bomb(), {1: "a"}])
    def test_what_is_no_json_is_refused(self, value: object) -> None:
        with pytest.raises(TypeError):
            cache.set("fact", value)

    @pytest.mark.parametrize(
        "key", ["likeness-shares", "allauth:rl:x", "allauth.mfa.totp.used?user=1&code=1"]
    )
    def test_a_pickle_that_somebody_writes_to_the_database_does_nothing(self, key: str) -> None:
        """By INSERT alone, as whoever holds the database without the keys."""
        import base64

        cache.set(key, 1)
        for written in (
            pickle.dumps(Bomb(), 0).decode("latin-1"),
            base64.b64encode(pickle.dumps(Bomb())).decode(),
        ):
            with connection.cursor() as cursor:
                cursor.execute("UPDATE accounts_remembered SET value = %s", [written])
            assert cache.get(key, "nothing") == "nothing"
        assert exploded == []

    @pytest.mark.django_db(transaction=True)
    def test_one_of_several_who_add_at_the_same_moment_does(self) -> None:
        added: list[bool] = []
        at_once(lambda _who: added.append(cache.add("code", "y", 30)), 4)
        assert sorted(added) == [False, False, False, True]
