"""A role has a name in three places: the table of rights, the table of scope, and the demonstration.
Everywhere else is asked what somebody may do, so that a new role is a line in a table."""

from __future__ import annotations

import ast
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from filecmp import cmp
from pathlib import Path
from typing import Final

import pytest
from django.db import connection

from accounts.roles import May
from tests.ours import APPS, CODE, ROOT
from tests.roles_named import VALUES, in_code, in_template

KNOW_ROLES: Final = ("accounts/roles.py", "cases/scope.py", "cases/demo/people.py")
# The same words for something else.
OTHERWISE: Final = {
    "agencies/directory.py": {"'coordinator'"},  # a kind of card, beside the deputy's
    "agencies/reference_data.py": {"'coordinator'"},  # a kind of agency
    "agencies/models.py": {"'coordinator'"},  # a kind of card
    "agencies/apps.py": {"'coordinator'"},  # a kind of thing that the audit log tells of: a card
    "cases/rules/consent.py": {"'coordinator'"},  # a kind of agency
    "cases/models/notification.py": {"'officer'"},  # a column
    "cases/views/notification.py": {"'officer'"},  # the same
    "nmt_site/management/commands/demo.py": {"'analyst'", "'manager'"},  # sign-ins
    "legacy_import/sheets/values.py": {"'coordinator'"},  # a kind of agency
    "summaries/catalogue.py": {"'coordinator'"},  # a kind of agency
    "summaries/classifications.py": {"'coordinator'"},  # the same
    "summaries/counting/reference.py": {"'coordinator'"},  # the same
}
NAMES_A_ROLE: Final = re.compile("|".join(["[Rr]ole", *VALUES]))
TEMPLATES: Final = sorted(file for file in (ROOT / "templates").rglob("*") if file.is_file())


def named_in(app: str) -> dict[str, set[str]]:
    """By file, what it says of roles. Migrations repeat what the model says of itself."""
    files = (file for file in (ROOT / app).rglob("*.py") if "migrations" not in file.parts)
    texts = {str(file.relative_to(ROOT)): file.read_text() for file in files}
    facts = {
        file: {what for _line, what in in_code(ast.parse(text))}
        for file, text in texts.items()
        if NAMES_A_ROLE.search(text)  # to parse all the others takes seconds
    }
    return {file: what for file, what in facts.items() if what}


@pytest.fixture(scope="module")
def named() -> dict[str, set[str]]:
    return {file: what for app in APPS for file, what in named_in(app).items()}


def test_no_code_knows_a_role_but_the_tables_and_the_demonstration(named: dict[str, set[str]]) -> None:
    others = {file: what - OTHERWISE.get(file, set()) for file, what in named.items()}
    found = {file: what for file, what in others.items() if what and file not in KNOW_ROLES}
    assert found == {}, "ask access.may(May.…) instead"


def test_each_exception_is_still_needed(named: dict[str, set[str]]) -> None:
    assert set(KNOW_ROLES) <= set(named)
    assert {file: what for file, what in OTHERWISE.items() if not what <= named.get(file, set())} == {}


def test_no_template_decides_by_a_role() -> None:
    found = {str(file.relative_to(ROOT)): list(in_template(file.read_text())) for file in TEMPLATES}
    assert {file: tags for file, tags in found.items() if tags} == {}, 'ask request.access|may:"…" instead'


def test_every_right_that_a_template_asks_about_is_one() -> None:
    asked = [part.partition('"')[0] for file in TEMPLATES for part in file.read_text().split('|may:"')[1:]]
    assert asked
    assert set(asked) <= set(May.__members__)


@pytest.mark.parametrize(
    "code",
    [
        "access.role is Role.DPO",
        "roles.Role.OPERATOR",
        "if access.role == wanted: pass",
        "if access.role_name == 'coordinator': pass",
        "who.role in chosen",
        "MENUS = {'analyst': ()}",
        "User.objects.filter(role='manager')",
        "match access.role:\n  case 'dpo': pass",
        "from accounts.roles import Role as R",
    ],
)
def test_the_inspection_sees_a_role_in_code(code: str) -> None:
    assert NAMES_A_ROLE.search(code)
    assert list(in_code(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "access.may(May.GRANT)",
        "cleaned.get('role', access.role) != access.role",
        "instance.role != self.by.role",
        "choices = Role.choices",
        "x = 'role'",
    ],
)
def test_the_inspection_lets_pass_what_names_no_role(code: str) -> None:
    assert not list(in_code(ast.parse(code)))


@pytest.mark.parametrize(
    "text",
    [
        '{% if request.access.role == "coordinator" %}',
        "{% if request.access.role == wanted %}",
        "{% elif a and b != request.access.role %}",
        '{% include "x.html" with who="dpo" %}',
        "{% if 'analyst' in x %}",
        "{% if request.access.role in some %}",
    ],
)
def test_the_inspection_sees_a_role_in_a_template(text: str) -> None:
    assert list(in_template(text))


@pytest.mark.parametrize(
    "text",
    [
        '<p role="status">',
        "{{ line.role }}",
        "{% if line.role and event.actor %}",
        '{% translate "manager" %}',
    ],
)
def test_the_inspection_lets_pass_what_decides_nothing(text: str) -> None:
    assert not list(in_template(text))


# --- a new role ------------------------------------------------------------------------------
COPIED: Final = (*CODE, "scripts", "locale", "templates", "static", "docs", "manage.py", "pyproject.toml")
MEMBER: Final = '    AUDITOR = "auditor", _("Auditor")\n'
ROW: Final = "    Role.AUDITOR: EVERYONE | {May.VIEW_TOTALS, May.VIEW_AUDIT_LOG},\n"
TRIED: Final = """
import django
django.setup()
from django.core.management import call_command
call_command("makemigrations", "accounts", name="auditor", verbosity=0)
call_command("makemigrations", check_changes=True, verbosity=0)
with open("docs/access-matrix.md", "w") as page:
    call_command("access_matrix", stdout=page)
call_command("migrate", verbosity=0)
from django.test import Client
from accounts.models import User
from nmt_site.context import entries_for
from accounts.access import Access
user = User.objects.create_user("auditor@example.org", "x" * 20, name="Aina", role="auditor")
from accounts.entry import accept_terms
accept_terms(by=Access.of(user))
client = Client(SERVER_NAME="localhost")
client.force_login(user)
print(*(entry.name for entry in entries_for(Access.of(user))))
for address in ("/", "/approvals/", "/audit/", "/summaries/", "/cases/", "/calls/", "/admin/"):
    print(address, client.get(address).status_code)
"""


@pytest.mark.long(
    instead="tests/test_rights_in_one_table.py::test_no_code_knows_a_role_but_the_tables_and_the_demonstration"
)
@pytest.mark.heavy
@pytest.mark.django_db
def test_a_new_role_is_a_line_in_the_table(tmp_path: Path) -> None:
    """In a copy of the register: nothing else is changed by hand, the rest is generated."""
    whole = tmp_path / "register"
    for part in COPIED:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        (whole / part).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / part, whole / part)
    table = whole / "accounts" / "roles.py"
    text = table.read_text().replace("\n\n\nclass May(", f"\n{MEMBER}\n\nclass May(")
    table.write_text(text.replace("}\nOF_THE_REGISTER", f"{ROW}}}\nOF_THE_REGISTER"))

    assert tried(whole) == [
        "home:my_page agencies:approvals summaries:start legacy_import:differences audit_pages:audit",
        "/ 200",
        "/approvals/ 200",
        "/audit/ 200",
        "/summaries/ 302",
        "/cases/ 403",
        "/calls/ 403",
        "/admin/ 302",
    ]
    [migration] = (file.name for file in (whole / "accounts" / "migrations").glob("*_auditor.py"))
    by_hand, generated = {"accounts/roles.py"}, {"docs/access-matrix.md", f"accounts/migrations/{migration}"}
    assert changed(whole) == by_hand | generated
    # And where it is wanted: its Swedish word, what it finds (else nothing), a sign-in of the demonstration.
    wanted = {"locale/sv/LC_MESSAGES/django.po", *KNOW_ROLES, "CHANGELOG.md"}
    assert len(by_hand | generated | wanted) <= 7


def tried(whole: Path) -> list[str]:
    """What somebody of the new role finds, in a process that knows nothing of this one."""
    state = whole.parent / "state"
    state.mkdir()
    if connection.vendor == "sqlite":  # a register as it stood before: the migrations take ten times as long
        files = (connection.settings_dict["NAME"], state / "register.sqlite3")
        with closing(sqlite3.connect(files[0])) as held, closing(sqlite3.connect(files[1])) as own:
            held.backup(own)
    ours = {"DJANGO_SETTINGS_MODULE": "nmt_site.settings", "DEMO": "1", "STATE_DIR": str(state)}
    environment = {**os.environ, **ours, "DATABASE_URL": ""}
    done = subprocess.run(
        [sys.executable, "-c", TRIED], cwd=whole, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def changed(whole: Path) -> set[str]:
    files = (file for file in whole.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    names = (str(file.relative_to(whole)) for file in files)
    return {name for name in names if not _as_here(name, whole)}


def _as_here(name: str, whole: Path) -> bool:
    return (ROOT / name).exists() and cmp(ROOT / name, whole / name, shallow=False)
