"""A list in which nothing stands says what will stand there, and leads to the next step by one link; one that
is empty because of a filter offers to take it away."""

from __future__ import annotations

import re
from typing import Final

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from knowledge.models import Article
from summaries.models import HistoricalFigure
from tests.actors import user
from tests.ours import ROOT

WHO: Final = {Role.OPERATOR, Role.COORDINATOR, Role.OFFICER, Role.ANALYST, Role.MANAGER, Role.DPO}
LISTS: Final[tuple[tuple[Role | None, str, dict[str, str]], ...]] = (
    (Role.OPERATOR, "calls:list", {}),
    (Role.OPERATOR, "cases:list", {}),
    (Role.OPERATOR, "cases:reminders", {}),
    (Role.OPERATOR, "knowledge:index", {}),
    *((Role.COORDINATOR, name, {}) for name in (
        "calls:list", "cases:list", "cases:persons", "cases:notifications", "cases:mistakes", "cases:ending",
        "cases:reminders", "cases:duplicates", "agencies:approvals", "admin:cases_case_changelist",
        "admin:cases_call_changelist", "admin:cases_person_changelist",
    )),
    (Role.OFFICER, "cases:notifications", {}),
    (Role.MANAGER, "agencies:approvals", {}),
    (Role.ANALYST, "summaries:publications", {}),
    (Role.ANALYST, "summaries:comparison", {}),
    (Role.ANALYST, "summaries:dark_figure", {}),
    (None, "public:start", {}),
    (None, "public:series", {}),
)  # fmt: skip
FILTERED: Final[tuple[tuple[Role, str, dict[str, str]], ...]] = (
    (Role.OPERATOR, "calls:list", {"year": "2012"}),
    (Role.COORDINATOR, "cases:list", {"year": "2012"}),
    (Role.COORDINATOR, "cases:persons", {"year": "2012"}),
    (Role.COORDINATOR, "admin:cases_case_changelist", {"state": "open"}),
    (Role.DPO, "audit_pages:audit", {"from": "2001-01-01", "to": "2001-01-02"}),
    (Role.OPERATOR, "knowledge:index", {"topic": "topic:person"}),
)


@pytest.fixture
def clients(db: None) -> dict[Role | None, Client]:
    """Those who read lists, in a register without figures and articles."""
    HistoricalFigure.objects.all().delete()
    Article.objects.all().delete()
    made: dict[Role | None, Client] = {None: Client()}
    for role in WHO:
        made[role] = Client()
        made[role].force_login(user(f"a-{role}", role, region="V" if role == Role.COORDINATOR else ""))
    return made


def links_of(client: Client, address: str, query: dict[str, str]) -> list[str]:
    """Return where the sentence of an empty list leads to."""
    page = client.get(address, query).content.decode()
    sentence = re.search(r'<(div|p) class="empty">(.*?)</\1>', page, re.DOTALL)
    return re.findall(r'<a\s[^>]*?href="([^"]+)"', sentence[2]) if sentence else []


def test_each_empty_list_has_a_sentence_and_a_link(clients: dict[Role | None, Client]) -> None:
    links = {(role, name): links_of(clients[role], reverse(name), query) for role, name, query in LISTS}
    assert {place: found for place, found in links.items() if len(found) != 1} == {}


def test_each_filtered_list_that_is_empty_has_a_way_out(clients: dict[Role | None, Client]) -> None:
    for role, name, query in FILTERED:
        address = reverse(name)
        (link,) = links_of(clients[role], address, query)
        assert link.partition("?")[0] in ("", address), name
        assert "year=" not in link, name


def test_no_page_has_an_empty_state_of_its_own() -> None:
    """Each is the one template, which gives it title, sentence and link alike."""
    own = {
        str(path.relative_to(ROOT / "templates"))
        for path in (ROOT / "templates").rglob("*.html")
        if 'class="empty"' in path.read_text()
    }
    assert own == {"_empty.html", "admin/exchange_change_list.html"}
