"""`manage.py yearly_summary` prints the tables and nothing else: protected, or with --internal in full."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django.plugin import DjangoDbBlocker

from accounts.roles import Role
from audit.models import Event
from libs.suppression import AuditReport
from libs.suppression.tables import Table
from summaries.management.commands import yearly_summary
from summaries.release import custom_releases as package
from summaries.release.custom_releases import protected_summary
from summaries.release.frozen import network
from summaries.release.models import HandedOut
from summaries.text import LANGUAGES
from tests.actors import access, user
from tests.makers import new_case, new_person
from tests.world import undone

pytestmark = pytest.mark.django_db
CORE = [
    "groups",
    "main_purpose",
    "any_purpose",
    "citizenship",
    "county",
    "organisation",
    "source",
    "offence",
    "status",
    "measures",
    "ages",
]


@pytest.fixture(scope="module")
def _register(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, Any]]:
    """Thirty women and ten men of Romania, two men of Norway whose facts are few, and a boy.

    The same for all tests of the module, as is what the command printed of it."""
    with django_db_blocker.unblock(), undone():
        fill()
        kept: list[Any] = []

        def protected_and_kept(*of_what: Any) -> Any:
            kept.append(protected_summary(*of_what))
            return kept[-1]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(yearly_summary, "protected_summary", protected_and_kept)
            protected = json.loads(run("2018"))
        internal = json.loads(run("2018", "--internal"))
        yield {"protected": protected, "internal": internal, "said": kept[0]}


@pytest.fixture
def protected_once(register: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed in another form is protected as before, which takes a while."""
    monkeypatch.setattr(yearly_summary, "protected_summary", lambda *_of_what: register["said"])


@pytest.fixture
def register(db: None, _register: dict[str, Any]) -> dict[str, Any]:
    return _register


def fill() -> None:
    vera = access(user("Vera", Role.COORDINATOR, region="V"))
    women = [new_person(citizenship="RO", offence="trafficking") for _n in range(30)]
    men = [new_person(sex="M", citizenship="NO", main="labour", county="25") for _n in range(2)]
    men += [new_person(sex="M", citizenship="RO", main="labour") for _n in range(10)]
    boy = new_person(sex="M", child="yes", citizenship="RO", main="crime", on=date(2018, 12, 31))
    new_case(*women, *men, boy, by=vera)


def run(*arguments: str) -> str:
    out, err = io.StringIO(), io.StringIO()
    call_command("yearly_summary", *arguments, stdout=out, stderr=err)
    assert err.getvalue() == ""
    return out.getvalue()


def values(result: dict, name: str) -> dict[tuple[str, ...], tuple[int | None, str]]:
    table = next(table for table in result["tables"] if table["name"] == name)
    return {tuple(cell["key"]): (cell["value"], cell["status"]) for cell in table["cells"]}


def test_the_internal_json_has_the_shape_that_others_build_on(register: dict[str, Any]) -> None:
    result = register["internal"]
    assert {key: result[key] for key in ("year", "demo", "publication", "source")} == {
        "year": 2018, "demo": False, "publication": "internal", "source": "register",
    }  # fmt: skip
    assert [table["name"] for table in result["tables"]][: len(CORE)] == CORE
    assert values(result, "groups")["*",] == (43, "shown")
    assert values(result, "county")["25", "men"] == (2, "shown")
    assert result["volumes"] == {"cases": 1, "accompanying_children": 0, "calls": 0}


def test_the_internal_json_has_tables_that_are_read_back_and_are_by_group(register: dict[str, Any]) -> None:
    tables = {table["name"]: table for table in register["internal"]["tables"]}
    assert [table for table in tables.values() if Table.from_json(table).to_json() != table] == []
    assert {tables[name]["dimensions"][1]["name"] for name in CORE[1:]} == {"group"}


def test_the_internal_reading_is_recorded_and_the_protected_once_for_the_same_figures(
    register: dict[str, Any],
) -> None:
    run("2018", "--lang", "en")
    events = Event.objects.filter(action__startswith="summary.").order_by("sequence")
    assert [(event.actor, event.action, event.target_label) for event in events] == [
        ("system", "summary.give_out", "2018"),
        ("system", "summary.export", "2018"),
    ]


def test_by_default_small_cells_are_hidden_and_what_is_shown_is_true(register: dict[str, Any]) -> None:
    internal, public = register["internal"], register["protected"]
    assert public["publication"] == "protected"
    assert [table["name"] for table in public["tables"]] == CORE
    assert values(public, "groups") == values(internal, "groups")
    for name in CORE[1:]:
        true = values(internal, name)
        for key, printed in values(public, name).items():
            known = true[key][0] - true[key[0], "boys"][0] * (key[1] == "*")  # the boy is left out
            assert printed in ((known, "shown"), (None, "hidden"))
    assert values(public, "citizenship")["NO", "*"] == (None, "hidden")
    assert "volumes" not in public


def test_nothing_is_printed_when_the_attack_finds_something(
    register: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    HandedOut.objects.all().delete()  # else the same figures are not protected again
    sound = package.protect

    def leaky(*args, **kwargs):
        protection = sound(*args, **kwargs)
        report = AuditReport(recovered=1, under_protected=0, primary=1, hidden=1, seconds=0, method="exact")
        object.__setattr__(protection, "audit", report)
        return protection

    monkeypatch.setattr(package, "protect", leaky)
    with pytest.raises(CommandError, match="could not be protected"):
        run("2018")


@pytest.mark.parametrize(
    ("options", "version", "small"),
    [([], "protected", ("", "hidden", "x")), (["--internal"], "internal", ("2", "shown", "2"))],
)
@pytest.mark.usefixtures("protected_once")
def test_csv_is_a_row_a_cell(
    register: dict[str, Any], options: list[str], version: str, small: tuple[str, ...]
) -> None:
    text = run("2018", "--format", "csv", "--lang", "en", *options)
    assert not text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == sum(len(table["cells"]) for table in register[version]["tables"])
    assert {row["version"] for row in rows} == {version}
    county = {(row["category1"], row["category2"]): row for row in rows if row["table"] == "county"}
    women, men = county["14", "women"], county["25", "men"]
    assert (women["value"], women["label1"]) == ("30", "Västra Götaland County")
    assert (men["value"], men["status"], men["printed"]) == small


@pytest.mark.usefixtures("protected_once")
def test_text_can_be_read_as_it_stands(register: dict[str, Any]) -> None:
    text = run("2018", "--format", "text", "--lang", "en")
    assert text.splitlines()[0] == "Yearly summary 2018"
    assert any(line.split() == ["Women", "30"] for line in text.splitlines())
    assert "x = suppressed to protect confidentiality" in text
    assert "The figures are not comprehensive." in text
    assert "Internal, not protected" not in text
    assert "Internal, not protected" in run("2018", "--format", "text", "--lang", "en", "--internal")


def test_a_year_before_the_register_prints_what_was_published() -> None:
    result = json.loads(run("2016"))
    assert result["source"] == "historical"
    assert values(result, "groups")["*",] == (142, "shown")
    assert {"measure": "persons", "group": "total", "value": 150, "status": "published"}.items() <= result[
        "published"
    ][0].items()
    assert result["breaks"][0]["between"] == [2016, 2017]


def test_a_year_of_which_nothing_is_known_has_no_tables() -> None:
    result = json.loads(run("2012"))
    assert (result["source"], result["tables"]) == ("none", [])
    assert "There are no figures for 2012" in run("2012", "--format", "text", "--lang", "en")


@pytest.mark.parametrize(
    "arguments",
    [
        ("",),
        ("abc",),
        ("20188",),
        ("-1",),
        ("٢٠١٨",),
        ("9" * 5000,),
        ("2018", "--format", "xml"),
        ("2018", "--lang", "fi"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(arguments: tuple[str, ...]) -> None:
    options = dict(zip(("format", "lang"), ("json", "sv"), strict=True))
    if len(arguments) > 1:
        options[arguments[1].strip("-")] = arguments[2]
    with pytest.raises(CommandError) as refused:
        call_command("yearly_summary", arguments[0], **options)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.django_db
def test_the_network_is_named_as_in_running_text() -> None:
    assert network(2018, "sv")[-2:] == ["socialtjänsten", "Jämställdhetsmyndigheten"]
    assert network(2022, "sv")[-2:] == ["länsstyrelserna", "hälso- och sjukvården"]
    assert network(2022, "en")[-1] == "health care"
    assert "länsstyrelserna samt hälso- och sjukvården." in LANGUAGES["sv"].network(network(2022, "sv"), 2022)
    assert network(2012, "sv") == ["Länsstyrelsen i Stockholms län"]
