"""What is handed over, in two real browsers: both people at once, and one whose connection is lost."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.roles import Role
from agencies.models import Code, Region
from cases.actions.calls import log_call
from cases.actions.transfers import ask_transfer
from cases.models import Call, Transfer
from tests.actors import NOON, access, user
from tests.cases.test_two_regions_in_the_browser import browser_of, follow, press
from tests.makers import new_case

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.django_db(transaction=True)]


def test_a_referred_call_is_taken_over_once_by_two_at_once_and_after_a_lost_connection(
    chromium: Any, live_server: Any
) -> None:
    olle = access(user("Olle", Role.OPERATOR))
    vera, viktor = (user(name, Role.COORDINATOR, region="V", language="en") for name in ("Vera", "Viktor"))
    group = Code.objects.of("caller")[0]
    row = Call(received_at=NOON, caller_group=group, referred_region_id="V", urgency="acute")
    call = log_call(call=row, lists={}, by=olle)
    with (
        browser_of(chromium, live_server, vera) as hers,
        browser_of(chromium, live_server, viktor) as his,
    ):
        for page in (hers, his):
            page.goto("/")
            assert "Urgent" in page.get_by_role("region", name="New calls from the support line").inner_text()
        button = hers.get_by_role("button", name="Take over")
        hers.context.set_offline(True)
        button.click(no_wait_after=True)
        hers.wait_for_timeout(200)
        hers.context.set_offline(False)
        call.refresh_from_db()
        assert call.taken_over_at is None
        hers.goto("/")
        press(hers, "Take over")
        assert "You have taken over the call" in hers.inner_text("main")
        press(his, "Take over")
        assert "Vera was first and has taken it over." in his.inner_text("main")
        assert his.get_by_role("button", name="Take over").count() == 0
    call.refresh_from_db()
    assert call.taken_over_by == vera


def test_a_transfer_is_declined_with_a_reason_that_the_asker_reads_and_another_is_taken_back(
    chromium: Any, live_server: Any
) -> None:
    vera, sune = (
        user(name, Role.COORDINATOR, region=region, language="en")
        for name, region in (("Vera", "V"), ("Sune", "SY"))
    )
    first, second = (
        ask_transfer(
            person=new_case(by=access(vera)).persons.get(), to_region=Region.objects.get(code="SY"),
            reason="Moved.", by=access(vera),
        )
        for _n in range(2)
    )  # fmt: skip
    with browser_of(chromium, live_server, vera) as hers, browser_of(chromium, live_server, sune) as his:
        his.goto("/")
        follow(his, first.person.number)
        his.locator("input[name=accept][value=no]").check()
        his.get_by_label("Reason for the answer").fill("Not known here.")
        press(his, "Answer the transfer")
        his.goto(f"/cases/transfers/{second.code}/")
        hers.goto("/")
        asked = hers.get_by_role("region", name="Transfers that you have asked for")
        assert "Not known here." in asked.inner_text()
        press(hers, f"Take back: {second.person.number}")
        assert "withdrawn" in asked.inner_text()
        his.locator("input[name=accept][value=yes]").check()
        press(his, "Answer the transfer")
        assert "Somebody else answered first: withdrawn" in his.inner_text("main")
    assert set(Transfer.objects.values_list("answer", "person__responsible_region")) == {
        ("declined", "V"),
        ("withdrawn", "V"),
    }
