"""A year from the question to the published page, walked by the analyst, the manager and a reader."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from agencies.code_words import region_codes
from jobs import worker
from summaries.counting.historical import decide_standing_exemption
from tests.actors import access, user
from tests.browser import open_page
from tests.cases.pages import signed_in
from tests.summaries.small_year import SOME, add, prepare

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.django_db(transaction=True)]
PNG = b"\x89PNG\r\n\x1a\n"


def signs_in(page: Any, who: User, url: str) -> None:
    cookie = signed_in(who).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": url}])


def test_the_analyst_asks_the_manager_looks_and_says_yes_and_everybody_reads_it(
    chromium: Any, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_signs_of_life", nullcontext)
    decide_standing_exemption()
    anna, mona = user("Anna", Role.ANALYST, language="en"), user("Mona", Role.MANAGER, language="en")
    add(access(user("Vera", Role.COORDINATOR, region="V")))
    prepare(access(anna), SOME)
    with open_page(chromium, live_server.url) as asks:
        signs_in(asks, anna, live_server.url)
        asks.goto("/")
        asks.get_by_role("link", name="2018").first.click()
        asks.get_by_role("link", name="Ask for the release").click()
        asks.get_by_text("0 of 7").first.wait_for()
        asks.get_by_label("Preliminary").check()
        asks.get_by_label("I have read the text in Swedish").check()
        asks.get_by_role("button", name="Ask for the release").click()
        assert asks.locator("[name=read_en]").get_attribute("aria-invalid") == "true", "both are read"
        asks.get_by_label("I have read the text in English").check()
        asks.get_by_role("button", name="Ask for the release").click()
        asks.get_by_text("Your request waits for an answer.").wait_for()
        assert asks.goto("/statistik/2018/").status == 404
    with open_page(chromium, live_server.url) as answers:
        signs_in(answers, mona, live_server.url)
        answers.goto("/")
        answers.get_by_role("link", name="Release a version").first.click()
        answers.get_by_text("0 of 7").first.wait_for()
        answers.locator("summary", has_text="group").first.click()
        answers.get_by_role("cell", name="60", exact=True).first.wait_for()
        answers.get_by_label("Yes, as it is asked for").check()
        answers.get_by_role("button", name="Send the answer").click()
        answers.get_by_text("The version is being made.").wait_for()
    worker.work(once=True)
    with open_page(chromium, live_server.url) as reads:
        reads.goto("/statistik/?lang=en")
        reads.get_by_role("link", name="60 presumed victims were identified in 2018").click()
        reads.get_by_text(f"0 of {len(region_codes())} regions had closed the year").wait_for()
        reads.locator("summary", has_text="Purposes").click()
        reads.get_by_role("link", name="by main purpose", exact=False).last.click()
        with reads.expect_download() as saved:
            reads.get_by_role("button", name="Chart (PNG)").click()
        picture = Path(saved.value.path()).read_bytes()
        assert picture.startswith(PNG)
        width = int.from_bytes(picture[16:20], "big")
        assert width > 2 * 200, "twice the size of the chart"
        assert not reads.context.cookies()
