"""The words that forms choose from are explained at *Help*, in both languages."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.translation import override

from accounts.roles import Role
from agencies.models import Code
from cases.choices import Status
from home.guide import LISTS, _meanings, words_of
from tests.actors import user

pytestmark = pytest.mark.django_db


def test_every_shipped_word_of_these_lists_is_explained_in_both_languages_and_nothing_else_is() -> None:
    shipped = set(Code.objects.filter(list__in=LISTS).values_list("key", flat=True))
    assert set(_meanings()) == shipped | {f"status:{status}" for status in Status.values}
    assert all(len(text) > 5 for texts in _meanings().values() for text in texts)


def test_a_word_of_the_administrators_own_stands_there_too(client: Client) -> None:
    Code.objects.create(key="control:own", list="control", label_sv="Eget", label_en="Own", position=999)
    client.force_login(user("Olle", Role.OPERATOR, language="en"))
    text = client.get("/help/codes/control/").content.decode()
    assert "Somebody has taken passport or other documents." in text
    assert ">Own" in text
    assert client.get("/help/codes/nothing/").status_code == 404
    for name in LISTS:
        assert f"/help/codes/{name}/" in client.get("/help/").content.decode()
    with override("sv"):
        assert words_of("control")[16].meaning == "Någon har tagit pass eller andra handlingar."
