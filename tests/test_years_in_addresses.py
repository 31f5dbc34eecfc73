"""A year in an address, a form or a command is one that the register knows, or it is refused in words."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from itertools import product
from typing import Any, Final

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import Resolver404, URLPattern, get_resolver, resolve
from django.urls.converters import IntConverter

from accounts.roles import Role
from audit.models import Segment
from exchange.years import YEARS, YearConverter
from summaries.models import HistoricalFigure
from tests.actors import user
from tests.nmt_site.admin_pages import address, client_of, someone
from tests.weights import every_value_once

OTHERS: Final = {"version": "1", "name": "groups"}  # what stands beside a year in an address
REFUSED: Final = ("0", "0000", "1899", "2101", "99999", "-2018", "2018.5", "٢٠١٨")


def walk(
    patterns: Any, before: str = "", above: dict[str, Any] | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every address as it is written, with its converters by name."""
    for pattern in patterns:
        written, converters = before + str(pattern.pattern), {**(above or {}), **pattern.pattern.converters}
        if isinstance(pattern, URLPattern):
            yield written, converters
        else:
            yield from walk(pattern.url_patterns, written, converters)


ADDRESSES: Final = dict(walk(get_resolver().url_patterns))
WITH_YEAR: Final = sorted(written for written, converters in ADDRESSES.items() if "year" in converters)


def filled(written: str, year: str) -> str:
    path = "/" + written.replace("<year:year>", year)
    for name in ADDRESSES[written]:
        for kind in ("int", "str", "slug"):
            path = path.replace(f"<{kind}:{name}>", OTHERS.get(name, name))
    assert "<" not in path, f"{written} names something that this test does not know"
    return path


def test_there_are_addresses_with_a_year_inside_and_outside() -> None:
    assert len(WITH_YEAR) > 15
    inside, outside = {"cases", "summaries", "taking-over"}, {"statistik"}
    assert {written.partition("/")[0] for written in WITH_YEAR} == inside | outside


def test_no_year_in_an_address_is_any_number() -> None:
    as_number = [w for w, found in ADDRESSES.items() if isinstance(found.get("year"), IntConverter)]
    assert as_number == []
    assert all(isinstance(ADDRESSES[written]["year"], YearConverter) for written in WITH_YEAR)


def year_of(path: str) -> int | None:
    try:
        return resolve(path).kwargs["year"]
    except Resolver404:
        return None


def test_an_address_leads_somewhere_for_known_years_alone() -> None:
    known = product(WITH_YEAR, (YEARS[0], 2018, YEARS[-1]))
    assert [case for case in known if year_of(filled(case[0], str(case[1]))) != case[1]] == []
    assert [case for case in product(WITH_YEAR, REFUSED) if year_of(filled(*case)) is not None] == []


@pytest.mark.django_db
@pytest.mark.parametrize(("written", "year"), every_value_once(WITH_YEAR, REFUSED))
def test_a_year_that_nobody_can_count_in_is_not_found(written: str, year: str) -> None:
    client = Client()
    client.force_login(user("Maja", Role.MANAGER))
    assert client.get(filled(written, year)).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("year", [YEARS[0], YEARS[-1]])
def test_the_first_and_the_last_year_have_a_page_that_says_that_nothing_is_known(year: int) -> None:
    client = Client()
    client.force_login(user("Maja", Role.MANAGER))
    page = client.get(f"/summaries/{year}/")
    assert (page.status_code, page.templates[0].name) == (404, "summaries/no_year.html")


LISTS: Final = ("summaries_historicalfigure", "summaries_population", "summaries_justicefigure")


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "year"), every_value_once(LISTS, ("1899", "2101", "20180")))
def test_a_year_that_no_page_can_show_is_not_entered(model: str, year: str) -> None:
    client = client_of(someone(Role.ANALYST, "Anna"))
    client.cookies["django_language"] = "en"
    form = client.post(address(model, "add"), {"year": year}).context["adminform"].form
    assert form.errors["year"] == [f"{year} is not a year of this list. Allowed: 1900 to 2100."]


@pytest.mark.django_db
def test_a_year_that_a_page_can_show_is_entered() -> None:
    client = client_of(someone(Role.ANALYST, "Anna"))
    figure = {"year": "1900", "measure": "persons", "group": "women", "value": "7", "status": "published"}
    assert client.post(address("summaries_historicalfigure", "add"), figure).status_code == 302
    assert HistoricalFigure.objects.filter(year=1900).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2101-01-01", "9999-12-31"])
def test_a_day_that_has_none_beside_it_does_not_break_the_list_of_events(day: str) -> None:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user("Dag", Role.DPO))
    assert client.get("/audit/", {"from": day, "to": day}).status_code == 200
    form = client.post("/audit/", {"from": day, "to": "", "action": "", "actor": "", "number": ""}).context[
        "form"
    ]
    assert form.errors["from"] == [f"{int(day[:4])} is not a year of this list. Allowed: 1900 to 2100."]


COMMANDS: Final = ("yearly_summary", "dark_figure", "draft_publication")
NO_YEARS: Final = ("0", "1899", "2101", "99999", "201", "två", "²⁰¹⁸")


@pytest.mark.django_db
@pytest.mark.parametrize(("command", "year"), every_value_once(COMMANDS, NO_YEARS))
def test_a_command_says_which_years_it_takes(command: str, year: str) -> None:
    with pytest.raises(CommandError, match="2018, from 1900 to 2100"):
        call_command(command, year, stdout=StringIO())


@pytest.mark.django_db
@pytest.mark.parametrize("years", ["1899-2018", "2018-2101", "2018-99999"])
def test_two_years_of_the_dark_figure_are_known_ones(years: str) -> None:
    with pytest.raises(CommandError, match="2017-2019, from 1900 to 2100"):
        call_command("dark_figure", "--years", years, stdout=StringIO())


@pytest.mark.django_db
@pytest.mark.parametrize("year", [-5, -1, 0, 1, 1899, 99999])
def test_a_year_of_the_audit_log_that_never_was_is_not_closed(year: int) -> None:
    with pytest.raises(CommandError, match=f"{year}"):
        call_command("close_audit_year", year, stdout=StringIO())
    assert not Segment.objects.exists()
