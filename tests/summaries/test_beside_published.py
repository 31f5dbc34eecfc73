"""What the command prints of a published year tells nobody more than the publication may: both are attacked
as one."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command

from accounts.access import Access
from accounts.roles import Role
from summaries.loading import decide_standing_exemption
from summaries.protection import audit, protect
from summaries.publishing import actions
from summaries.publishing.consistency import Beside, beside_published
from summaries.publishing.models import Publication
from summaries.publishing.public_tables import figures
from summaries.tables import Status
from tests.actors import access, user
from tests.makers import new_case, new_person
from tests.summaries.outsider import Outsider
from tests.summaries.releasing import released

pytestmark = [pytest.mark.django_db, pytest.mark.heavy]
STEPS = {
    "main_purpose": 2,
    "country_group": 1,
    "citizenship": 1,
    "organisation": 2,
    "offence": 2,
    "sector": 2,
    "ages": 1,
    "measures": 2,
    "sdg": 1,
    "eu_form": 1,
    "eu_organisation": 1,
    "eu_age_sex": 2,
    "eu_citizenship": 1,
}
BOY: dict[str, Any] = {"sex": "M", "child": "yes", "citizenship": "SE", "main": "crime", "age_class": "16-17"}


@pytest.fixture
def published(anna: Access) -> Publication:
    """Five boys of one region, published as children of it: three in one of its counties, two in another."""
    decide_standing_exemption()
    vera = access(user("Vera", Role.COORDINATOR, region="V"))
    women = [new_person(citizenship="RO", age_class="25-34") for _n in range(14)]
    more = [new_person(citizenship="NG", main="begging", county="12", age_class="18-24") for _n in range(9)]
    boys = [new_person(county=where, **BOY) for where in ("03", "03", "03", "19", "19")]
    others = [new_person(**BOY) for _n in range(12)]
    men = [
        new_person(sex="M", main="labour", county="01", citizenship="RO", age_class="35-49")
        for _n in range(8)
    ]
    new_case(*women, *more, *boys, *others, *men, by=vera)
    return publish(anna)


def publish(by: Access) -> Publication:
    for table, step in STEPS.items():
        actions.choose_step(year=2018, table=table, step=step, by=by)
    draft = actions.protect_draft(year=2018, by=by)
    return released(draft=draft, digest=draft.digest, state="final", by=by)


def beside(by: Access) -> Beside:
    found = beside_published(by, 2018)
    assert found is not None
    return found


def printed() -> dict[str, dict[tuple[str, ...], tuple[int | None, str]]]:
    out = io.StringIO()
    call_command("yearly_summary", "2018", stdout=out)
    return {
        table["name"]: {tuple(cell["key"]): (cell["value"], cell["status"]) for cell in table["cells"]}
        for table in json.loads(out.getvalue())["tables"]
    }


def cells(publication: Publication, name: str) -> dict[tuple[str, ...], tuple[int | None, str]]:
    table = next(table for table in publication.tables if table["name"] == name)
    return {tuple(cell["key"]): (cell["value"], cell["status"]) for cell in table["cells"]}


def test_an_attacker_who_sees_both_finds_nothing(published: Publication, anna: Access) -> None:
    one = beside(anna)
    found = one.protected(seconds=20)
    assert (found.audit.recovered, found.audit.under_protected) == (0, 0)
    tables: list[dict[str, Any]] = [table.to_json() for table in found.tables]
    before = [entry.veiled for entry in one.package.ledger]
    assert Outsider(one.package.to_json(), tables, found.package.veiled, *before).attack() == (0, 0)


def test_tables_protected_without_the_publication_would_give_children_of_counties_away(
    published: Publication, anna: Access
) -> None:
    """The attack of the test above can fail: this is what it is there for."""
    assert cells(published, "region")["M", "children"] == (5, "shown")
    one = beside(anna)
    apart = protect(replace(one.package, ledger=()))
    assert apart.audit.passed
    assert audit(one.package, apart.tables).under_protected > 0


def test_what_is_printed_is_what_was_attacked(published: Publication, anna: Access) -> None:
    one, said = beside(anna), printed()
    found = one.protected(seconds=20)
    attacked = figures(found.tables)
    for table in one.tables:
        for cell in table:
            value, status = said[table.name][cell.key]
            of = attacked[one.figure(table, cell.key)]
            assert (status == "shown") == (of.status is Status.SHOWN)
            assert value == (cell.value if status == "shown" else None)


def test_detail_that_would_tell_is_missing_and_the_rest_of_the_table_stands(published: Publication) -> None:
    county = printed()["county"]
    assert county["03", "boys"] == county["19", "boys"] == (None, "missing")
    assert county["12", "women"] == (9, "shown")
    assert county["25", "women"] == (0, "shown")


def test_a_correction_that_has_to_wait_is_told_in_the_exempt_groups_alone(
    published: Publication, anna: Access
) -> None:
    vera = access(user("Vera2", Role.COORDINATOR, region="V"))
    new_case(new_person(on=date(2018, 3, 1), county="03", **BOY), by=vera)
    assert not beside(anna).protected(seconds=20).audit.passed
    said = printed()
    assert said.pop("groups")["boys",] == (18, "shown")
    groups = {("*", column) for column in ("*", "women", "men", "girls", "boys", "other", "unknown")}
    for table in said.values():
        assert {status for key, (_value, status) in table.items() if key not in groups} == {"missing"}
