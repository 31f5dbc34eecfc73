"""No management command runs that nobody chose: what Django or a package brings is listed here or there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from django.core.management import ManagementUtility, get_commands

from accounts.roles import Role
from nmt_site.checks import DEMO_ONLY, OF_OTHERS
from tests.actors import access, user
from tests.makers import new_case

ROOT: Final = Path(__file__).resolve().parents[2]
OWN_APPS: Final = {path.parent.name for path in ROOT.glob("*/management")}
# Each with why: a command that a package brings and that stands nowhere fails the test.
REFUSED: Final = {
    "account_unsetmultipleprimaryemails": "writes rows past the audit log",
    "changepassword": "sets a password past the second factor",
    "clean_duplicate_history": "deletes history",
    "clean_old_history": "deletes history",
    "compilemessages": "scripts.translations needs no gettext",
    "createcachetable": "there is no cache in the database",
    "createsuperuser": "there is none",
    "dbshell": "psql is the way of the guide",
    "diffsettings": "prints the keys",
    "dumpdata": "prints texts decrypted",
    "export": "prints texts decrypted",
    "findstatic": "nobody needs it",
    "flush": "empties the register",
    "import": "writes rows past rules and audit log",
    "inspectdb": "nobody needs it",
    "loaddata": "writes rows past rules and audit log",
    "optimizemigration": "nobody needs it",
    "populate_history": "writes history of what nobody did",
    "remove_stale_contenttypes": "deletes rows",
    "sqlflush": "prints how to empty the register",
    "sqlsequencereset": "nobody needs it",
    "squashmigrations": "nobody needs it",
    "startapp": "nobody needs it",
    "startproject": "nobody needs it",
    "test": "finds no tests, and says OK",
    "testserver": "serves whatever is in a file",
}


def typed(*words: str) -> None:
    ManagementUtility(["manage.py", *words]).execute()


def test_every_command_of_django_and_the_packages_is_chosen_or_refused() -> None:
    others = {name for name, app in get_commands().items() if app not in OWN_APPS}
    assert others == OF_OTHERS | DEMO_ONLY | REFUSED.keys()
    assert not (OF_OTHERS | DEMO_ONLY) & REFUSED.keys()


def test_help_lists_what_is_chosen_alone(capsys: pytest.CaptureFixture[str]) -> None:
    own = {path.stem for path in ROOT.glob("*/management/commands/[a-z]*.py")}
    typed("help", "--commands")
    assert set(capsys.readouterr().out.split()) == own | OF_OTHERS
    typed("help")
    listed = capsys.readouterr().out.split(":\n", 1)[1].split()
    assert set(listed) == own | OF_OTHERS


@pytest.mark.parametrize("command", sorted(REFUSED.keys() | DEMO_ONLY))
def test_what_nobody_chose_is_refused_in_one_sentence(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in ((command,), (command, "--help"), ("help", command)):
        with pytest.raises(SystemExit) as refused:
            typed(*words)
        assert str(refused.value).startswith(f"{command} is not a command of the register.")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("command", "instead"), [("createsuperuser", "invite"), ("test", "make test"), ("dumpdata", "backup")]
)
def test_a_refusal_names_what_there_is_instead(command: str, instead: str) -> None:
    with pytest.raises(SystemExit, match=rf"\b{instead}\b"):
        typed(command)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words",
    [("export", "CSV", "cases.Case"), ("dumpdata", "cases.Case"), ("shell", "-c", "print(1)")],
    ids=lambda words: words[0],
)
def test_no_note_is_printed_in_clear(words: tuple[str, ...], capfd: pytest.CaptureFixture[str]) -> None:
    case = new_case(by=access(user("Vera", Role.COORDINATOR, region="V")))
    case.note = "Ringer igen efter lunch."
    case.save()
    with pytest.raises(SystemExit) as refused:
        typed(*words)
    assert refused.value.code not in (None, 0)
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(
    ("program", "command"),
    [
        pytest.param(("manage.py",), "test", id="manage.py", marks=pytest.mark.long),
        pytest.param(("-m", "django"), "export", id="django"),
    ],
)
def test_it_fails_by_manage_py_and_by_django_itself(
    program: tuple[str, ...], command: str, tmp_path: Path
) -> None:
    environment = os.environ | {"DEMO": "1", "STATE_DIR": str(tmp_path), "DATABASE_URL": ""}
    done = subprocess.run(
        [sys.executable, *program, command, "CSV", "cases.Case"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith(f"{command} is not a command of the register.")
