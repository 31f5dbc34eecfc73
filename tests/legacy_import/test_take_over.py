"""`manage.py take_over`: a spreadsheet of the years before is looked at, explained, taken in, taken back."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from cases.models import Person
from legacy_import.sheets.comparison import Of
from legacy_import.sheets.values import CellQuestion
from legacy_import.spreadsheets import FilledAnswer, explain, reconciled, standing_figures
from summaries.models import HistoricalFigure
from tests.actors import access, user
from tests.legacy_import.hands import Hand, Truth, counted, hands

pytestmark = pytest.mark.django_db
VERA = "vera@example.org"
SEX_AND_CHILD = {"women": ("F", "no"), "men": ("M", "no"), "girls": ("F", "yes"), "boys": ("M", "yes")}


@pytest.fixture(autouse=True)
def _vera() -> None:
    user("Vera", Role.COORDINATOR, region="V")


def run(*words: str) -> Any:
    out = io.StringIO()
    call_command("take_over", *words, stdout=out)
    return json.loads(out.getvalue())


def kept(path: Path, hand: Hand, year: int, seed: int = 2) -> tuple[str, str, list[Truth]]:
    """A file, two of whose persons are no victims, and its questions answered."""
    data, rows = hand.file(year, seed=seed, persons=15)
    file, mapping = path / f"{hand.name} {year}.{hand.ending}", path / "answers.json"
    file.write_bytes(data)
    answers: dict[str, str] = {}
    for _round in range(4):
        mapping.write_text(json.dumps({"answers": answers}))
        looked = run(str(file), "--look", "--json", "--mapping", str(mapping))
        if not looked["questions"]:
            break
        answers |= {
            one["key"]: hand.answer(CellQuestion(one["kind"], one["about"], one["text"]))
            for one in looked["questions"]
        }
    return str(file), str(mapping), rows


def test_a_file_is_taken_in_to_the_count_of_the_truth_and_taken_back_whole(tmp_path: Path) -> None:
    file, mapping, rows = kept(tmp_path, hands()[0], 2018)
    first = run(file, "--as", VERA, "--mapping", mapping)
    assert first["errors"] == []
    assert first["new"] == len(rows)
    counting = Person.objects.counted()
    assert counting.count() == sum(counted(rows)["group"].values())
    assert Counter(counting.values_list("sex", "child")) == {
        SEX_AND_CHILD[group]: number for group, number in counted(rows)["group"].items()
    }
    assert Event.objects.filter(action="import.persons").count() == 1
    again = run(file, "--as", VERA, "--mapping", mapping)
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, len(rows))
    call_command("check_register", stdout=io.StringIO())
    is_explained_by_who_is_no_victim(rows)
    call_command("import_rows", "persons", "--as", VERA, "--undo", first["code"], stdout=io.StringIO())
    assert not Person.objects.exists()


def is_explained_by_who_is_no_victim(rows: list[Truth]) -> None:
    vera = access(User.objects.get(email=VERA))
    left = sum(row.status == "not_victim" for row in rows)
    [held] = reconciled(vera).balances
    assert (held.of, held.register, held.sheets) == (Of(2018, "V"), len(rows) - left, len(rows))
    [figure] = standing_figures(vera)  # came in twice, and is told of once
    assert [(one.kind, one.persons) for one in figure.offered] == [("not_victim", left)]
    wanted = FilledAnswer("not_victim", left, places=figure.offered[0].rows)
    explain(year=2018, region=figure.region, wanted=wanted, seen=0, by=vera)
    assert reconciled(vera).left(2018) == 0


def test_nothing_is_taken_in_while_a_question_is_open_nor_of_another_region(tmp_path: Path) -> None:
    hand = hands()[1]  # a sheet in Syd and one in Väst
    data, _rows = hand.file(2018, seed=1, persons=25)
    file = tmp_path / "Syd 2018.xlsx"
    file.write_bytes(data)
    with pytest.raises(CommandError, match="1 questions are open"):
        run(str(file), "--as", VERA)
    named, mapping, rows = kept(tmp_path, hand, 2018)
    done = run(named, "--as", VERA, "--mapping", mapping)
    assert done["new"] == sum(row.county == "14" for row in rows)
    assert done["left"] == {"region": sum(row.county == "12" for row in rows)}


def test_an_error_is_told_by_its_place_and_a_refusal_is_an_event(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("Ärende;Datum;Myndighet;Län;Kön;Barn;Syfte\nA1;2018-05-04;Polisen;Halland;kvinna;nej;sex\n"
                    "\nA2;2099-05-04;Polisen;Halland;man;nej;sex\n")  # fmt: skip
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("take_over", str(file), "--as", VERA, stdout=out)
    [error] = json.loads(out.getvalue())["errors"]
    assert (error["sheet"], error["row"], error["column"]) == ("x", 4, "identified_on")
    user("Olle", Role.OPERATOR)
    with pytest.raises(CommandError):
        call_command("take_over", str(file), "--as", "olle@example.org", stdout=out)
    assert Event.objects.filter(action="import.refused").count() == 1
    assert not Person.objects.exists()


def test_a_difference_to_a_published_total_is_told_with_the_rows_that_may_explain_it(tmp_path: Path) -> None:
    file, mapping, rows = kept(tmp_path, hands()[0], 2018)
    HistoricalFigure.objects.filter(year=2018, group="total").update(value=len(rows))
    found = run(file, "--look", "--json", "--mapping", mapping)
    [year] = [
        one for one in found["compared"] if (one["year"], one["region"], one["group"]) == (2018, "*", "*")
    ]
    left = sum(row.status == "not_victim" for row in rows)
    assert (year["rows"], year["sheets"], year["published"]) == (len(rows) - left, len(rows), len(rows))
    assert [(one["kind"], one["persons"]) for one in year["reasons"]] == [("not_victim", left)]
    assert len(year["reasons"][0]["rows"]) == left
    assert not Person.objects.exists()


def test_what_a_look_prints_holds_no_name_and_no_note(tmp_path: Path) -> None:
    data, rows = hands()[0].file(2018, seed=1, persons=25)
    file = tmp_path / "väst.xlsx"
    file.write_bytes(data)
    for words in (("--look",), ("--look", "--json")):
        out = io.StringIO()
        call_command("take_over", str(file), *words, stdout=out)
        assert "väninna" not in out.getvalue()
        assert not [row.name for row in rows if row.name in out.getvalue()]
