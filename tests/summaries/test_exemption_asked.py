"""Whoever asks for an exemption is offered what can be exempted, and keeps what was typed where it is
refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from django.test import Client

from accounts.access import Access
from accounts.roles import Role
from jobs import worker
from summaries.release import actions
from summaries.release.corrections import headline_steps
from summaries.release.models import Exemption, Publication
from tests.actors import user
from tests.summaries import stored_years
from tests.summaries.small_year import prepare
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db
REASON = "Printed in full by the agency each year since 2015."


@pytest.fixture(scope="module", autouse=True)
def _drafted(begin: Callable[[Callable[[], None]], None]) -> None:
    begin(stored_years.drafted_year)


@pytest.fixture(autouse=True)
def _signed_in(anna: Access, client: Client) -> None:
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


def test_how_long_the_reason_must_be_is_said_before_it_is_written(client: Client) -> None:
    page = client.get("/summaries/publications/2018/").content.decode()
    form = page.partition("/exemption/")[2].partition("</form>")[0]
    assert "Minst 20 tecken." in form


def test_an_exemption_waits_at_to_approve_for_a_manager_and_not_for_the_one_who_asked(
    anna: Access, client: Client
) -> None:
    actions.ask_exemption(year=2018, table="region", reason=REASON, by=anna)
    assert REASON not in client.get("/approvals/").content.decode()
    client.force_login(user("Max", Role.MANAGER))
    page = client.get("/approvals/").content.decode()
    assert REASON in page
    assert 'href="/summaries/publications/2018/"' in page


@pytest.mark.parametrize(
    "table",
    mostly_long(
        ["groups", "calls_topic", "calls_caller", "no_such_table"], usual=["groups", "no_such_table"]
    ),
)
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


def answer(client: Client, row: Exemption, word: str, status: int = 302) -> None:
    data = {"answer": word, "year": 2018}
    assert client.post(f"/summaries/publications/exemptions/{row.pk}/", data).status_code == status


@pytest.fixture
def asked(anna: Access, client: Client, monkeypatch: pytest.MonkeyPatch) -> Exemption:
    """Two and three women of seldom purposes, which the table of purposes hides, would be shown."""
    monkeypatch.setattr(worker, "_signs_of_life", nullcontext)
    prepare(anna, headline_steps() | {"main_purpose": 0, "sdg": 0})
    ask(client, "main_purpose")
    return Exemption.objects.get(year=2018)


def test_what_is_asked_about_already_is_not_offered(asked: Exemption, client: Client) -> None:
    form = client.get("/summaries/publications/2018/").context["exemption_form"]
    assert asked.table not in dict(form.fields["table"].choices)


def test_the_manager_sees_which_few_would_be_shown_and_what_follows_before_answering(
    asked: Exemption, anna: Access
) -> None:
    mona = Client()
    mona.force_login(user("Mona", Role.MANAGER))
    page = mona.get("/summaries/publications/2018/")
    assert 'value="approve"' not in page.content.decode(), "first it is worked out what would follow"
    worker.work(once=True)
    page = mona.get("/summaries/publications/2018/")
    (effect,) = page.context["effects"]
    assert (effect.known, effect.passes) == (True, True)
    assert {value for _name, value in effect.small} == {2, 3}
    text = page.content.decode()
    assert [name for name, _value in effect.small if name not in text] == []
    assert 'value="approve"' in text
    answer(mona, asked, "approve")
    told = {(title, name) for title, names in effect.hidden + effect.shown for name in names}
    assert len(changed(anna)) == len(told)


def changed(by: Access) -> list[tuple[str, ...]]:
    """The cells of other tables that are hidden, or shown, as the draft is protected once more."""
    before = statuses(Publication.objects.get())
    after = statuses(actions.protect_draft(year=2018, by=by))
    return [place for place in before if before[place] != after[place] and place[0] != "main_purpose"]


def statuses(draft: Publication) -> dict[tuple[str, ...], str]:
    return {
        (table["name"], *cell["key"]): cell["status"] for table in draft.tables for cell in table["cells"]
    }
