"""Footer pages, error pages, the two choices kept in a cookie, the pulse: for everybody, signed in or not."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from allauth.core.ratelimit import respond_429
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from accounts.roles import Role
from nmt_site import probes, views
from tests import actors


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def request(method: str = "get", path: str = "/", **data: str) -> HttpRequest:
    made: HttpRequest = getattr(RequestFactory(), method)(path, data)
    made.user = AnonymousUser()
    return made


def text(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.mark.parametrize(
    "view", [views.accessibility, views.privacy, views.help_page, probes.healthz, views.set_theme]
)
def test_these_pages_need_no_sign_in(view: object) -> None:
    assert getattr(view, "login_required", True) is False


def test_who_tries_too_often_is_told_when_to_try_again() -> None:
    """By the page that the package of the sign-in asks for."""
    response = respond_429(request())
    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert "Wait 1 minute" in text(response)


@pytest.mark.parametrize("view", [views.accessibility, views.privacy, views.help_page])
def test_a_footer_page_has_one_heading_a_skip_link_and_a_way_out(view: object) -> None:
    page = text(view(request()))  # type: ignore[operator]
    assert page.count("<h1>") == 1
    assert '<a class="skip" href="#content">Skip to content</a>' in page
    assert "020-390" in page


def test_the_statement_says_what_the_law_asks() -> None:
    page = text(views.accessibility(request()))
    for part in ("Gender Equality Agency", "conforms partly", "Last assessed", "mailto:", "digg.se"):
        assert part in page


@pytest.mark.parametrize(
    ("response", "status", "said"),
    [
        (lambda: views.bad_request(request()), 400, "could not be read"),
        (lambda: views.permission_denied(request(), PermissionDenied()), 403, "Your role does not include"),
        (
            lambda: views.permission_denied(request(), PermissionDenied("Not your region.")),
            403,
            "Not your region.",
        ),
        (lambda: views.csrf_failure(request(), "Referer checking failed"), 403, "The form was too old"),
        (lambda: views.not_found(request(), Exception("Case matching query")), 404, "not allowed to see it"),
        (lambda: views.too_many_requests(request(), minutes=5), 429, "Wait 5 minutes"),
        (lambda: views.server_error(request()), 500, "The fault is ours"),
    ],
)
def test_an_error_page_says_what_to_do_and_nothing_of_the_inside(
    response: object, status: int, said: str
) -> None:
    answer = response()  # type: ignore[operator]
    assert answer.status_code == status
    assert said in text(answer)
    assert "To the start page" in text(answer)
    for inside in ("Traceback", "matching query", "Referer checking"):
        assert inside not in text(answer)


def test_the_number_of_a_fault_is_on_the_page_and_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        page = text(views.server_error(request(path="/cases/?name=Anna")))
    number = caplog.records[-1].getMessage().split()[1]
    assert number in page
    assert "Anna" not in caplog.text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chosen_appearance_is_kept(theme: str) -> None:
    response = views.set_theme(request("post", theme=theme, next="/help/"))
    assert response.cookies["theme"].value == theme
    assert response.url == "/help/"
    chosen = request()
    chosen.COOKIES["theme"] = theme
    assert f'<html lang="en" data-bs-theme="{theme}">' in text(views.help_page(chosen))


def test_as_the_system_forgets_the_choice() -> None:
    assert views.set_theme(request("post", theme="system")).cookies["theme"]["max-age"] == 0


def test_a_forged_appearance_is_not_written_into_the_page() -> None:
    forged = request()
    forged.COOKIES["theme"] = '"><script>'
    assert '<html lang="en">' in text(views.help_page(forged))


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_no_one_is_sent_to_another_host(elsewhere: str) -> None:
    assert views.set_theme(request("post", theme="dark", next=elsewhere)).url == "/"


@pytest.mark.django_db
def test_the_language_is_kept_with_whoever_is_signed_in() -> None:
    switch = request("post", path="/language/", language="en", next="/")
    switch.user = actors.user("Ada", Role.ANALYST)
    assert views.set_language(switch).cookies["django_language"].value == "en"
    switch.user.refresh_from_db()
    assert switch.user.language == "en"


@pytest.mark.django_db
def test_an_unknown_language_changes_nothing() -> None:
    switch = request("post", path="/language/", language="xx", next="/")
    switch.user = actors.user("Ada", Role.ANALYST, language="sv")
    views.set_language(switch)
    switch.user.refresh_from_db()
    assert switch.user.language == "sv"


@pytest.mark.django_db
def test_the_pulse_asks_the_database() -> None:
    response = probes.healthz(request())
    assert (response.status_code, json.loads(response.content)["status"]) == (200, "ok")


def test_a_dead_database_is_told_without_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise DatabaseError("password of the register is wrong")

    monkeypatch.setattr(connection, "cursor", broken)
    response = probes.healthz(request())
    assert response.status_code == 503
    assert b"password" not in response.content


@pytest.mark.django_db
def test_a_watcher_may_ask_for_the_health_without_its_words(client: Client) -> None:
    response = client.head("/healthz")
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/help/", "/privacy/", "/accessibility/", "/healthz"])
def test_anyone_reaches_the_page_by_its_address(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_the_switch_on_the_page_changes_its_language(client: Client) -> None:
    client.post("/language/", {"language": "en", "next": "/help/"})
    assert '<html lang="en"' in client.get("/help/").content.decode()
    client.post("/language/", {"language": "sv", "next": "/help/"})
    assert '<html lang="sv"' in client.get("/help/").content.decode()


@pytest.mark.django_db
def test_an_address_that_leads_nowhere_is_answered_in_the_same_dress(client: Client) -> None:
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert b"nmt-header" in response.content


@pytest.mark.django_db
def test_a_stand_in_is_told_on_every_page_for_which_region_and_until_when(client: Client) -> None:
    call_command("load_reference")
    client.force_login(actors.user("Bo", Role.COORDINATOR, region="V", kind="deputy", language="en"))
    client.post("/language/", {"language": "en", "next": "/help/"})
    page = client.get("/help/").content.decode()
    assert "You are standing in for the coordinator of region" in page
    assert "2030-12-31" in page
    assert "Regional coordinator" in page


@pytest.mark.django_db
def test_whoever_is_not_signed_in_is_led_to_the_public_statistics(client: Client, settings: Any) -> None:
    """A reader of the statistics who mistypes a year is no user of the register: its start page asks for a
    password."""
    lost = client.get("/statistik/1066/").content.decode()
    assert lost.count('href="/statistik/"') == 2
    assert "den öppna statistiken" in lost
    assert 'href="/statistik/"' in client.get("/accessibility/").content.decode()
    settings.PUBLIC_PAGES = False
    assert "/statistik/" not in client.get("/nowhere/").content.decode()
