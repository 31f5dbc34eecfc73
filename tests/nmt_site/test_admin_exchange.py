"""Lists go out as files and come back as the same rows; what is wrong is said by row; what waits is one's own."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agencies.access import Access
from agencies.models import Agency, Code, Coordinator, ListUpload, User
from agencies.roles import Role
from audit.models import Event
from cases.actions.calls import log_call
from cases.models import Call, Case, Person
from cases.resources.call import CallResource
from summaries.models import HistoricalFigure, JusticeFigure
from tests.makers import new_case, new_person
from tests.nmt_site.admin_pages import FIGURES, LISTS, address, client_of, export, someone

pytestmark = pytest.mark.django_db
BOM = b"\xef\xbb\xbf"


@pytest.fixture
def administrator() -> Client:
    return client_of(someone(Role.ADMINISTRATOR))


def upload(client: Client, model: str, data: bytes, name: str = "file.csv") -> Any:
    """The preview, or the form again where the file was not taken."""
    return client.post(address(model, "import"), {"file": SimpleUploadedFile(name, data)}, follow=True)


def confirm(client: Client, model: str, preview: Any, which: str = "all") -> Any:
    code = preview.context["upload"].code
    return client.post(address(model, "import_confirm", code), {"rows": which}, follow=True)


def said(page: Any) -> Any:
    shown = page.context.get("preview")
    if shown is None:
        return page.context["form"].errors
    return shown.refused or shown.data["failed"]


def counts_of(page: Any) -> tuple[int, int, int, int]:
    """New, changed, unchanged, failed."""
    assert page.context.get("preview"), said(page)
    assert not page.context["preview"].refused, said(page)
    counts = page.context["preview"].counts
    return counts["new"], counts["changed"], counts["unchanged"], counts["failed"]


def wrong(page: Any) -> list[tuple[int, str]]:
    """Row and column of what is wrong."""
    return [(row, column) for row, column, _value, _message in page.context["preview"].data["failed"]]


def bring(client: Client, model: str, data: bytes, name: str = "file.csv") -> tuple[int, int, int, int]:
    preview = upload(client, model, data, name)
    counts = counts_of(preview)
    assert confirm(client, model, preview).status_code == 200
    return counts


def rows(data: bytes) -> list[list[str]]:
    """Header and rows, without the mark at the end."""
    assert data.startswith(BOM)
    found = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert found[-1][:2] == ["# end", f"rows={len(found) - 2}"]
    return found[:-1]


def table(*lines: list[str]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(lines)
    return buffer.getvalue().encode()


def filled() -> None:
    """A row of every list that reference data leaves empty, with texts that begin like formulas."""
    karin = someone(Role.COORDINATOR, "Karin")
    Coordinator.objects.filter(user=karin).update(phone="+46 8 000 00 00", hours="=1+1", municipality="'=Göteborg")
    Agency.objects.filter(code="police").update(contact="\t=HYPERLINK()")
    JusticeFigure.objects.create(year=2018, kind="convicted", breakdown="sex:F", value=7, source="=Brå")
    JusticeFigure.objects.create(year=2018, kind="reported", offence_id="offence:trafficking", value=70, source="Brå")
    for name in ("a", "b"):
        someone(Role.ANALYST, name)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
@pytest.mark.parametrize("model", [*LISTS, *FIGURES])
def test_what_goes_out_comes_back_as_the_same_rows(model: str, kind: str) -> None:
    filled()
    client = client_of(someone(Role.ANALYST if model in FIGURES else Role.ADMINISTRATOR))
    first = export(client, model, kind)
    counts = bring(client, model, first, f"file.{kind}")
    assert counts[2] > 0
    assert counts == (0, 0, counts[2], 0)
    assert export(client, model, kind) == first


def test_a_file_makes_and_changes_rows_and_is_on_record(administrator: Client) -> None:
    data = table(
        ["code", "name_sv", "name_en", "kind"],
        ["police", "Polisen", "The Police", "police"],
        ["new", "Ny", "New", "ngo"],
    )
    counts = bring(administrator, "agencies_agency", data)
    assert counts == (1, 1, 0, 0)
    police = Agency.objects.get(code="police")
    assert (police.name_en, police.member_from.year) == ("The Police", 2018)  # an absent column leaves what is stored
    assert Agency.objects.get(code="new").kind_id == "agency_kind:ngo"
    event = Event.objects.get(action="import.agencies")
    assert (event.rows, event.digest) == (2, hashlib.sha256(data).hexdigest())
    assert event.fields == ["kind", "name_en", "name_sv"]


def test_a_row_that_is_wrong_says_what_is_allowed(administrator: Client) -> None:
    deputy = table(["region", "kind", "name", "valid_from"], ["V", "deputy", "X", "2020-01-01"])
    dates = ["code", "name_sv", "name_en", "kind", "member_from", "member_to"]
    agency = table(dates, ["x", "X", "X", "ngo", "2019-01-01", "2018-01-01"])
    for model, data, words in (
        ("agencies_coordinator", deputy, "vikari"),
        ("agencies_agency", agency, "före den första"),
        ("agencies_user", table(["email", "name", "role"], ["x@example.org", "X", "king"]), "operator, coordinator"),
    ):
        [[_row, _column, _value, message]] = said(upload(administrator, model, data))
        assert words in message
    analyst = client_of(someone(Role.ANALYST))
    header = ["year", "measure", "group", "value", "status", "source"]
    [[row, column, value, _message]] = said(
        upload(
            analyst, "summaries_historicalfigure", table(header, ["20188", "persons", "total", "1", "published", "X"])
        )
    )
    assert (row, column, value) == (2, "year", "20188")


def test_a_row_of_another_list_is_named_by_key_or_in_either_language(administrator: Client) -> None:
    header = ["code", "name_sv", "name_en", "kind"]
    labels = Code.objects.get(key="agency_kind:police")
    lines = [[f"x{n}", "X", "X", kind] for n, kind in enumerate(("police", labels.label_sv, labels.label_en))]
    assert bring(administrator, "agencies_agency", table(header, *lines)) == (3, 0, 0, 0)
    kinds = Agency.objects.filter(code__startswith="x").values_list("kind", flat=True)
    assert set(kinds) == {"agency_kind:police"}


def test_figures_keep_their_history() -> None:
    analyst = someone(Role.ANALYST)
    figure = HistoricalFigure.objects.first()
    data = table(["year", "measure", "group", "value"], [str(figure.year), figure.measure, figure.group, "7"])
    bring(client_of(analyst), "summaries_historicalfigure", data)
    figure.refresh_from_db()
    assert figure.value == 7
    assert figure.history.latest().history_user == analyst
    page = client_of(analyst).get(address("summaries_historicalfigure", "history", figure.pk))
    assert page.status_code == 200
    assert client_of(analyst).get(f"/admin/summaries/historicalfigure/{figure.pk}/history/1/").status_code == 404


def test_names_of_columns_may_be_swedish_and_semicolons_part_them(administrator: Client) -> None:
    text = "Kod;Namn på svenska;Namn på engelska;Slag\r\npolice;Polismyndigheten i Göteborg;Police;police\r\n"
    preview = upload(administrator, "agencies_agency", text.encode("cp1252"))
    assert counts_of(preview) == (0, 1, 0, 0)
    page = preview.content.decode()
    assert "<del>" in page
    assert "Polismyndigheten i Göteborg" in page
    assert "style=" not in page


@pytest.mark.parametrize(
    ("model", "header", "row", "field"),
    [
        ("agencies_agency", ["code", "name_sv", "name_en", "kind"], ["x", "X", "X", "nonsense"], "kind"),
        ("agencies_agency", ["code", "name_sv", "member_from"], ["police", "P", "2018-13-01"], "member_from"),
        ("agencies_code", ["key", "list", "label_sv", "label_en"], ["topic:x", "purpose", "X", "X"], "key"),
        ("agencies_countyregion", ["county", "region", "valid_from"], ["14", "QQ", "2020-01-01"], "region"),
        ("agencies_user", ["email", "name", "role"], ["x@example.org", "X", "king"], "role"),
        ("agencies_user", ["email", "is_active"], ["a-administrator@example.org", "no"], "is_active"),
        ("agencies_coordinator", ["region", "kind", "name", "valid_from"], ["V", "deputy", "X", "2020-01-01"],
         ""),
        ("agencies_codemapping", ["code", "target", "release", "value"], ["x" * 61, "nmt", "", "x"], "code"),
    ],
)  # fmt: skip
def test_a_row_that_is_wrong_says_where(
    administrator: Client, model: str, header: list[str], row: list[str], field: str
) -> None:
    preview = upload(administrator, model, table(header, row))
    assert (2, field) in wrong(preview), said(preview)
    confirm(administrator, model, preview)
    assert not Event.objects.filter(action__startswith="import.").exclude(action="import.preview").exists()


@pytest.mark.parametrize(
    "data",
    [b"", b"\n\n", b"code,name_sv,nonsense\nx,y,z\n", b"code,code\nx,y\n", b"name_sv\nx\n", b'code,name_sv\n"x,y\n',
     b"PK\x03\x04",
     b"code\0\nx", bytes(range(128, 255)), b"a," * 100, b"code,name_sv,name_en,kind\nx,X,X,ngo\nx,Y,Y,ngo\n"],
)  # fmt: skip
def test_a_file_that_is_no_list_is_refused_with_a_sentence(administrator: Client, data: bytes) -> None:
    before = Agency.objects.count()
    response = upload(administrator, "agencies_agency", data)
    assert response.status_code == 200
    assert said(response)
    assert "Traceback" not in response.content.decode()
    assert Agency.objects.count() == before


GROUPS = ("women", "men", "girls", "boys")


def test_an_import_takes_few_queries_however_many_rows() -> None:
    client = client_of(someone(Role.ANALYST))
    header = ["year", "measure", "group", "value", "status"]

    def taken(count: int) -> int:
        data = table(header, *([str(1900 + n // 4), "persons", GROUPS[n % 4], "1", "published"] for n in range(count)))
        with CaptureQueriesContext(connection) as queries:
            assert counts_of(upload(client, "summaries_historicalfigure", data))[0] == count
        return len(queries)

    taken(1)
    assert taken(400) <= taken(3) + 8  # the database takes only so many values at a time


# --- what waits ------------------------------------------------------------------------------
def test_the_waiting_file_is_encrypted_and_its_owners_alone() -> None:
    first, second = someone(Role.ADMINISTRATOR, "first"), someone(Role.ADMINISTRATOR, "second")
    data = table(["code", "name_sv", "name_en", "kind"], ["hemlig", "Hemlig", "Secret", "ngo"])
    preview = upload(client_of(first), "agencies_agency", data)
    kept = ListUpload.objects.get()
    assert b"hemlig" not in bytes(kept.content)
    assert kept.owner == first
    assert confirm(client_of(second), "agencies_agency", preview).status_code == 404
    assert not Agency.objects.filter(code="hemlig").exists()
    confirm(client_of(first), "agencies_agency", preview)
    assert Agency.objects.filter(code="hemlig").exists()
    assert not ListUpload.objects.exists()


def test_the_waiting_file_expires() -> None:
    first = someone(Role.ADMINISTRATOR)
    client = client_of(first)
    preview = upload(client, "agencies_agency", table(["code", "name_sv"], ["police", "Ny"]))
    ListUpload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert confirm(client, "agencies_agency", preview).status_code == 404
    assert not Agency.objects.filter(name_sv="Ny").exists()
    upload(client, "agencies_agency", table(["code", "name_sv"], ["police", "Ny"]))
    assert ListUpload.objects.count() == 1  # the old one is gone


# --- persons, cases and calls ----------------------------------------------------------------
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
    several.measures += [Measure(kind_id="measure:shelter"), Measure(kind_id="measure:shelter", answer="offered")]
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
    from cases.importing.applying import import_persons

    case = register(west)
    client = client_of(west)
    first = export(client, "cases_person", query="?o=0")
    lines = rows(first)
    assert lines[0] == [
        "case", "person", "identified_on", "agency", "municipality", "county", "channel", "sex", "child", "age_class",
        "citizenship", "status", "offence", "purposes", "main_purpose", "sector", "measures",
    ]  # fmt: skip
    assert len(lines) == 4  # two identifications of the first, one of the second
    assert lines[1][:7] == [case.number, f"{case.number}-P1", "2018-05-02", "police", "Göteborg", "14", "police"]
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
        plan, run = import_persons(export(client, "cases_person", kind), by=by, today=by.today)
        assert plan.counts() == {"new": 0, "changed": 0, "unchanged": 3, "failed": 0}, plan.errors
        assert run is not None
    assert export(client, "cases_person", query="?o=0") == first
    assert Person.objects.get(number=f"{case.number}-P1").measures.count() == 4


@pytest.mark.parametrize("model", ["cases_person", "cases_case", "cases_call"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_notes_and_references_stay(west: User, model: str, kind: str) -> None:
    register(west)
    call = Call(received_at=timezone.now(), caller_group_id="caller:social", note="Hemlig rad", referred_region_id="V")
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
    assert (manifest["filter"], manifest["order"], manifest["purpose"]) == ({"list": "topic"}, "1", "Byte av system")
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
        one = Call(received_at=at, caller_group_id="caller:social", referred_region_id="V")
        log_call(call=one, lists={"topics": Code.objects.filter(key="topic:advice")}, by=by)

    call()
    few = {model: taken(model) for model in ("cases_person", "cases_case", "cases_call")}
    monkeypatch.setattr(CallResource._meta, "chunk_size", 3)
    for _ in range(40):
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
    assert (case.state, case.version, case.note, case.history.count()) == ("closed", 2, "Hemlig anteckning", 2)
    assert Case.objects.get(opened_on="2019-02-03").number == "V-2019-0001"
    assert Event.objects.filter(action="import.cases").latest("sequence").rows == 2


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (["SY-2018-0001", "SY", "2018-05-02", "active", ""], "number"),  # another region's: not there
        (["V-2018-0777", "V", "2018-05-02", "active", ""], "number"),
        (["", "SY", "2018-05-02", "active", ""], "region"),
        (["V-2018-0001", "M", "2018-05-02", "active", ""], "region"),
        (["V-2018-0001", "V", "2999-05-02", "active", ""], "opened_on"),
        (["V-2018-0001", "V", "2018-05-02", "closed", ""], "close_reason"),
    ],
)
def test_a_case_that_breaks_a_rule_is_refused(west: User, row: list[str], field: str) -> None:
    register(west)
    preview = upload(
        client_of(west), "cases_case", table(["number", "region", "opened_on", "state", "close_reason"], row)
    )
    assert (2, field) in wrong(preview), said(preview)


def test_calls_come_back_as_the_same_rows_and_new_ones_are_logged() -> None:
    operator = someone(Role.OPERATOR)
    client = client_of(operator)
    call = Call(received_at=timezone.now(), caller_group_id="caller:social", women=2, note="Kort")
    lists = {"topics": Code.objects.filter(key__in=["topic:person", "topic:advice"]), "purposes": [], "outcomes": []}
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
    assert counts_of(preview) == (1, 1, 0, 0), said(preview)
    confirm(client, "cases_call", preview)
    call.refresh_from_db()
    assert (call.women, call.note, call.version, call.topics_answer) == (3, "Kort", 2, "given")
    assert [code.key for code in call.topics.all()] == ["topic:child"]
    new = Call.objects.exclude(pk=call.pk).get()
    assert (new.taken_by, str(new.received_on), new.topics.count(), new.women) == (operator, "2018-07-01", 2, 0)


def test_a_call_of_somebody_else_is_not_corrected_by_a_file() -> None:
    mine, other = someone(Role.OPERATOR, "Olle"), someone(Role.OPERATOR, "Ove")
    call = Call(received_at=timezone.now(), caller_group_id="caller:social")
    log_call(call=call, lists={}, by=Access.of(other))
    data = table(["code", "minutes"], [str(call.code), "9"])
    assert wrong(upload(client_of(mine), "cases_call", data)) == [(2, "code")]
