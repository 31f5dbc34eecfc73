"""The admin of casework and of files in a real browser: one policy, no sideways scrolling, small pages,
axe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from cases.models import Person
from tests.browser import open_page
from tests.crawl import Crawl
from tests.makers import new_case, new_person
from tests.nmt_site.admin_pages import address, someone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def cookie(person: User, url: str) -> list[dict[str, str]]:
    client = Client()
    client.force_login(person)
    return [
        {
            "name": settings.SESSION_COOKIE_NAME,
            "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
            "url": url,
        }
    ]


@pytest.mark.long
def test_every_page_of_casework_in_the_admin(chromium: Any, live_server: Any) -> None:
    west, operator = someone(Role.COORDINATOR, "Karin"), someone(Role.OPERATOR)
    persons = [
        new_person(main="labour", purposes=("sexual",), measures=(("permit", "2018-06"),)) for _ in range(2)
    ]
    case = new_case(*persons, by=Access.of(west))
    person = Person.objects.first()
    models = ("cases_person", "cases_case", "cases_call")
    pages = [address(model, page) for model in models for page in ("changelist", "export")]
    pages += [address("cases_person", "change", person.pk), address("cases_case", "change", case.pk)]
    pages += [
        address("cases_person", "history", person.pk),
        address("cases_person", "add"),
        address("cases_case", "add"),
    ]
    faults: list[str] = []
    for who, paths in (
        (west, pages),
        (
            operator,
            [address("cases_call", "add"), address("cases_call", "import"), address("cases_person", "add")],
        ),
    ):
        with open_page(chromium, live_server.url) as page:
            page.context.add_cookies(cookie(who, live_server.url))
            page.emulate_media(reduced_motion="reduce")
            crawl = Crawl(page, live_server.url)
            for path in paths:
                crawl.visit(path)
            faults += crawl.faults
    assert "\n".join(faults) == ""


def test_a_file_is_looked_at_before_it_changes_anything(
    chromium: Any, live_server: Any, tmp_path: Path
) -> None:
    file = tmp_path / "agencies.csv"
    file.write_text("code,name_sv,name_en,kind\npolice,Polisen,Police,police\nnew,Ny,New,ngo\n")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("code,name_sv,name_en,kind\nnew,Ny,New,nonsense\n")
    administrator = someone(Role.ADMINISTRATOR)
    with open_page(chromium, live_server.url) as page:
        page.context.add_cookies(cookie(administrator, live_server.url))
        page.emulate_media(reduced_motion="reduce")
        page.goto(address("agencies_agency", "import"))
        page.set_input_files("input[type=file]", wrong)
        page.click("form[enctype] button")
        page.wait_for_selector("table.cards")
        assert "nonsense" in page.locator("table.cards").inner_text()
        page.set_viewport_size({"width": 390, "height": 844})
        said = page.locator("td[data-label='Vad som är fel']").first.bounding_box()
        assert said["x"] + said["width"] <= 390  # what is wrong is read without scrolling to it
        page.set_viewport_size({"width": 1280, "height": 720})
        page.goto(address("agencies_agency", "import"))
        page.set_input_files("input[type=file]", file)
        page.click("form[enctype] button")
        page.click("a[href='?tab=changed']")
        page.wait_for_selector("table.cards strong")
        crawl = Crawl(page, live_server.url)
        crawl.visited.append("/admin/agencies/agency/import/")
        crawl.judge()
        assert "\n".join(crawl.faults) == ""
        page.reload()  # the look at its forms has stopped them from being sent
        page.click("form[action*='confirm'] button")
        page.wait_for_selector(".messagelist .success")
