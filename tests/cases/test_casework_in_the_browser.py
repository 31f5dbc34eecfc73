"""Casework in a real browser: forty persons by keyboard, a measure inside the page, the same without
script."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from cases.models import Case, Person
from tests.actors import access
from tests.browser import Keys, choose, counted, open_page
from tests.cases.pages import coordinator, operator, signed_in
from tests.makers import new_case, new_person
from tests.weights import mostly_long

FILL = "Control+Shift+d"  # the cell above, into all below
STEP = "#steps > .steps > li"
pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.django_db(transaction=True)]


def sign_in(page: Any, user: Any, url: str) -> None:
    value = signed_in(user).cookies["sessionid"].value
    names = {"sessionid": value, "django_language": "en"}
    page.context.add_cookies([{"name": name, "value": value, "url": url} for name, value in names.items()])


@contextmanager
def leads_on(page: Any) -> Iterator[None]:
    """To another page, with all its styles and scripts."""
    with page.expect_navigation(wait_until="load"):
        yield


BUTTONS_IN_SIGHT = """() => {
    const boxes = [...document.querySelectorAll(".actions .btn")].map((one) => one.getBoundingClientRect());
    const seen = boxes.filter((box) => box.height && box.top < innerHeight);
    return [seen.length, Math.max(...seen.map((box) => innerHeight - box.top))];
}"""


@pytest.mark.parametrize("address", mostly_long(["/calls/new/", "/cases/new/"], usual=["/calls/new/"]))
def test_on_a_phone_the_first_button_alone_stays_in_sight_and_the_others_end_the_form(
    page: Any, live_server: Any, address: str
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, operator(), live_server.url)
    page.goto(address)
    number, height = page.evaluate(BUTTONS_IN_SIGHT)
    assert (number, height <= 60) == (1, True), "three that are stacked hide a fifth of the page"
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert page.evaluate(BUTTONS_IN_SIGHT)[0] == 3


@pytest.mark.parametrize(
    "address",
    mostly_long(["/", "/cases/", "/calls/", "/coordinators/", "/summaries/", "/admin/"], usual=["/cases/"]),
)
def test_the_slash_key_leads_to_the_search(page: Any, karin: Any, live_server: Any, address: str) -> None:
    sign_in(page, karin, live_server.url)
    page.goto(address)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    page.keyboard.type("v/1")  # in a field it is a sign like others
    assert page.locator("input[type=search]:focus").input_value() == "v/1"


@pytest.mark.long
def test_the_slash_key_is_the_browsers_where_no_search_is_shown(
    page: Any, karin: Any, live_server: Any
) -> None:
    kept = """new Promise(done => {
        document.addEventListener("keydown", (event) => setTimeout(() => done(!event.defaultPrevented)));
        const key = new KeyboardEvent("keydown", {key: "/", bubbles: true, cancelable: true});
        document.body.dispatchEvent(key);
    })"""
    page.goto("/accounts/login/")
    page.locator("body").click()
    assert page.evaluate(kept)
    sign_in(page, karin, live_server.url)
    page.goto("/cases/")
    page.evaluate("document.querySelector('.nmt-search').style.display = 'none'")
    assert page.evaluate(kept)
    assert page.evaluate("document.activeElement === document.body")


def describe(page: Any) -> None:
    """A berry picker, as the first of many."""
    page.get_by_label("Date of identification").fill("2018-07-02")
    choose(page, "County where identified", "Västra Götaland County")
    choose(page, "Identifying organisation", "Swedish Work Environment Authority")
    page.locator("input[name=sex][value=M]").check()
    page.get_by_label("Age class").select_option("25-34")
    choose(page, "Citizenship", "Thailand")
    page.locator("input[name=purposes][value='purpose:labour']").check()
    page.get_by_label("Sector").select_option("sector:berries")


def test_forty_persons_are_registered_by_keyboard_and_what_differs_is_changed(page, live_server, karin):
    sign_in(page, karin, live_server.url)
    page.goto("/cases/new/")
    keys = Keys(page)
    keys.press(*"2018-07-03", *["Tab"] * 3, *"2018-07-02", "Tab", *"gö", "Tab", "w", "Tab")
    keys.press("2", "Tab", "Tab", *"25", "Tab", *"th", *["Tab"] * 3)
    assert page.locator("input[name=child][value=no]").is_checked()  # the age class has said so
    keys.press("2", "Tab", "Tab", "b", *["Tab"] * 3, *"40")
    with leads_on(page):
        keys.press("Control+Shift+Enter")
    assert page.evaluate("document.activeElement.name") == "row-0-sex"  # ready to be changed
    keys.press("Tab", "Tab", *["Enter"] * 6)
    assert page.evaluate("document.activeElement.name") == "row-6-age_class"
    keys.press(*"16", "Enter", "Control+d")
    assert page.get_by_label("Child, row 8", exact=True).input_value() == "yes"
    assert "rows changed: 2" in page.locator("[data-grid-status]").inner_text()
    with leads_on(page):
        keys.press("Control+Enter")
    counted("forty persons, two of them children", keys.count, 67)
    assert "40 persons are registered." in page.inner_text("main")
    children = Person.objects.filter(child="yes", age_class="16-17").order_by("position")
    assert [person.position for person in children] == [7, 8]
    assert (Case.objects.count(), Person.objects.count()) == (1, 40)
    known = Person.objects.values_list(
        "first_agency__code", "first_county", "citizenship", "exploitations__sector"
    )
    assert set(known) == {("labour_insp", "14", "TH", "sector:berries")}


def test_two_facts_of_forty_stored_persons_take_twelve_presses_though_three_differ(page, live_server, karin):
    known = {"main": "labour", "channel": "support_line", "age_class": "25-34", "citizenship": "TH"}
    case = new_case(*(new_person(**known) for _n in range(40)), by=access(karin))
    sign_in(page, karin, live_server.url)
    page.goto(f"/cases/several/persons/?case={case.code}&missing=sector")
    assert page.evaluate("document.activeElement.dataset.column") == "sector"
    fills_in, below = ["b", FILL, "Tab", "h", FILL], ["Enter", "o", "Enter", "m", "Enter", "o"]
    presses = [*fills_in, *below, "Control+Enter"]
    counted("two facts of forty persons, three of them different", len(presses), 12)
    with leads_on(page):
        for key in presses:
            page.keyboard.press(key)
    assert "40 persons are changed." in page.inner_text("main")
    kept = Person.objects.order_by("position").values_list("exploitations__sector", "offence")
    assert {sector for sector, _offence in kept} == {"sector:berries"}
    words = ["trafficking", "other", "marriage_coercion", "other", *["trafficking"] * 36]
    assert [offence for _sector, offence in kept] == [f"offence:{word}" for word in words]


PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text", text);
  const options = { clipboardData: data, bubbles: true, cancelable: true };
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
}"""


@pytest.mark.long
def test_cells_of_a_spreadsheet_are_pasted_and_what_no_list_has_is_told(page, live_server, karin):
    case = new_case(*(new_person(main="labour") for _n in range(3)), by=access(karin))
    sign_in(page, karin, live_server.url)
    page.goto(f"/cases/several/persons/?case={case.code}&missing=sector")
    page.evaluate(PASTE, "Berry picking\t16-17\ncar wash\t25-34\nrobots\t18-24\n")
    typed = [page.locator(f"[name=row-{row}-sector]").input_value() for row in range(3)]
    assert typed == ["Berry picking", "Car wash, car repair, tyres", ""]
    ages = [page.locator(f"[name=row-{row}-age_class]").input_value() for row in range(3)]
    assert ages == ["16-17", "25-34", "18-24"]
    assert page.locator("[name=row-0-child]").input_value() == "yes"
    assert "cells that could not be read: 1" in page.locator("[data-grid-status]").inner_text()


@pytest.mark.long
def test_on_a_phone_the_grid_is_a_list_of_persons_of_whom_one_opens_at_a_time(chromium, live_server, karin):
    with open_page(chromium, live_server.url, viewport={"width": 390, "height": 844}) as page:
        sign_in(page, karin, live_server.url)
        page.goto("/cases/new/")
        describe(page)
        page.get_by_label("Number of persons like this").fill("3")
        with leads_on(page):
            page.keyboard.press("Control+Shift+Enter")
        second = page.get_by_label("Age class, row 2", exact=True)
        assert page.get_by_label("Age class, row 1", exact=True).is_visible()
        assert not second.is_visible()
        page.get_by_role("button", name="male · no · 25–34 · Thailand").nth(1).click()
        assert second.is_visible()
        assert not page.get_by_label("Age class, row 1", exact=True).is_visible()
        second.select_option("18-24")
        assert page.get_by_role("button", name="male · no · 18–24 · Thailand").count() == 1
        second.press("Enter")  # the same column of the next person, who opens
        assert page.evaluate("document.activeElement.name") == "row-2-age_class"
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_form_is_saved_by_keys_before_a_field_has_focus_and_from_its_list_of_errors(
    page, live_server, karin
):
    sign_in(page, karin, live_server.url)
    page.goto("/cases/new/")
    with leads_on(page):
        page.keyboard.press("Control+Enter")
    assert page.evaluate("document.activeElement.id") == "id_county"  # the first that is wrong, and how many
    assert "error-summary-title" in page.locator("#id_county").get_attribute("aria-describedby")
    page.keyboard.press("F8")
    assert page.evaluate("document.activeElement.id") == "id_agency"
    page.keyboard.press("Shift+F8")
    assert page.evaluate("document.activeElement.id") == "id_county"
    describe(page)
    page.locator(".error-summary").focus()
    with leads_on(page):
        page.keyboard.press("Control+Enter")
    assert Person.objects.count() == 1


@pytest.mark.long
def test_citizenships_are_searched_in_and_a_screen_reader_hears_how_many_hits_there_are(
    page, live_server, karin
):
    person = new_case(new_person(citizenship="RO"), by=access(karin)).persons.get()
    sign_in(page, karin, live_server.url)
    page.goto(f"{person.get_absolute_url()}edit/#div_id_further_citizenships")
    further = page.locator("#id_further_citizenships")
    page.locator("#id_further_citizenships:focus").wait_for()
    page.keyboard.type("mol")
    page.locator("[data-combobox-said]", has_text="Hits: 1").wait_for(state="attached")
    page.keyboard.press("Enter")
    page.keyboard.type("rom")
    page.keyboard.press("Tab")
    assert page.locator(".chosen .chip").all_inner_texts() == ["Moldova", "Romania"]
    further.focus()
    page.keyboard.press("Backspace")
    page.keyboard.type("zzz")
    page.locator("[data-combobox-said]", has_text="No hits").wait_for(state="attached")
    with leads_on(page):
        page.keyboard.press("Control+Enter")
    assert page.evaluate("document.activeElement.id") == "id_further_citizenships"
    assert "“zzz” is not in the list" in page.inner_text("main")
    page.get_by_role("button", name="zzz: take away").click()
    choose(page, "Country of origin", "moldova")
    with leads_on(page):
        page.keyboard.press("Control+Enter")
    person.refresh_from_db()
    kept = [country.code for country in person.further_citizenships]
    assert (kept, person.country_of_origin, person.citizenship) == (["MD"], "MD", "RO")


@pytest.mark.long
def test_a_measure_opens_under_its_step_and_the_page_stays(page, live_server, karin):
    case = new_case(new_person(), by=access(karin))
    sign_in(page, karin, live_server.url)
    page.goto(case.get_absolute_url())
    page.evaluate("window.stayed = true")
    page.locator(STEP).nth(1).get_by_role("link", name="Add a measure").press("Enter")
    form = page.locator("#steps form[data-inline]")
    form.get_by_label("Measure").select_option("measure:shelter")
    form.get_by_label("Month").fill("2018-13")
    page.keyboard.press("Control+Enter")
    form.locator(".error-summary").wait_for()
    assert "does not exist in the calendar" in form.inner_text()
    form.get_by_label("Month").fill("2018-06")
    page.route("**/*", lambda route: route.fulfill(status=503), times=1)  # the database is away
    page.keyboard.press("Control+Enter")
    form.get_by_text("It could not be saved just now. What you wrote is still here").wait_for()
    assert page.evaluate("document.activeElement.dataset.failed") == ""
    page.keyboard.press("Control+Enter")
    page.locator("#steps .tag[role=status]").wait_for()
    assert "Protected housing" in page.locator(STEP).nth(1).inner_text()
    assert page.evaluate("window.stayed") is True
    assert Person.objects.get().measures.count() == 1


@pytest.mark.long
def test_escape_closes_the_form_and_goes_back_to_its_link(page, live_server, karin):
    person = new_case(new_person(), by=access(karin)).persons.get()
    sign_in(page, karin, live_server.url)
    page.goto(person.get_absolute_url())
    page.get_by_role("link", name="Add a purpose").press("Enter")
    page.locator("#exploitations form[data-inline]").wait_for()
    assert page.evaluate("document.activeElement.name") == "purpose"
    page.keyboard.press("Escape")
    assert page.locator("form[data-inline]").count() == 0
    assert page.evaluate("document.activeElement.textContent") == "Add a purpose"


@pytest.mark.long
def test_without_script_the_same_work_is_done_on_pages(chromium, live_server, karin):
    with open_page(chromium, live_server.url, java_script_enabled=False) as page:
        sign_in(page, karin, live_server.url)
        page.goto("/cases/new/")
        page.get_by_label("Opened").fill("2018-07-03")
        describe(page)
        page.locator("input[name=child][value=no]").check()
        page.get_by_label("Number of persons like this").fill("3")
        with leads_on(page):
            page.get_by_role("button", name="Edit each person").click()
        page.get_by_label("Sex, row 2", exact=True).select_option("F")
        with leads_on(page):
            page.get_by_role("button", name="Save 3 persons").click()
        with leads_on(page):
            page.locator(STEP).nth(1).get_by_role("link", name="Add a measure").click()
        page.get_by_label("Measure").select_option("measure:shelter")
        with leads_on(page):
            page.get_by_role("button", name="Save").click()
        assert "Protected housing" in page.locator(STEP).nth(1).inner_text()
    assert list(Person.objects.order_by("position").values_list("sex", flat=True)) == ["M", "F", "M"]


def test_two_people_change_one_case_and_the_second_chooses(chromium, live_server, karin):
    case = new_case(new_person(), by=access(karin), registry_number="2018/1")
    kalle = coordinator(name="Kalle")
    with open_page(chromium, live_server.url) as first, open_page(chromium, live_server.url) as second:
        for page, user, number in ((first, karin, "2018/2"), (second, kalle, "2018/9")):
            sign_in(page, user, live_server.url)
            page.goto(f"{case.get_absolute_url()}edit/")
            page.get_by_label("Registry number").fill(number)
        for page in (first, second):
            with leads_on(page):
                page.keyboard.press("Control+Enter")
        assert "The case was changed while you were writing" in second.inner_text("h1")
        second.get_by_role("radio", name="2018/9").check()
        with leads_on(second):
            second.get_by_role("button", name="Save what is chosen").click()
        assert "The changes are saved." in second.inner_text("main")
    case.refresh_from_db()
    assert case.registry_number == "2018/9"


@pytest.mark.long
def test_two_people_change_one_identification_and_the_second_chooses_inside_the_page(
    chromium, live_server, karin
):
    person = new_case(new_person(), by=access(karin)).persons.get()
    kalle = coordinator(name="Kalle")
    with open_page(chromium, live_server.url) as first, open_page(chromium, live_server.url) as second:
        for page, user, county in ((first, karin, "Skåne County"), (second, kalle, "Uppsala County")):
            sign_in(page, user, live_server.url)
            page.goto(person.get_absolute_url())
            page.evaluate("window.stayed = true")
            page.locator("#identifications a[hx-get]", has_text="Change").press("Enter")
            form = page.locator("#identifications form[data-inline]")
            choose(form, "County where identified", county)
        first.keyboard.press("Control+Enter")
        first.locator("#identifications .tag[role=status]").wait_for()
        second.keyboard.press("Control+Enter")
        second.get_by_role("radio", name="Uppsala County").check()
        second.keyboard.press("Control+Enter")
        second.locator("#identifications .tag[role=status]").wait_for()
        assert second.evaluate("window.stayed") is True
    person.refresh_from_db()
    assert person.first_county_id == "03"


@pytest.mark.long
@pytest.mark.parametrize("many", [False, True])
def test_back_after_persons_are_saved_leads_to_their_case(
    page: Any, karin: Any, live_server: Any, many: bool
) -> None:
    case = new_case(by=access(karin)) if many else None
    before = Person.objects.count()
    sign_in(page, karin, live_server.url)
    page.goto(f"/cases/{case.code}/persons/add/" if case else "/cases/new/")
    describe(page)
    with leads_on(page):
        page.keyboard.press("Control+Enter")
    page.get_by_text("1 person is registered.").wait_for()
    saved = page.url
    page.go_back(wait_until="commit")
    page.get_by_text("This was saved already: here it is.").wait_for()
    assert page.url == saved
    assert (Case.objects.count(), Person.objects.count()) == (1, before + 1)
