"""`manage.py import_persons`: the result and nothing else to standard output, one sentence to standard
error."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.roles import Role
from audit.models import Event
from cases.importing.codes import Lookups
from cases.models import Case, Person
from exchange.models import ImportRun
from tests.actors import user
from tests.cases.spreadsheet import row, sheet

pytestmark = pytest.mark.django_db
VERA = "vera@example.org"


@pytest.fixture(autouse=True)
def _vera() -> None:
    user("Vera", Role.COORDINATOR, region="V")


def run(path: Path, data: bytes, *options: str, email: str = VERA) -> str:
    file = path / "persons.csv"
    file.write_bytes(data)
    out = StringIO()
    call_command("import_persons", str(file), "--as", email, *options, stdout=out)
    return out.getvalue()


def test_the_result_is_json_of_the_agreed_shape(tmp_path: Path) -> None:
    assert json.loads(run(tmp_path, sheet(), "--json")) == {
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "failed": 0,
        "errors": [],
        "warnings": [],
    }
    assert Person.objects.count() == 1


def test_errors_name_row_column_value_and_what_is_allowed(tmp_path: Path) -> None:
    file = tmp_path / "fel.csv"
    file.write_bytes(sheet(row(), row(person="K2", sex="X")).replace(b";sex;", ";Kön;".encode()))
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_persons", str(file), "--as", VERA, "--json", stdout=out)
    result = json.loads(out.getvalue())
    assert ended.value.code == 1
    assert (result["new"], result["failed"]) == (1, 1)
    assert result["errors"] == [
        {
            "row": 3,
            "column": "Kön",
            "value": "X",
            "message": "“X” is not allowed. Allowed: female, male, other sex, not recorded.",
        }
    ]
    assert not Case.objects.exists()


def test_a_dry_run_says_the_same_and_changes_nothing(tmp_path: Path) -> None:
    assert json.loads(run(tmp_path, sheet(), "--json", "--dry-run"))["new"] == 1
    assert not any(model.objects.exists() for model in (Person, Case, ImportRun, Event))


def test_the_good_rows_alone(tmp_path: Path) -> None:
    result = json.loads(run(tmp_path, sheet(row(), row(person="K2", sex="X")), "--json", "--good-rows"))
    assert (result["new"], result["failed"], Person.objects.count()) == (1, 1, 1)


def test_without_json_it_reads_as_text(tmp_path: Path) -> None:
    assert run(tmp_path, sheet()) == "new 1, changed 0, unchanged 0, failed 0.\n"
    assert "Nothing was imported: this was a trial." in run(tmp_path, sheet(), "--dry-run")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        pytest.param(b"", "The file is empty.", marks=pytest.mark.long),
        (b"\x00\x01", "Line 1 holds characters that no table has: this is no CSV, XLSX or ODS file."),
        (
            b"a;b\n1;2\n",
            "The file lacks the columns case, person, identified_on, agency, county, sex, child, status,",
        ),
        pytest.param(sheet().splitlines()[0], "The file has a header but no rows.", marks=pytest.mark.long),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path, data: bytes, sentence: str) -> None:
    with pytest.raises(CommandError) as refused:
        run(tmp_path, data, "--json")
    assert str(refused.value).startswith(sentence)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.csv cannot be read: No such file or directory"):
        call_command("import_persons", str(tmp_path / "none.csv"), "--as", VERA)


def test_an_unknown_and_an_inactive_user_are_refused_alike(tmp_path: Path) -> None:
    user("Gone", Role.COORDINATOR, region="V", is_active=False)
    for email in ("nobody@example.org", "gone@example.org"):
        with pytest.raises(CommandError, match=f"There is no active user with the e-mail address {email}"):
            run(tmp_path, sheet(), email=email)


def test_another_role_is_refused(tmp_path: Path) -> None:
    user("Olle", Role.OPERATOR)
    with pytest.raises(CommandError, match="Your role may not do this"):
        run(tmp_path, sheet(), email="olle@example.org")
    assert [event.action for event in Event.objects.all()] == ["import.refused"]


def test_what_the_rules_look_up_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[Lookups] = []
    load = Lookups.load
    monkeypatch.setattr(Lookups, "load", lambda: loads.append(load()) or loads[-1])
    bad = sheet(row(), row(person="K2", county="Skone"))
    assert "Did you mean Skåne" in run(tmp_path, bad, "--good-rows")
    assert len(loads) == 1
