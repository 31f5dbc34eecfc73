from __future__ import annotations

from typing import Any

import pytest

from tests.browser import open_page

pytestmark = pytest.mark.browser


def test_the_sign_in_page_opens_without_a_request_elsewhere_or_a_broken_policy(page: Any) -> None:
    page.goto("/")
    assert page.url.endswith("/accounts/login/?next=/")
    assert page.locator("html").get_attribute("lang") == "sv"
    assert page.locator("input[type=password]").count() == 1


def test_a_page_that_asks_another_host_fails_its_test(chromium: Any, live_server: Any) -> None:
    def stray() -> None:
        with open_page(chromium, live_server.url) as page:
            page.goto("/accounts/login/")
            with page.expect_request("http://register.example/"):
                page.evaluate("location.href = 'http://register.example/'")

    with pytest.raises(AssertionError, match=r"asked elsewhere: http://register\.example/"):
        stray()


INLINE = "const s = document.createElement('script'); s.text = '1'; document.body.append(s)"


def test_a_page_with_inline_script_fails_its_test(chromium: Any, live_server: Any) -> None:
    def inline() -> None:
        with open_page(chromium, live_server.url) as page:
            page.goto("/accounts/login/")
            with page.expect_console_message():
                page.evaluate(INLINE)

    with pytest.raises(AssertionError, match="policy: "):
        inline()
