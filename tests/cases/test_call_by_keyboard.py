"""A usual call is logged with the keyboard alone, in few keys, without scrolling; a broken page loses five
seconds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone

from agencies.models import Coordinator
from cases.models import Call, Draft, Person
from tests.actors import access
from tests.browser import Keys, counted, open_page
from tests.cases.call_forms import logged
from tests.cases.pages import operator
from tests.cases.test_casework_in_the_browser import sign_in
from tests.weights import mostly_long

# The database's part of it has tests of its own: what is typed, and what the browser keeps, is the same on
# either.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.flow,
    pytest.mark.django_db(transaction=True),
]
# Keys: a usual call, and one that becomes a case, until the case is saved.
MOST, MOST_WITH_CASE = 17, 22
DESK = {"width": 1280, "height": 800}


@pytest.fixture
def olle():
    Coordinator.objects.create(
        region_id="V",
        kind="coordinator",
        name="Exempel Ett",
        phone="000-000 01 01",
        valid_from=date(2015, 1, 1),
    )
    return operator()


@pytest.fixture
def page(page, live_server, olle):
    page.set_viewport_size(DESK)
    sign_in(page, olle, live_server.url)
    return page


def usual_call(keys: Keys, county: str = "gö") -> None:
    """Social services in Västra Götaland, within days, about a woman, sexual purposes; consent given,
    referred. Enter leads past the groups of whom nobody is concerned."""
    keys.press("1", "Tab", *county, "Tab", "ArrowUp", "Tab")
    keys.press("1", "Tab", "1", "Enter", "1", "Tab", "1", "Tab", "2")


def test_a_usual_call_takes_few_keys_and_the_next_call_is_one_key_away(page, olle):
    logged(access(olle))  # from the county that calls most
    page.goto("/calls/new/")
    keys = Keys(page)
    usual_call(keys, "g")
    page.locator("#duty").get_by_text(
        "Exempel Ett"
    ).wait_for()  # who is on duty, as soon as the county is known
    with page.expect_navigation(wait_until="load"):
        keys.press("Control+Enter")
    counted("a usual call", keys.count, MOST)
    call = Call.objects.latest("pk")
    assert (call.caller_group_id, call.caller_county_id, call.urgency) == ("caller:social", "14", "days")
    codes = [*call.topics.all(), *call.purposes.all(), *call.outcomes.all()]
    assert [code.key for code in codes] == ["topic:person", "purpose:sexual", "outcome:referral_coordinator"]
    assert (call.women, call.persons_concerned, call.consent, call.referred_region_id) == (1, 1, "given", "V")
    assert call.minutes == 1
    assert timezone.localdate(call.received_at) == call.received_on
    assert page.url.endswith(f"/calls/{call.code}/saved/")
    page.locator(
        "a[autofocus]:focus"
    ).wait_for()  # as soon as it is drawn, which is sooner than anybody presses a key
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")
    assert page.url.endswith("/calls/new/")


@pytest.mark.parametrize("language", mostly_long(["sv", "en"], usual=["sv"]))
def test_the_usual_call_is_seen_whole_without_scrolling(page, live_server, language):
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    page.goto("/calls/new/")
    assert page.locator("html").get_attribute("lang") == language
    usual_call(Keys(page))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "note"
    assert page.evaluate("scrollY") == 0
    bar = page.locator(".actions").bounding_box()
    note = page.locator("#id_note").bounding_box()
    assert bar["y"] + bar["height"] <= DESK["height"]
    assert note["y"] + note["height"] <= bar["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= DESK["width"]


def clock_stands(page: Any) -> None:
    """The browser's time moves only when it is told to."""
    page.clock.install(time=datetime(2026, 3, 2, 8, 59, tzinfo=UTC))
    page.clock.pause_at(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


def test_the_clock_runs_stops_and_runs_on_and_fills_in_the_minutes(page):
    clock_stands(page)
    page.goto("/calls/new/")
    timer, stop = page.get_by_role("timer"), page.get_by_role("button", name="Stop the clock")
    assert timer.inner_text() == "00:00"
    page.clock.run_for(65_000)
    assert timer.inner_text() == "01:05"
    stop.click()
    page.clock.run_for(60_000)
    assert timer.inner_text() == "01:05"  # somebody waits for a number
    page.get_by_role("button", name="Start the clock").click()
    page.clock.run_for(3 * 60_000)
    assert timer.inner_text() == "04:05"
    page.locator("input[name=caller_group]").first.focus()
    usual_call(Keys(page))
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Control+Enter")
    assert Call.objects.get().minutes == 4


def test_a_suspected_case_without_an_answer_to_consent_takes_one_key_more_to_save(page):
    page.goto("/calls/new/")
    keys = Keys(page)
    keys.press("1", "Tab", "Tab", "Tab", "1")
    with page.expect_navigation(wait_until="load"):
        keys.press("Control+Enter")
    page.locator("input[name=consent]:focus").wait_for()  # focus stands where the answer is given
    before = keys.count
    keys.press("1")
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Save anyway").click()  # nobody is counted, no purpose, no outcome
    page.wait_for_url("**/saved/")
    assert keys.count == before + 1
    assert Call.objects.get().consent == "given"


@pytest.mark.long
def test_the_purposes_that_appear_come_after_consent(page):
    """The same keys reach consent and answer it, whether or not the call is about a suspected case."""
    for topic in ("1", "2"):
        page.goto("/calls/new/")
        Keys(page).press("1", "Tab", "Tab", "Tab", topic, *["Tab"] * 6, "1")
        assert page.locator("input[name=consent][value=given]").is_checked()
        assert page.locator("input[name=purposes]:checked").count() == 0


@pytest.mark.long
def test_minutes_that_were_typed_are_not_overwritten_by_the_clock(page):
    clock_stands(page)
    page.goto("/calls/new/")
    usual_call(Keys(page))
    page.get_by_text("More about the call").click()
    page.locator("[name=minutes]").fill("12")
    page.clock.run_for(5 * 60_000)
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Control+Enter")
    assert Call.objects.get().minutes == 12


def test_a_call_becomes_a_case_with_two_shortcuts_and_nothing_asked_twice(page, olle):
    logged(access(olle))
    page.goto("/calls/new/")
    keys = Keys(page)
    usual_call(keys, "g")
    page.locator("#id_received_at").focus()  # it stands outside its form
    with page.expect_navigation(wait_until="load"):
        keys.press("Control+Shift+Enter")
    call = Call.objects.latest("pk")
    assert page.url.endswith(f"/cases/new/?call={call.code}")
    assert page.evaluate("document.activeElement.name") == "opened_on"
    with page.expect_navigation(wait_until="load"):
        keys.press("Control+Enter")
    counted("a call that becomes a case", keys.count, MOST_WITH_CASE)
    identification = Person.objects.get().identifications.get()
    assert (identification.agency.code, identification.county_id) == ("social", "14")
    assert identification.channel_id == identification.person.case.channel_id == "channel:support_line"


@pytest.mark.long
def test_what_opens_and_closes_follows_the_answers(page):
    page.goto("/calls/new/")
    purposes, child, note = (
        page.locator("[data-purposes]"),
        page.locator("[data-child]"),
        page.locator("#id_note"),
    )
    assert not purposes.is_visible()
    page.locator("#id_girls").fill("1")
    assert purposes.is_visible()
    assert child.is_visible()
    page.locator("#id_girls").fill("0")
    assert not child.is_visible()
    note.fill("half a sentence")
    page.locator("input[name=consent][value=missing]").check()
    assert note.is_disabled()
    assert page.get_by_text("Consent is missing: of the call only statistical facts are saved.").is_visible()
    page.locator("input[name=consent][value=given]").check()
    assert note.input_value() == "half a sentence"
    page.locator("input[name=caller_group]").first.focus()
    page.keyboard.press("9")
    assert page.evaluate("document.activeElement.closest('details').open")


@pytest.mark.long
def test_a_county_is_chosen_among_the_matches_with_the_arrows(page):
    page.goto("/calls/new/")
    county = page.locator("#id_caller_county")
    county.press_sequentially("vä")
    assert page.get_by_role("option").all_inner_texts()[0].startswith("Vä")
    county.press("ArrowDown")
    wanted = page.locator('[role=option][aria-selected="true"]').inner_text()
    county.press("Enter")
    assert county.input_value() == wanted
    assert Call.objects.count() == 0  # Enter chose, and sent nothing


def test_back_after_a_call_is_saved_leads_to_its_correction_and_makes_no_second_call(page):
    page.goto("/calls/new/")
    usual_call(Keys(page))
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Control+Enter")
    call = Call.objects.get()
    page.go_back(wait_until="commit")
    page.wait_for_url(f"**/calls/{call.code}/edit/")
    page.get_by_text("The call is saved already: here you can correct it.").wait_for()
    assert page.locator("[name=women]").input_value() == "1"
    page.locator("[name=women]").fill("2")
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Control+Enter")
    assert [call.women for call in Call.objects.all()] == [2]


@pytest.mark.long
def test_without_script_the_form_of_a_saved_call_comes_back_empty(chromium, live_server, olle):
    with open_page(chromium, live_server.url, java_script_enabled=False) as page:
        sign_in(page, olle, live_server.url)
        page.goto("/calls/new/")
        page.locator("label", has_text="Police").first.click()
        page.locator("#id_women").fill("1")
        page.get_by_role("button", name="Save call").click()
        page.wait_for_url("**/saved/")
        page.go_back(wait_until="load")
        assert page.url.endswith("/calls/new/")
        assert page.locator("[name=women]").input_value() == "0"
        assert page.locator("[name=caller_group]:checked").count() == 0


@pytest.mark.long
def test_back_to_a_form_that_was_not_sent_offers_its_draft(page):
    page.goto("/calls/new/")
    usual_call(Keys(page))
    page.get_by_text("Draft saved").wait_for()
    page.evaluate("location.assign('/calls/')")
    page.wait_for_url("**/calls/")
    page.go_back(wait_until="commit")
    page.get_by_role("button", name="Continue with the draft").click()
    assert page.locator("[name=women]").input_value() == "1"
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Control+Enter")
    assert Call.objects.count() == 1


@pytest.mark.long
def test_after_a_crash_the_draft_is_offered_and_saved_as_one_call(page, chromium, live_server, olle):
    page.goto("/calls/new/")
    usual_call(Keys(page))
    page.locator("#id_note").press_sequentially("half a sentence")
    page.get_by_text("Draft saved").wait_for()
    page.context.close()  # the window is gone
    with open_page(chromium, live_server.url) as again:
        sign_in(again, olle, live_server.url)
        again.goto("/calls/new/")
        again.get_by_text("You have an unsaved call from").wait_for()
        again.get_by_role("button", name="Continue with the draft").click()
        assert again.locator("#id_note").input_value() == "half a sentence"
        assert again.locator("#id_caller_county").input_value() == "Västra Götaland County"
        assert again.locator("[data-purposes] input:checked").count() == 1
        with again.expect_navigation(wait_until="load"):
            again.locator("#id_note").press("Control+Enter")
        stored = again.evaluate("[localStorage.length, Object.keys(sessionStorage)]")
        assert stored in ([0, []], [0, ["waiting"]]), "a number may be kept, and nothing that was typed"
    assert (Call.objects.get().note, Draft.objects.count()) == ("half a sentence", 0)


@pytest.mark.long
def test_a_call_is_logged_without_script(chromium, live_server, olle):
    with open_page(chromium, live_server.url, java_script_enabled=False) as page:
        sign_in(page, olle, live_server.url)
        page.goto("/calls/new/")
        page.locator("label", has_text="Police").first.click()
        page.locator("#id_caller_county").fill("gö")
        page.locator("#id_women").fill("1")
        page.locator("[data-purposes] label").first.click()
        page.get_by_role("button", name="Show who is on duty").click()
        page.locator("#duty").get_by_text("Exempel Ett").wait_for()
        assert page.locator("#id_women").input_value() == "1"
        page.locator("[data-consent] label").nth(1).click()
        page.get_by_role("button", name="Save call").click()
        page.get_by_text("The call is saved.").first.wait_for()
    call = Call.objects.get()
    assert (call.caller_group_id, call.caller_county_id, call.women) == ("caller:police", "14", 1)


@pytest.mark.parametrize("reached", ["click", "label", "Enter", "Tab"])
def test_what_is_typed_into_a_number_takes_the_place_of_what_stands_there(page, reached):
    page.goto("/calls/new/")
    women = page.locator("#id_women")
    assert women.input_value() == "0"
    if reached == "click":
        women.click()
    elif reached == "label":
        page.locator("label[for=id_women]").click()
    else:
        page.locator("[name=topics]").last.focus()
        page.keyboard.press(reached)
        while page.evaluate("document.activeElement.name") != "women":
            page.keyboard.press(reached)
    page.keyboard.type("2")
    assert women.input_value() == "2"
