"""What the register has otherwise than the public version is counted by night, and told inside alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from accounts.access import Access
from jobs.kinds import HOURLY
from summaries.release.corrections import count_by_night
from summaries.release.models import Publication
from tests.makers import new_case, new_person
from tests.summaries import stored_years
from tests.summaries.releasing import released
from tests.summaries.small_year import prepare

pytestmark = pytest.mark.django_db
NIGHT = datetime(2019, 3, 2, 2, tzinfo=UTC)
MESSAGE = "siffror skiljer sig"


@pytest.fixture(scope="module", autouse=True)
def _published_year(begin: Callable[[Callable[[], None]], None]) -> None:
    begin(stored_years.published_year)


def test_my_page_tells_the_analyst_how_many_figures_differ_and_nobody_outside(
    vera: Access, anna: Access, client: Client
) -> None:
    first = Publication.objects.get()
    client.force_login(anna.user)
    Publication.objects.update(published_at=NIGHT - timedelta(days=9))
    assert count_by_night(at=NIGHT) == 1
    assert MESSAGE not in client.get("/").content.decode(), "nothing differs yet"
    new_case(*[new_person(sex="M", main="labour", county="01", agency="social") for _n in range(9)], by=vera)
    assert count_by_night(at=NIGHT + timedelta(hours=10)) == 0, "nobody waits for it by day"
    assert count_by_night(at=NIGHT + timedelta(hours=1)) == 0, "once a night"
    assert count_by_night(at=NIGHT + timedelta(days=1)) == 1
    first.refresh_from_db()
    assert first.differing > 2
    assert f"{first.differing} {MESSAGE}" in " ".join(client.get("/").content.decode().split())
    for address in ("/statistik/", "/statistik/2018/", "/statistik/2018/status.json"):
        assert MESSAGE not in Client().get(address).content.decode()
    draft = prepare(anna, stored_years.FEW_TABLES)
    released(draft=draft, digest=draft.digest, state=Publication.State.REVISED, by=anna)
    assert MESSAGE not in client.get("/").content.decode(), "it is in the new version"
    assert count_by_night in HOURLY
