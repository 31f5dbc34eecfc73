"""SQLite: whoever writes is killed in the midst, a back-up is made while they write, and what was
acknowledged is there: in the file that is left, and up to its moment in the back-up."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from django.core.management import call_command
from django.db import connection

from cases.models import Case
from tests.database import copy_for_another

pytestmark = [pytest.mark.heavy]
ROOT: Final = Path(__file__).resolve().parents[2]
# Cases without an end; each that is kept is said, with what it is known by.
WRITE: Final = """
import django; django.setup()
from django.db import transaction
from accounts.access import Access
from accounts.roles import Role
from tests.actors import user
from tests.makers import new_case
vera = user("Vera", Role.COORDINATOR, region="V")
vera.email = "vera@demo.example"
vera.save()
vera = Access.of(vera)
while True:
    with transaction.atomic():
        case = new_case(by=vera, region="V", note="Frågar om boende")
    print(case.number, flush=True)
"""


def environment(file: Path) -> dict[str, str]:
    return {
        **os.environ, "DATABASE_URL": f"sqlite:///{file}", "DEMO": "1", "STATE_DIR": str(file.parent),
        "DJANGO_SETTINGS_MODULE": "nmt_site.settings", "PYTHONIOENCODING": "utf-8",
    }  # fmt: skip


@contextmanager
def asking(file: Path) -> Iterator[None]:
    """This process asks the file, as the tests' own database."""
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(file)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def backed_up(file: Path, to: Path) -> None:
    with asking(file):
        call_command("backup", "--to", str(to), stdout=(output := io.StringIO()))
    assert output.getvalue().startswith("ok ")


def numbers(file: Path) -> set[str]:
    """Of the cases in it, whose notes are opened with the key. The register and its audit log hold."""
    with asking(file):
        for command in ("check_register", "verify_audit"):
            call_command(command, stdout=io.StringIO(), stderr=io.StringIO())
        return {case.number for case in Case.objects.all() if case.note == "Frågar om boende"}


@pytest.fixture
def file(tmp_path: Path, transactional_db: None) -> Path:
    """A register in which nobody has worked yet."""
    if connection.vendor != "sqlite":
        pytest.skip("tests/nmt_site/test_killed_and_restored.py")
    made = tmp_path / "register.sqlite3"
    copy_for_another(made)
    return made


@contextmanager
def writing(file: Path) -> Iterator[subprocess.Popen[str]]:
    """Somebody whose every case is said when it is kept."""
    command = [sys.executable, "-c", WRITE]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(file), stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as writer:
        try:
            yield writer
        finally:
            writer.kill()


def test_what_was_acknowledged_outlives_whoever_is_killed_and_is_in_the_back_up_until_then(
    file: Path, tmp_path: Path
) -> None:
    backup = tmp_path / "nmt.backup"
    with writing(file) as writer:
        assert writer.stdout
        said = (line.strip() for line in writer.stdout)
        before = {next(said) for _time in range(3)}
        backed_up(file, backup)
        after = {next(said) for _time in range(3)}
        writer.send_signal(signal.SIGKILL)
        after.update(said)  # what had been said until then
    there = numbers(file)
    assert before | after <= there
    assert len(there) <= len(before | after) + 1  # kept, and killed before it was said
    held = numbers(backup)
    assert before <= held <= there
    assert held < there
