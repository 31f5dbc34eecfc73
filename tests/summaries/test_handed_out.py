"""What the command prints of a year is known to whoever reads its versions later: each is tested against
it."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command

from accounts.access import Access
from cases.models import Person
from summaries.loading import decide_standing_exemption
from summaries.models import HandedOut, Publication
from summaries.protection import audit
from summaries.protection.programme import build
from summaries.publishing.consistency import beside_published
from summaries.publishing.protecting import PERSONS, package_of, sealed_before
from summaries.tables import Status, Table
from tests.makers import new_case, new_person
from tests.summaries.releasing import released
from tests.summaries.small_year import COARSEST, prepare, published

pytestmark = pytest.mark.django_db


def printed(year: int = 2018) -> dict[str, dict[tuple[str, ...], tuple[int | None, str]]]:
    out = io.StringIO()
    call_command("yearly_summary", str(year), stdout=out)
    return {
        table["name"]: {tuple(cell["key"]): (cell["value"], cell["status"]) for cell in table["cells"]}
        for table in json.loads(out.getvalue())["tables"]
    }


@pytest.fixture
def register(vera: Access) -> None:
    """Women in two counties of one region and in one of another; men in both regions."""
    decide_standing_exemption()
    women = [new_person(citizenship="RO", offence="trafficking") for _n in range(30)]
    six = [new_person(citizenship="RO", offence="trafficking", county="13") for _n in range(6)]
    more = [new_person(citizenship="NG", main="begging", county="12", agency="social") for _n in range(14)]
    men = [
        new_person(sex="M", citizenship=country, main="labour", county=county, agency="social")
        for country, county in (("NG", "01"), ("RO", "14"))
        for _n in range(12)
    ]
    new_case(*women, *six, *more, *men, by=vera)


def test_what_is_printed_is_kept_once_with_what_is_true(register: None) -> None:
    first = printed()
    assert printed() == first
    row = HandedOut.objects.get()
    assert (row.year, row.by) == (2018, "system")
    kept = {
        table["name"]: {tuple(cell["key"]): (cell["value"], cell["status"]) for cell in table["cells"]}
        for table in row.tables
    }
    assert kept.keys() == first.keys()
    assert all(kept[name] == first[name] for name in kept)
    assert row.unsealed()["packages"].keys() == {PERSONS}


def test_of_a_year_before_the_register_nothing_is_kept() -> None:
    printed(2016)
    assert not HandedOut.objects.exists()


def test_a_first_version_is_tested_against_what_was_printed_before(
    register: None, anna: Access, vera: Access
) -> None:
    """One of the women of a region was none, and one of another is new: beside what was printed, the women of
    either region would tell of one person."""
    said = printed()["county"]
    assert [said[county, "women"] for county in ("14", "13", "12")] == [
        (30, "shown"),
        (6, "shown"),
        (14, "shown"),
    ]
    one = Person.objects.filter(sex="F", first_county="14").values("pk")[:1]
    Person.objects.filter(pk__in=one).update(status="not_victim")
    new_case(new_person(citizenship="NG", main="begging", county="12", agency="social"), by=vera)
    draft = prepare(anna, {**COARSEST, "region": 0})
    assert draft.passed
    sealed, ledger = draft.unsealed(), sealed_before(2018)
    assert [one["told"] for one in ledger] == [f"given out {HandedOut.objects.get().at:%Y-%m-%d}"]
    tables = [Table.from_json(table) for table in sealed["protected"][PERSONS]]
    found = audit(package_of(sealed, PERSONS, ledger), tables)
    assert (found.recovered, found.under_protected) == (0, 0)
    assert women_of(draft) == {"V": "hidden", "SY": "hidden"}
    HandedOut.objects.all().delete()
    assert women_of(prepare(anna, {**COARSEST, "region": 0})) == {"V": "shown", "SY": "shown"}


def women_of(draft: Publication) -> dict[str, str]:
    region = next(table for table in draft.tables if table["name"] == "region")
    found = {cell["key"][0]: cell["status"] for cell in region["cells"] if cell["key"][1:] == ["women"]}
    return {name: found[name] for name in ("V", "SY")}


def test_a_draft_that_was_protected_before_figures_were_printed_is_tested_once_more(
    register: None, anna: Access
) -> None:
    draft = prepare(anna)
    assert sealed_before(2018) == []
    printed()
    assert len(sealed_before(2018)) == 1
    row = released(draft=draft, digest=draft.digest, state="final", by=anna)
    assert row.version == 1


def test_the_next_print_keeps_hidden_what_was_hidden_and_tells_of_no_step(
    register: None, vera: Access
) -> None:
    first = printed()
    new_case(new_person(citizenship="RO", offence="trafficking", county="13"), by=vera)
    second = printed()
    assert HandedOut.objects.count() == 2
    assert second["groups"]["women",] == (51, "shown")
    assert first["county"]["13", "women"] == (6, "shown")
    assert second["county"]["13", "women"][1] != "shown"


def test_what_was_printed_beside_a_version_binds_the_next(register: None, anna: Access, vera: Access) -> None:
    published(anna)
    printed()
    assert [one["told"] for one in sealed_before(2018)] == [
        1,
        f"given out {HandedOut.objects.get().at:%Y-%m-%d}",
    ]
    packages: list[Any] = [one["packages"] for one in sealed_before(2018)]
    assert {table["name"] for table in packages[1][PERSONS]["tables"]} >= {"county", "any_purpose"}


def test_whoever_reads_the_counties_knows_which_region_each_is_part_of(anna: Access, vera: Access) -> None:
    """68 persons of a region, half of them in one of its two counties: so in the other, though its total is
    hidden."""
    decide_standing_exemption()
    of = [("F", "14", 31), ("F", "13", 4), ("M", "14", 3), ("M", "13", 30), ("F", "12", 20), ("M", "12", 20)]
    people = [
        new_person(sex=sex, county=county, citizenship="RO") for sex, county, n in of for _n in range(n)
    ]
    new_case(*people, by=vera)
    row = prepare(anna, {**COARSEST, "region": 1})
    released(draft=row, digest=row.digest, state="final", by=anna)
    one = beside_published(anna, 2018)
    hidden = {("14", "women"), ("14", "men"), ("13", "women"), ("13", "men"), ("13", "*")}
    told = [
        replace(
            table,
            cells=tuple(
                replace(cell, status=Status.HIDDEN) if table.name == "county" and cell.key in hidden else cell
                for cell in table
            ),
        )
        for table in one.tables
    ]
    package, tables = one.as_told(told)
    assert package.words is not None
    assert audit(package, tables).recovered == 1
    anywhere = tuple(made for made in package.words.never if "place" not in made)
    as_before = replace(package, words=replace(package.words, never=anywhere))
    assert audit(as_before, tables).recovered == 0


def test_whoever_reads_the_countries_knows_that_nobody_is_of_any_other(register: None, anna: Access) -> None:
    one = beside_published(anna, 2018)
    assert one.package.words is not None
    (bound,) = one.package.words.bounds
    listed = {
        country
        for table in one.tables
        if table.name == "citizenship"
        for country in table.dimensions[0].parts
    }
    assert bound.most == 0
    assert {"RO", "NG"} <= listed
    assert not {"SE", "TH", "VN+eu"} & listed
    assert {"SE+eu", "SE", "TH"} <= frozenset().union(*bound.rows)
    assert not {"RO+eu", "NG", "XS", "ZZ"} & frozenset().union(*bound.rows)


def test_of_a_correction_that_waits_no_row_of_a_country_tells_that_somebody_is_there(
    register: None, anna: Access, vera: Access
) -> None:
    published(anna)
    one = Person.objects.filter(citizenship="RO").values("pk")[:1]
    Person.objects.filter(pk__in=one).update(citizenship="VN")
    one = beside_published(anna, 2018)
    found = one.protected(1)
    waits = replace(found, audit=replace(found.audit, recovered=1))
    (table,) = (table for table in one.read(waits) if table.name == "citizenship")
    assert table.dimensions[0].categories == ("XS", "ZZ", "not_asked")
    assert {cell.status for cell in table if cell.key[0] != "*"} == {Status.MISSING}


def test_a_year_is_published_after_its_unknown_citizens_were_printed(
    register: None, anna: Access, vera: Access
) -> None:
    """What is printed has a row of unknown citizenship; a version names no such country."""
    new_case(*(new_person(citizenship="ZZ", offence="trafficking") for _n in range(6)), by=vera)
    assert printed()["citizenship"]["ZZ", "women"] == (6, "shown")
    draft = prepare(anna)
    row = released(draft=draft, digest=draft.digest, state="final", by=anna)
    assert row.version == 1
    assert printed()["citizenship"]["ZZ", "women"] == (6, "shown")


@pytest.mark.parametrize(
    ("table", "category", "facts"),
    [
        ("county", "10", {"county": "10"}),
        ("citizenship", "XS", {"citizenship": "XS"}),
        ("citizenship", "ZZ", {"citizenship": "ZZ"}),
    ],
)
def test_a_year_is_published_after_somebody_came_to_a_row_that_was_printed_empty(
    register: None, anna: Access, vera: Access, table: str, category: str, facts: dict[str, str]
) -> None:
    assert printed()[table][category, "women"] == (0, "shown")
    new_case(*(new_person(offence="trafficking", **facts) for _n in range(7)), by=vera)
    assert printed()[table][category, "women"] == (7, "shown")
    draft = prepare(anna)
    row = released(draft=draft, digest=draft.digest, state="final", by=anna)
    assert row.version == 1


@pytest.mark.parametrize("country", ["XS", "ZZ"])
def test_the_attack_knows_how_many_were_of_no_country_when_they_were_printed(
    register: None, anna: Access, vera: Access, country: str
) -> None:
    """Six were printed, and one of another country is the seventh: a step of one person is in what the draft
    is tested for."""
    new_case(*(new_person(citizenship=country, offence="trafficking") for _n in range(6)), by=vera)
    printed()
    one = Person.objects.filter(sex="F", citizenship="RO", first_county="14").values("pk")[:1]
    Person.objects.filter(pk__in=one).update(citizenship=country)
    draft = prepare(anna, {**COARSEST, "country_group": 0, "citizenship": 1})
    assert draft.passed, draft.audit
    model = build(package_of(draft.unsealed(), PERSONS, sealed_before(2018)))
    of_country = [one for one in model.variables if ("citizenship", country) in one.figure]
    women = [one for one in of_country if ("section", "women") in one.figure]
    assert {(one.value, one.published) for one in women} == {(6, True), (7, False)}
    steps = [[model.variables[number] for number, _sign in goal.terms] for goal in model.targets]
    assert any(set(step) <= set(women) and len(step) == 2 for step in steps)
    (table,) = (table for table in draft.tables if table["name"] == "country_group")
    group = {"XS": "stateless", "ZZ": "unknown"}[country]
    said = {tuple(cell["key"]): cell["status"] for cell in table["cells"]}
    assert said[group, "women"] == "hidden"
