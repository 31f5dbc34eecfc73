"""A reflection period or permit that ends is told 30 days before, in red in the last week, and after its end
until somebody says that it is dealt with."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from accounts.access import Access
from accounts.roles import Role
from audit.models import Event
from cases.actions.cases import deal_with_end
from cases.models import Case, Measure
from cases.timeline import ending, in_red
from tests.actors import NOON, access, user
from tests.cases.pages import signed_in
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


@pytest.fixture
def vera() -> Access:
    return access(user("Vera", Role.COORDINATOR, region="V", language="en"))


def measure(by: Access, days: int | None, kind: str = "reflection", **facts: object) -> Measure:
    """With its last day so many days from today."""
    case = new_case(new_person(measures=((kind, "2018-05"),)), by=by)
    ends_on = None if days is None else TODAY + timedelta(days=days)
    Measure.objects.filter(person__case=case).update(ends_on=ends_on, **facts)
    return Measure.objects.get(person__case=case)


@pytest.mark.parametrize(
    ("days", "told", "red"),
    [(31, False, False), (30, True, False), (8, True, False), (7, True, True), (-400, True, True)],
)
def test_it_is_told_thirty_days_before_in_red_at_seven_and_after_its_end(
    vera: Access, days: int, told: bool, red: bool
) -> None:
    row = measure(vera, days)
    assert ending(vera).exists() is told
    assert in_red(row.ends_on, TODAY) is red


def test_permits_are_told_too_but_not_other_measures_nor_what_was_not_accepted_nor_without_a_day(
    vera: Access,
) -> None:
    permit = measure(vera, 3, "permit")
    measure(vera, 3, "shelter")
    measure(vera, 3, answer="offered")
    measure(vera, None)
    assert list(ending(vera)) == [permit]


def test_in_a_closed_case_what_comes_is_told_and_what_has_ended_is_not(vera: Access) -> None:
    ended, comes = measure(vera, -3), measure(vera, 3)
    Case.objects.update(state="closed")
    assert list(ending(vera)) == [comes]
    Case.objects.update(state="follow_up")
    assert set(ending(vera)) == {ended, comes}


def test_it_is_listed_until_it_is_dealt_with_and_again_with_another_last_day(vera: Access) -> None:
    row = measure(vera, -3)
    client = signed_in(vera.user)
    client.cookies["django_language"] = "en"
    with time_machine.travel(NOON, tick=False):
        page = client.get("/cases/ending/").content.decode()
        assert "ended 3 days ago" in page
        assert row.person.number in page
        own_client = " ".join(client.get("/").content.decode().split())
        assert '<strong class="late small">ended 3 days ago</strong>' in own_client
        client.post(f"{row.person.get_absolute_url()}measures/{row.pk}/ended/")
        assert "Nothing ends soon." in client.get("/cases/ending/").content.decode()
    Measure.objects.update(ends_on=date(2019, 3, 20))
    assert list(ending(vera)) == [row]
    deal_with_end(measure=Measure.objects.get(), by=vera)
    deal_with_end(measure=Measure.objects.get(), by=vera)
    assert Event.objects.filter(action="measure.dealt_with", target_label=row.person.number).count() == 2


def test_another_region_is_told_nothing_and_deals_with_nothing(vera: Access) -> None:
    row = measure(vera, 3)
    sune = access(user("Sune", Role.COORDINATOR, region="SY"))
    assert not ending(sune).exists()
    assert (
        signed_in(sune.user).post(f"{row.person.get_absolute_url()}measures/{row.pk}/ended/").status_code
        == 404
    )
