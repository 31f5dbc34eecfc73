"""What the crawl says of a page: it looks where it has not looked before, and there it finds what is
wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser import open_page
from tests.crawl import SETTLED, Crawl

pytestmark = pytest.mark.browser
PALE = '<p class="{}" style="color: #ccc">Som knappt syns</p>'
LOOKS = 2  # wide and light, narrow and dark: from page to page the other way round


@pytest.fixture
def crawl(chromium: Any, live_server: Any) -> Iterator[Crawl]:
    with open_page(chromium, live_server.url) as page:
        yield Crawl(page, live_server.url)


def said_of(crawl: Crawl, body: str) -> list[str]:
    """Of a page seen in each look."""
    crawl.faults.clear()
    for _look in range(LOOKS):
        crawl.visited.append("/")
        crawl.page.set_content(
            f'<html lang="sv"><title>Sida</title><style>body {{ background: #fff; color: #111 }}</style>'
            f'<body><a href="#main">Till innehållet</a><main id="main" tabindex="-1"><h1>Sida</h1>'
            f"{body}</main>"
        )
        crawl.judge()
    return [fault.partition("] ")[2] for fault in crawl.faults]


def test_what_is_too_pale_is_found_on_the_first_page_and_where_it_is_of_a_new_kind(crawl: Crawl) -> None:
    assert said_of(crawl, "<p>Som det ska vara</p>") == []
    found = said_of(crawl, f"<p>Som det ska vara</p><section>{PALE.format('new')}</section>")
    assert found == [f"axe ({look}): color-contrast: .new" for look in ("narrow, dark", "wide, light")]
    assert said_of(crawl, f"<section>{PALE.format('new')}</section>") == []  # judged already


def test_words_are_as_pale_as_what_is_behind_them_makes_them(crawl: Crawl) -> None:
    """Of a kind that nothing was wrong with before, or of a new kind in a look that was judged."""
    assert said_of(crawl, '<div class="box"><p>Som det ska vara</p></div>') == []
    dark = said_of(crawl, '<div class="box" style="background: #222"><i>På mörkt</i></div>')
    assert [fault for fault in dark if "color-contrast: i" in fault] == dark != []
    assert said_of(crawl, '<div class="other"><p>Som det ska vara</p></div>') == []


def test_a_field_without_a_label_is_found_beside_a_new_kind(crawl: Crawl) -> None:
    assert said_of(crawl, '<p>Text</p><input id="nameless">') != []
    assert any("label: #nameless" in fault for fault in said_of(crawl, '<input id="nameless"><b>Nytt</b>'))


def test_a_page_that_is_wider_than_a_phone_is_found_though_all_on_it_is_known(crawl: Crawl) -> None:
    said_of(crawl, '<p class="wide">Kort</p>')
    found = said_of(crawl, '<p class="wide" style="width: 500px">Kort</p>')
    assert [fault.partition(":")[0] for fault in found] == ["scrolls sideways at 390 px"] * LOOKS


def test_a_form_of_known_kinds_is_sent_once_more_where_it_leads_elsewhere(crawl: Crawl) -> None:
    def form(address: str, button: str) -> str:
        return f'<form action="{address}"><input aria-label="Ord"><button {button}>Sök</button></form>'

    assert said_of(crawl, form("/here/", "")) == []
    assert said_of(crawl, f"{form('/here/', 'disabled')}<b>Nytt</b>") == []  # judged already
    assert said_of(crawl, f"{form('/there/', 'disabled')}<i>Nytt</i>") == ["not sent by keyboard: /there/"]


def test_a_page_is_read_when_its_scripts_have_drawn_all(crawl: Crawl) -> None:
    draw = "n => { document.body.append(n); if (n) requestAnimationFrame(() => draw(n - 1)); }"
    crawl.page.set_content("<body></body>")
    crawl.page.evaluate(f"() => {{ window.draw = {draw}; draw(9); }}")
    crawl.page.evaluate(SETTLED)
    assert crawl.page.inner_text("body") == "9876543210"
