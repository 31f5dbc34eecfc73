"""A request is one transaction: the view and the rendering of its page; what is recorded of an attempt or a
refusal outlives it."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.access import Access
from accounts.models import Attempt, User
from accounts.roles import Role
from accounts.sign_in import SignInForm
from audit.models import Event
from tests.accounts import pages_of_one_transaction as pages
from tests.actors import PASSWORD, user
from tests.begun import begun_from_now
from tests.cases.pages import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(pages.__name__)]
POSTGRESQL = "On SQLite, what only reads has no transaction (ADR 17)."


@pytest.fixture
def ada() -> User:
    return user("Ada", Role.ANALYST)


@pytest.fixture
def client(ada: User) -> Client:
    browser = signed_in(ada)
    browser.raise_request_exception = False
    return browser


@pytest.fixture(autouse=True)
def seen() -> Iterator[list[Any]]:
    """What the pages have seen of their transactions."""
    pages.watch[:] = [pages.in_a_transaction]
    yield pages.seen
    pages.seen.clear()


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Access | None]:
    """Whose transactions have begun."""
    return begun_from_now(monkeypatch)


def only_on(vendor: str) -> None:
    if connection.vendor != vendor:
        pytest.skip(f"{POSTGRESQL} This is about {vendor}.")


# --- one for view and rendering --------------------------------------------------------------
def test_view_and_rendering_share_one_transaction_which_knows_whose_it_is(
    client: Client, seen: list[Any], ada: User
) -> None:
    only_on("postgresql")

    def asked() -> tuple[int, str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT txid_current(), current_setting('nmt.person', true)")
            found: tuple[int, str] = cursor.fetchone()
            return found

    pages.watch[:] = [asked]
    assert client.get("/try/page/").status_code == 200
    (in_view, person), (in_rendering, still) = seen
    assert (in_view, person, still) == (in_rendering, str(ada.pk), str(ada.pk))
    after, nobody = asked()
    assert after != in_view
    assert not nobody


@pytest.mark.parametrize("method", ["get", "post"])
def test_each_page_of_somebody_is_one_transaction(
    method: str, client: Client, seen: list[Any], begun: list[Access | None], ada: User
) -> None:
    getattr(client, method)("/try/page/")
    one = method == "post" or connection.vendor == "postgresql"
    assert (seen, [access and access.user for access in begun]) == ([one, one], [ada] if one else [])


def test_who_is_not_signed_in_has_one_only_for_what_is_sent(begun: list[Access | None]) -> None:
    for address in ("/accounts/login/", "/statistik/", "/healthz", "/help/"):
        assert Client().get(address).status_code == 200
    assert begun == []
    Client().post("/accounts/login/", {"login": "ada@example.org", "password": "guess"})
    assert begun == [None]


def test_polls_and_the_pulse_have_none(client: Client, begun: list[Access | None]) -> None:
    for address in ("/session/", "/healthz", "/try/alone/"):
        assert client.get(address).status_code == 200
    assert client.post("/session/renew/").status_code == 200
    assert begun == []


def test_a_stream_holds_none(client: Client, seen: list[Any]) -> None:
    assert b"".join(client.get("/try/streams/")) == b"piece"
    assert seen == [False]


class Slowly(io.BytesIO):
    """What a client sends, and whether a transaction waited for it."""

    waited = False

    def read(self, *size: Any) -> bytes:
        Slowly.waited |= pages.in_a_transaction()
        return super().read(*size)


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n',
        ),
        ("application/x-www-form-urlencoded", b"a=b"),
        ("application/json", b'{"a": "b"}'),
    ],
)
def test_no_transaction_waits_for_a_slow_client(
    client: Client, seen: list[Any], kind: str, sent: bytes
) -> None:
    read = Slowly(sent)
    pages.watch[:] = [read.tell]
    environment = {"wsgi.input": read, "CONTENT_LENGTH": str(len(sent))}
    assert client.generic("POST", "/try/page/", content_type=kind, **environment).status_code == 200
    assert seen == [len(sent)] * 2
    assert not Slowly.waited


# --- what fails is taken back ----------------------------------------------------------------
@pytest.mark.parametrize(
    ("address", "status"), [("refuses", 403), ("fails", 500), ("fails_to_show", 500), ("passes_over", 500)]
)
def test_what_fails_is_taken_back_with_what_the_browser_was_told(
    address: str, status: int, client: Client, ada: User
) -> None:
    assert client.post(f"/try/{address}/").status_code == status
    ada.refresh_from_db()
    assert ada.name == "Ada"
    assert "other" not in client.session
    assert "It is saved." not in client.get("/help/").content.decode()


def test_what_succeeds_stays(client: Client, ada: User) -> None:
    assert client.post("/try/saves/").status_code == 200
    ada.refresh_from_db()
    assert (ada.name, client.session["other"]) == ("Other", True)


def test_a_refusal_is_recorded_all_the_same(client: Client) -> None:
    client.post("/try/refuses/")
    assert Event.objects.filter(action="refused").count() == 1


def test_attempts_are_counted_and_recorded_although_the_request_fails(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Attempt.objects.all().delete()

    def guess(password: str) -> Any:
        browser = Client(raise_request_exception=False)
        return browser.post("/accounts/login/", {"login": ada.email, "password": password})

    with monkeypatch.context() as patch:
        patch.setattr(SignInForm, "non_field_errors", lambda _form: 1 / 0)  # which the page shows
        answers = {guess(f"guess {n}").status_code for n in range(6)}
    assert answers == {500}
    assert Event.objects.filter(action="user.sign_in_refused").count() == 6
    assert guess(PASSWORD).status_code == 200  # and not signed in: too many attempts
    assert not Event.objects.filter(action="user.sign_in").exists()


# --- several at once -------------------------------------------------------------------------
def test_who_reads_a_page_keeps_no_writer_waiting(client: Client, ada: User) -> None:
    """And writes after them: on SQLite a transaction that had begun by reading could not any more."""
    reading, written = threading.Event(), threading.Event()
    faults: list[Any] = []

    def in_the_page() -> None:
        User.objects.get(pk=ada.pk)
        reading.set()
        faults.append(None if written.wait(10) else "waited for in vain")
        User.objects.filter(pk=ada.pk).update(language="en")

    def read_slowly() -> None:
        try:
            faults.append(client.get("/try/page/").status_code)
        finally:
            connection.close()

    pages.watch[:] = [in_the_page]
    reader = threading.Thread(target=read_slowly)
    reader.start()
    assert reading.wait(10)
    other = signed_in(user("Olle", Role.OPERATOR))
    assert other.post("/try/saves/").status_code == 200
    written.set()
    reader.join(20)
    assert faults == [None, None, 200]
    ada.refresh_from_db()
    assert ada.language == "en"
