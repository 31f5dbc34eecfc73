"""The coordinators of region Väst by whom most of casework is tried, and the language that it is
read in.

Imported in each fixture: pytest reads this file before Django is set up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from accounts.access import Access
    from accounts.models import User


@pytest.fixture
def karin() -> User:
    from tests.cases.pages import coordinator

    return coordinator()


@pytest.fixture
def west(karin: User) -> User:
    """What the tests of the admin call her."""
    return karin


@pytest.fixture
def vera() -> Access:
    """What she acts by."""
    from accounts.roles import Role
    from tests.actors import access, user

    return access(user("Vera", Role.COORDINATOR, region="V"))


@pytest.fixture
def noon() -> Iterator[None]:
    import time_machine

    from tests.actors import NOON

    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def in_english() -> Iterator[None]:
    from django.utils import translation

    with translation.override("en"):
        yield
