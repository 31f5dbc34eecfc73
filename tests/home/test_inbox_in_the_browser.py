"""What is handed over, in two real browsers: both people at once, and one whose connection is lost."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.roles import Role
from agencies.models import Code, Region
from cases.actions.calls import log_call
from cases.actions.sharing import ask_transfer
from cases.models import AccessGrant, Call, Transfer
from tests.actors import NOON, access, user
from tests.browser import fails
from tests.cases.test_two_regions_in_the_browser import browser_of, follow, press
from tests.makers import new_case, new_person

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
            assert "Urgent" in page.get_by_role("region", name="Your work").inner_text()
            page.locator(".nmt-number", has_text="1 things wait for you").wait_for()
        button = hers.get_by_role("button", name="Take over")
        hers.context.set_offline(True)
        with fails(hers):
            button.click(no_wait_after=True)
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
        follow(hers, "Your transfer requests")
        asked = hers.locator("main")
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


def test_access_is_asked_for_granted_and_read_by_its_asker_alone_and_another_is_declined_with_a_reason(
    chromium: Any, live_server: Any
) -> None:
    vera, sune = (
        user(name, Role.COORDINATOR, region=region, language="en")
        for name, region in (("Vera", "V"), ("Sune", "SY"))
    )
    case = new_case(new_person(county="12"), by=access(sune), region="SY")
    other = new_case(new_person(county="12"), by=access(sune), region="SY")
    with browser_of(chromium, live_server, vera) as hers, browser_of(chromium, live_server, sune) as his:
        for wanted in (case, other):
            hers.goto("/cases/access/")
            hers.get_by_label("Case number").fill(wanted.number)
            hers.get_by_label("The persons in the case").check()
            hers.get_by_label("Why do you need to read the case?").fill("the same person is in a case here")
            press(hers, "Ask to read the case")
        assert hers.goto(case.get_absolute_url()).status == 404
        for wanted, hours in ((case, 8), (other, 0)):
            his.goto("/")
            follow(his, wanted.number)
            assert "the same person is in a case here" in his.inner_text("main")
            his.locator(f"input[name=hours][value='{hours}']").check()
            his.get_by_label("Reason for the answer").fill("not needed now")
            press(his, "Send the answer")
        read = [hers.goto(row.get_absolute_url()).status for row in (case, other)]
        assert read == [200, 404]
        hers.goto("/")
        follow(hers, "Access that you have asked for")
        assert "not needed now" in hers.inner_text("main")
    answers = AccessGrant.objects.order_by("asked_at").values_list("answer", flat=True)
    assert [*answers] == ["accepted", "declined"]
