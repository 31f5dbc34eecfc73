"""What the command line says when an import of a list is not to be taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from accounts.models import User
from accounts.roles import Role
from agencies.models import Agency
from tests.actors import user
from tests.exchange.test_admin_exchange import table
from tests.exchange.test_import_rows import run_command
from tests.nmt_site.admin_pages import someone

pytestmark = pytest.mark.django_db
HEADER = ["code", "name_sv", "name_en", "kind"]
SEVEN = [f"new{n}" for n in range(7)]


@pytest.fixture
def email() -> str:
    return someone(Role.ADMINISTRATOR, "Anna").email


@pytest.fixture
def code(tmp_path: Any, email: str) -> str:
    """Of an import of seven agencies."""
    file = tmp_path / "file.csv"
    file.write_bytes(table(HEADER, *([word, f"Ny {word}", f"New {word}", "ngo"] for word in SEVEN)))
    return run_command("agencies", str(file), "--as", email).splitlines()[-1]


def test_an_import_of_one_list_is_none_of_another(email: str, code: str) -> None:
    with pytest.raises(CommandError, match=f"There is no import {code} of yours"):
        run_command("codes", "--as", email, "--undo", code)
    assert Agency.objects.filter(code__in=SEVEN).count() == len(SEVEN)


def test_of_many_rows_in_the_way_five_are_named_and_the_others_counted(email: str, code: str) -> None:
    Agency.objects.filter(code__in=SEVEN).update(name_sv="Någon annans")
    with pytest.raises(CommandError, match=r"The import was not undone: .* and 2 more\.") as refused:
        run_command("agencies", "--as", email, "--undo", code)
    assert str(refused.value).count("(") == 5


def test_an_import_is_not_taken_back_where_that_gives_what_needs_two(email: str, tmp_path: Path) -> None:
    """It took a role away, which one administrator may do; taken back it would give the role."""
    user("Olle", Role.OPERATOR)
    file = tmp_path / "users.csv"
    file.write_text("email,name,role\nolle@example.org,Olle,officer\n")
    code = run_command("users", str(file), "--as", email).splitlines()[-1]
    assert User.objects.get(email="olle@example.org").role == Role.OFFICER
    with pytest.raises(CommandError, match="Two persons are needed"):
        run_command("users", "--as", email, "--undo", code)
    assert User.objects.get(email="olle@example.org").role == Role.OFFICER
