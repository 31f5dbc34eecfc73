"""What was frozen before the attack became stricter is attacked once more; what is open is named, with what
can be done."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.access import Access
from accounts.roles import Role
from audit.models import Event
from summaries.release import corrections
from summaries.release.models import AttackResult, Publication
from tests.actors import NOON, access, user
from tests.summaries.releasing import withdrawn

pytestmark = pytest.mark.django_db
OPEN = "Open version"


@pytest.fixture
def version(year: Publication) -> Publication:
    return year


def stricter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corrections, "ATTACK", corrections.ATTACK + 1)


def page(who: Access, address: str) -> str:
    client = Client()
    client.force_login(who.user)
    client.cookies["django_language"] = "en"
    return " ".join(client.get(address).content.decode().split())


def shown_one_too_many(version: Publication) -> None:
    """As an attack that knew less had let it out: one of two hidden figures of a sum is shown."""
    true_values: dict[str, Any] = version.true_values()
    true = {table["name"]: table for table in true_values["packages"]["persons"]["tables"]}
    purpose = next(t for t in true_values["protected"]["persons"] if t["name"] == "purpose")
    for cell, mine in zip(purpose["cells"], true["purpose"]["cells"], strict=True):
        if cell["status"] == "hidden" and "organs" in cell["key"]:
            cell |= {"value": mine["value"], "status": "shown"}
    version.set_true_values(true_values)
    version.save()


def test_a_version_is_attacked_once_for_each_version_of_the_attack(
    version: Publication, monkeypatch: pytest.MonkeyPatch, anna: Access
) -> None:
    assert corrections.attack_again(at=NOON) == 0, "it was attacked when it was frozen"
    stricter(monkeypatch)
    assert corrections.attack_again(at=NOON) == 1
    assert corrections.attack_again(at=NOON) == 0
    assert [(row.open, row.readable) for row in AttackResult.objects.all()] == [(0, True), (0, True)]
    event = Event.objects.order_by("sequence").last()
    assert event is not None
    assert (event.actor, event.action, event.rows) == ("system", "publication.attack", 0)
    assert OPEN not in page(anna, "/")


def test_what_is_open_stands_on_the_page_of_analyst_and_manager_until_it_is_withdrawn(
    version: Publication, monkeypatch: pytest.MonkeyPatch, anna: Access
) -> None:
    shown_one_too_many(version)
    stricter(monkeypatch)
    corrections.attack_again(at=NOON)
    assert AttackResult.objects.latest("pk").open > 0
    mona = access(user("Mona", Role.MANAGER))
    for who in (anna, mona):
        assert OPEN in page(who, "/")
        text = page(who, "/summaries/publications/2018/")
        assert "A published version can be attacked" in text
        assert "You can withdraw the version" in text
    assert "Revise the headline alone" in page(anna, "/summaries/publications/2018/")
    withdrawn(publication=version, reason="It can be worked out.", by=anna)
    assert OPEN not in page(anna, "/")


def test_a_version_that_cannot_be_read_is_named_and_stops_no_other(
    version: Publication, monkeypatch: pytest.MonkeyPatch, anna: Access
) -> None:
    version.set_true_values(version.true_values() | {"protected": {}})
    version.save()
    stricter(monkeypatch)
    assert corrections.attack_again(at=NOON) == 1
    assert not AttackResult.objects.latest("pk").readable
    assert "it cannot be read by the attack test of today" in page(anna, "/summaries/publications/2018/")
