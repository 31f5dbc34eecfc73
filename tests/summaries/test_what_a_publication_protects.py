"""What a reader can work out by what he knows besides the tables is protected too, or named to whoever
publishes."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from accounts.access import Access
from summaries.counting.historical import decide_standing_exemption
from summaries.release.workbench import benches
from tests.makers import new_case, new_person
from tests.summaries.small_year import ALONE, add, cells, prepare
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db
FIVE_REGIONS = ("01", "05", "12", "14", "25")  # a county in each


@pytest.fixture(autouse=True)
def standing_exemption() -> None:
    decide_standing_exemption()


def test_everybody_knows_which_ages_are_childrens(vera: Access, anna: Access) -> None:
    """Children less those of a child's age are the children whose age is unknown: too few of them are not
    told so."""
    boys = [
        new_person(sex="M", child="yes", age_class="16-17", citizenship="RO", main="crime")
        for _n in range(14)
    ]
    women = [new_person(age_class=age, citizenship="RO") for age in ("25-34",) * 20 + ("unknown",) * 9]
    girls = [new_person(child="yes", age_class="unknown", citizenship="RO") for _n in range(2)]
    new_case(*boys, *women, *girls, by=vera)
    draft = prepare(anna, {**ALONE, "ages": 1})
    assert cells(draft, "ages")["13-17",] == (None, "hidden")


@pytest.mark.parametrize("step", mostly_long([0, 1, 2], usual=[1]))
def test_children_of_all_sexes_less_girls_and_boys_are_a_figure_like_any_other(
    vera: Access, anna: Access, step: int
) -> None:
    """16 of a child's age and 14 boys: the 2 children whose sex is not known are not told so. Of 7 of them
    they are."""
    boys = [new_person(sex="M", child="yes", age_class="16-17", citizenship="RO") for _n in range(14)]
    women = [new_person(age_class="25-34", citizenship="RO") for _n in range(20)]
    others = [new_person(sex="U", age_class="25-34", citizenship="RO") for _n in range(9)]
    few = [new_person(sex="U", child="yes", age_class="16-17", citizenship="RO") for _n in range(2)]
    new_case(*boys, *women, *others, *few, by=vera)
    row, total = (("16-17", "13-17", "0-17")[step],), ("*",) if step == 0 else ()
    draft = prepare(anna, {**ALONE, "ages": step})
    assert cells(draft, "ages")[row + total] == (None, "hidden")
    enough = [new_person(sex="U", child="yes", age_class="16-17", citizenship="RO") for _n in range(5)]
    new_case(*enough, by=vera)
    assert cells(prepare(anna, {**ALONE, "ages": step}), "ages")[row + total] == (21, "shown")


def test_a_group_of_countries_less_its_named_ones_does_not_tell_of_a_few(vera: Access, anna: Access) -> None:
    women = [new_person(citizenship=country) for country in ("RO",) * 40 + ("PL",) * 2]
    men = [new_person(sex="M", citizenship="NG", main="labour") for _n in range(30)]
    new_case(*women, *men, by=vera)
    draft = prepare(anna, {**ALONE, "citizenship": 1, "country_group": 2})
    countries, groups = cells(draft, "citizenship"), cells(draft, "country_group")
    assert ("PL",) not in countries
    assert not any(category.startswith("all but") for (category,) in countries)
    assert {countries["RO",][1], groups["eu_citizens",][1]} == {"shown", "hidden"}


def test_a_cell_that_zeros_and_the_headline_groups_tell_is_named_and_never_public(
    vera: Access, anna: Access, client: Client
) -> None:
    """Five persons of another sex stand in the headline, one in each of five regions: zeros in the others
    tell."""
    add(vera)
    others = [new_person(sex="O", citizenship="RO", offence="trafficking", county=c) for c in FIVE_REGIONS]
    new_case(*others, by=vera)
    again = prepare(anna, {**ALONE, "region": 2})
    assert again.passed
    assert {bench.shown.table.name: bench.derivable for bench in benches(again)}["region"] == []
    draft = prepare(anna, {**ALONE, "region": 0})
    facts = {bench.shown.table.name: bench.derivable for bench in benches(draft)}
    assert len([name for name in facts["region"] if "Annat kön" in name]) == len(FIVE_REGIONS)
    assert not draft.passed
    client.force_login(anna.user)
    page = client.get("/summaries/publications/2018/").content.decode()
    assert "avslöjas av det som ändå visas: nollor, huvudgrupper" in page


def test_the_report_does_not_say_that_nothing_is_told() -> None:
    """A draft of which something is may be frozen."""
    method = (settings.BASE_DIR / "templates/summaries/report.html").read_text()
    assert "it found nothing" not in method
    assert "it found none that could have been protected by hiding more" in method
