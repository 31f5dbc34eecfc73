"""What a version tells everybody of its own quality: how many came late, and how many are counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils.html import strip_tags

from accounts.access import Access
from summaries.counting import summary as quality
from summaries.counting.historical import decide_standing_exemption
from summaries.release.models import Publication
from tests.actors import NOON
from tests.summaries.releasing import released
from tests.summaries.small_year import ALONE, add, prepare

pytestmark = pytest.mark.django_db


@pytest.fixture
def late() -> Iterator[dict[int, int]]:
    """How many were registered late, by year."""
    found: dict[int, int] = {}
    with patch.object(quality, "_late_of", lambda _access, year: found.get(year, 0)):
        yield found


def declared(vera: Access, anna: Access, confirmed: int = 0) -> str:
    """The page of quality, where so many double registrations were found."""
    decide_standing_exemption()
    add(vera)
    draft = prepare(anna, ALONE)
    trials = quality.range_of(confirmed=confirmed, waiting=0, total=60, met_by_several=0)
    with patch.object(quality, "registered_twice", lambda _access, _found: trials):
        released(draft=draft, digest=draft.digest, state=Publication.State.PRELIMINARY, by=anna)
    return " ".join(strip_tags(Client().get("/statistik/2018/kvalitet/?lang=en").content.decode()).split())


@pytest.mark.parametrize(
    ("n", "said"), [(0, "fewer than 5 were"), (4, "fewer than 5 were"), (5, "5 were"), (31, "31 were")]
)
def test_late_records_of_the_year_before_are_told_by_number(
    vera: Access, anna: Access, late: dict[int, int], n: int, said: str
) -> None:
    late[2017] = n
    text = f"Of the persons of 2017, {said} registered later than January of the next year."
    assert text in declared(vera, anna)


def test_how_many_are_counted_twice_is_told_with_a_size(
    vera: Access, anna: Access, late: dict[int, int]
) -> None:
    """Six of 60 found: nine to twelve are not, as inside."""
    page = declared(vera, anna, confirmed=6)
    inside = [one.not_found for one in quality.range_of(confirmed=6, waiting=0, total=60, met_by_several=0)]
    assert inside == [9, 12]
    assert "About 15 to 20 per cent of the persons of the year are thought to be counted twice." in page
    assert "assumes that 3 to 4 of 10 duplicates are found" in page


def test_where_nothing_was_found_no_size_is_told(vera: Access, anna: Access, late: dict[int, int]) -> None:
    assert "thought to be counted twice" not in declared(vera, anna)


def test_it_is_read_from_the_register_itself(vera: Access, anna: Access) -> None:
    """Registered in March 2019 of 2018: all of them came late for the version of 2019."""
    add(vera)
    found = quality.for_everybody(2019, NOON, 5)
    assert found["late"]["year"] == 2018
    assert (found["regions"], found["twice"]) == (quality.number_of_regions(), [])
