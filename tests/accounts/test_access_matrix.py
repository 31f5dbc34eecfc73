"""The documentation of the role table is the role table."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from django.core.management import call_command

from accounts.roles import MAY, May, Role
from cases.scope import IN_WORDS


def test_the_page_of_the_documentation_is_not_stale() -> None:
    out = StringIO()
    call_command("access_matrix", stdout=out)
    page = Path(__file__).resolve().parents[2] / "docs" / "access-matrix.md"
    assert page.read_text() == out.getvalue(), "run: python manage.py access_matrix > docs/access-matrix.md"


def test_every_role_and_right_is_in_it() -> None:
    assert set(IN_WORDS) == set(MAY) == set(Role)
    assert {right for rights in MAY.values() for right in rights} == set(May), "a right that nobody has"
