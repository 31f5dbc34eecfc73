"""A correction of fewer than k persons changes no table: what was published stands beside the headline."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.access import Access
from cases.actions.duplicates import settle
from cases.models import Exploitation, Identification, Person
from summaries.classifications import LEFT_OUT
from summaries.counting.build import of_the_register
from summaries.release import draft_file
from summaries.tables import revision
from summaries.tables.protection import PERSONS, counted_now, public_tables
from tests.makers import new_case, new_person
from tests.summaries import small_year, stored_years

pytestmark = pytest.mark.django_db
Json = dict[str, Any]


def as_words(steps: dict[str, int]) -> str:
    return ",".join(f"{table}={step}" for table, step in steps.items() if step != LEFT_OUT)


STEPS = as_words(small_year.SOME)
FINE = as_words(small_year.FINE)
HELPED = as_words({**small_year.SOME, "measures": 0})


@pytest.fixture(scope="module", autouse=True)
def _small_year(begin: Callable[[Callable[[], None]], None]) -> None:
    begin(stored_years.small_year)


@pytest.fixture(scope="module")
def first(_small_year: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("printed") / "v1.json"
    file.write_text(json.dumps(printed()))
    return file


def printed(*after: Path, steps: str = STEPS) -> Json:
    out = io.StringIO()
    words = ["--after", ",".join(map(str, after))] if after else []
    call_command("draft_publication", "2018", "--steps", steps, *words, stdout=out)
    found: Json = json.loads(out.getvalue())
    return found


def tables(file: Json) -> dict[str, list[Json]]:
    return {table["name"]: table["cells"] for table in file["tables"] if table["name"] != "groups"}


def versions_of_persons(file: Json) -> set[int | None]:
    """The versions that its tables of persons stand from; None of one that was made anew."""
    return {table.get("version") for table in file["tables"] if not table["name"].startswith("calls_")}


def headline(file: Json) -> int:
    (groups,) = [table for table in file["tables"] if table["name"] == "groups"]
    (total,) = [cell["value"] for cell in groups["cells"] if cell["key"] == ["*"]]
    return int(total)


def correct_a_purpose(by: Access) -> None:
    row = Exploitation.objects.filter(purpose="purpose:labour", is_main=True).first()
    assert row
    row.purpose_id = "purpose:marriage"
    row.save()


def correct_a_county(by: Access) -> None:
    row = Identification.objects.filter(county="01").first()
    assert row
    row.county_id = "25"
    row.save()
    settle([row.person], by=by)


def add_somebody(by: Access) -> None:
    new_case(new_person(citizenship="VN", main="begging", county="25"), by=by)


def take_somebody_out(by: Access) -> None:
    row = Person.objects.filter(exploitations__purpose="purpose:war").first()
    assert row
    row.status = "not_victim"
    row.save()


@pytest.mark.parametrize("correct", [correct_a_purpose, correct_a_county, add_somebody, take_somebody_out])
def test_no_figure_beside_the_headline_changes_its_value_or_status(
    first: Path, vera: Access, correct: Callable[[Access], None]
) -> None:
    before = json.loads(first.read_text())
    correct(vera)
    after = printed(first)
    assert tables(after) == tables(before)
    of_persons = [table for table in after["tables"] if not table["name"].startswith(("groups", "calls_"))]
    assert {table.get("version") for table in of_persons} == {1}
    rows = {(row["table"], row["version"]) for row in after["cells"] if not row["table"].startswith("calls_")}
    assert rows == {("groups", 2), *((table["name"], 1) for table in of_persons)}
    assert abs(headline(after) - headline(before)) <= 1


def test_beside_a_headline_that_is_revised_alone_all_tables_stand_those_of_calls_too(anna: Access) -> None:
    first = small_year.published(anna)
    revised = small_year.prepare(anna, small_year.ALONE)
    assert [table["name"] for table in revised.tables] == [table["name"] for table in first.tables]
    assert {table.get("version") for table in revised.tables if table["name"] != "groups"} == {1}


def test_tables_are_made_anew_together_once_k_persons_have_changed(first: Path, vera: Access) -> None:
    new_case(*(new_person(citizenship="RO", main="labour", sex="M") for _n in range(5)), by=vera)
    after = printed(first)
    assert versions_of_persons(after) == {None}
    purposes = {tuple(cell["key"]): cell["value"] for cell in tables(after)["main_purpose"]}
    assert purposes["*", "men"] == 17


def test_a_figure_that_was_hidden_stays_hidden_and_decoys_are_hidden_beside(
    first: Path, vera: Access
) -> None:
    new_case(*(new_person(citizenship="RO", main="labour", sex="M") for _n in range(5)), by=vera)
    before, after = json.loads(first.read_text()), printed(first)
    assert statuses(before, "hidden") <= statuses(after, "hidden")
    newly = statuses(before, "shown") & statuses(after, "hidden")
    men = {key[0] for name, key in newly if name == "main_purpose" and key[1] == "men"}
    assert len(men) >= 4, "labour, and as many purposes of invented men as there are"


def test_four_late_records_change_no_table_yet(first: Path, vera: Access) -> None:
    new_case(*(new_person(citizenship="RO", main="labour", sex="M") for _n in range(4)), by=vera)
    after = printed(first)
    assert tables(after) == tables(json.loads(first.read_text()))
    assert headline(after) == 64


@pytest.fixture(scope="module")
def fine(_small_year: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With two purposes of few women, which are hidden."""
    file = tmp_path_factory.mktemp("printed") / "fine.json"
    file.write_text(json.dumps(printed(steps=FINE)))
    return file


def test_what_was_hidden_stays_hidden_where_five_have_gone_and_nobody_is_left(fine: Path) -> None:
    few = {("main_purpose", ("organs", "women")), ("main_purpose", ("military", "women"))}
    assert few <= statuses(json.loads(fine.read_text()), "hidden")
    for row in Person.objects.filter(exploitations__purpose__in=("purpose:organs", "purpose:war")):
        row.status = "not_victim"
        row.save()
    after = printed(fine, steps=FINE)
    assert headline(after) == 55
    assert versions_of_persons(after) == {None}, "they are made anew"
    assert few <= statuses(after, "hidden")


def test_where_somebody_may_be_in_several_rows_other_rows_are_hidden_beside(
    vera: Access, tmp_path: Path
) -> None:
    """Nobody was helped: zeros would say so of whoever is new."""
    before, file = printed(steps=HELPED), tmp_path / "helped.json"
    file.write_text(json.dumps(before))
    new_case(*(new_person(citizenship="RO", main="labour", sex="M") for _n in range(5)), by=vera)
    newly = statuses(before, "shown") & statuses(printed(file, steps=HELPED), "hidden")
    assert len({key[0] for name, key in newly if name == "measures"}) >= 5


def test_tables_that_were_withdrawn_are_compared_with_too(first: Path, vera: Access, tmp_path: Path) -> None:
    """They have been read: made anew beside them, tables would show one person."""
    new_case(*(new_person(citizenship="RO", main="labour", sex="M") for _n in range(5)), by=vera)
    second = tmp_path / "v2.json"
    second.write_text(json.dumps(printed(first)))
    add_somebody(vera)
    by, files = (
        of_the_register(timezone.now()),
        [draft_file.read(str(file), 2018) for file in (first, second)],
    )
    one, other = draft_file.ledger_of(by, 2018, files)
    ledger = [one, {**other, "withdrawn": True}]
    now = counted_now(public_tables(by, 2018, {}, ledger), ledger)[PERSONS]
    found = revision.standing(ledger, PERSONS, now, 5, asked=False)
    assert (found.stand, found.tables) == (True, ())


def test_tables_that_stood_stand_at_other_steps_too_where_the_correction_is_cancelled(
    first: Path, tmp_path: Path
) -> None:
    """Made anew they would say that nobody differs any more."""
    somebody = Person.objects.filter(citizenship="RO").order_by("pk").first()
    assert somebody
    Person.objects.filter(pk=somebody.pk).update(citizenship="VN")
    second = tmp_path / "v2.json"
    second.write_text(json.dumps(printed(first)))
    Person.objects.filter(pk=somebody.pk).update(citizenship="RO")
    third = printed(first, second, steps=FINE)
    assert versions_of_persons(third) == {None, 1}


def test_a_version_keeps_the_key_of_the_year_and_tells_it_to_nobody(anna: Access, vera: Access) -> None:
    first = small_year.published(anna)
    new_case(*(new_person(citizenship="RO", main="labour", sex="M") for _n in range(5)), by=vera)
    key = first.true_values()["key"]
    assert len(key) == 64
    assert small_year.prepare(anna).true_values()["key"] == key
    known = [first.tables, first.content, first.release, [bytes(file.content) for file in first.files.all()]]
    assert key not in str(known)


@pytest.mark.parametrize("correct", [add_somebody, take_somebody_out])
def test_the_command_prints_the_headline_alone_while_tables_stand(
    anna: Access, vera: Access, correct: Callable[[Access], None]
) -> None:
    """Also where the attack finds nothing, as of somebody who has gone."""
    small_year.published(anna)
    correct(vera)
    out = io.StringIO()
    call_command("yearly_summary", "2018", stdout=out)
    shown = {
        (table["name"], cell["key"][0])
        for table in json.loads(out.getvalue())["tables"]
        for cell in table["cells"]
        if cell["status"] == "shown" and table["name"] != "groups"
    }
    assert {row for _name, row in shown} <= {"*"}, "and its totals"


def statuses(file: Json, status: str) -> set[tuple[str, tuple[str, ...]]]:
    named = tables(file).items()
    return {(name, tuple(cell["key"])) for name, cells in named for cell in cells if cell["status"] == status}


def test_a_year_that_has_not_changed_is_suggested_as_it_was_published(first: Path) -> None:
    assert tables(printed(first, steps="suggested")) == tables(json.loads(first.read_text()))


@pytest.mark.parametrize("late", [1, 6])
def test_late_records_leave_no_fewer_tables_on_the_page_of_the_year(
    first: Path, vera: Access, late: int
) -> None:
    kinds = [("labour", "M", "NG"), ("sexual", "F", "RO"), ("begging", "F", "VN"), ("war", "F", "RO")]
    for number in range(late):
        main, sex, country = kinds[number % len(kinds)]
        new_case(new_person(citizenship=country, main=main, sex=sex), by=vera)
    after = printed(first, steps="suggested")
    assert tables(after).keys() == tables(json.loads(first.read_text())).keys()
    assert headline(after) == 60 + late
