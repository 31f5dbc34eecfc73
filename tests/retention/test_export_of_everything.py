"""Everything leaves with its dictionary; its texts only where one has asked and another has answered,
once."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.approvals import answer, ask
from accounts.models import Approval, Notice, User
from accounts.roles import Role
from audit.models import Event
from retention.export import ACT, LEFT_OUT, WHOLE
from tests.actors import NOON, access, user
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
NOTE, REFERENCE = "Sekretess om ärendet", "HEMLIG-REF-76"


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def people() -> dict[str, User]:
    vera = user("Vera", Role.COORDINATOR, region="V")
    new_case(new_person(reference=REFERENCE), by=access(vera), note=NOTE)
    roles = {"anna": Role.ADMINISTRATOR, "max": Role.MANAGER, "dag": Role.DPO}
    return {name: user(name.capitalize(), role) for name, role in roles.items()}


def exported(folder: Path, *words: str) -> dict[str, str]:
    """By name, what the files say."""
    out = io.StringIO()
    call_command("export_register", "--to", str(folder), *words, stdout=out)
    assert out.getvalue().startswith("ok ")
    return {file.name: file.read_text("utf-8-sig") for file in folder.iterdir()}


def approve(people: dict[str, User]) -> Approval:
    asked = ask(ACT, WHOLE, reason="Överlämnas till arkivet", by=access(people["anna"]))
    return answer(asked, give=True, by=access(people["max"]), reason="Beslutat")


def test_every_table_leaves_as_csv_and_json_and_stands_in_the_dictionary(
    people: dict[str, User], tmp_path: Path
) -> None:
    files = exported(tmp_path / "all")
    models = apps.get_models(include_auto_created=True)
    tables = {model._meta.db_table: model for model in models if model._meta.label_lower not in LEFT_OUT}
    wanted = {f"{name}.{form}" for name in tables for form in ("csv", "json")}
    assert set(files) == wanted | {"manifest.json", "data-dictionary.csv"}
    columns = {(name, f.column) for name, model in tables.items() for f in model._meta.concrete_fields}
    assert columns_described(files["data-dictionary.csv"]) == columns
    manifest_is_of(tmp_path / "all")
    persons = json.loads(files["cases_person.json"])
    assert (persons["end"]["rows"], persons["rows"][0]["sex"]) == (1, "F")


def manifest_is_of(folder: Path) -> None:
    for one in json.loads((folder / "manifest.json").read_text())["tables"]:
        data = (folder / f"{one['table']}.csv").read_bytes()
        assert hashlib.sha256(data).hexdigest() == one["sha256"]["csv"]


def columns_described(dictionary: str) -> set[tuple[str, str]]:
    lines = csv.DictReader(io.StringIO(dictionary), delimiter=";")
    return {(line["table"], line["column"]) for line in lines if line["table"] != "# end"}


def test_what_is_encrypted_stays_and_nobody_but_its_owner_reads_the_folder(
    people: dict[str, User], tmp_path: Path
) -> None:
    whole = "".join(exported(tmp_path / "all").values())
    assert NOTE not in whole
    assert REFERENCE not in whole
    assert people["anna"].password not in whole
    assert "gAAAA" not in whole  # no token of what is encrypted either
    for path in (tmp_path / "all", *(tmp_path / "all").iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_texts_leave_once_by_what_one_asked_and_another_approved(
    people: dict[str, User], tmp_path: Path
) -> None:
    words = ("--with-texts", "--approval", str(approve(people).code))
    whole = "".join(exported(tmp_path / "all", *words).values())
    assert NOTE in whole
    assert REFERENCE in whole
    assert people["anna"].password not in whole
    event = Event.objects.get(action="register.export")
    assert (event.search_kind, event.target_kind) == ("texts", "accounts.approval")
    assert set(Notice.objects.values_list("user__name", flat=True)) == {"Anna", "Dag"}
    with pytest.raises(CommandError, match="använt"):
        exported(tmp_path / "again", *words)
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("how", ["asked", "declined", "old", "nonsense"])
def test_texts_do_not_leave_without_a_good_answer(people: dict[str, User], tmp_path: Path, how: str) -> None:
    asked = ask(ACT, WHOLE, reason="Till arkivet", by=access(people["anna"]))
    if how in {"declined", "old"}:
        asked = answer(asked, give=how == "old", by=access(people["max"]), reason="Så")
    code = "1234" if how == "nonsense" else str(asked.code)
    later = NOON + timedelta(days=8 if how == "old" else 0)
    with time_machine.travel(later, tick=False), pytest.raises(CommandError, match="approved"):
        exported(tmp_path / "all", "--with-texts", "--approval", code)
    assert list(tmp_path.iterdir()) == []


def test_half_a_request_is_refused(people: dict[str, User], tmp_path: Path) -> None:
    for words in (("--with-texts",), ("--approval", str(approve(people).code))):
        with pytest.raises(CommandError, match="only with"):
            exported(tmp_path / "all", *words)


def test_what_is_there_already_is_not_written_over(people: dict[str, User], tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    with pytest.raises(CommandError, match="already"):
        exported(tmp_path / "all")


def test_what_cannot_be_recorded_does_not_leave(
    people: dict[str, User], tmp_path: Path, monkeypatch: Any
) -> None:
    def fails(*_args: Any, **_options: Any) -> None:
        raise OSError("the trail is full")

    monkeypatch.setattr("retention.export.record", fails)
    with pytest.raises(CommandError):
        exported(tmp_path / "all")
    assert list(tmp_path.iterdir()) == []


def test_it_is_asked_on_a_page_and_the_answers_page_says_the_command(people: dict[str, User]) -> None:
    anna, max_ = Client(), Client()
    for client, who in ((anna, "anna"), (max_, "max")):
        client.force_login(people[who])
        client.cookies["django_language"] = "en"
    assert "/export/everything/" in anna.get("/approvals/").content.decode()
    page = anna.post("/export/everything/", {"reason": "Till arkivet"}).headers["Location"]
    again = anna.post("/export/everything/", {"reason": "Till arkivet"}).content.decode()
    assert "already a request about this that waits for an answer" in again
    assert max_.post(page, {"answer": "yes", "reason": "Beslutat"}).status_code == 302
    assert "--with-texts --approval" in anna.get(page).content.decode()
    assert max_.post("/export/everything/", {"reason": "x"}).status_code == 403
