"""A real browser on the running server: `page` for one person, `chromium` to open pages for several."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from scripts.debian import chromium as chromium_program

# Root needs no-sandbox. The rest keeps the browser from calling home, and from any host but this machine: to
# stop its requests one by one instead would go by way of the test for every file, and without the browser's
# cache.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",  # noqa: E501
         "--disable-component-update", "--disable-sync",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]  # fmt: skip
TIMEOUT = 60_000  # milliseconds until what a test waits for is given up: a busy machine is no failure


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The machine's own Chromium, headless."""
    program = chromium_program()
    if not program:
        pytest.skip("Chromium (Debian package chromium-headless-shell) is not installed")
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop on this thread, and Django would refuse its database there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any, live_server: Any) -> Iterator[Any]:
    with open_page(chromium, live_server.url) as opened:
        yield opened


@contextmanager
def open_page(chromium: Any, url: str, **options: Any) -> Iterator[Any]:
    """A page of a new visitor, in Swedish. Fails the test where it asked another host for anything, broke the
    content security policy, named a feature that the browser does not know, or a script of it failed."""
    defaults = {"base_url": url, "locale": "sv-SE", "timezone_id": "Europe/Stockholm"}
    context = chromium.new_context(**{**defaults, **options})
    context.set_default_timeout(TIMEOUT)
    faults: list[str] = []
    context.on("request", lambda request: _note_request(request.url, url, faults))
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("console", lambda message: _note(message, faults))
    try:
        yield page
    finally:
        context.close()
    assert faults == []


def fails(page: Any) -> Any:
    """Around what a page without a connection asks for: until that has failed."""
    return page.expect_event("requestfailed")


@contextmanager
def answered(page: Any, address: str) -> Iterator[None]:
    """Around an act after which the page asks this address by itself: until it has read the answer."""
    with page.expect_response(address) as asked:
        yield
    asked.value.finished()
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")


class Keys:
    """The keyboard, which counts every key that goes down. Ctrl+Enter is two."""

    def __init__(self, page: Any) -> None:
        self.page, self.count = page, 0

    def press(self, *names: str) -> None:
        for name in names:
            if name.isascii():
                self.page.keyboard.press(name)
            else:
                self.page.keyboard.insert_text(name)  # a key of a Swedish keyboard
            self.count += len(name.split("+"))


def counted(what: str, presses: int, most: int) -> None:
    """Within its budget of keys."""
    assert presses <= most, (what, presses)


def choose(page: Any, label: str, name: str) -> None:
    """A name in a field that is searched in: typed, or without script found in its list."""
    field = page.get_by_label(label).first
    if field.evaluate("field => field.tagName") == "SELECT":
        field.select_option(label=name)
    else:
        field.fill(name)


def _note_request(asked: str, own: str, faults: list[str]) -> None:
    if not asked.startswith((own, "data:", "blob:")):
        faults.append(f"asked elsewhere: {asked}")


def _note(message: Any, faults: list[str]) -> None:
    if message.type == "error" and "Content Security Policy" in message.text:
        faults.append(f"policy: {message.text}")
    if "Unrecognized feature" in message.text:
        faults.append(f"feature: {message.text}")
