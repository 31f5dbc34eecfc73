"""Addresses of the admin that followed their rows to another app lead on from where they stood."""

from __future__ import annotations

import pytest

from accounts.roles import Role
from tests.actors import user
from tests.cases.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rest", ["", "add/", "12/change/", "?q=anna&p=1"])
def test_users_are_found_under_their_old_address(rest: str) -> None:
    answer = signed_in(user("Anna", Role.ADMINISTRATOR)).get(f"/admin/agencies/user/{rest}")
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/accounts/user/{rest}")


def test_a_stranger_signs_in_first(client: object) -> None:
    answer = client.get("/admin/agencies/user/")  # type: ignore[attr-defined]
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]
