"""A published figure is entered in the admin by words, and a country is counted by citizenship alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from summaries.models import HistoricalFigure
from tests.nmt_site.admin_pages import address, client_of, someone

pytestmark = pytest.mark.django_db
MODEL = "summaries_historicalfigure"


@pytest.fixture
def anna() -> User:
    return someone(Role.ANALYST, "Anna")


@pytest.fixture
def client(anna: User) -> Client:
    client = client_of(anna)
    client.cookies["django_language"] = "en"
    return client


def figure(**changes: Any) -> dict[str, Any]:
    return {"year": "2013", "measure": "persons", "group": "women", "value": "7", "status": "published",
            "source": "Yearly report 2013", "note": "", **changes}  # fmt: skip


def enter(client: Client, **changes: Any) -> Any:
    return client.post(address(MODEL, "add"), figure(**changes))


def test_what_is_counted_is_chosen_by_words(client: Client) -> None:
    page = client.get(address(MODEL, "add")).content.decode()
    assert '<option value="citizenship">persons by citizenship</option>' in page
    assert '<optgroup label="groups and purposes">' in page
    assert '<option value="RO">Romania</option>' in page


def test_a_figure_that_was_entered_is_stored_with_who_did_it(client: Client, anna: User) -> None:
    assert enter(client).status_code == 302
    row = HistoricalFigure.objects.get(year=2013, measure="persons", group="women")
    assert (row.value, row.status, row.source) == (7, "published", "Yearly report 2013")
    assert row.history.latest().history_user == anna


@pytest.mark.parametrize(
    "wrong", [{"measure": "citizenship", "group": "women"}, {"measure": "persons", "group": "RO"}]
)
def test_a_country_is_of_citizenship_and_a_group_of_everything_else(
    client: Client, wrong: dict[str, str]
) -> None:
    response = enter(client, **wrong)
    (said,) = response.context["adminform"].form.errors["group"]
    assert said == "A figure by citizenship is of a country, and every other is of a group."
    assert not HistoricalFigure.objects.filter(year=2013).exists()
    assert enter(client, measure="citizenship", group="RO").status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [("value", "-1"), ("value", "many"), ("year", ""), ("measure", "nonsense"), ("group", "XX")],
)
def test_what_no_figure_can_be_is_refused_beside_its_field(client: Client, field: str, value: str) -> None:
    response = enter(client, **{field: value})
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
    assert not HistoricalFigure.objects.filter(year=2013).exists()
