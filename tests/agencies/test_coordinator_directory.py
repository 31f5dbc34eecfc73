"""By county, the coordinator on duty or who stands in; a fallback where there is none."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from accounts.roles import Role
from agencies.directory import directory, duty_in
from agencies.models import Coordinator, County, CountyRegion, Region
from tests.actors import user

pytestmark = pytest.mark.django_db
DAY = date(2019, 3, 1)


def card(
    name: str,
    region: str,
    kind: str = "coordinator",
    first: date = date(2015, 1, 1),
    last: date | None = None,
) -> None:
    Coordinator.objects.create(
        region=Region.objects.get(code=region),
        kind=kind,
        name=name,
        phone="000-000 01 01",
        valid_from=first,
        valid_to=last,
    )


def on_duty(county: str, day: date = DAY) -> list[str]:
    duty = duty_in(county, day)
    assert duty is not None
    return [row.name for row in duty.on_duty]


def test_every_county_has_its_region() -> None:
    assert sum(len(duty.counties) for duty in directory(DAY)) == 21
    assert len(directory(DAY)) == 7


def test_the_coordinator_of_the_county_s_region_is_on_duty() -> None:
    card("Vera", "V")
    assert on_duty("14") == ["Vera"]
    assert on_duty("12") == []


def test_a_deputy_stands_in_on_the_days_of_the_row() -> None:
    card("Vera", "V")
    card("Dana", "V", "deputy", date(2019, 2, 20), date(2019, 3, 1))
    assert on_duty("14") == ["Dana"]
    assert on_duty("14", date(2019, 3, 2)) == ["Vera"]


def test_a_county_that_moved_is_found_in_its_region_of_the_day() -> None:
    card("Vera", "V")
    CountyRegion.objects.create(
        county=County.objects.get(code="20"), region=Region.objects.get(code="V"), valid_from=DAY
    )
    assert on_duty("20") == ["Vera"]
    assert on_duty("20", date(2019, 2, 28)) == []


def test_the_directory_takes_a_constant_number_of_queries(
    client: Client, django_assert_max_num_queries: object
) -> None:
    client.force_login(user("Olle", Role.OPERATOR))
    for step in range(30):
        card(f"Vera {step}", "V")
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        page = client.get("/coordinators/").content.decode()
    assert "Vera 29" in page


def test_a_region_without_a_coordinator_leads_to_the_support_line(client: Client) -> None:
    client.force_login(user("Olle", Role.OPERATOR))
    assert "020-390" in client.get("/coordinators/duty/?caller_county=14").content.decode()


def test_an_analyst_has_no_use_for_the_directory(client: Client) -> None:
    client.force_login(user("Anna", Role.ANALYST))
    assert client.get("/coordinators/").status_code == 403
