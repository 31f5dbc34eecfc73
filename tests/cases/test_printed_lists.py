"""A list is read by the line, on paper and on screen; nothing is printed that only a screen can do."""

from __future__ import annotations

from typing import Any

import pytest

from cases.actions.misregistration import take_out_person
from tests.actors import access
from tests.browser import open_page
from tests.cases.pages import coordinator
from tests.cases.test_casework_in_the_browser import sign_in
from tests.makers import new_case, new_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
A4 = {"width": 673, "height": 983}  # 210 × 297 mm at 96 to the inch, without the margins
LINE = 26  # two are 36
TWO_LINES = 64  # on screen; three are 83


@pytest.fixture
def karin() -> Any:
    return coordinator(name="Karin Exempelsson")


@pytest.mark.long
def test_a_row_of_the_printed_list_of_cases_is_one_line(chromium: Any, live_server: Any, karin: Any) -> None:
    for number in range(25):
        new_case(*(new_person(offence=None) for _n in range(1 + number % 3)), by=access(karin))
    with open_page(chromium, live_server.url, viewport=A4) as page:
        sign_in(page, karin, live_server.url)
        page.goto("/cases/")
        page.emulate_media(media="print")
        heights = page.eval_on_selector_all(
            "table.cards > tbody > tr", "rows => rows.map(row => row.offsetHeight)"
        )
        assert len(heights) == 25
        assert max(heights) <= LINE
        assert page.evaluate("document.querySelector('main').offsetHeight") <= A4["height"]
        assert not page.get_by_text("First you see what will happen.").is_visible()
        assert not page.locator("form[role=search]").first.is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= A4["width"]


def test_a_printed_case_leaves_no_half_page_and_no_links_to_press(
    chromium: Any, live_server: Any, karin: Any
) -> None:
    case = new_case(new_person(), by=access(karin))
    with open_page(chromium, live_server.url, viewport=A4) as page:
        sign_in(page, karin, live_server.url)
        page.goto(case.get_absolute_url())
        page.emulate_media(media="print")
        glued = page.eval_on_selector_all(
            ".steps h3", "all => all.map(one => getComputedStyle(one).breakAfter)"
        )
        assert set(glued) == {
            "auto"
        }  # else the steps, whose last word is a heading, go to the next page together
        for words in ("Show the whole history", "Add a measure", "Change the facts of the case"):
            assert not page.get_by_role("link", name=words).first.is_visible(), words


def test_a_printed_mistake_has_what_is_kept_and_nothing_to_press(
    chromium: Any, live_server: Any, karin: Any
) -> None:
    case = new_case(new_person(), new_person(), by=access(karin))
    person = case.persons.latest("position")
    mistake = take_out_person(person=person, seen="", reason="Samma person två gånger.", by=access(karin))
    with open_page(chromium, live_server.url, viewport=A4) as page:
        sign_in(page, karin, live_server.url)
        page.goto(mistake.get_absolute_url())
        ways_on = page.locator("main :is(a, button, form)")
        for words in ("Show the case or person", "Put it back"):
            assert ways_on.filter(has_text=words).first.is_visible(), words
        page.emulate_media(media="print")
        assert ways_on.filter(visible=True).count() == 0
        assert page.get_by_text("Samma person två gånger.").is_visible()
        assert page.locator("#kept-1").is_visible()


def test_a_row_on_screen_is_two_lines_however_much_a_case_holds(
    chromium: Any, live_server: Any, karin: Any
) -> None:
    given = tuple((kind, "2018-05") for kind in ("shelter", "health", "legal", "reflection", "police_report"))
    people = [
        new_person(main="labour", purposes=("begging", "crime"), measures=given),
        new_person(sex="M"),
    ]
    new_case(*people, by=access(karin))
    with open_page(chromium, live_server.url, viewport={"width": 1280, "height": 900}) as page:
        sign_in(page, karin, live_server.url)
        for address in ("/cases/", "/cases/persons/"):
            page.goto(address)
            rows = "rows => rows.map(row => row.offsetHeight)"
            heights = page.eval_on_selector_all("table.cards > tbody > tr", rows)
            assert heights
            assert max(heights) <= TWO_LINES
            assert page.evaluate("document.querySelector('.table-wrap').scrollWidth") <= 1280
