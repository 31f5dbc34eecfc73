"""What a page shows first needs no script: every kind of page is read, and its form sent, with scripts
switched off."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from cases.models import Notification, Person
from tests.actors import access, user
from tests.browser import open_page
from tests.cases.pages import signed_in
from tests.makers import new_case, new_person
from tests.nmt_site.admin_pages import someone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "ett långt lösenord som ingen annan har"
# Who opens which page, what it is headed, and what else must be seen of it at once.
PAGES = [
    (Role.OPERATOR, "/calls/new/", "New call", "#id_caller_county"),
    (Role.OPERATOR, "/calls/", "Calls", ".empty"),
    (Role.COORDINATOR, "/", "My page", "section.work"),
    (Role.COORDINATOR, "/cases/", "Cases", "table.cards a"),
    (Role.COORDINATOR, "/cases/new/", "Register case", "[name=purposes] + span"),
    (Role.COORDINATOR, "/cases/import/", "Import persons", "input[type=file]"),
    (Role.COORDINATOR, "/summaries/2018/", "1 person in 2018", "details.question summary"),
    (Role.COORDINATOR, "/admin/cases/person/add/", "Add presumed victim", "#id_citizenship"),
    (Role.OFFICER, "/cases/notify/", "Notify a regional coordinator", "#id_women"),
    (Role.DPO, "/audit/", "Audit log", "table.cards tbody tr"),
    (None, "/accounts/login/", "Sign in", "#id_password"),
    (None, "/statistik/om/", "", "main h2"),
]  # fmt: skip


@pytest.fixture
def karin() -> User:
    karin = user("Karin", Role.COORDINATOR, region="V", language="en")
    new_case(new_person(), by=access(karin))
    return karin


def opened(page: Any, who: User | None, url: str) -> None:
    cookies = {"django_language": "en"} | (
        {"sessionid": signed_in(who).cookies["sessionid"].value} if who else {}
    )
    page.context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])


@pytest.mark.long
def test_every_kind_of_page_is_read_without_script(chromium: Any, live_server: Any, karin: User) -> None:
    people = {role: someone(role) for role in (Role.OPERATOR, Role.OFFICER, Role.DPO)} | {
        Role.COORDINATOR: karin
    }
    for role, path, heading, telling in PAGES:
        with open_page(chromium, live_server.url, java_script_enabled=False) as page:
            opened(page, people[role] if role else None, live_server.url)
            assert page.goto(path).status == 200, path
            assert heading in page.locator("h1").inner_text(), path
            assert page.locator(telling).first.is_visible(), path
            assert page.locator("main").get_by_text("JavaScript").count() == 0, path


def send(page: Any) -> None:
    with page.expect_navigation(wait_until="load"):
        page.locator("main .actions button").click()


def test_somebody_signs_in_and_notifies_without_script(chromium: Any, live_server: Any) -> None:
    officer = someone(Role.OFFICER, "Nora")
    officer.set_password(PASSWORD)
    officer.save()
    with open_page(chromium, live_server.url, java_script_enabled=False) as page:
        opened(page, None, live_server.url)
        page.goto("/cases/notify/")
        page.fill("[name=login]", officer.email)
        page.fill("[name=password]", PASSWORD)
        page.locator("form:has([name=login]) button").click()
        page.locator("[name=county]").select_option("14")
        send(page)
        assert page.locator(".error-summary a").first.is_visible()  # nobody is counted yet
        page.fill("[name=women]", "1")
        send(page)
        assert "Thank you. Your notification has number" in page.inner_text("main")
    assert Notification.objects.get().women == 1


@pytest.mark.long
def test_a_person_is_changed_without_script(chromium: Any, live_server: Any, karin: User) -> None:
    person = Person.objects.get()
    with open_page(chromium, live_server.url, java_script_enabled=False) as page:
        opened(page, karin, live_server.url)
        page.goto(f"{person.get_absolute_url()}edit/")
        page.locator("[name=age_class]").select_option("35-49")
        send(page)
        assert "The changes are saved." in page.inner_text("main")
    person.refresh_from_db()
    assert person.age_class == "35-49"
