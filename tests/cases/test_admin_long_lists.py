"""The lists of casework in the admin are counted to a bound, however long they are."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from cases.admin.base import BoundedPaginator
from tests.makers import new_case
from tests.nmt_site.admin_pages import CASEWORK, address, client_of, someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def karin() -> User:
    karin = someone(Role.COORDINATOR, "Karin")
    for _number in range(3):
        new_case(by=Access.of(karin))
    return karin


def end_of_list(karin: User) -> str:
    page = client_of(karin).get(address("cases_case")).content.decode()
    return " ".join(page.split('<p class="paginator">', 1)[1].split("</p>", 1)[0].split())


def test_a_list_says_how_many_there_are(karin: User) -> None:
    assert end_of_list(karin) == '<span class="num">3</span> ärenden'


def test_of_a_long_list_the_first_are_shown_and_the_page_says_so(
    karin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BoundedPaginator, "most", 2)
    assert end_of_list(karin) == "De första 2 visas. Filtrera för att hitta andra."


@pytest.mark.parametrize("model", CASEWORK)
def test_no_list_is_counted_to_its_end(karin: User, model: str) -> None:
    client = client_of(karin)
    with CaptureQueriesContext(connection) as asked:
        client.get(address(model))
    counts = [query["sql"] for query in asked if query["sql"].startswith("SELECT COUNT(*)")]
    assert counts
    assert [sql for sql in counts if "LIMIT 1000" not in sql] == []


@pytest.mark.parametrize("model", CASEWORK)
def test_a_list_is_sorted_by_columns_that_an_index_begins_with(karin: User, model: str) -> None:
    """By its links; else the whole table would be sorted for each page."""
    listed = client_of(karin).get(address(model)).context["cl"]
    indexed = {index.fields[0].lstrip("-") for index in listed.opts.indexes}
    indexed |= {field.name for field in listed.opts.fields if field.unique}
    assert set(listed.sortable_by) <= indexed
    assert listed.sortable_by
