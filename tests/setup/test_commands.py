"""What goes wrong on a machine is told in one sentence: no trace, a non-zero exit, nothing on standard
output."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandParser
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

import manage
from nmt_site.environment import new_key
from tests.weights import mostly_long

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(tmp_path: Path):
    def run(*command: str, stdin: Any = None, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        full = {
            **kept,
            "DEMO": "",
            "STATE_DIR": str(tmp_path),
            "SECRET_KEY": "",
            "NOTES_KEY": "",
            "AUDIT_KEY": "",
            "DATABASE_URL": "",
            **environment,
        }
        return subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=full,
            stdin=stdin,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., str]]:
    """What `manage.py` says as it ends with a fault, in this process, which has read the settings already."""
    umask = os.umask(0o077)
    monkeypatch.setattr(CommandParser, "error", CommandParser.error)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    def told(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["manage.py", *words])
        with pytest.raises(SystemExit) as ended:
            manage.main()
        printed = capsys.readouterr()
        assert (bool(ended.value.code), printed.out) == (True, "")
        return printed.err if isinstance(ended.value.code, int) else f"{ended.value.code}\n"

    yield told
    os.umask(umask)


def is_one_sentence(done: subprocess.CompletedProcess[str]) -> bool:
    return done.returncode != 0 and done.stdout == "" and len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SMALL_CELL_K", "five", "SMALL_CELL_K must be a whole number from 2 to 100, not 'five'."),
        (
            "SITE_ADDRESS",
            "register.example",
            "SITE_ADDRESS must be an address such as https://register.example, not 'register.example'.",
        ),
        ("IDLE_MINUTES", "-5", "IDLE_MINUTES must be a whole number from 1 to 100000, not '-5'."),
        (
            "DATABASE_URL",
            "postgres://a:hemligt@[::1/x",
            "DATABASE_URL is not an address: see .env.example for its form.",
        ),
    ],
)
def test_a_value_that_cannot_be_is_refused(run, name: str, value: str, sentence: str) -> None:
    done = run("manage.py", "check", DEMO="1", **{name: value})
    assert is_one_sentence(done), done.stderr
    assert done.stderr == f"{sentence}\n"


@pytest.fixture
def without_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    if connection.vendor != "sqlite":
        pytest.skip("an empty file of SQLite")
    with django_db_blocker.unblock(), monkeypatch.context() as patch:
        connection.close()
        patch.setitem(connection.settings_dict, "NAME", str(tmp_path / "empty.sqlite3"))
        yield
        connection.close()


@pytest.mark.usefixtures("without_tables")
@pytest.mark.parametrize("command", ["check_register", "verify_audit"])
def test_a_database_without_tables_is_told_how_they_are_made(told: Callable[..., str], command: str) -> None:
    text = told(command)
    assert text.endswith("(manage.py migrate makes its tables)\n")
    assert text.count("\n") == 1


def test_a_result_is_utf_8_whatever_the_locale_and_without_an_end_it_is_one_sentence(
    run, tmp_path: Path
) -> None:
    table = tmp_path / "table.csv"
    table.write_text("A,B,count\n1,0,40\n")
    words = ("manage.py", "dark_figure", "--table", str(table))
    done = run(*words, DEMO="1", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Mörkertalet kan inte skattas" in done.stdout
    closed = run(
        "-c",
        f"import os; os.close(1); os.execv({sys.executable!r}, [{sys.executable!r}, *{words!r}])",
        DEMO="1",
    )
    assert closed.stderr == "Standard output is closed, so there is nowhere to print the result.\n"


GOOD = "bm90ZXMga2V5IGZvciB0aGUgdGVzdHMgYWxvbmUsIDE="
KEYS = {"SECRET_KEY": GOOD, "NOTES_KEY": GOOD, "AUDIT_KEY": GOOD}


@pytest.mark.parametrize("missing", ["SECRET_KEY", "NOTES_KEY", "AUDIT_KEY"])
def test_a_missing_key_is_named(run, missing: str) -> None:
    done = run("manage.py", "migrate", **{**KEYS, missing: ""})
    assert is_one_sentence(done), done.stderr
    assert done.stderr.startswith(f"{missing} is not set.")


@pytest.mark.parametrize("way", ["file", "descriptor", "credential"])
def test_a_key_need_not_stand_in_the_environment(run, tmp_path: Path, way: str) -> None:
    path = tmp_path / "NOTES_KEY"
    path.write_text(f"{GOOD}\n")
    facts = {
        "file": {"NOTES_KEY_FILE": str(path)},
        "descriptor": {"NOTES_KEY_FILE": "/dev/fd/0"},
        "credential": {"CREDENTIALS_DIRECTORY": str(tmp_path)},
    }[way]
    read = "from django.conf import settings as s; import os; print(s.NOTES_KEYS, os.environ['NOTES_KEY'])"
    full = {**KEYS, "NOTES_KEY": "", "DJANGO_SETTINGS_MODULE": "nmt_site.settings", **facts}
    with path.open() as opened:
        done = run("-c", read, stdin=opened, **full)
    assert done.stdout == f"['{GOOD}'] \n", done.stderr


@pytest.mark.parametrize("kept", ["gone", "empty", "bytes"])
def test_a_key_that_is_not_in_its_file_is_one_sentence(run, tmp_path: Path, kept: str) -> None:
    file = tmp_path / kept
    if kept != "gone":
        file.write_bytes(b"" if kept == "empty" else b"\xff\xfe\x00")
    done = run("manage.py", "check", **{**KEYS, "NOTES_KEY": "", "NOTES_KEY_FILE": str(file)})
    assert is_one_sentence(done), done.stderr
    assert done.stderr.startswith(
        "NOTES_KEY is not set." if kept == "empty" else "NOTES_KEY cannot be read from "
    )


@pytest.mark.parametrize(
    ("name", "weak"),
    [
        ("SECRET_KEY", "hemligt"),
        ("AUDIT_KEY", "a" * 60),
        ("NOTES_KEY", f"{GOOD},{'A' * 43}="),
        *(
            pytest.param("NOTES_KEY", weak, marks=pytest.mark.long)
            for weak in ("abc", f"{GOOD},abc", "not a key at all but a long sentence of words")
        ),
    ],
)
def test_a_key_that_can_be_guessed_is_refused_and_not_told(run, name: str, weak: str) -> None:
    done = run("manage.py", "check", **{**KEYS, name: weak})
    assert is_one_sentence(done), done.stderr
    assert done.stderr.startswith(f"{name} ")
    assert "manage.py make_key" in done.stderr
    assert weak not in done.stderr


SERVE = ("-m", "scripts.serve", "--port", "0")


@pytest.mark.parametrize("command", mostly_long([("manage.py", "migrate"), SERVE], usual=[SERVE]))
def test_an_unreachable_database_is_one_sentence(run, command: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    if "--port" in command:
        command = (*command[:-1], str(free))
    done = run(*command, DEMO="1", DATABASE_URL=f"postgres://anna:hemligt@127.0.0.1:{free}/register")
    assert is_one_sentence(done), done.stderr
    assert done.stderr.startswith("The database cannot be used: ")
    assert "hemligt" not in done.stderr


def test_another_kind_of_database_is_refused_without_its_password(run) -> None:
    done = run("manage.py", "check", DEMO="1", DATABASE_URL="mysql://anna:hemligt@127.0.0.1/register")
    assert is_one_sentence(done), done.stderr
    assert done.stderr == "DATABASE_URL must begin with postgres:// or sqlite:///.\n"


def test_make_key_needs_no_keys_and_makes_another_each_time(run) -> None:
    made = run("manage.py", "make_key").stdout.strip()
    assert len(base64.urlsafe_b64decode(made)) == 32
    assert len({made, new_key(), new_key()}) == 3


def test_a_busy_port_is_one_sentence_that_offers_another(run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("-m", "scripts.serve", "--port", str(port))
    assert is_one_sentence(done), done.stderr
    assert f"Port {port} cannot be used" in done.stderr
    assert f"PORT={port + 1}" in done.stderr


@pytest.mark.parametrize("port", ["", "web", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(run, port: str) -> None:
    done = run("-m", "scripts.serve", f"--port={port}")
    assert is_one_sentence(done), done.stderr
    assert "from 1 to 65535" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("yearly_summary", "2018", "2019"),
        ("yearly_summary", "2018", "--nonsense"),
        ("import_persons", "persons.csv"),
        ("dark_figure", "--years"),
        ("demo", "--scale", "half"),
    ],
    ids=" ".join,
)
def test_words_that_a_command_does_not_know_are_refused_without_a_page_of_usage(
    told: Callable[..., str], words: tuple[str, ...]
) -> None:
    text = told(*words)
    assert text.startswith(f"manage.py {words[0]}: ")
    assert text.count("\n") == 1
