"""A version is public at the minute that was announced, and nothing of it is a minute earlier."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.access import Access
from jobs.kinds import JobRefused
from summaries.release.corrections import headline_steps
from summaries.release.forms import AnnounceForm
from summaries.release.frozen import before_tables
from summaries.release.models import Announcement, Publication, shown_of
from summaries.release.release_actions import announce, cancel
from tests.actors import NOON
from tests.makers import new_case, new_person
from tests.summaries.small_year import published

pytestmark = pytest.mark.django_db
State = Publication.State
HOUR = NOON + timedelta(days=2)
MINUTE = timedelta(minutes=1)
EVERYWHERE = (
    "/statistik/", "/statistik/?lang=en", "/statistik/2018/", "/statistik/2018/internationellt/",
    "/statistik/2018/status.json", "/statistik/2018/tables.csv", "/statistik/2018/v2/",
    "/statistik/2018/v2/tables.json", "/statistik/2018/andringar/", "/statistik/alla-ar.csv",
    "/statistik/alla-ar.json", "/statistik/atom.xml", "/statistik/serier/", "/statistik/2018/groups/",
)  # fmt: skip
QUIET = ("/sitemap.xml", "/robots.txt", "/statistik/dcat.rdf", "/statistik/2018/kvalitet/")


def version(number: int, state: str = "final", again: int | None = None) -> Publication:
    return Publication(year=2018, version=number, state=state, shown_again=again)


def test_the_page_shows_what_was_chosen_when_the_newest_was_withdrawn() -> None:
    first, second = version(1), version(2)
    assert shown_of([second, first]) is second
    assert shown_of([version(2, "withdrawn"), first]) is None
    assert shown_of([version(2, "withdrawn", 1), first]) is first
    assert shown_of([version(3, "withdrawn", 2), version(2, "withdrawn", 1), first]) is first
    assert shown_of([version(3, "withdrawn", 2), version(2, "withdrawn"), first]) is None
    assert shown_of([]) is None


def test_nothing_of_a_version_is_outside_a_minute_before_its_hour_and_all_of_it_is_then(
    year: Publication, vera: Access, anna: Access, client: Client
) -> None:
    before = all_asked(client, NOON + MINUTE)
    new_case(*[new_person(sex="M", main="labour", county="01", agency="social") for _n in range(9)], by=vera)
    second = published(anna, State.REVISED, headline_steps())
    Publication.objects.filter(pk=second.pk).update(published_at=HOUR)
    assert all_asked(client, HOUR - MINUTE) == before
    with time_machine.travel(HOUR - MINUTE, tick=False):
        assert before_tables(2019)[0].value("*") == 60
    after = all_asked(client, HOUR)
    with time_machine.travel(HOUR, tick=False):
        assert before_tables(2019)[0].value("*") == 69
    assert [at for at in EVERYWHERE if after[at] == before[at] or after[at][0] != 200] == []


CACHED = [at for at in (*EVERYWHERE, *QUIET) if "/v2/" not in at and "robots" not in at]


def seconds_kept(client: Client, moment: datetime, addresses: Sequence[str] = CACHED[:5]) -> set[float]:
    """For how long a cache may keep them: until a time, less than a second of which it may still count."""
    with time_machine.travel(moment, tick=False):
        pages = [client.get(at) for at in addresses]
        unchanged = client.get("/statistik/2018/", headers={"if-none-match": pages[2]["ETag"]})
    assert unchanged.status_code == 304
    answers = (*pages, unchanged)
    assert {answer["Cache-Control"] for answer in answers} == {"public, must-revalidate"}
    ends = {parsedate_to_datetime(answer["Expires"]) for answer in answers}
    return {(end - moment).total_seconds() for end in ends}


def test_no_cache_keeps_a_page_or_file_past_the_announced_hour(
    year: Publication, anna: Access, client: Client
) -> None:
    assert seconds_kept(client, HOUR - MINUTE) == {59}, "nothing is announced"
    announce(year=2017, at=HOUR, contact="Statistik", by=anna)
    assert seconds_kept(client, HOUR - 9 * MINUTE) == {59}
    assert seconds_kept(client, HOUR - MINUTE / 2, CACHED) == {29}
    assert seconds_kept(client, HOUR - timedelta(seconds=1.5)) == {0.5}
    assert seconds_kept(client, HOUR) == {59}


def test_a_cancelled_release_says_why_where_its_hour_stood_until_the_year_is_announced_or_comes_out(
    anna: Access, client: Client
) -> None:
    def said(language: str = "sv") -> str:
        return client.get("/statistik/", {"lang": language}).content.decode()

    why = {"reason": "Två regioner saknas.", "reason_en": "Two regions are missing."}
    facts = {"year": 2019, "passed": True, "digest": "a", "checksum": "a", "approved_by": anna.user}
    Publication.objects.create(**facts, version=1, state=State.FINAL, published_at=NOON - MINUTE)
    announce(year=2019, at=HOUR, contact="Statistik", by=anna)
    with time_machine.travel(NOON + MINUTE, tick=False):
        cancel(year=2019, by=anna, **why)
        assert "Två regioner saknas." in said()
        assert "Two regions are missing." in said("en")
        with pytest.raises(JobRefused):
            cancel(year=2019, by=anna, **why)
    with time_machine.travel(HOUR + MINUTE, tick=False):
        assert "Två regioner saknas." in said(), "those who wait at the hour itself"
    with time_machine.travel(HOUR + timedelta(days=31), tick=False):
        assert "Två regioner saknas." not in said()
    with time_machine.travel(HOUR + MINUTE, tick=False):
        later = announce(year=2019, at=HOUR + timedelta(days=7), contact="Statistik", by=access_at(anna))
        assert "Två regioner saknas." not in said()
        later.delete()
        Publication.objects.create(**facts, version=2, state=State.REVISED, published_at=HOUR)
        assert "Två regioner saknas." not in said()
    with pytest.raises(IntegrityError), transaction.atomic():
        Announcement.objects.update(cancelled_reason_en="")


def access_at(anna: Access) -> Access:
    """Anna, now."""
    return Access.of(anna.user)


def all_asked(client: Client, moment: datetime) -> dict[str, tuple[object, ...]]:
    with time_machine.travel(moment, tick=False):
        return {at: asked(client, at) for at in (*EVERYWHERE, *QUIET)}


def asked(client: Client, address: str) -> tuple[object, ...]:
    page = client.get(address)
    found = page.status_code == 200  # else a page with the number of the request
    return page.status_code, page.get("ETag"), page.get("Last-Modified"), page.content if found else b""


def test_what_was_taken_back_before_its_hour_never_becomes_public(anna: Access) -> None:
    facts = {"year": 2019, "passed": True, "digest": "a", "checksum": "a", "approved_by": anna.user}
    row = Publication.objects.create(**facts, version=1, state=State.FINAL, published_at=HOUR)
    assert row in Publication.objects.public(HOUR)
    assert row not in Publication.objects.public(HOUR - MINUTE)
    row.state, row.withdrawn_at, row.withdrawn_reason = State.WITHDRAWN, HOUR - MINUTE, "Wrong."
    row.save()
    assert row not in Publication.objects.public(HOUR + MINUTE)
    row.withdrawn_at = HOUR + MINUTE
    row.withdrawal_approved_by, row.withdrawn_reason_en = anna.user, "Wrong."
    row.save()
    assert row in Publication.objects.public(HOUR + MINUTE)
    assert row not in Publication.objects.told(HOUR + MINUTE)


def test_the_calendar_has_what_is_coming_and_one_hour_a_year_beforehand(anna: Access) -> None:
    def announce(year: int, at: datetime, **more: object) -> Announcement:
        facts = {"contact": "statistik@example.org", "made_at": NOON, "made_by": anna.user, **more}
        return Announcement.objects.create(year=year, at=at, **facts)

    announce(2018, HOUR)
    announce(2017, HOUR - MINUTE)
    announce(2016, HOUR + MINUTE, ended_at=NOON)
    assert [(announcement.year, announcement.at) for announcement in Announcement.objects.told(NOON)] == [
        (2017, HOUR - MINUTE),
        (2018, HOUR),
    ]
    assert [announcement.year for announcement in Announcement.objects.told(HOUR - MINUTE)] == [2018]
    with pytest.raises(IntegrityError), transaction.atomic():
        announce(2018, HOUR + MINUTE)
    with pytest.raises(IntegrityError), transaction.atomic():
        announce(2015, NOON)


def test_day_and_time_of_a_release_each_have_a_name_of_their_own() -> None:
    """One legend over both does not tell which of the two a reader stands in."""
    fields = re.findall(r"<input[^>]*>", str(AnnounceForm()["at"]))
    names = [re.findall(r'aria-label="([^"]+)"', field) for field in fields]
    assert names == [["Dag"], ["Tid"]]
