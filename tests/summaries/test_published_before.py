"""Years without persons show what was published, with source and status; years with neither show no
figures."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from accounts.access import Access
from accounts.roles import Role
from agencies.models import Agency, Code, CodeMapping
from knowledge.stored_texts import SHIPPED
from libs.suppression.tables import TOTAL, Status, Table
from summaries.counting.historical import BREAKS, published, published_as
from summaries.counting.summary import internal_summary
from summaries.models import HistoricalFigure
from tests.actors import access, user
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
GROUPS = ("women", "men", "girls", "boys", "other", "unknown", TOTAL)


@pytest.fixture
def anna() -> Access:
    translation.activate("en")
    return access(user("Anna", Role.ANALYST))


def groups(table: Table | None) -> list[int | None]:
    assert table is not None
    return [table.value(group) for group in GROUPS]


def test_a_year_without_persons_shows_what_was_published_and_where(anna: Access) -> None:
    summary = internal_summary(anna, 2018)
    assert summary.source == "historical"
    assert groups(summary.table("groups")) == [163, 42, 19, 38, 0, 0, 262]
    assert groups(summary.table_before("groups")) == [108, 61, 28, 28, 0, 0, 225]
    assert summary.published.sources == ("Jämställdhetsmyndigheten, nyhet våren 2019",)
    assert {figure.status for figure in summary.published.figures} == {"published"}


def test_2016_is_headed_142_with_the_published_150_beside(anna: Access) -> None:
    summary = internal_summary(anna, 2016)
    assert groups(summary.table("groups")) == [72, 28, 28, 14, 0, 0, 142]
    assert summary.published.published_total == 150
    assert published_as(SHIPPED, summary.published) == "published as 150, including 8 accompanying children"
    assert "2016: published as 150, including 8 accompanying children." in summary.caveats


def test_2017_counts_accompanying_children_apart(anna: Access) -> None:
    summary = internal_summary(anna, 2017)
    assert summary.published.heading == 225
    assert summary.published.value("accompanying_children", "total") == 26
    assert published_as(SHIPPED, summary.published) == ""


def test_2022_is_taken_as_adults_only_and_says_that_this_is_inferred(anna: Access) -> None:
    summary = internal_summary(anna, 2022)
    assert groups(summary.table("groups")) == [223, 139, None, None, 2, 11, 375]
    assert summary.table("groups")["girls",].status is Status.MISSING  # type: ignore[index]
    assert any("probably of adults only; the source does not say so" in caveat for caveat in summary.caveats)


def test_what_nobody_verified_stands_in_no_table(anna: Access) -> None:
    summary = internal_summary(anna, 2024)
    assert groups(summary.table("groups")) == [None] * 7
    assert [figure.value for figure in summary.published.unverified] == [430, 22]
    assert any("not official" in caveat for caveat in summary.caveats)


def test_a_list_of_the_largest_has_no_total(anna: Access) -> None:
    table = internal_summary(anna, 2023).table("published_citizenship")
    assert table is not None
    assert (table.value("TH"), table.value("SE"), table[TOTAL,].status) == (62, 23, Status.MISSING)


def test_a_year_with_neither_shows_no_figures_and_never_zero(anna: Access) -> None:
    summary = internal_summary(anna, 2012)
    assert summary.source == "none"
    assert summary.tables == ()


def test_a_year_with_persons_shows_them_with_the_published_beside_and_never_mixed(anna: Access) -> None:
    new_case(new_person(), new_person(sex="M"), by=access(user("Vera", Role.COORDINATOR, region="V")))
    summary = internal_summary(anna, 2018)
    assert summary.source == "register"
    assert groups(summary.table("groups")) == [1, 1, 0, 0, 0, 0, 2]
    assert summary.published.heading == 262
    assert internal_summary(anna, 2019).before_source == "register"


def test_the_series_breaks_stand_beside_the_years_they_part(anna: Access) -> None:
    assert [(one.before, one.after) for one in BREAKS][:3] == [(2016, 2017), (2020, 2021), (2021, 2022)]
    for year, broken in ((2016, 1), (2017, 1), (2018, 0), (2021, 2), (2022, 1), (2023, 1)):  # 2022 once
        found = [
            caveat for caveat in internal_summary(anna, year).caveats if caveat.startswith("Break in series")
        ]
        assert len(found) == broken, year


def test_a_missing_group_is_no_zero_where_the_groups_do_not_add_up_to_the_total() -> None:
    HistoricalFigure.objects.create(year=1999, measure="persons", group="total", value=9, status="published")
    HistoricalFigure.objects.create(year=1999, measure="persons", group="women", value=5, status="published")
    table = published(1999, 1999)[1999].tables[0]
    assert groups(table) == [5, None, None, None, None, None, 9]


def test_a_register_without_reference_data_is_told_to_load_them() -> None:
    for model in (Agency, CodeMapping, Code):
        model.objects.all().delete()
    text = r"^The reference data are missing: run manage\.py load_reference\.$"
    for internal in (True, False):
        with pytest.raises(CommandError, match=text):
            call_command("yearly_summary", "2018", internal=internal)
