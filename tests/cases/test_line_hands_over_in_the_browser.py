"""Walked as both: the operator who hands over during a call, and the coordinator who has the case then."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from agencies.models import Coordinator
from cases.models import Case
from tests.browser import open_page
from tests.cases.pages import coordinator, operator
from tests.cases.test_call_by_keyboard import Keys, usual_call
from tests.cases.test_casework_in_the_browser import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.django_db(transaction=True)]


def test_a_case_is_handed_over_in_a_call_and_two_who_complete_it_at_once_choose(
    chromium: Any, live_server: Any
) -> None:
    karin, olle = coordinator(), operator()
    Coordinator.objects.filter(user=karin).update(phone="000-000 01 01")
    Coordinator.objects.create(
        region_id="V",
        kind="deputy",
        name="Exempel Ersättare",
        phone="000-000 02 02",
        valid_from=date(2015, 1, 1),
        valid_to=date(2090, 1, 1),
    )
    with open_page(chromium, live_server.url) as line, open_page(chromium, live_server.url) as region:
        sign_in(line, olle, live_server.url)
        sign_in(region, karin, live_server.url)
        line.goto("/calls/new/")
        usual_call(Keys(line))
        with line.expect_navigation(wait_until="load"):
            line.keyboard.press("Control+Shift+Enter")
        with line.expect_navigation(wait_until="load"):  # who identified her is known by who rang
            line.keyboard.press("Control+Enter")
        case = Case.objects.get()
        assert case.persons.get().first_agency.code == "social"
        assert line.url.endswith(reverse("cases:handed", args=[case.code]))
        line.locator("a[autofocus]:focus").wait_for()
        text = line.locator(".notice-ok").first.inner_text()
        assert text.index("Exempel Ersättare") < text.index("000-000 02 02")
        assert "000-000 01 01" not in text

        edit = reverse("cases:edit_person", args=[case.persons.get().code])
        for page in (line, region):
            page.goto(edit)
        for page, chosen in ((region, "25-34"), (line, "35-49")):
            page.locator("[name=age_class]").select_option(chosen)
            with page.expect_navigation(wait_until="load"):
                page.locator("[name=age_class]").press("Control+Enter")
        assert case.persons.get().age_class == "25-34"
        assert line.locator("table").first.is_visible()  # both versions, to choose from
        assert "35–49" in line.locator("main").inner_text()
        line.goto(reverse("cases:handed", args=[case.code]))
        line.wait_for_function("document.activeElement.pathname === '/calls/new/'")
        with line.expect_navigation(wait_until="load"):
            line.keyboard.press("Enter")
        assert line.url.endswith("/calls/new/")
