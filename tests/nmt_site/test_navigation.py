"""Each role has its menu, with the page one is on marked; links to public pages ask for the reader's
language."""

from __future__ import annotations

from typing import Final

import pytest
from django.test import RequestFactory
from django.utils import translation

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from nmt_site.context import items_for, public_items, site
from tests.actors import NOON

# What each role finds in its menu, by address: a second line beside the rights that lead there.
MENUS: Final = {
    Role.OPERATOR: "/ /calls/ /cases/?state=open /coordinators/ /knowledge/ /summaries/",
    Role.COORDINATOR: "/ /cases/?state=open /calls/ /coordinators/ /knowledge/ /summaries/",
    Role.OFFICER: "/ /cases/notify/ /cases/notifications/ /coordinators/ /knowledge/ /summaries/",
    Role.ANALYST: "/ /summaries/ /summaries/publications/ /summaries/dark-figure/ /taking-over/differences/"
    " /admin/summaries/",
    Role.MANAGER: "/ /approvals/ /summaries/ /summaries/publications/ /taking-over/differences/",
    Role.ADMINISTRATOR: "/ /admin/accounts/user/ /admin/agencies/agency/ /coordinators/ /admin/agencies/code/"
    " /audit/",
    Role.DPO: "/ /approvals/ /audit/ /sessions/",
}


def someone(role: Role) -> Access:
    return Access(User(role=role), role, NOON)


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_short_menu_that_begins_with_my_page_and_leads_somewhere(role: Role) -> None:
    menu = items_for(someone(role))
    assert [item.url for item in menu] == MENUS[role].split()
    assert len(menu) <= 6


def test_the_page_one_is_on_is_marked_and_a_page_below_it_marks_it_less_exactly() -> None:
    olle = someone(Role.OPERATOR)
    marked = {
        path: [i for i in items_for(olle, path) if i.current] for path in ("/", "/cases/", "/cases/new/")
    }
    cases = "/cases/?state=open"
    assert [item.url for items in marked.values() for item in items] == ["/", cases, cases]
    assert [items[0].exact for items in marked.values()] == [True, True, False]


def test_nobody_signed_in_has_no_menu() -> None:
    assert items_for(None, "/") == []


def test_a_link_to_a_public_page_asks_for_the_readers_language(rf: RequestFactory) -> None:
    """The pages are the same for everybody, so that caches may keep them: no cookie tells them a language."""
    with translation.override("en"):
        assert [item.url for item in public_items("/statistik/")] == [
            "/statistik/?lang=en",
            "/statistik/serier/?lang=en",
            "/statistik/om/?lang=en",
        ]
        assert public_items("/statistik/")[0].current
        assert site(rf.get("/"))["public_home"] == "/statistik/?lang=en"
    with translation.override("sv"):
        assert [item.url for item in public_items()] == [
            "/statistik/",
            "/statistik/serier/",
            "/statistik/om/",
        ]


def test_every_list_of_an_analyst_marks_the_sources_they_are() -> None:
    asa = someone(Role.ANALYST)
    for name in ("historicalfigure", "population", "justicefigure"):
        [here] = [item for item in items_for(asa, f"/admin/summaries/{name}/import/") if item.current]
        assert here.url == "/admin/summaries/"
