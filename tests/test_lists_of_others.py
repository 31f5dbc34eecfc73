"""Pages that list or count are the same to others whether region Väst has a case, a call and a notification
or nothing."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest

from home.models import LineNote
from tests.addresses import ADDRESSES
from tests.test_every_address import IN_TABLE, plain, url_of
from tests.weights import mostly_long
from tests.world import World, filled_world, one_world, undone

pytestmark = pytest.mark.django_db
HOW_MANY_EVENTS: Final = {"audit_pages:audit", "metrics", "operations"}  # pages that say how many there are
OF_THE_LINE: Final = ("calls:", "home:")  # every operator's
PAGES: Final = [
    name
    for name in IN_TABLE
    if ADDRESSES[name].get and not ADDRESSES[name].target and name not in HOW_MANY_EVENTS
]
Pages = dict[str, tuple[int, str]]


@pytest.fixture(scope="module", params=mostly_long(["syd", "olga", "officer2", "admin"], usual=["syd"]))
def before_and_after(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> tuple[Pages, Pages]:
    """What somebody reads while region Väst has nothing, and when it has a case."""
    with django_db_blocker.unblock():
        with one_world() as empty:
            before = _read(empty, request.param)
        with filled_world() as filled:
            after = _read(filled, request.param)
    return before, after


def _read(world: World, who: str) -> Pages:
    """Return the status and the text of each page that somebody may read."""
    pages = {}
    LineNote.objects.all().delete()  # the notes of the line are every operator's
    for name in PAGES:
        address = ADDRESSES[name]
        is_own = who == "olga" and name.startswith(OF_THE_LINE)
        if is_own or not (address.public or who in address.may):
            continue
        with undone():
            response = world.client(who).get(url_of(name, address, world))
        pages[name] = response.status_code, _but_calls(plain(response))
    return pages


def _but_calls(page: str) -> str:
    """Return it without the number of the line's calls, which is every operator's own."""
    return re.sub(r"(Calls to the line this week\D*<dd>)\d+", r"\1", page)


def test_no_list_or_count_changes_for_those_who_may_not_know(before_and_after: tuple[Pages, Pages]) -> None:
    before, after = before_and_after
    assert len(before) > 20
    assert {name for name in before if before[name] != after[name]} == set()
