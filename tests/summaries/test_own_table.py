"""A table of one's own counts as the yearly tables do, of any period, and a second way counts the same."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, strategies as st
from openpyxl import load_workbook

from accounts.access import Access
from audit.models import Event
from cases.actions.calls import log_call
from cases.models import Call, Person
from cases.rules.persons import group_of
from libs.suppression.tables import TOTAL, Table
from summaries.catalogue import INSIDE_BY_NAME
from summaries.counting.build import counted, table_of
from summaries.counting.own_table import Asked, own_table
from summaries.counting.reference import Reference
from summaries.periods import Period, of_months, preset
from tests.actors import access, user
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
TODAY = date(2019, 3, 1)  # as the tests' clock has it
WHOLE_YEAR = of_months(date(2018, 1, 1), date(2018, 12, 1), TODAY)
OWN = "/summaries/own/"
BEFORE_THE_PAGE = 6  # who is signed in, and that the page was read


@pytest.fixture
def anna() -> Access:
    return access(user("Anna", "analyst"))


@pytest.fixture
def vera() -> Access:
    return access(user("Vera", "coordinator", region="V"))


@pytest.fixture
def two_years(vera: Access) -> None:
    random = Random(11)
    sven = access(user("Sven", "coordinator", region="SY"))
    for _case in range(40):
        by, county = random.choice(((vera, "14"), (sven, "12")))
        people = [
            new_person(
                sex=random.choice("FFMU"),
                child=random.choice(("no", "no", "yes")),
                on=date(random.choice((2017, 2018)), random.randint(1, 12), random.randint(1, 28)),
                main=random.choice(("sexual", "labour", "begging")),
                citizenship=random.choice(("RO", "NG", "SE")),
                county=county,
            )
            for _person in range(random.randint(1, 3))
        ]
        new_case(*people, by=by)
    Person.objects.filter(first_region="SY").update(responsible_region="SY")


def asked_for(by: Access, asked: Asked, period: Period) -> Table:
    return own_table(by, asked, period, "", Reference.load())


def shown(table: Table) -> dict[tuple[str, ...], int]:
    return {cell.key: cell.value for cell in table if cell.value}


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [
        ("main_purpose", "main_purpose", "group"),
        ("any_purpose", "any_purpose", "group"),
        ("citizenship", "citizenship", "group"),
        ("region", "region", "group"),
        ("source", "source", "group"),
        ("measures", "measure", "group"),
        ("status", "status", "group"),
    ],
)
def test_a_whole_year_counts_as_the_table_of_the_year(
    two_years: None, anna: Access, name: str, rows: str, columns: str
) -> None:
    of_year = table_of(counted(anna, 2018, 2018)[2018], INSIDE_BY_NAME[name])
    assert shown(asked_for(anna, Asked(rows, columns), WHOLE_YEAR)) == shown(of_year)


@pytest.mark.parametrize("seed", range(6))
def test_a_naive_recount_of_the_persons_agrees_for_any_period_and_selection(
    two_years: None, anna: Access, seed: int
) -> None:
    random = Random(seed)
    first = date(2017, random.randint(1, 12), 1)
    last = date(2018, random.randint(1, 12), 1)
    group, purpose = random.choice(("", "women", "men")), random.choice(("", "labour"))
    period = of_months(first, last, TODAY)
    asked = Asked("citizenship", "in_quarter", group=group, purpose=purpose)
    naive: Counter[tuple[str, str]] = Counter()
    for person in Person.objects.all():
        day = person.first_identified_on
        main = person.exploitations.get(is_main=True).purpose_id
        wanted = group in {"", group_of(person.sex, person.child)} and purpose in main
        if period.first <= day <= period.last and wanted:
            quarter = f"{day.year} K{(day.month - 1) // 3 + 1}"
            for row in (person.citizenship, TOTAL):
                for column in (quarter, TOTAL):
                    naive[row, column] += 1
    assert shown(asked_for(anna, asked, period)) == dict(naive)


def test_a_coordinator_counts_the_own_region_alone(two_years: None, anna: Access, vera: Access) -> None:
    mine = asked_for(vera, Asked("main_purpose"), WHOLE_YEAR).value(TOTAL)
    of_west = Person.objects.filter(responsible_region="V", first_year=2018).count()
    assert mine == of_west
    assert asked_for(anna, Asked("main_purpose", region="V"), WHOLE_YEAR).value(TOTAL) == of_west


def test_calls_from_social_services_in_a_quarter_are_counted_by_month(anna: Access) -> None:
    olle = access(user("Olle", "operator"))
    for month, caller in ((1, "social"), (2, "social"), (2, "police"), (5, "social")):
        at = datetime(2018, month, 3, 9, tzinfo=UTC)
        call = Call(received_at=at, caller_group_id=f"caller:{caller}", consent="not_relevant", minutes=5)
        log_call(call=call, lists={}, by=olle)
    quarter = of_months(date(2018, 1, 1), date(2018, 3, 1), TODAY)
    table = asked_for(anna, Asked("caller", "call_in_month"), quarter)
    months = ("2018-01", "2018-02", "2018-03", TOTAL)
    assert [table.value("social", month) for month in months] == [1, 1, 0, 2]
    assert table.value(TOTAL, TOTAL) == 3


def test_a_period_that_goes_on_is_compared_with_the_same_days_a_year_before() -> None:
    this_year = preset("year", date(2019, 3, 1))
    assert this_year.is_running
    assert (this_year.first, this_year.last) == (date(2019, 1, 1), date(2019, 3, 1))
    assert (this_year.year_before.first, this_year.year_before.last) == (date(2018, 1, 1), date(2018, 3, 1))


@pytest.mark.parametrize(
    ("name", "today", "first", "last"),
    [
        ("quarter", date(2019, 3, 1), date(2018, 10, 1), date(2018, 12, 31)),
        ("quarter", date(2019, 4, 1), date(2019, 1, 1), date(2019, 3, 31)),
        ("half", date(2019, 7, 1), date(2019, 1, 1), date(2019, 6, 30)),
        ("half", date(2019, 3, 1), date(2018, 7, 1), date(2018, 12, 31)),
        ("twelve", date(2019, 3, 15), date(2018, 3, 1), date(2019, 2, 28)),
        ("last_year", date(2019, 3, 15), date(2018, 1, 1), date(2018, 12, 31)),
    ],
)
def test_a_preset_is_a_whole_part_of_the_calendar(name: str, today: date, first: date, last: date) -> None:
    found = preset(name, today)
    assert (found.first, found.last, found.is_running) == (first, last, False)


@given(st.dates(date(1995, 1, 1), date(2099, 12, 31)))
def test_a_year_before_has_the_same_month_and_nearly_as_many_days(day: date) -> None:
    period = of_months(day, day, date(2100, 1, 1))
    before = period.year_before
    assert (before.first.month, before.last.month, before.first.year) == (day.month, day.month, day.year - 1)
    assert abs((period.last - period.first).days - (before.last - before.first).days) <= 1


def client_of(by: Access) -> Client:
    client = Client()
    client.force_login(by.user)
    client.cookies["django_language"] = "en"
    return client


def test_the_page_shows_the_table_and_hands_it_out_as_files_that_say_internal(
    two_years: None, anna: Access
) -> None:
    client = client_of(anna)
    query = {"rows": "citizenship", "columns": "in_year", "group": "women"}
    query |= {"since": "2017-01", "until": "2018-12"}
    page = client.get(OWN, query).content.decode()
    assert "Persons by citizenship and year (Women), 2017-01 to 2018-12" in page
    assert "Internal, not protected" in page
    text = client.get("/summaries/own.csv", query).content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert lines[2][:3] == ["Citizenship", "2017", "2018"]
    women = Person.objects.filter(sex="F", child="no", first_year__in=(2017, 2018)).count()
    assert ["Total", str(women)] == [lines[-1][0], lines[-1][3]]
    assert "must not be handed on" in lines[1][0]
    book = load_workbook(io.BytesIO(client.get("/summaries/own.xlsx", query).content)).active
    assert [[str(one) for one in row if one is not None] for row in book.iter_rows(values_only=True)] == lines
    assert Event.objects.filter(action="summary.export", target_label__contains="citizenship").count() == 2


def test_all_faults_are_told_at_once_beside_their_fields(anna: Access) -> None:
    page = client_of(anna).get(
        OWN, {"rows": "caller", "columns": "group", "group": "women", "since": "2018-05", "until": "2018-02"}
    )
    text = page.content.decode()
    assert page.status_code == 422
    for sentence in (
        "Persons and calls are never counted in one table.",
        "What is known of persons cannot select calls. Choose All.",
        "The period ends before it begins.",
    ):
        assert sentence in text


def test_who_reads_no_totals_asks_nothing() -> None:
    for role in ("operator", "officer", "administrator"):
        by = access(user(role.title(), role))
        assert client_of(by).get(OWN).status_code == 403


def test_the_page_asks_at_most_twelve_times(
    two_years: None, anna: Access, django_assert_max_num_queries: Any
) -> None:
    client = client_of(anna)
    query = {"rows": "any_purpose", "columns": "in_quarter", "period": "last_year"}
    client.get(OWN, query)
    with django_assert_max_num_queries(BEFORE_THE_PAGE + 12):
        client.get(OWN, query)
