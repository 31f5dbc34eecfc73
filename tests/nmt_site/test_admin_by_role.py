"""Who finds what in the Django admin, and how many queries its pages take."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from accounts.roles import Role
from audit.models import Event
from tests.nmt_site.admin_pages import EVERY, OWN, address, client_of, someone
from tests.ours import APPS
from tests.weights import every_value_once

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_its_own_lists_and_no_others(role: Role) -> None:
    client = client_of(someone(role))
    opened = {model for model in EVERY if client.get(address(model)).status_code == 200}
    assert opened == set(OWN[role])
    others = {client.get(address(model)).status_code for model in EVERY if model not in OWN[role]}
    assert others <= {403, 302}


@pytest.mark.parametrize("role", Role)
def test_the_first_page_shows_own_lists_only(role: Role) -> None:
    response = client_of(someone(role)).get("/admin/", follow=True)
    if not OWN[role]:
        assert response.status_code == 403
        return
    page = response.content.decode()
    assert {model for model in EVERY if f'href="{address(model)}"' in page} == set(OWN[role])
    assert "recent-actions" not in page  # the admin's own log is off


@pytest.mark.parametrize(("role", "page"), every_value_once(Role, ["add", "import", "export"]))
def test_pages_beside_the_list_keep_to_the_same_table(role: Role, page: str) -> None:
    client = client_of(someone(role))
    opened = {model for model in EVERY if client.get(address(model, page)).status_code == 200}
    allowed = set(OWN[role])
    if page == "import" and role in {Role.OPERATOR, Role.COORDINATOR}:  # persons: a page of their own
        allowed = {"cases_call"} if role is Role.OPERATOR else {"cases_case"}
    if page == "add" and role is Role.COORDINATOR:
        allowed -= {"cases_call"}
    assert opened == allowed


def test_nothing_is_deleted_but_what_was_never_used() -> None:
    administrator = client_of(someone(Role.ADMINISTRATOR))
    assert administrator.get(address("agencies_agency", "delete", 1)).status_code in {403, 404}
    assert administrator.get(address("agencies_code", "delete", "purpose:labour")).status_code == 403


def test_nobody_signs_in_or_changes_a_password_by_pages_of_the_admin(client: Client) -> None:
    assert client.get("/admin/login/").headers["Location"].startswith("/accounts/login/")
    signed_in = client_of(someone(Role.ANALYST))
    assert signed_in.get("/admin/login/").status_code == 403
    assert signed_in.get("/admin/password_change/").headers["Location"] == "/accounts/password/change/"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.ANALYST])
def test_a_list_takes_a_constant_few_queries(role: Role) -> None:
    client = client_of(someone(role))
    for model in OWN[role]:
        client.get(address(model))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address(model)).status_code == 200
        assert len(queries) <= 10, model


def test_lists_of_the_network_leave_no_second_log() -> None:
    from django.contrib.admin.models import LogEntry

    client = client_of(someone(Role.ADMINISTRATOR))
    facts = {"code": "new", "name_sv": "Ny", "name_en": "New", "kind": "agency_kind:police", "contact": ""}
    assert client.post(address("agencies_agency", "add"), facts).status_code == 302
    event = Event.objects.filter(action="agency.add").get()
    assert event.target_label == "Ny"
    assert "name_sv" in event.fields
    assert not LogEntry.objects.exists()


@pytest.fixture
def about() -> dict[str, str]:
    """What each list of ours says of itself."""
    return {
        model._meta.label: str(getattr(site, "about", ""))
        for model, site in admin.site._registry.items()
        if model._meta.app_label in APPS
    }


def test_each_list_on_the_first_page_says_what_it_is(about: dict[str, str]) -> None:
    assert [label for label, line in about.items() if not line] == []
    page = client_of(someone(Role.ADMINISTRATOR)).get("/admin/").content.decode()
    lines = {line for label, line in about.items() if label.startswith("agencies.")}
    assert {line for line in lines if escape(line) not in page} == set()
