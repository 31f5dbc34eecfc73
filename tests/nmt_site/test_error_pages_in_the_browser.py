"""The error pages as a browser meets them: each in the register's dress, in both languages, with a way on."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from nmt_site import urls, views
from tests.browser import open_page
from tests.crawl import Crawl
from tests.weights import mostly_long

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)


def bad(request: HttpRequest) -> NoReturn:
    raise SuspiciousOperation("what was wrong stays inside")


def refused(request: HttpRequest) -> NoReturn:
    raise PermissionDenied


def broken(request: HttpRequest) -> NoReturn:
    raise RuntimeError("what was wrong stays inside")


def often(request: HttpRequest) -> HttpResponse:
    return views.too_many_requests(request, minutes=5)


for view in (bad, refused, broken, often):
    view.login_required = False  # type: ignore[attr-defined]
urlpatterns = [
    *urls.urlpatterns, path("error/400/", bad), path("error/403/", refused), path("error/429/", often),
    path("error/500/", broken),
]  # fmt: skip


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("language", mostly_long(["sv", "en"], usual=["sv"]))
def test_an_error_page_passes_what_every_page_does(chromium: Any, live_server: Any, language: str) -> None:
    seen = {}
    with open_page(chromium, live_server.url, locale=language) as page:
        page.emulate_media(reduced_motion="reduce")
        crawl = Crawl(page, live_server.url, language=language)
        for status in (400, 403, 404, 429, 500):
            crawl.visited.append(f"/error/{status}/")
            response = page.goto(crawl.visited[-1])
            seen[status] = response.status
            assert len(response.body()) < 10_000
            crawl.judge()
            text = page.locator("main").inner_text()
            assert "what was wrong" not in text
            assert page.locator("main a, main button").count() >= 1
            assert page.title()
    assert seen == {status: status for status in seen}
    assert "\n".join(crawl.faults) == ""
