"""An officer and a coordinator, each in a browser: a notification, a question and its answer."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.roles import Role
from cases.models import Message, Notification
from tests.actors import user
from tests.browser import choose, fails
from tests.cases.test_two_regions_in_the_browser import browser_of, follow, press

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.django_db(transaction=True)]


def test_an_officer_notifies_and_both_write_across_a_lost_connection(chromium: Any, live_server: Any) -> None:
    nora = user("Nora", Role.OFFICER, agency="police", language="en")
    vera = user("Vera", Role.COORDINATOR, region="V", language="en")
    with browser_of(chromium, live_server, nora) as hers, browser_of(chromium, live_server, vera) as page:
        hers.goto("/cases/notify/")
        choose(hers, "County where the persons are", "Västra Götaland County")
        hers.get_by_label("Women").fill("1")
        hers.get_by_label("Your work telephone").fill("08-000 00 17")
        press(hers, "Send the notification")
        row = Notification.objects.get()
        page.goto("/")
        press(page, "Take over")
        assert "08-000 00 17" in page.inner_text("main")
        page.get_by_role("textbox", name="Message").fill("Which day may we ring?")
        page.context.set_offline(True)
        with fails(page):
            page.get_by_role("button", name="Send the message").click(no_wait_after=True)
        page.context.set_offline(False)
        assert not Message.objects.exists()
        page.goto(row.get_absolute_url())
        page.get_by_role("textbox", name="Message").fill("Which day may we ring?")
        press(page, "Send the message")
        hers.goto("/")
        follow(hers, row.receipt)
        assert "Taken over" in hers.inner_text("main")
        hers.get_by_role("textbox", name="Message").fill("On Thursday.")
        press(hers, "Send the message")
        page.goto("/")
        follow(page, f"Notification · {row.receipt}")
        assert "On Thursday." in page.inner_text("main")
        press(page, "Read, needs no answer")
        hers.reload()
        assert "Not read yet" not in hers.inner_text("main")
    assert list(Message.objects.values_list("from_side", flat=True)) == ["taker", "giver"]
    assert not Message.objects.filter(read_at__isnull=True).exists()
