"""The command that brings in every list: all of a file or its good rows, and back."""

from __future__ import annotations

import io
import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from accounts.roles import Role
from agencies.models import Agency
from audit.models import Event
from cases.models import Person
from exchange.resources import RESOURCES
from tests.cases.spreadsheet import row, sheet
from tests.exchange.list_files import (
    HEADER,
    NEW,
    everything,
    table,
    who,
)
from tests.nmt_site.admin_pages import someone
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db


def run_command(*words: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("import_rows", *words, stdout=out, **options)
    return out.getvalue()


NAMES = {
    resource._meta.model._meta.label_lower.replace(".", "_"): name for name, resource in RESOURCES.items()
}
# One of each role; the pages bring in every list.
USUAL = ("agencies_agency", "summaries_historicalfigure", "cases_call")


@pytest.mark.parametrize("model", mostly_long(NEW, usual=USUAL))
def test_the_command_brings_in_every_list_and_takes_it_back(model: str, tmp_path: Any) -> None:
    name, lines, email = NAMES[model], NEW[model], someone(who(model), model.replace("_", "-")).email
    file = tmp_path / "file.csv"
    file.write_bytes(table(*lines))
    before = everything()
    trial = json.loads(run_command(name, str(file), "--as", email, "--dry-run", "--json"))
    assert everything() == before
    result = json.loads(run_command(name, str(file), "--as", email, "--json"))
    code = result.pop("code")
    assert result == trial
    assert result["new"] + result["changed"] == len(lines) - 1, result
    again = json.loads(run_command(name, str(file), "--as", email, "--json"))
    assert again["unchanged"] == len(lines) - 1
    assert run_command(name, "--as", email, "--undo", code) == "undone\n"
    assert everything() == before


def test_the_command_refuses_in_a_sentence(tmp_path: Any) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes(table(HEADER, ["one", "En", "One", "nonsense"], ["two", "Två", "Two", "ngo"]))
    email = someone(Role.ADMINISTRATOR).email
    with pytest.raises(SystemExit) as stopped:
        run_command("agencies", str(file), "--as", email)
    assert stopped.value.code == 1
    assert not Agency.objects.filter(code="two").exists()
    assert "failed 1" in run_command("agencies", str(file), "--as", email, "--good-rows")
    with pytest.raises(CommandError, match="role"):
        run_command("agencies", str(file), "--as", someone(Role.OPERATOR).email)
    file.write_text("code;nonsense\nx;y\n")
    with pytest.raises(CommandError, match="not known"):
        run_command("agencies", str(file), "--as", email)
    assert Event.objects.filter(action="import.refused").exists()
    assert run_command("agencies", "--template").startswith("Code;Name in Swedish")
    assert run_command("persons", "--template").startswith("case;person;identified_on")


def test_persons_go_by_the_same_command_and_back(tmp_path: Any) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes(sheet(row()))
    email, other = (someone(Role.COORDINATOR, name).email for name in ("Karin", "Vera"))
    done = json.loads(run_command("persons", str(file), "--as", email, "--json"))
    assert (done["new"], Person.objects.count()) == (1, 1)
    for code, by in ((done["code"], other), (str(uuid4()), email), ("nonsense", email)):
        with pytest.raises(CommandError, match=f"There is no import {code} of yours."):
            run_command("persons", "--as", by, "--undo", code)
    assert run_command("persons", "--as", email, "--undo", done["code"]) == "undone\n"
    assert not Person.objects.exists()
    assert (
        run_command("persons", "--as", email, "--undo", done["code"]) == "undone\n"
    )  # once more does nothing


def test_the_command_says_what_stands_in_the_way_of_an_undo(tmp_path: Any) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes(sheet(row()))
    email = someone(Role.COORDINATOR, "Karin").email
    code = run_command("persons", str(file), "--as", email).splitlines()[-1]
    person = Person.objects.get()
    person.sex = "M"
    person.save()
    with pytest.raises(CommandError, match=r"not undone: V-2018-0001-P1 \(Somebody has changed it since\)\."):
        run_command("persons", "--as", email, "--undo", code)
    file.write_bytes(table(*NEW["agencies_agency"]))
    keeper = someone(Role.ADMINISTRATOR, "Anna").email
    code = run_command("agencies", str(file), "--as", keeper).splitlines()[-1]
    Agency.objects.filter(code="police").update(name_sv="Någon annans")
    with pytest.raises(CommandError, match=r"Police \(Somebody has changed it since\)"):
        run_command("agencies", "--as", keeper, "--undo", code)
