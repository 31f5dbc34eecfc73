"""Whoever prepares, asks for and approves a release is told how the register has moved since the tables were
made."""

from __future__ import annotations

from contextlib import nullcontext
from html import unescape

import pytest
from django.test import Client
from django.utils.html import strip_tags

from accounts.approvals import NotAsItWas
from accounts.models import Approval, User
from accounts.roles import Role
from jobs import worker
from summaries.release.models import Publication
from summaries.release.release_actions import answer_question
from tests.actors import access, user
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
FREEZE = "/summaries/publications/2018/freeze/"
YEAR = "/summaries/publications/2018/"
SEEN = "Tabellerna ska publiceras fast registret skiljer sig."


@pytest.fixture(autouse=True)
def _run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_signs_of_life", nullcontext)


@pytest.fixture
def analyst(prepared: Publication) -> Client:
    """Annika, who has made the tables."""
    return as_(User.objects.get(name="Annika"))


def as_(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client


def words_of(client: Client, address: str) -> str:
    return " ".join(unescape(strip_tags(client.get(address).content.decode())).split())


def five_come_in(total: int) -> str:
    """Return what is said of it then."""
    vera = user("Vera", Role.COORDINATOR, region="V")
    new_case(*(new_person() for _woman in range(5)), by=access(vera))
    return f"räknar {total} personer. Registret räknar nu {total + 5}."


def asked_for(analyst: Client, draft: Publication) -> str:
    ticked = dict.fromkeys(("read_sv", "read_en", "alike"), "on")
    sent = {"digest": draft.digest, "state": "preliminary", "when": "once", **ticked}
    return analyst.post(FREEZE, sent)["Location"]


def total_of(draft: Publication) -> int:
    (groups,) = draft.tables_named("groups")
    return next(cell["value"] for cell in groups["cells"] if cell["key"] == ["*"])


def test_nothing_is_warned_of_while_the_register_is_as_the_tables_say(
    prepared: Publication, analyst: Client
) -> None:
    assert "Ingen siffra skiljer sig från registret." in words_of(analyst, FREEZE)
    assert "Registret räknar nu" not in words_of(analyst, YEAR)
    question = asked_for(analyst, prepared)
    mona = as_(user("Mona", Role.MANAGER))
    assert SEEN not in words_of(mona, question)
    mona.post(question, {"answer": "yes"})
    worker.work(once=True)
    assert Publication.objects.published().exists()


def test_five_who_came_in_since_are_told_to_who_asks_and_to_who_answers(
    prepared: Publication, analyst: Client
) -> None:
    moved = five_come_in(total_of(prepared))
    assert moved in words_of(analyst, YEAR)
    assert moved in words_of(analyst, FREEZE)
    question = asked_for(analyst, prepared)
    mona = as_(user("Mona", Role.MANAGER))
    page = words_of(mona, question)
    assert moved in page
    assert SEEN in page


def test_a_yes_that_does_not_say_that_it_was_seen_is_asked_again(
    prepared: Publication, analyst: Client
) -> None:
    question = asked_for(analyst, prepared)
    five_come_in(total_of(prepared))
    mona = as_(user("Mona", Role.MANAGER))
    refused = mona.post(question, {"answer": "yes", "reason": "Bra."})
    assert refused.status_code == 422
    assert "Bra." in refused.content.decode(), "nothing that was typed is lost"
    assert Approval.objects.pending().exists()
    mona.post(question, {"answer": "yes", "moved": "on"})
    worker.work(once=True)
    assert Publication.objects.published().exists()


def test_the_action_itself_refuses_a_yes_that_has_not_seen_it(prepared: Publication, analyst: Client) -> None:
    asked_for(analyst, prepared)
    five_come_in(total_of(prepared))
    mona = access(user("Mona", Role.MANAGER))
    with pytest.raises(NotAsItWas, match="Registret har ändrats"):
        answer_question(Approval.objects.get(), give=True, by=mona)
