"""Days in forms: typed in any way that has one meaning, shown as they are read, or taken from a calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils.translation import override

from cases.forms.call import MomentField
from cases.forms.fields import DayField, MonthField
from cases.models import Case, Person
from cases.rules import values
from cases.rules.faults import NotAllowed
from tests.actors import access
from tests.cases.pages import case_facts, coordinator, person_facts, signed_in
from tests.cases.test_casework_in_the_browser import sign_in
from tests.makers import new_case

TYPED = (
    "2018-09-04", "2018-9-4", "20180904", "2018/09/04", "2018.9.4", "2018/9-4", "4/9-18", "4/9 2018",
    "04-09-18",
    "4/9/18", "25/12/2018", "12/25/2018", "5-4-2018", "12.11.2018", "12. 11. 2018", "12.13.2018", "30/2-18",
    "29/2-20", "29/2-19", "4 september 2018", "den 4 sep. 2018", "4:e maj, 2018", "4 månad 2018", "180904",
    "2018-09-04 00:00:00", "\u2212", "2018\u201309\u201304", "0000-01-01", "i dag",
)  # fmt: skip
MONTHS = (
    "2018-07",
    "2018-7",
    "201807",
    "2018/7/1",
    "2018-07-02",
    "7/2018",
    "13/2018",
    "juli 2018",
    "2018 jul",
)


def by_us(typed: str, kind: str) -> str:
    try:
        found = getattr(values, kind)(typed)
    except NotAllowed:
        return ""
    return found.isoformat() if found else ""


@pytest.mark.django_db
def test_a_day_is_understood_as_it_is_written_and_comes_back_as_it_was_read() -> None:
    client = signed_in(coordinator())
    sent = case_facts(opened_on="3 maj 2018") | person_facts(identified_on="2/5-18", measure_month="7/2018")
    page = client.post("/cases/new/", sent).content.decode()  # a month without its measure
    assert all(f'value="{day}"' in page for day in ("2018-05-03", "2018-05-02", "2018-07"))
    client.post("/cases/new/", sent | {"measure": "measure:shelter"})
    case = Case.objects.get()
    person = case.persons.get()
    assert (case.opened_on, person.first_identified_on) == (date(2018, 5, 3), date(2018, 5, 2))
    assert person.measures.get().month == date(2018, 7, 1)


def test_the_example_is_of_the_day_and_of_no_other_year() -> None:
    day, month = DayField(), MonthField()
    with override("en"):
        for field in (day, month):
            field.know(date(2026, 11, 8))
    assert (day.help_text, month.help_text) == ("For example 2026-11-08 or 8/11-26", "For example 2026-11")
    own = DayField(help_text="The last day")
    own.know(date(2026, 11, 8))
    assert own.help_text == "The last day"


def test_a_moment_has_its_day_in_the_same_ways() -> None:
    field = MomentField()
    read = [field.to_python(typed) for typed in ("2018-07-01 10:38", "1/7-18 10.38", "1 juli 2018 10:38")]
    assert len(set(read)) == 1
    assert not field.has_changed(read[0], "1/7-18 10.38")
    assert field.has_changed(read[0], "1/7-18 10.39")


@pytest.mark.browser
@pytest.mark.flow
@pytest.mark.django_db(transaction=True)
def test_what_is_typed_is_shown_as_it_is_read_by_the_register_and_a_calendar_fills_it_in(
    page: Any, live_server: Any
) -> None:
    karin = coordinator()
    person = new_case(by=access(karin)).persons.get()
    sign_in(page, karin, live_server.url)
    page.goto(f"{person.get_absolute_url()}identifications/add/")
    read = page.evaluate(
        """async ([days, months]) => {
            const { read } = await import(document.querySelector('script[src*="dates"]').src);
            return [days.map((text) => read(text)), months.map((text) => read(text, "month"))];
        }""",
        [TYPED, MONTHS],
    )
    assert dict(zip(TYPED, read[0], strict=True)) == {typed: by_us(typed, "day") for typed in TYPED}
    assert dict(zip(MONTHS, read[1], strict=True)) == {typed: by_us(typed, "month") for typed in MONTHS}
    day = page.locator("[name=identified_on]")
    day.fill("4/9-18")
    day.press("Tab")
    assert page.locator(".day-read").first.inner_text() == "= 4 September 2018"
    day.press("Alt+ArrowDown")
    page.locator(".day-picker").evaluate(
        "picker => { picker.value = '2018-10-05'; picker.dispatchEvent(new Event('change')) }"
    )
    assert day.input_value() == "2018-10-05"
    assert page.evaluate("document.activeElement.name") == "identified_on"
    assert page.locator(".day-read").first.inner_text() == ""
    assert Person.objects.count() == 1
