"""Persons, cases and calls go out of the admin as files and come back as the same rows, without what is
secret."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from agencies.models import Agency, Code
from audit.models import Event
from cases.actions.calls import log_call
from cases.models import Call, Case, Person
from cases.resources import CallResource
from tests.exchange.list_files import (
    bring,
    confirm,
    counts_of,
    errors_of,
    rows,
    table,
    upload,
    wrong,
)
from tests.importers import brought
from tests.makers import new_case, new_person
from tests.nmt_site.admin_pages import address, client_of, export, someone
from tests.weights import every_value_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def west() -> User:
    return someone(Role.COORDINATOR, "Karin")


def register(west: User) -> Case:
    by = Access.of(west)
    several = new_person(
        main="labour", purposes=("sexual", "domestic"), age_class="7-12", child="yes", citizenship="RO",
        offence="trafficking", measures=(("police_report", "2018-06"), ("child_report", "2018-05")),
        municipality="Göteborg", channel="police",
        reference="K 4711", status_reason="Hemligt",
    )  # fmt: skip
    several.exploitations[0].sector_id = "sector:cleaning"
    from cases.models import Identification, Measure

    later = Identification(
        agency=Agency.objects.get(code="migration"),
        identified_on=several.identifications[0].identified_on + timedelta(days=9),
        county_id="13",
    )
    several.identifications.append(later)
    several.measures += [
        Measure(kind_id="measure:shelter"),
        Measure(kind_id="measure:shelter", answer="offered"),
    ]
    case = new_case(
        several,
        new_person(sex="M", child="unknown", age_class="unknown"),
        by=by,
        note="Hemlig anteckning",
        registry_number="2018/99",
    )
    south = someone(Role.COORDINATOR, "Sven", region="SY")
    new_case(new_person(county="12"), by=Access.of(south), region="SY")
    return case


def test_persons_come_back_as_the_same_rows(west: User) -> None:

    case = register(west)
    client = client_of(west)
    first = export(client, "cases_person", query="?o=0")
    lines = rows(first)
    assert lines[0] == [
        "case",
        "person",
        "identified_on",
        "agency",
        "municipality",
        "county",
        "channel",
        "sex",
        "child",
        "age_class",
        "citizenship",
        "status",
        "offence",
        "purposes",
        "main_purpose",
        "sector",
        "measures",
    ]
    assert len(lines) == 4  # two identifications of the first, one of the second
    assert lines[1][:7] == [
        case.number,
        f"{case.number}-P1",
        "2018-05-02",
        "police",
        "Göteborg",
        "14",
        "police",
    ]
    assert lines[1][9:] == [
        "7-12",
        "RO",
        "presumed",
        "trafficking",
        "domestic|sexual",
        "labour",
        "cleaning",
        "child_report:2018-05|police_report:2018-06",
    ]
    for kind in ("csv", "xlsx"):
        by = Access.of(west)
        done = brought("persons", export(client, "cases_person", kind), by)
        assert done.plan.counts() == {"new": 0, "changed": 0, "unchanged": 3, "failed": 0}, done.plan.errors
        assert done.run is not None
    assert export(client, "cases_person", query="?o=0") == first
    assert Person.objects.get(number=f"{case.number}-P1").measures.count() == 4


@pytest.mark.parametrize(
    ("model", "kind"), every_value_once(["cases_person", "cases_case", "cases_call"], ["csv", "xlsx"])
)
def test_notes_and_references_stay(west: User, model: str, kind: str) -> None:
    register(west)
    call = Call(
        received_at=timezone.now(), caller_group_id="caller:social", note="Hemlig rad", referred_region_id="V"
    )
    log_call(call=call, lists={}, by=Access.of(someone(Role.OPERATOR)))
    data = export(client_of(west), model, kind)
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(data)).active
        data = repr([[cell.value for cell in row] for row in sheet.iter_rows()]).encode()
    assert len(data) > 100
    for secret in ("Hemlig", "Hemligt", "4711", "2018/99"):
        assert secret.encode() not in data


def test_the_file_is_exactly_what_the_list_shows(west: User) -> None:
    case = register(west)
    by = Access.of(west)
    other = new_case(new_person(county="13"), by=by)
    client = client_of(west)
    number = lambda query: [line[0] for line in rows(export(client, "cases_case", query=query))[1:]]  # noqa: E731
    assert number("?o=0") == [case.number, other.number]
    assert number("?o=-0") == [other.number, case.number]
    assert number("?county=13") == [other.number]
    assert number(f"?q={case.number}") == [case.number]
    assert number("?state=closed") == []


def test_an_export_is_on_record_before_it_leaves(west: User) -> None:
    register(west)
    client = client_of(west)
    path = address("cases_person", "export") + "?year=2018&q=V-2018"
    response = client.post(path, {"format": "csv", "purpose": "", "reason": ""})
    assert response.context["form"].errors.keys() == {"purpose", "reason"}
    response = client.post(path, {"format": "csv", "purpose": "Årlig kontroll", "reason": "Två fall jämförs"})
    event = Event.objects.get(action="export.persons")
    file = client.get(response["Location"] + "file/")
    data = b"".join(file.streaming_content)
    assert (event.rows, event.search_kind, event.reason) == (3, "q,year", "Årlig kontroll; Två fall jämförs")
    assert event.digest == hashlib.sha256(data).hexdigest()
    assert int(file["Content-Length"]) == len(data)
    assert "V-2018" not in event.search_kind


def test_a_list_has_a_manifest_and_its_file_is_its_makers_alone(administrator: Client) -> None:
    asked = {"format": "json", "purpose": "Byte av system"}
    response = administrator.post(address("agencies_code", "export") + "?list=topic&o=1", asked)
    assert "Byte av system" in administrator.get(response["Location"]).content.decode()
    manifest = administrator.get(response["Location"] + "manifest/").json()
    data = b"".join(administrator.get(response["Location"] + "file/").streaming_content)
    assert manifest["sha256"] == hashlib.sha256(data).hexdigest()
    assert (manifest["filter"], manifest["order"], manifest["purpose"]) == (
        {"list": "topic"},
        "1",
        "Byte av system",
    )
    assert manifest["rows"] == json.loads(data)["end"]["rows"] == Code.objects.filter(list="topic").count()
    assert manifest["software_version"] in Event.objects.get(action="export.codes").target_label
    assert client_of(someone(Role.ADMINISTRATOR, "other")).get(response["Location"]).status_code == 404
    User.objects.filter(email__startswith="a-administrator").update(role=Role.ANALYST)
    assert administrator.get(response["Location"] + "file/").status_code == 403


def test_the_reader_is_warned_of_rare_combinations(west: User) -> None:
    register(west)
    page = client_of(west).get(address("cases_person", "export"))
    assert len(page.context["notices"]) == 2
    assert "reason" in page.context["form"].fields


def test_the_import_of_persons_is_their_own(west: User) -> None:
    client = client_of(west)
    assert client.get(address("cases_person", "import")).headers["Location"] == "/cases/import/"
    assert "/cases/import/" in client.get(address("cases_person")).content.decode()
    assert client_of(someone(Role.OPERATOR)).get(address("cases_person", "import")).status_code == 403


def test_an_export_takes_few_queries_however_many_rows(west: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(west)

    def taken(model: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            export(client, model)
        return len(queries)

    new_case(new_person(), by=Access.of(west))
    by, at = Access.of(someone(Role.OPERATOR)), timezone.now()

    def call() -> None:
        call = Call(received_at=at, caller_group_id="caller:social", referred_region_id="V")
        log_call(call=call, lists={"topics": Code.objects.filter(key="topic:advice")}, by=by)

    call()
    few = {model: taken(model) for model in ("cases_person", "cases_case", "cases_call")}
    monkeypatch.setattr(CallResource._meta, "chunk_size", 2)
    for _ in range(4):  # more than two pieces
        new_case(new_person(), by=Access.of(west))
        call()
    assert {model: taken(model) for model in few} == few


def test_cases_come_back_as_the_same_rows_and_change_by_file(west: User) -> None:
    case = register(west)
    client = client_of(west)
    first = export(client, "cases_case")
    counts = bring(client, "cases_case", first)
    assert counts == (0, 0, 1, 0)
    assert export(client, "cases_case") == first
    data = table(
        ["number", "region", "opened_on", "state", "close_reason", "reference"],
        [case.number, "V", "2018-05-02", "closed", "support_ended", ""],
        ["", "V", "2019-02-03", "active", "", "A-17"],
    )
    preview = upload(client, "cases_case", data)
    assert counts_of(preview) == (1, 1, 0, 0)
    confirm(client, "cases_case", preview)
    case.refresh_from_db()
    assert (case.state, case.version, case.note, case.history.count()) == (
        "closed",
        2,
        "Hemlig anteckning",
        2,
    )
    assert Case.objects.get(opened_on="2019-02-03").number == "V-2019-0001"
    assert Event.objects.filter(action="import.cases").latest("sequence").rows == 2


HEADER = ["number", "region", "opened_on", "state", "close_reason"]
# Files, since a case stands in each once.
BREAKS_A_RULE = (
    [
        (["SY-2018-0001", "SY", "2018-05-02", "active", ""], "number"),  # another region's: not there
        (["V-2018-0777", "V", "2018-05-02", "active", ""], "number"),
        (["", "SY", "2018-05-02", "active", ""], "region"),
        (["V-2018-0001", "M", "2018-05-02", "active", ""], "region"),
    ],
    [(["V-2018-0001", "V", "2999-05-02", "active", ""], "opened_on")],
    [(["V-2018-0001", "V", "2018-05-02", "closed", ""], "close_reason")],
)


def test_a_case_that_breaks_a_rule_is_refused(west: User) -> None:
    register(west)
    client = client_of(west)
    for file in BREAKS_A_RULE:
        preview = upload(client, "cases_case", table(HEADER, *(row for row, _field in file)))
        told = {(line, field) for line, (_row, field) in enumerate(file, start=2)}
        assert told <= set(wrong(preview)), errors_of(preview)


def test_calls_come_back_as_the_same_rows_and_new_ones_are_logged() -> None:
    operator = someone(Role.OPERATOR)
    client = client_of(operator)
    call = Call(received_at=timezone.now(), caller_group_id="caller:social", women=2, note="Kort")
    lists = {
        "topics": Code.objects.filter(key__in=["topic:person", "topic:advice"]),
        "purposes": [],
        "outcomes": [],
    }
    log_call(call=call, lists=lists, by=Access.of(operator))
    first = export(client, "cases_call")
    counts = bring(client, "cases_call", first)
    assert counts == (0, 0, 1, 0)
    assert export(client, "cases_call") == first
    data = table(
        ["code", "received_at", "caller_group", "topics", "women"],
        [str(call.code), str(rows(first)[1][1]), "social", "child", "3"],
        ["", "2018-07-01 14:05", "police", "person|child", ""],
    )
    preview = upload(client, "cases_call", data)
    assert counts_of(preview) == (1, 1, 0, 0), errors_of(preview)
    confirm(client, "cases_call", preview)
    call.refresh_from_db()
    assert (call.women, call.note, call.version, call.topics_answer) == (3, "Kort", 2, "given")
    assert [code.key for code in call.topics.all()] == ["topic:child"]
    new = Call.objects.exclude(pk=call.pk).get()
    assert (new.taken_by, str(new.received_on), new.topics.count(), new.women) == (
        operator,
        "2018-07-01",
        2,
        0,
    )


def test_a_call_of_somebody_else_is_not_corrected_by_a_file() -> None:
    mine, other = someone(Role.OPERATOR, "Olle"), someone(Role.OPERATOR, "Ove")
    call = Call(received_at=timezone.now(), caller_group_id="caller:social")
    log_call(call=call, lists={}, by=Access.of(other))
    data = table(["code", "minutes"], [str(call.code), "9"])
    assert wrong(upload(client_of(mine), "cases_call", data)) == [(2, "code")]
