"""A correction that cannot be protected beside what was published is told to nobody outside; the headline
alone can always be revised."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.access import Access
from accounts.roles import Role
from jobs import worker
from jobs.models import Job
from summaries.release.corrections import steps_of_the_last
from summaries.release.models import Publication
from summaries.release.workbench import benches
from tests.actors import access, user
from tests.summaries import stored_years
from tests.summaries.releasing import released, withdrawn
from tests.summaries.small_year import cells

pytestmark = pytest.mark.django_db
YEAR = "/summaries/publications/2018/"


@pytest.fixture(scope="module", autouse=True)
def correction_that_fails(begin: Callable[[Callable[[], None]], None]) -> Iterator[None]:
    begin(stored_years.correction_that_fails)
    with stored_years.made_anew_at_once():
        yield


@pytest.fixture
def fails() -> Publication:
    """The draft of one woman more than was published, alike in all to most others."""
    return Publication.objects.drafts().get()


def page(who: Access | None, address: str) -> str:
    client = Client()
    if who:
        client.force_login(who.user)
    client.cookies["django_language"] = "en"
    answer = client.get(address, {"lang": "en"} if address.startswith("/statistik/") else {})
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_nobody_outside_reads_that_there_is_an_error(fails: Publication, anna: Access) -> None:
    assert not fails.passed
    text = page(None, "/statistik/2018/")
    assert "60 presumed victims" in text
    assert "known since" not in text

    def told() -> Any:
        answers = [Client().get(f"/statistik/2018/status.json?lang={one}").json() for one in ("sv", "en")]
        assert answers[0] == answers[1]
        return answers[0]

    version = {"version": 1, "state": "final", "published": "2019-03-01", "withdrawn": None}
    found = {"year": 2018, "newest": 1, "versions": [version], "corrections": []}
    assert told() == found
    withdrawn(publication=Publication.objects.published().get(), reason="It was wrong.", by=anna)
    after = {**version, "state": "withdrawn", "withdrawn": "2019-03-01"}
    assert told() == {**found, "newest": None, "versions": [after]}


def test_the_analyst_finds_what_can_be_done(fails: Publication, anna: Access) -> None:
    mona = access(user("Mona", Role.MANAGER))
    for who in (anna, mona):
        assert "Choose coarser categories, or revise only the headline." in page(who, YEAR)
    assert 'value="headline"' in page(anna, YEAR)
    assert 'value="headline"' not in page(mona, YEAR)


def test_what_only_the_earlier_version_tells_is_named(fails: Publication, anna: Access) -> None:
    """Of two purposes of women the one stands in version 1, and their sum is shown: the other is certain."""
    assert [cell for bench in benches(fails) for cell in bench.derivable]
    text = page(anna, YEAR)
    assert "Suppressed but derivable:" in text
    assert "<sup>3</sup>" in text


def worked() -> None:
    worker.work(once=True)
    assert Job.objects.get().state == Job.State.DONE, Job.objects.get().error


def test_the_headline_alone_is_revised(fails: Publication, anna: Access, client: Client) -> None:
    client.force_login(anna.user)
    client.post(f"{YEAR}protect/", {"instead": "headline"})
    worked()
    draft = Publication.objects.drafts().get()
    assert draft.passed
    assert [table["name"] for table in draft.tables] == ["groups"]
    assert "Protect all tables again" in page(anna, YEAR)
    row = released(draft=draft, digest=draft.digest, state="revised", by=anna)
    assert cells(row, "groups")["*",] == (61, "shown")
    assert "61 presumed victims were identified in 2018" in page(None, "/statistik/2018/")
    assert steps_of_the_last(2018) == stored_years.FEW_TABLES
