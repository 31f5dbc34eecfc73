"""Rows by size tell of what is hidden among them, unless only what is shown decides their order."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command

from accounts.access import Access
from accounts.roles import Role
from libs.suppression.tables import (
    TOTAL,
    Cell,
    Dimension,
    ProtectedTable,
    Status,
    largest_first,
)
from summaries.counting.historical import decide_standing_exemption
from summaries.release import actions
from summaries.site import files
from tests.actors import access, user
from tests.makers import new_case, new_person
from tests.summaries.releasing import released
from tests.summaries.small_year import ALONE


def table(values: dict[str, int | None], total: int) -> ProtectedTable:
    cells = [Cell((k,), n, Status.HIDDEN if n is None else Status.SHOWN) for k, n in values.items()]
    dimension = Dimension("citizenship", tuple(values))
    return ProtectedTable("citizenship", "", (dimension,), (*cells, Cell((TOTAL,), total)))


def test_shown_rows_come_first_by_size_then_hidden_ones_by_name() -> None:
    found = largest_first(table({"VN": None, "XS": 3, "SE": 7, "AL": None, "RO": 20, "NG": 7}, 60), ("XS",))
    assert [cell.key[0] for cell in found] == ["RO", "NG", "SE", "AL", "VN", "XS", TOTAL]
    assert found.dimensions[0].categories == ("RO", "NG", "SE", "AL", "VN", "XS")


@pytest.fixture(autouse=True)
def no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "made", lambda *_args, **_how: [])


@pytest.fixture
def vera(db: Any) -> Access:
    decide_standing_exemption()
    return access(user("Vera", Role.COORDINATOR, region="V"))


def register(vera: Access, few: dict[str, int]) -> None:
    many = {"RO": 20, "NG": 12, **few}
    countries = [country for country, n in many.items() for _n in range(n)]
    new_case(*(new_person(citizenship=country, main="begging") for country in countries), by=vera)


def printed() -> list[str]:
    out = io.StringIO()
    call_command("yearly_summary", "2018", stdout=out)
    found = next(one for one in json.loads(out.getvalue())["tables"] if one["name"] == "citizenship")
    hidden = {
        cell["key"][0] for cell in found["cells"] if cell["key"][1] == TOTAL and cell["status"] == "hidden"
    }
    return [country for country in found["dimensions"][0]["categories"] if country in hidden]


@pytest.mark.django_db
@pytest.mark.parametrize("few", [{"VN": 4, "TH": 3, "BG": 2, "AL": 1}, {"VN": 1, "TH": 2, "BG": 3, "AL": 4}])
def test_countries_of_few_stand_in_the_same_order_whichever_has_most(
    vera: Access, few: dict[str, int]
) -> None:
    register(vera, few)
    order = printed()
    assert set(few) <= set(order)
    assert order == sorted(order)


@pytest.mark.django_db
@pytest.mark.parametrize("few", [{"AL": 2, "TH": 3}, {"BA": 1, "RS": 1, "VN": 3}])
def test_groups_of_countries_stand_in_an_order_that_no_person_changes(
    vera: Access, few: dict[str, int]
) -> None:
    register(vera, few)
    anna, steps = access(user("Anna", Role.ANALYST)), {**ALONE, "country_group": 0, "region": 0}
    draft = actions.protect_draft(year=2018, by=anna, steps=steps)
    groups = next(one for one in draft.tables if one["name"] == "country_group")["dimensions"][0][
        "categories"
    ]
    assert groups == [
        "sweden",
        "other_eu",
        "other_europe",
        "africa",
        "asia",
        "americas",
        "oceania",
        "stateless",
        "unknown",
        "not_asked",
    ]
    regions = next(one for one in draft.tables if one["name"] == "region")["dimensions"][0]["categories"]
    assert regions == ["B", "M", "N", "ST", "SY", "V", "Ö"]


@pytest.mark.django_db
def test_a_country_that_was_not_named_is_named_later_only_after_a_large_step(vera: Access) -> None:
    """Everybody knows that it had fewer than five: with five now, who else came would be told."""
    anna = access(user("Anna", Role.ANALYST))
    register(vera, {"TH": 4, "VN": 4})
    steps = {**ALONE, "citizenship": 1, "country_group": 2}
    draft = actions.protect_draft(year=2018, by=anna, steps=steps)
    released(draft=draft, digest=draft.digest, state="preliminary", by=anna)
    new_case(*(new_person(citizenship="TH", main="begging") for _n in range(4)), by=vera)
    new_case(*(new_person(citizenship="VN", main="begging") for _n in range(5)), by=vera)
    draft = actions.protect_draft(year=2018, by=anna)
    named = next(one for one in draft.tables if one["name"] == "citizenship")["dimensions"][0]["categories"]
    assert "VN" in named
    assert "TH" not in named


@pytest.mark.django_db
def test_a_lower_threshold_holds_for_no_later_version_of_a_published_year(
    vera: Access, settings: Any
) -> None:
    anna = access(user("Anna", Role.ANALYST))
    register(vera, {"TH": 5})
    draft = actions.protect_draft(year=2018, by=anna, steps=ALONE)
    settings.SMALL_CELL_K = 10
    with pytest.raises(actions.Moved, match=r"Gränsen|threshold"):
        released(draft=draft, digest=draft.digest, state="preliminary", by=anna)
    settings.SMALL_CELL_K = 5
    released(draft=draft, digest=draft.digest, state="preliminary", by=anna)
    settings.SMALL_CELL_K = 3
    assert actions.protect_draft(year=2018, by=anna, steps=ALONE).k == 5
