"""Who the tests of the admin are signed in as."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def administrator() -> Client:
    from accounts.roles import Role  # not before Django is set up
    from tests.nmt_site.admin_pages import client_of, someone

    return client_of(someone(Role.ADMINISTRATOR))
