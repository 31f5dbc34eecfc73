"""The main job, end to end: sign in, log a call by keyboard, open a case with three persons, and read the
year."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.access import Access
from accounts.roles import Role
from agencies.models import Coordinator
from cases.demo import profile
from cases.demo.invent import invent
from cases.integrity import first_fault
from cases.models import Call, Person
from libs.suppression.tables import TOTAL
from tests.actors import PASSWORD, user
from tests.browser import choose
from tests.summaries.registers import yearly_tables
from tests.weights import mostly_long

AT = datetime(2019, 3, 1, 12, tzinfo=UTC)
GROUPS = {"women": 163, "men": 42, "girls": 19, "boys": 38, "other": 0, "unknown": 0}
OF_EVERYBODY = {
    *("groups", "main_purpose", "any_purpose", "citizenship", "county", "organisation", "source", "offence"),
}


def totals(access: Access, year: int) -> dict[str, int]:
    """The total of persons in each table, which a new person adds one to."""
    return {table.name: table.value(TOTAL) or 0 for table in yearly_tables(access, year)}


@pytest.mark.browser
@pytest.mark.flow
@pytest.mark.django_db(transaction=True)
def test_a_call_becomes_a_case_and_the_year_grows_by_three_in_every_table(page: Any) -> None:
    user("Olle", Role.OPERATOR, language="en")
    anna = Access.of(user("Anna", Role.ANALYST), at=AT)
    Coordinator.objects.create(
        region_id="V", name="Exempel Ett", phone="000-000 01 01", valid_from=date(2015, 1, 1)
    )
    before = totals(anna, 2018)
    sign_in(page)
    log_a_call_by_keyboard(page)
    assert Call.objects.get().caller_county_id == "14"
    describe_three_persons(page)
    assert Person.objects.count() == 3
    after = totals(anna, 2018)
    grown = {name: after[name] - before[name] for name in after if of_persons(name)}
    assert grown.keys() >= OF_EVERYBODY
    assert grown == dict.fromkeys(grown, 3)
    groups, source = (table for table in yearly_tables(anna, 2018) if table.name in {"groups", "source"})
    assert (groups.value("women"), source.value("support_line")) == (3, 3)


def of_persons(name: str) -> bool:
    """Whether each person is once in this table."""
    return not name.startswith("call") and name not in {"measures", "measure_answers"}


def sign_in(page: Any) -> None:
    page.goto("/calls/new/")
    page.fill("input[name=login]", "olle@example.org")
    page.fill("input[name=password]", PASSWORD)
    with page.expect_navigation(url="**/calls/new/", wait_until="load"):
        page.keyboard.press("Enter")


def log_a_call_by_keyboard(page: Any) -> None:
    """Social services in Västra Götaland, about a woman; saved with Ctrl+Shift+Enter, which opens a case."""
    caller = ("1", "Tab", "g", "ö", "Tab", "ArrowUp", "Tab")
    matter = ("1", "Tab", "1", "Tab", "Tab", "Tab", "Tab", "Tab")
    for key in (*caller, *matter, "1", "Tab", "1", "Tab", "2"):
        page.keyboard.press(key) if key.isascii() else page.keyboard.insert_text(key)
    with page.expect_navigation(url="**/cases/new/*", wait_until="load"):
        page.keyboard.press("Control+Shift+Enter")


def describe_three_persons(page: Any) -> None:
    page.get_by_label("Opened").fill("2018-07-03")
    page.get_by_label("Date of identification").fill("2018-07-02")
    choose(page, "County where identified", "Västra Götaland County")
    choose(page, "Identifying organisation", "Support line")
    page.locator("input[name=sex][value=F]").check()
    page.locator("input[name=child][value=no]").check()
    page.locator("input[name=purposes][value='purpose:sexual']").check()
    page.get_by_label("Number of persons like this").fill("3")
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Control+Enter")


@pytest.mark.django_db
@pytest.mark.parametrize("years", mostly_long([(2017, 2018), tuple(profile.YEARS)], usual=[(2017, 2018)]))
def test_the_demonstration_s_2018_is_262_as_was_published_and_225_the_year_before(
    years: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profile, "YEARS", {year: profile.YEARS[year] for year in years})
    invent(password="not used here")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as a server does by itself; without it PostgreSQL plans for empty tables
    assert first_fault() is None
    anna = Access.of(user("Anna", Role.ANALYST), at=AT)
    groups = next(table for table in yearly_tables(anna, 2018) if table.name == "groups")
    assert {name: groups.value(name) for name in GROUPS} == GROUPS
    assert groups.value(TOTAL) == sum(GROUPS.values()) == 262
    assert totals(anna, 2017)["groups"] == 225
    client = Client()
    client.force_login(anna.user)
    page = client.get("/summaries/2018/").content.decode()
    assert all(str(number) in page for number in (262, 163, 42, 225))


@pytest.mark.django_db
def test_without_rows_the_published_figures_are_shown_with_their_source() -> None:
    client = Client()
    client.force_login(user("Anna", Role.ANALYST, language="en"))
    page = client.get("/summaries/2018/").content.decode()
    assert "262" in page
    assert "Jämställdhetsmyndigheten" in page or "NMT" in page
    assert "published" in page
