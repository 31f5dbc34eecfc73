"""A correction that cannot be protected beside what was published waits, and everybody is told that there is
an error; the headline alone can always be revised."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from accounts.access import Access
from accounts.roles import Role
from audit.models import Event
from cases.models import Person
from jobs import worker
from jobs.kinds import HOURLY
from jobs.models import Job
from summaries.classifications import LEFT_OUT
from summaries.counting.build import of_the_register
from summaries.release import actions, corrections
from summaries.release.corrections import NIGHT as NIGHT_HOURS, try_waiting, ways_out
from summaries.release.custom_releases import hand_out
from summaries.release.models import Publication, WaitingCorrection
from summaries.release.workbench import benches
from summaries.tables.gate import EARLIER
from tests.actors import NOON, access, user
from tests.summaries import stored_years
from tests.summaries.releasing import released, withdrawn
from tests.summaries.small_year import cells
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db
YEAR = "/summaries/publications/2018/"
DOCS = Path(__file__).resolve().parents[2] / "docs"
PROMISED = ("anvandarguide.md", "disclosure-control.md")
NIGHT = datetime(2019, 3, 2, 2, tzinfo=UTC)
PUBLIC = {"sv": "Ett fel i uppgifterna i den här versionen", "en": "An error in the figures of this version"}


@pytest.fixture(scope="module", autouse=True)
def correction_that_waits(begin: Callable[[Callable[[], None]], None]) -> None:
    begin(stored_years.correction_that_waits)


@pytest.fixture
def waits() -> Publication:
    """The draft of one woman more than was published, alike in all to most others."""
    return Publication.objects.drafts().get()


def page(who: Access | None, address: str, language: str = "en") -> str:
    client = Client()
    if who:
        client.force_login(who.user)
    client.cookies["django_language"] = language
    answer = client.get(f"{address}?lang={language}" if address.startswith("/statistik/") else address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("language", mostly_long(["sv", "en"], usual=["en"]))
def test_everybody_reads_that_there_is_an_error_and_no_figure_of_it(
    waits: Publication, language: str
) -> None:
    assert not waits.passed
    text = page(None, "/statistik/2018/", language)
    assert PUBLIC[language] in text
    assert "2019-03-01" in text
    assert "60" in text
    assert "61" not in text.split(PUBLIC[language])[1].split("</p>")[0]
    assert [event.action for event in Event.objects.order_by("-sequence")[:2]] == [
        "correction.wait",
        "publication.protect",
    ]


def test_the_command_tells_of_it_in_the_exempt_groups_alone(waits: Publication) -> None:
    tables = hand_out(of_the_register(NOON), 2018, seconds=1)  # what the command prints
    texts = {table.name: {cell.key: (cell.value, str(cell.status)) for cell in table} for table in tables}
    assert texts.pop("groups")["women",] == (41, "shown")
    groups = {("*", column) for column in ("*", "women", "men", "girls", "boys", "other", "unknown")}
    for table in texts.values():
        assert {status for key, (_value, status) in table.items() if key not in groups} == {"missing"}


def test_programs_read_that_there_is_an_error_and_no_figure_of_it(waits: Publication, anna: Access) -> None:
    def told() -> Any:
        answers = [Client().get(f"/statistik/2018/status.json?lang={one}").json() for one in ("sv", "en")]
        assert answers[0] == answers[1]
        return answers[0]

    version = {"version": 1, "state": "final", "published": "2019-03-01", "withdrawn": None}
    found = {"year": 2018, "newest": 1, "versions": [version]}
    assert told() == {**found, "corrections": [{"known_since": "2019-03-01"}]}
    WaitingCorrection.objects.update(ended_at=NOON)
    assert told() == {**found, "corrections": []}
    withdrawn(publication=Publication.objects.published().get(), reason="It was wrong.", by=anna)
    after = {**version, "state": "withdrawn", "withdrawn": "2019-03-01"}
    assert told() == {**found, "newest": None, "versions": [after], "corrections": []}


def test_analyst_and_manager_find_it_on_their_page_with_what_can_be_done(
    waits: Publication, anna: Access
) -> None:
    mona = access(user("Mona", Role.MANAGER))
    for who in (anna, mona):
        assert "Corrections that wait" in page(who, "/")
        assert "The correction waits" in page(who, YEAR)
    assert "Revise the headline alone" in page(anna, YEAR)
    assert "Revise the headline alone" not in page(mona, YEAR)
    assert "Corrections that wait" not in page(access(user("Olle", Role.OPERATOR)), "/")


def test_what_only_the_earlier_version_tells_is_marked_so_and_leads_to_it(
    waits: Publication, anna: Access
) -> None:
    """Of two purposes of women the one stands in version 1, and their sum is shown: the other is certain."""
    reasons = [reason for bench in benches(waits) for reason in bench.reasons.values()]
    assert EARLIER in reasons
    assert 1 in [version for bench in benches(waits) for _name, version in bench.derivable_from_earlier]
    text = page(anna, YEAR)
    assert "Told by an earlier version:" in text
    assert re.search(r'href="/statistik/2018/v1/[^"]*">version 1</a>', text)
    assert "<sup>4</sup>" in text


def test_a_draft_that_fails_though_nothing_has_changed_is_no_error(anna: Access) -> None:
    the_last_is_no_victim()
    WaitingCorrection.objects.all().delete()
    actions.protect_draft(year=2018, by=anna)
    assert not WaitingCorrection.objects.exists()
    assert PUBLIC["sv"] not in page(None, "/statistik/2018/", "sv")


def worked() -> None:
    worker.work(once=True)
    assert Job.objects.get().state == Job.State.DONE, Job.objects.get().error


def test_the_headline_alone_is_revised_and_the_note_goes(
    waits: Publication, anna: Access, client: Client
) -> None:
    client.force_login(anna.user)
    client.post(f"{YEAR}protect/", {"instead": "headline"})
    worked()
    draft = Publication.objects.drafts().get()
    assert draft.passed
    assert [table["name"] for table in draft.tables] == ["groups"]
    assert "Protect all tables again" in page(anna, YEAR)
    row = released(draft=draft, digest=draft.digest, state="revised", by=anna)
    assert cells(row, "groups")["*",] == (61, "shown")
    text = page(None, "/statistik/2018/", "en")
    assert "61 presumed victims were identified in 2018" in text
    assert PUBLIC["en"] not in text
    assert WaitingCorrection.objects.get().ended_at == anna.at
    assert actions.corrections.steps_of_the_last(2018) == stored_years.FEW_TABLES


def the_last_is_no_victim() -> None:
    """As was published: nobody is there any more who was not."""
    Person.objects.filter(pk=Person.objects.latest("pk").pk).update(status="not_victim")


def test_it_is_tried_again_once_each_night_and_ends_where_the_register_says_what_is_published(
    waits: Publication, anna: Access
) -> None:
    assert try_waiting(at=NOON) == 0
    assert try_waiting(at=NIGHT) == 1
    assert try_waiting(at=NIGHT) == 0
    row = WaitingCorrection.objects.get()
    assert (row.tried, row.tried_at, row.ended_at) == (2, NIGHT, None)
    assert row.ways.keys() & {"coarser", "now"}
    assert Event.objects.order_by("sequence").last().action == "correction.try"  # type: ignore[union-attr]
    the_last_is_no_victim()
    assert try_waiting(at=NIGHT.replace(day=3)) == 1
    assert WaitingCorrection.objects.get().ended_at == NIGHT.replace(day=3)
    assert PUBLIC["en"] not in page(None, "/statistik/2018/", "en")


def test_who_does_not_want_to_wait_for_the_night_asks_for_a_run(
    waits: Publication, anna: Access, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrections, "NIGHT", range(0))  # by night the worker tries it once more by itself
    client.force_login(anna.user)
    client.post(f"{YEAR}correction/")
    worked()
    row = WaitingCorrection.objects.get()
    assert row.tried == 2
    text = page(anna, YEAR)
    if row.ways["coarser"]:
        assert "It can be published when these tables are coarser" in text
        client.post(f"{YEAR}protect/", {"instead": "coarser"})
        worker.work(once=True)
        assert Publication.objects.drafts().get().passed
    else:
        assert "No coarser categories were found" in text


def test_the_guide_and_the_document_promise_what_is_so() -> None:
    guide, document = (" ".join((DOCS / name).read_text().split()) for name in PROMISED)
    assert "huvuduppgifterna ensamma kan alltid revideras" in guide
    assert "registret prövar den på nytt varje natt" in guide
    assert "by the worker between one and five each night" in document
    assert (min(NIGHT_HOURS), max(NIGHT_HOURS) + 1) == (1, 5)
    assert {work.__name__ for work in HOURLY} >= {"try_waiting", "attack_again"}


def tried(passing: Any, open_: tuple[str, ...]) -> Any:
    return lambda steps: SimpleNamespace(passed=passing(steps), open=open_)


def test_only_those_tables_are_named_that_have_to_be_coarser() -> None:
    found = ways_out({"offence": 1}, tried(lambda s: s.get("region", 0) != 0, ("region", "offence")))
    assert found == {"coarser": {"region": 1}, "steps": {"offence": 1, "region": 1}}
    assert ways_out({}, tried(lambda _s: True, ())) == {"now": True}
    assert ways_out({}, tried(lambda _s: False, ())) == {"coarser": {}}
    left = ways_out({}, tried(lambda s: s.get("eu_status") == LEFT_OUT, ("eu_status", "ages")))
    assert left["coarser"] == {"eu_status": LEFT_OUT}
