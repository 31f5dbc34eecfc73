"""Whoever asks for an exemption is offered what can be exempted, and keeps what was typed where it is
refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.access import Access
from summaries.loading import decide_standing_exemption
from summaries.publishing import actions
from summaries.publishing.models import Exemption
from tests.summaries.small_year import add, prepare

pytestmark = pytest.mark.django_db
REASON = "Printed in full by the agency each year since 2015."


@pytest.fixture(autouse=True)
def draft(vera: Access, anna: Access, client: Client) -> None:
    decide_standing_exemption()
    add(vera)
    prepare(anna)
    client.force_login(anna.user)


def ask(client: Client, table: str) -> Any:
    data = {"table": table, "reason": REASON}
    return client.post("/summaries/publications/2018/exemption/", data)


def test_only_tables_that_can_be_exempted_are_offered(anna: Access, client: Client) -> None:
    form = client.get("/summaries/publications/2018/").context["exemption_form"]
    offered = [name for name, _title in form.fields["table"].choices]
    assert "region" in offered
    for table in offered:
        actions.ask_exemption(year=2018, table=table, reason=REASON, by=anna)
    assert not {"groups", "calls_topic", "calls_caller"} & set(offered)


@pytest.mark.parametrize("table", ["groups", "calls_topic", "calls_caller", "no_such_table"])
def test_a_refused_one_keeps_what_was_typed(client: Client, table: str) -> None:
    answer = ask(client, table)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert REASON in page
    assert '<details class="fold" open>' in page
    assert not Exemption.objects.filter(year=2018).exists()


def test_one_that_is_refused_by_the_act_itself_keeps_it_too(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "PERSONS_PUBLISHED", {})
    answer = ask(client, "region")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert REASON in page
    assert "Tabellen kan inte undantas." in page
