"""Export of calls: exactly the list, in scope, read back by the import; a call is never counted as a
person."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from cases import export_files
from cases.actions.calls import log_call
from cases.models import Call
from exchange.models import ExportFile
from jobs.models import Job
from jobs.worker import work
from tests.actors import NOON, access
from tests.cases.pages import coordinator, operator, signed_in

pytestmark = pytest.mark.django_db
URL = "/calls/export/"
ASKED = {"format": "csv", "purpose": "Uppföljning av telefonen"}


@pytest.fixture
def olle() -> Any:
    return operator()


@pytest.fixture
def client(olle: Any) -> Client:
    return signed_in(olle)


def log(by: Any, days: int = 0, **facts: Any) -> Call:
    call = Call(received_at=NOON - timedelta(days=days), **{"caller_group_id": "caller:social", **facts})
    return log_call(call=call, lists={}, by=access(by))


def make(client: Client, query: str = "", **changes: str) -> bytes:
    answer = client.post(URL + query, {**ASKED, **changes})
    assert answer.status_code == 302, answer.context["form"].errors
    return b"".join(client.get(answer["Location"] + "file/").streaming_content)


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_the_file_has_the_calls_of_the_list_in_its_order(client: Client, olle: Any) -> None:
    for n in range(8):
        due = (NOON + timedelta(days=n)).date() if n % 2 else None
        log(olle, n, caller_county_id="14" if n % 3 else "13", referred_region_id="V" if n % 4 else None,
            follow_up_due=due)  # fmt: skip
    for query in ("", "?sort=received", "?county=14&sort=-received", "?region=V", "?follow_up=planned"):
        listed = [str(call.code) for call in client.get(f"/calls/{query}").context["calls"]]
        assert listed
        assert [row[0] for row in rows(make(client, query))[1:-1]] == listed, query


def test_a_coordinator_takes_along_the_calls_of_the_own_region_only(olle: Any) -> None:
    mine, other = log(olle, referred_region_id="V", note="Hemlig rad"), log(olle, referred_region_id="SY")
    data = make(signed_in(coordinator())).decode()
    assert str(mine.code) in data
    assert str(other.code) not in data
    assert "Hemlig" not in data


@pytest.mark.parametrize("role", ["officer", "analyst", "manager", "administrator", "dpo"])
def test_other_roles_are_refused(role: str) -> None:
    from tests.actors import user

    assert signed_in(user("Nora", role, agency="police")).get(URL).status_code == 403


def test_a_purpose_is_asked_for_and_stands_in_manifest_and_audit_log(client: Client, olle: Any) -> None:
    log(olle)
    assert client.post(URL, {**ASKED, "purpose": ""}).context["form"].errors.keys() == {"purpose"}
    data = make(client, "?region=V&follow_up=planned")
    file = ExportFile.objects.get()
    manifest = client.get(f"/exports/{file.code}/manifest/").json()
    assert (manifest["content"], manifest["rows"], manifest["purpose"]) == ("calls", 0, ASKED["purpose"])
    assert manifest["filter"] == {"region": "V", "follow_up": "planned"}
    assert "persons" not in manifest
    event = Event.objects.get(action="export.calls")
    assert (event.rows, event.search_kind, event.reason) == (0, "follow_up,region", ASKED["purpose"])
    assert rows(data)[-1][:2] == ["# end", "rows=0"]


def test_five_calls_and_thirty_cost_the_same_queries(client: Client, olle: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            make(client)
        return len(seen)

    for n in range(5):
        log(olle, n)
    make(client)
    few = queries()
    for n in range(25):
        log(olle, n)
    assert queries() == few


def test_a_large_file_is_a_background_run(client: Client, olle: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_files, "SMALL", 1)
    log(olle), log(olle, 1)
    answer = client.post(URL, ASKED)
    job = Job.objects.get()
    assert answer["Location"] == job.get_absolute_url()
    work(once=True)
    job.refresh_from_db()
    assert len(rows(b"".join(client.get(job.result["url"] + "file/").streaming_content))) == 4


def test_the_list_offers_its_own_export(client: Client, olle: Any) -> None:
    log(olle)
    assert (
        f"{URL}?region=V&amp;sort=received" in client.get("/calls/?region=V&sort=received").content.decode()
    )
