"""What the command prints of a year is known to whoever reads its versions later: each is tested against
it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command

from accounts.access import Access
from cases.models import Exploitation, Person
from libs.suppression import audit
from libs.suppression.programme import build
from libs.suppression.tables import Status, Table
from summaries.release.corrections import headline_steps
from summaries.release.custom_releases import CommonProtection, protected_with_published
from summaries.release.models import HandedOut, Publication
from summaries.tables.protection import PERSONS, package_of, values_before
from tests.makers import new_case, new_person
from tests.summaries import small_year, stored_years
from tests.summaries.releasing import released
from tests.summaries.small_year import cells
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db
Printed = dict[str, dict[tuple[str, ...], tuple[int | None, str]]]


@pytest.fixture(scope="module", autouse=True)
def _two_regions(begin: Callable[[Callable[[], None]], None]) -> Iterator[None]:
    begin(stored_years.two_regions_printed)
    with stored_years.printing_few():
        yield


@pytest.fixture
def unprinted() -> None:
    HandedOut.objects.all().delete()


def by_key(tables: list[dict[str, Any]]) -> Printed:
    return {
        table["name"]: {tuple(cell["key"]): (cell["value"], cell["status"]) for cell in table["cells"]}
        for table in tables
    }


def printed(year: int = 2018) -> Printed:
    out = io.StringIO()
    call_command("yearly_summary", str(year), stdout=out)
    return by_key(json.loads(out.getvalue())["tables"])


def before() -> Printed:
    """What was printed first."""
    return by_key(HandedOut.objects.earliest("pk").tables)


def prepare(by: Access, **steps: int) -> Publication:
    """Of these tables beside the headline."""
    return small_year.prepare(by, headline_steps() | steps)


def publish(by: Access, **steps: int) -> Publication:
    draft = prepare(by, **steps)
    return released(draft=draft, digest=draft.digest, state="final", by=by)


def women(number: int, **facts: str) -> None:
    people = (new_person(**{"citizenship": "RO", "offence": "trafficking"} | facts) for _n in range(number))
    new_case(*people, by=stored_years.vera())


def one_of(**facts: str) -> Any:
    """Somebody of these facts, to be changed."""
    return Person.objects.filter(pk=Person.objects.filter(**facts).earliest("pk").pk)


def test_what_is_printed_is_kept_once_with_what_is_true() -> None:
    assert printed() == before()
    row = HandedOut.objects.get()
    assert (row.year, row.by) == (2018, "system")
    assert row.true_values()["packages"].keys() == {PERSONS}


def test_of_a_year_before_the_register_nothing_is_kept() -> None:
    printed(2016)
    assert not HandedOut.objects.filter(year=2016).exists()


@pytest.fixture
def exchanged() -> None:
    """One of the women of a region was none, and one of another is new: beside what was printed, the women of
    either region would tell of one person."""
    one_of(sex="F", first_county="14").update(status="not_victim")
    women(1, citizenship="NG", main="begging", county="12", agency="social")


def test_a_first_version_is_tested_against_what_was_printed_before(exchanged: None, anna: Access) -> None:
    facts = before()["county"]
    assert [facts[county, "women"][0] for county in ("14", "13", "12")] == [30, 6, 14]
    draft = prepare(anna, region=0)
    assert draft.passed
    assert women_of(draft) == {"V": "hidden", "SY": "hidden"}
    true_values, ledger = draft.true_values(), values_before(2018)
    assert [one["told"] for one in ledger] == [f"given out {HandedOut.objects.get().at:%Y-%m-%d}"]
    tables = [Table.from_json(table) for table in true_values["protected"][PERSONS]]
    findings = audit(package_of(true_values, PERSONS, ledger), tables)
    assert (findings.recovered, findings.under_protected) == (0, 0)


def test_a_first_version_of_what_was_not_printed_shows_the_same(
    exchanged: None, unprinted: None, anna: Access
) -> None:
    assert women_of(prepare(anna, region=0)) == {"V": "shown", "SY": "shown"}


def women_of(draft: Publication) -> dict[str, str]:
    region = next(table for table in draft.tables if table["name"] == "region")
    found = {cell["key"][0]: cell["status"] for cell in region["cells"] if cell["key"][1:] == ["women"]}
    return {name: found[name] for name in ("V", "SY")}


def test_a_draft_that_was_protected_before_figures_were_printed_is_tested_once_more(
    unprinted: None, anna: Access
) -> None:
    draft = prepare(anna, region=2)
    assert values_before(2018) == []
    printed()
    assert len(values_before(2018)) == 1
    row = released(draft=draft, digest=draft.digest, state="final", by=anna)
    assert row.version == 1


def test_tables_that_were_printed_stand_beside_a_new_headline_while_few_have_changed() -> None:
    first = before()
    women(1, county="13")
    second = printed()
    assert HandedOut.objects.count() == 2
    assert second["groups"]["women",] == (51, "shown")
    assert {**second, "groups": first["groups"]} == first


def test_printing_again_after_one_correction_changes_no_cell() -> None:
    first = before()
    one_of(sex="F", first_county="14").update(first_county="12", citizenship="NG")
    assert printed() == first
    one_of(sex="F", first_county="14").update(first_county="12")
    assert printed() == first


def test_tables_are_printed_anew_once_so_many_have_changed() -> None:
    first = before()
    women(5, county="13")
    second = printed()
    assert second["county"]["13", "women"] == (11, "shown") or second["county"]["13", "women"][1] == "hidden"
    assert second["county"] != first["county"]


def test_a_first_version_after_a_print_suppresses_more_than_the_corrected_person_is_in(anna: Access) -> None:
    woman = one_of(sex="F", first_county="14").get()
    Exploitation.objects.filter(person=woman, is_main=True).update(purpose_id="purpose:begging")
    draft = prepare(anna, main_purpose=0, region=0)
    decoys = draft.true_values()["decoys"][PERSONS]
    rows = {code for figure in decoys for level, code in figure if level == "purpose_class"}
    regions = {code for figure in decoys for level, code in figure if level == "region"}
    assert draft.passed, draft.audit
    assert rows >= {"sexual", "begging"}
    assert len(regions) > 1


def test_what_was_printed_beside_a_version_binds_the_next(unprinted: None, anna: Access) -> None:
    publish(anna, region=2)
    printed()
    first, second = values_before(2018)
    assert (first["told"], second["told"]) == (1, f"given out {HandedOut.objects.get().at:%Y-%m-%d}")
    names = {table["name"] for table in second["packages"][PERSONS]["tables"]}  # type: ignore[attr-defined]
    assert names >= {"county", "any_purpose"}


@pytest.fixture
def two_counties(unprinted: None, anna: Access) -> CommonProtection:
    """68 persons of a region, half of them in one of its two counties: so in the other, though its total is
    hidden."""
    Person.objects.update(status="not_victim")
    of = [("F", "14", 31), ("F", "13", 4), ("M", "14", 3), ("M", "13", 30), ("F", "12", 20), ("M", "12", 20)]
    for sex, county, number in of:
        women(number, sex=sex, county=county)
    publish(anna, region=1)
    return protected_with_published(anna, 2018)


def test_whoever_reads_the_counties_knows_which_region_each_is_part_of(
    two_counties: CommonProtection,
) -> None:
    hidden = {("14", "women"), ("14", "men"), ("13", "women"), ("13", "men"), ("13", "*")}
    told = [hiding(table, hidden) if table.name == "county" else table for table in two_counties.tables]
    package, tables = two_counties.as_published(told)
    assert package.words is not None
    assert audit(package, tables).recovered == 1
    anywhere = tuple(made for made in package.words.never if "place" not in made)
    as_before = replace(package, words=replace(package.words, never=anywhere))
    assert audit(as_before, tables).recovered == 0


def hiding(table: Any, keys: set[tuple[str, str]]) -> Any:
    cells = [replace(cell, status=Status.HIDDEN) if cell.key in keys else cell for cell in table]
    return replace(table, cells=tuple(cells))


def test_whoever_reads_the_countries_knows_that_nobody_is_of_any_other(unprinted: None, anna: Access) -> None:
    common = protected_with_published(anna, 2018)
    assert common.package.words is not None
    (bound,) = common.package.words.bounds
    listed = {
        country
        for table in common.tables
        if table.name == "citizenship"
        for country in table.dimensions[0].parts
    }
    assert bound.most == 0
    assert {"RO", "NG"} <= listed
    assert not {"SE", "TH", "VN+eu"} & listed
    assert {"SE+eu", "SE", "TH"} <= frozenset().union(*bound.rows)
    assert not {"RO+eu", "NG", "XS", "ZZ"} & frozenset().union(*bound.rows)


def test_where_the_attack_finds_anything_no_row_of_a_country_tells_that_somebody_is_there(
    unprinted: None, anna: Access
) -> None:
    publish(anna, region=2)
    one_of(citizenship="RO").update(citizenship="VN")
    one = protected_with_published(anna, 2018)
    found = one.protected(1)
    fails = replace(found, audit=replace(found.audit, recovered=1))
    (table,) = (table for table in one.read(fails) if table.name == "citizenship")
    assert table.dimensions[0].categories == ("XS", "ZZ", "not_asked")
    assert {cell.status for cell in table if cell.key[0] != "*"} == {Status.MISSING}


COUNTRIES = {"country_group": 2, "citizenship": 1}


def test_a_year_is_published_after_its_unknown_citizens_were_printed(unprinted: None, anna: Access) -> None:
    """What is printed has a row of unknown citizenship; a version names no such country."""
    women(6, citizenship="ZZ")
    assert printed()["citizenship"]["ZZ", "women"] == (6, "shown")
    assert publish(anna, **COUNTRIES).version == 1


def test_a_year_is_published_after_somebody_came_to_a_row_that_was_printed_empty(anna: Access) -> None:
    empty = {("county", "10"): {"county": "10"}} | {
        ("citizenship", country): {"citizenship": country} for country in ("XS", "ZZ")
    }
    assert [before()[table][row, "women"] for table, row in empty] == [(0, "shown")] * 3
    for facts in empty.values():
        women(9, **facts)
    fields = printed()
    told = [fields[table][row, "women"] for table, row in empty]
    assert set(told) <= {(9, "shown"), (None, "hidden")}
    assert publish(anna, region=2, **COUNTRIES).version == 1


@pytest.mark.parametrize("country", mostly_long(["XS", "ZZ"], usual=["ZZ"]))
def test_the_attack_knows_how_many_were_of_no_country_when_they_were_printed(
    unprinted: None, anna: Access, country: str
) -> None:
    """Six were printed, and one of another country is the seventh: a step of one person is in what the draft
    is tested for."""
    women(6, citizenship=country)
    printed()
    one_of(sex="F", citizenship="RO", first_county="14").update(citizenship=country)
    draft = prepare(anna, country_group=0, citizenship=1)
    assert draft.passed, draft.audit
    model = build(package_of(draft.true_values(), PERSONS, values_before(2018)))
    both = {("citizenship", country), ("section", "women")}
    of_country = [variable for variable in model.variables if set(variable.figure) >= both]
    assert {(variable.value, variable.published) for variable in of_country} == {(6, True), (7, False)}
    steps = [[model.variables[number] for number, _sign in goal.terms] for goal in model.targets]
    assert any(set(step) <= set(of_country) and len(step) == 2 for step in steps)
    group = {"XS": "stateless", "ZZ": "unknown"}[country]
    assert cells(draft, "country_group")[group, "women"][1] == "hidden"
