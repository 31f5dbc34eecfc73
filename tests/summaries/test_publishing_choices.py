"""What whoever publishes is helped with: the next state, the next coarser categories, numbers that no table shows."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from agencies.access import Access
from agencies.roles import Role
from jobs.kinds import Refused
from jobs.models import Job
from summaries.publishing import actions
from summaries.publishing.frozen import strange_numbers
from summaries.publishing.models import Publication
from tests.actors import access, user

pytestmark = pytest.mark.django_db
State = Publication.State


@pytest.fixture
def anna() -> Access:
    return access(user("Anna", Role.ANALYST))


@pytest.fixture
def draft() -> Publication:
    """Of a table with one hidden row of two."""
    cells = [cell("women", 1234, "shown"), cell("men", None, "hidden"), cell("*", 1240, "shown")]
    table = {"name": "groups", "title": "", "additive": True, "cells": cells,
             "dimensions": [{"name": "group", "categories": ["women", "men"]}]}  # fmt: skip
    text = {"generated": "1\u00a0240 persons in 2018.", "edited": ""}
    return Publication.objects.create(
        year=2018, state=State.TESTED, passed=True, digest="d" * 64, tables=[table], texts={"sv": text, "en": text}
    )


def cell(category: str, value: int | None, status: str) -> dict[str, Any]:
    return {"key": [category], "value": value, "status": status}


def version(number: int, state: str) -> None:
    Publication.objects.create(
        year=2018, version=number, state=state, passed=True, digest="d", checksum="c",
        withdrawn_reason="Counted twice." if state == State.WITHDRAWN else "",
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


def test_a_second_final_version_is_refused_and_not_offered(draft: Publication, anna: Access, client: Client) -> None:
    version(1, State.FINAL)
    with pytest.raises(Refused, match="preliminär, sedan slutlig"):
        actions.publish(draft=draft, digest=draft.digest, state=State.FINAL, by=anna)
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
    assert "6" in [str(message) for message in answer.context["messages"]][-1]
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
