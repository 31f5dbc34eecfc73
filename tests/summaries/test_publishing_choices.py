"""What whoever publishes is helped with: the next state, the next coarser categories, numbers that no table
shows."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client

from accounts.access import Access
from accounts.roles import Role
from jobs.kinds import JobRefused
from jobs.models import Job
from summaries.release import actions
from summaries.release.frozen import strange_numbers
from summaries.release.models import Exemption, Publication
from summaries.release.workbench import ribbon
from tests.actors import NOON, user
from tests.summaries.releasing import released

pytestmark = pytest.mark.django_db
State = Publication.State


@pytest.fixture
def draft() -> Publication:
    """Of a table with one hidden row of two."""
    cells = [cell("women", 1234, "shown"), cell("men", None, "hidden"), cell("*", 1240, "shown")]
    table = {"name": "groups", "title": "", "additive": True, "cells": cells,
             "dimensions": [{"name": "group", "categories": ["women", "men"]}]}  # fmt: skip
    text = {"generated": "1\u00a0240 persons in 2018.", "edited": ""}
    return Publication.objects.create(
        year=2018,
        state=State.TESTED,
        passed=True,
        digest="d" * 64,
        tables=[table],
        texts={"sv": text, "en": text},
    )


def cell(category: str, value: int | None, status: str) -> dict[str, Any]:
    return {"key": [category], "value": value, "status": status}


def version(number: int, state: str) -> None:
    approver = user(f"Berit{number}", Role.MANAGER)
    why = "Counted twice." if state == State.WITHDRAWN else ""
    Publication.objects.create(
        year=2018, version=number, state=state, passed=True, digest="d", checksum="c",
        withdrawn_reason=why, withdrawn_reason_en=why, withdrawal_approved_by=approver if why else None,
        approved_by=approver, published_at=NOON,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], ["preliminary", "final"]),
        (["preliminary"], ["preliminary", "final"]),
        (["preliminary", "final"], ["revised"]),
        (["final", "revised"], ["revised"]),
        (["withdrawn"], ["preliminary", "final", "revised"]),
    ],
)
def test_what_was_final_once_can_only_be_revised(before: list[str], after: list[str]) -> None:
    for number, state in enumerate(before, start=1):
        version(number, state)
    assert list(actions.states_open(2018)) == after


def test_a_second_final_version_is_refused_and_not_offered(
    draft: Publication, anna: Access, client: Client
) -> None:
    version(1, State.FINAL)
    with pytest.raises(JobRefused, match="preliminär, sedan slutlig"):
        released(draft=draft, digest=draft.digest, state=State.FINAL, by=anna)
    client.force_login(anna.user)
    page = client.get("/summaries/publications/2018/freeze/").content.decode()
    assert 'value="revised"' in page
    assert 'value="final"' not in page


def test_a_number_that_no_table_shows_is_asked_about_before_it_is_public(
    draft: Publication, anna: Access, client: Client
) -> None:
    client.force_login(anna.user)
    texts = {"sv": "1 240 personer 2018, därav 1 234 kvinnor och 6 män.", "en": "1240 persons."}
    answer = client.post("/summaries/publications/2018/text/", texts, follow=True)
    numbers, language = [str(message) for message in answer.context["messages"]][-2:]
    assert "6. Ta bort dem" in numbers
    assert "olika sätt i de två språken" in language
    draft.refresh_from_db()
    assert strange_numbers(draft) == ["6"]
    assert "notice-warn" in client.get("/summaries/publications/2018/freeze/").content.decode()


def test_the_next_coarser_categories_of_one_table_are_one_click_away(
    draft: Publication, anna: Access, client: Client
) -> None:
    draft.steps = {"region": 1}
    draft.save()
    client.force_login(anna.user)
    answer = client.post("/summaries/publications/2018/steps/", {"main_purpose": "1"})
    draft.refresh_from_db()
    assert draft.steps == {"region": 1, "main_purpose": 1}
    assert answer.url == Job.objects.get(kind="protect_year").get_absolute_url()


@pytest.mark.parametrize(
    ("newest", "of_draft", "steps", "now"),
    [
        ("", "", ["draft", "protected", "tested", "preliminary", "final"], "draft"),
        ("preliminary", "tested", ["draft", "protected", "tested", "preliminary", "final"], "tested"),
        ("final", "", ["draft", "protected", "tested", "preliminary", "final"], "final"),
        ("final", "protected", ["draft", "protected", "tested", "revised"], "protected"),
        ("revised", "", ["draft", "protected", "tested", "revised"], "revised"),
    ],
)
def test_the_ribbon_leads_to_the_next_state(newest: str, of_draft: str, steps: list[str], now: str) -> None:
    made = ribbon(
        Publication(state=of_draft) if of_draft else None,
        Publication(version=1, state=newest) if newest else None,
    )
    assert [name for name, _place in made] == [str(State(step).label) for step in steps]
    assert [name for name, place in made if place == "now"] == [str(State(now).label)]


def test_a_manager_finds_what_waits_for_an_answer_on_my_page_and_nobody_an_own_request(
    draft: Publication, anna: Access, client: Client
) -> None:
    manager = user("Maja", Role.MANAGER)
    actions.ask_exemption(year=2018, table="groups", reason="Asked for by the government.", by=anna)
    client.force_login(manager)
    waiting = {
        box.title: [(row.url, row.hint) for row in box.rows] for box in client.get("/").context["boxes"]
    }
    place = "/summaries/publications/2018/"
    assert waiting["Undantag som väntar på svar"] == [(place, "Asked for by the government.")]
    Exemption.objects.update(asked_by=manager)
    assert "Undantag som väntar på svar" not in {box.title for box in client.get("/").context["boxes"]}
    client.force_login(anna.user)
    drafts = {
        box.title: [(row.label, row.url) for row in box.rows] for box in client.get("/").context["boxes"]
    }
    assert drafts["Utkast att publicera"] == [("2018", place)]


def test_whoever_answers_an_exemption_is_told_what_comes_next(
    draft: Publication, anna: Access, client: Client
) -> None:
    actions.ask_exemption(year=2018, table="groups", reason="Asked for by the government.", by=anna)
    client.force_login(user("Maja", Role.MANAGER))
    answer = client.post(
        f"/summaries/publications/exemptions/{Exemption.objects.get().pk}/",
        {"answer": "approve"},
        follow=True,
    )
    assert "En analytiker skyddar" in str(next(iter(answer.context["messages"])))
    assert "Skydda tabellerna igen" not in answer.content.decode()


def test_an_empty_year_says_what_is_the_next_step_and_whose(anna: Access, client: Client) -> None:
    facts = {}
    for person in (anna.user, user("Maja", Role.MANAGER)):
        client.force_login(person)
        facts[person.role] = client.get("/summaries/publications/2018/").content.decode()
    assert "När tabellerna skyddas döljs" in facts[Role.ANALYST]
    assert "En analytiker skyddar först tabellerna" in facts[Role.MANAGER]


def test_a_table_says_how_many_empty_rows_and_columns_it_does_not_show() -> None:
    one = SimpleNamespace(empty_rows=2, empty_columns=1, title="", first="", columns=(), rows=(), note="")
    html = render_to_string("summaries/_frozen_pair.html", {"part": {"one": one}})
    assert "2 tomma rader visas inte." in html
    assert "1 tom kolumn visas inte." in html


@pytest.mark.parametrize(("state", "told"), [(State.PRELIMINARY, True), (State.FINAL, False)])
def test_a_preliminary_version_says_how_it_becomes_final(
    anna: Access, client: Client, monkeypatch: pytest.MonkeyPatch, state: str, told: bool
) -> None:
    monkeypatch.setattr("summaries.release.views.pending", lambda *_: 0)
    version(1, state)
    client.force_login(anna.user)
    page = client.get("/summaries/publications/2018/").content.decode()
    assert ("Ska versionen bli slutlig" in page) is told
    assert ('<button class="btn btn-primary">Skydda tabellerna' in page) is told


def test_the_list_of_years_says_state_and_version_as_the_years_do(client: Client) -> None:
    version(2, State.FINAL)
    assert 'Slutlig, <span class="num">version 2</span>' in client.get("/statistik/").content.decode()
