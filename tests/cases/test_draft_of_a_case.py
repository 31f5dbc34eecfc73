"""A case that was being registered when the window closed is offered again, and its draft ends when it is
saved."""

from __future__ import annotations

from typing import Any

import pytest

from cases.models import Case, Draft, Person
from tests.actors import access
from tests.browser import open_page
from tests.cases.pages import coordinator
from tests.cases.test_casework_in_the_browser import describe, sign_in
from tests.makers import new_case

# The database's part of it has tests of its own: what is typed, and what the browser keeps, is the same on
# either.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.flow,
    pytest.mark.django_db(transaction=True),
]


def test_a_case_is_offered_again_after_a_crash_and_saved_once(
    page: Any, chromium: Any, live_server: Any
) -> None:
    karin = coordinator()
    sign_in(page, karin, live_server.url)
    page.goto("/cases/new/")
    page.get_by_label("Opened").fill("2018-07-03")
    describe(page)
    page.get_by_text("Draft saved").wait_for()
    page.context.close()
    with open_page(chromium, live_server.url) as again:
        sign_in(again, karin, live_server.url)
        again.goto("/cases/new/")
        again.get_by_role("button", name="Continue with the draft").click()
        assert again.get_by_label("Age class").input_value() == "25-34"
        with again.expect_navigation(wait_until="load"):
            again.get_by_label("Age class").press("Control+Enter")
    assert Case.objects.get().persons.get().first_county_id == "14"
    assert not Draft.objects.exists()


@pytest.mark.long
def test_the_draft_of_one_case_is_not_offered_in_another(page: Any, live_server: Any) -> None:
    karin = coordinator()
    first, second = (new_case(by=access(karin)) for _n in range(2))
    sign_in(page, karin, live_server.url)
    page.goto(f"/cases/{first.code}/persons/add/")
    describe(page)
    page.get_by_text("Draft saved").wait_for()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"/cases/{second.code}/persons/add/", wait_until="networkidle")
    assert not page.locator("[data-draft-offer]").is_visible()
    page.goto(f"/cases/{first.code}/persons/add/", wait_until="networkidle")
    assert page.locator("[data-draft-offer]").is_visible()


@pytest.mark.long
def test_the_grid_of_persons_comes_back_after_a_crash_with_what_was_changed(
    page: Any, chromium: Any, live_server: Any
) -> None:
    karin = coordinator()
    sign_in(page, karin, live_server.url)
    page.goto("/cases/new/")
    page.get_by_label("Opened").fill("2018-07-03")
    describe(page)
    page.get_by_label("Number of persons like this").fill("5")
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Control+Shift+Enter")
    page.get_by_label("Sex, row 3", exact=True).select_option("F")
    page.get_by_label("Sex, row 4", exact=True).press("Control+d")
    page.get_by_text("Draft saved").wait_for()
    page.context.close()
    with open_page(chromium, live_server.url) as again:
        sign_in(again, karin, live_server.url)
        again.goto("/cases/new/")
        with again.expect_navigation(wait_until="load"):
            again.get_by_role("button", name="Continue with the draft").click()
        with again.expect_navigation(wait_until="load"):
            again.get_by_label("Sex, row 4", exact=True).press("Control+Enter")
    assert list(Person.objects.order_by("position").values_list("sex", flat=True)) == [
        "M",
        "M",
        "F",
        "F",
        "M",
    ]
    assert (Case.objects.count(), Draft.objects.count()) == (1, 0)
