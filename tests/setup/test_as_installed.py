"""The tests ask PostgreSQL as the register does where it is installed; and what they begin with is what the
files of today make."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import path

from accounts import row_level_security
from accounts.models import User
from accounts.roles import Role
from jobs import worker
from nmt_site.management.commands import check_register, make_database_roles
from tests import database
from tests.actors import user
from tests.database import ROOT, digest, filled_digest
from tests.database_roles import AS_SUPERUSER, asked, only_postgresql
from tests.installed import APPLICATION, OWNER, TESTS, WORKER
from tests.postgres import PostgresMissing, alive, programs

WHO: Final = "SELECT session_user || ' as ' || current_user"
# How a test comes to PostgreSQL's superuser: by a server of its own, or by that of the tests.
SUPERUSER: Final = re.compile(
    r"\bon_server\(|\.says\(\s*\"|\.superuser\(|\brunning_cluster\(|\bnew_cluster\(|user=\"postgres\""
)


# --- in which role ----------------------------------------------------------------------------
@login_not_required
def page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(asked(WHO).pop())


@login_not_required
def stream(_request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(asked(WHO).pop() for _chunk in range(2))


urlpatterns = [path("page/", page), path("stream/", stream)]


@pytest.mark.django_db
@only_postgresql
def test_what_a_test_makes_and_looks_at_is_the_owners() -> None:
    assert asked(WHO) == {f"{TESTS} as {OWNER}"}


@pytest.mark.django_db(transaction=True)
@only_postgresql
@pytest.mark.urls(__name__)
@pytest.mark.parametrize("new_connection", [False, True])
def test_a_request_and_its_stream_ask_as_the_web_servers_role(new_connection: bool) -> None:
    for address in ("/page/", "/stream/"):
        if new_connection:
            connection.close()
        answer = Client().get(address)
        text = b"".join(answer) if answer.streaming else answer.content
        assert set(re.findall(r" as (\w+?)(?=nmt_tests|$)", text.decode())) == {APPLICATION}
        assert asked(WHO) == {f"{TESTS} as {OWNER}"}


@pytest.mark.django_db
@only_postgresql
@pytest.mark.parametrize(
    ("module", "words", "role"),
    [(check_register, ["check_register"], WORKER), (make_database_roles, ["make_database_roles"], OWNER)],
)
def test_a_command_asks_as_the_guide_has_it_run(
    module: Any, words: list[str], role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = set[str]()
    command: type[BaseCommand] = module.Command
    monkeypatch.setattr(command, "handle", lambda *_args, **_options: said.update(asked(WHO)))
    call_command(*words)
    assert said == {f"{TESTS} as {role}"}


@pytest.mark.django_db
@only_postgresql
def test_the_process_of_the_jobs_asks_as_the_workers_role(monkeypatch: pytest.MonkeyPatch) -> None:
    said = set[str]()
    monkeypatch.setattr(worker, "take", lambda: said.update(asked(WHO)))
    worker.work(once=True)
    assert said == {f"{TESTS} as {WORKER}"}


@pytest.mark.django_db
@only_postgresql
@pytest.mark.parametrize("role", [OWNER, APPLICATION, WORKER, TESTS])
def test_no_role_is_a_superuser_and_none_of_the_registers_is_a_member_of_another(role: str) -> None:
    powers = "rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication"
    assert asked(f"SELECT {powers} FROM pg_roles WHERE rolname = %s", role) == {False}
    groups = "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = %s::regrole"
    assert asked(groups, role) == ({OWNER, APPLICATION, WORKER} if role == TESTS else set())


@pytest.mark.django_db
@only_postgresql
def test_a_connection_of_the_superuser_is_refused() -> None:
    other = connection.copy()
    other.settings_dict["USER"] = "postgres"
    with pytest.raises(PermissionError, match="superuser"):
        other.connect()
    other.close()


def test_who_else_is_the_superuser_is_on_the_list_with_a_reason() -> None:
    files = [*ROOT.glob("tests/**/*.py"), *ROOT.glob("bench/*.py"), *ROOT.glob("scripts/*.py")]
    found = {
        str(file.relative_to(ROOT))
        for file in files
        if file != Path(__file__) and SUPERUSER.search(file.read_text(encoding="utf-8"))
    }
    assert found == set(AS_SUPERUSER)
    assert all(AS_SUPERUSER.values())


# --- made once, copied often ------------------------------------------------------------------
@pytest.mark.parametrize(
    "changed",
    [
        "cases/migrations/0001_initial.py",
        "cases/migrations/9999_new.py",
        "agencies/reference/codes.csv",
        "cases/models/person.py",
        "cases/policies.py",
        "accounts/row_level_security.py",
        "audit/guard.py",
        "tests/installed.py",
        "tests/database.py",
        "knowledge/articles/new.md",
    ],
)
def test_a_database_is_another_when_a_file_that_makes_it_is_changed_or_new(
    changed: str, tmp_path: Path
) -> None:
    _copy(database.MADE_FROM, tmp_path)
    before = digest(tmp_path)
    assert before == digest(ROOT)
    _change(tmp_path / changed)
    assert digest(tmp_path) != before


@pytest.mark.parametrize(
    ("changed", "another"),
    [
        ("cases/actions/persons.py", True),
        ("cases/migrations/0001_initial.py", True),
        ("tests/world.py", True),
        ("tests/cases/spreadsheet.py", True),
        ("locale/sv/LC_MESSAGES/django.po", True),
        ("tests/cases/test_case_page.py", False),
    ],
)
def test_the_rows_of_a_filled_register_are_written_anew_after_a_change_of_what_writes_them(
    changed: str, another: bool, tmp_path: Path
) -> None:
    _copy((*database.MADE_FROM, *database.FILLED_FROM), tmp_path)
    before = filled_digest(tmp_path)
    assert before == filled_digest(ROOT)
    _change(tmp_path / changed)
    assert (filled_digest(tmp_path) != before) is another


def _copy(patterns: Iterable[str], to: Path) -> None:
    for file in {file for pattern in patterns for file in ROOT.glob(pattern)}:
        copy = to / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())


def _change(file: Path) -> None:
    with file.open("a") as written:
        written.write("#")


@pytest.mark.django_db(transaction=True)
def test_rows_that_are_kept_are_used_until_the_digest_is_another_and_are_gone_afterwards(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []

    def fill() -> bytes:
        name = f"Anna {len(written)}"
        written.append(name)
        user(name, Role.ANALYST)
        return name.encode()

    found = []
    for of_now in ("one", "one", "two"):
        monkeypatch.setattr(database, "filled_digest", lambda name=of_now: name)
        with database.filled("people", fill) as told:
            found.append((told.decode(), User.objects.get().name))
        assert not User.objects.exists()
    assert found == [("Anna 0", "Anna 0"), ("Anna 0", "Anna 0"), ("Anna 1", "Anna 1")]


def test_a_database_is_another_when_a_policy_is_built_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as by a role that is given a right: no file of policies has changed then."""
    before = digest()
    table, policy = next(iter(row_level_security.row_policies().items()))
    others = {
        **row_level_security.row_policies(),
        table: row_level_security.RowPolicy(f"({policy.sees}) AND true"),
    }
    monkeypatch.setattr("accounts.row_level_security.row_policies", lambda: others)
    assert digest() != before


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(database, "STORE", tmp_path)
    return tmp_path


@pytest.mark.parametrize("kind", ["sqlite3", "postgresql-17.2"])
def test_what_is_kept_is_used_for_its_digest_alone_and_another_takes_its_place(kind: str, kept: Path) -> None:
    made: list[str] = []

    def make(where: Path) -> None:
        made.append(where.name)
        if kind == "sqlite3":
            where.write_text("made")
        else:
            where.mkdir()

    (kept / "of-now.another").touch()
    for digest_of_now in ("one", "one", "two", "one"):
        with database._stored(f"{digest_of_now}.{kind}", make) as found:
            assert found == kept / f"{digest_of_now}.{kind}"
            assert found.exists()
    assert made == [f"unfinished-{name}.{kind}" for name in ("one", "two", "one")]
    assert {file.name for file in kept.iterdir()} == {f"one.{kind}", "of-now.another", "lock"}


def test_what_was_not_finished_is_not_used(kept: Path) -> None:
    def fail(where: Path) -> None:
        where.write_text("half")
        raise RuntimeError

    with pytest.raises(RuntimeError), database._stored("one.sqlite3", fail):
        pass
    with database._stored("one.sqlite3", lambda where: where.write_text("whole")) as found:  # type: ignore[arg-type]
        assert found.read_text() == "whole"


SERVER: Final = """
from tests.postgres import running_cluster
with running_cluster() as made:
    print(made.folder, flush=True)
    input()
"""


def test_the_server_of_tests_that_are_killed_is_gone_with_its_files() -> None:
    try:
        programs()
    except PostgresMissing as missing:
        pytest.skip(f"NOT tried: {missing}")
    words = [sys.executable, "-c", SERVER]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        folder = Path(child.stdout.readline().strip())
        server = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        child.send_signal(signal.SIGKILL)
    for _try in range(600):
        if not folder.exists():
            break
        time.sleep(0.1)
    assert not folder.exists()
    assert not alive(server)
