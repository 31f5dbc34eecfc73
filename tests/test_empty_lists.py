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
    (Role.DPO, "trail:audit", {"from": "2001-01-01", "to": "2001-01-02"}),
    (Role.OPERATOR, "knowledge:index", {"topic": "topic:person"}),
)


@pytest.mark.django_db
def test_each_empty_list_has_a_sentence_and_a_link_and_a_filtered_one_a_way_out() -> None:
    HistoricalFigure.objects.all().delete()
    Article.objects.all().delete()
    clients: dict[Role | None, Client] = {None: Client()}
    for role in WHO:
        clients[role] = Client()
        clients[role].force_login(user(f"a-{role}", role, region="V" if role == Role.COORDINATOR else ""))
    wrong = []
    for role, name, query in (*LISTS, *FILTERED):
        address = reverse(name)
        page = clients[role].get(address, query).content.decode()
        found = re.search(r'<(div|p) class="empty">(.*?)</\1>', page, re.DOTALL)
        links = re.findall(r'<a\s[^>]*?href="([^"]+)"', found[2]) if found else []
        out = any(one.partition("?")[0] in ("", address) and "year=" not in one for one in links)
        if len(links) != 1 or (query and not out):
            wrong.append((str(role), name, query, found and found[2]))
    assert wrong == []


def test_no_page_has_an_empty_state_of_its_own() -> None:
    """Each is the one template, which gives it title, sentence and link alike."""
    own = {
        str(path.relative_to(ROOT / "templates"))
        for path in (ROOT / "templates").rglob("*.html")
        if 'class="empty"' in path.read_text()
    }
    assert own == {"_empty.html", "admin/exchange_change_list.html"}
