"""Export of persons: exactly the list, the same bytes twice, read back by the import unchanged."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tempfile
import zipfile
from datetime import date, timedelta

import openpyxl
import pytest
import time_machine
from django.conf import settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Event
from cases import export_files
from cases.models import Case, Exploitation, Identification, Measure, Person
from exchange import limits
from exchange.models import ExportFile, ExportPart
from exchange.writer import BOM
from jobs.models import Job
from jobs.worker import work
from tests.actors import NOON, access
from tests.cases.pages import coordinator, operator, signed_in
from tests.cases.spreadsheet import counts, load
from tests.makers import new_case, new_person
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db
URL = "/cases/export/"
ASKED = {"format": "csv", "purpose": "The yearly quality review", "reason": "Single rows are compared"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def client(karin):
    return english(karin)


def english(person):
    client = signed_in(person)
    client.cookies["django_language"] = "en"
    return client


def make(client, query="", **changes):
    """The bytes of a file that is asked for on the page."""
    answer = client.post(URL + query, {**ASKED, **changes})
    assert answer.status_code == 302, answer.context["form"].errors
    return b"".join(client.get(answer["Location"] + "file/").streaming_content)


def table(data):
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    return [dict(zip(rows[0], cells, strict=True)) for cells in rows[1:-1]], rows[-1]


def register(by):
    """Persons of every shape: several identifications, purposes, sectors and measures."""
    first = new_person(
        main="labour", purposes=("sexual", "other"), measures=(("shelter", "2018-06"),), citizenship="RO"
    )
    child = new_person(
        sex="M", child="yes", age_class="13-15", main="begging", municipality="Borås", agency="social"
    )
    case = new_case(first, child, by=access(by), opened=date(2018, 6, 1))
    new_case(
        new_person(main="sexual", purposes=("domestic", "labour"), sex="U", child="unknown"), by=access(by)
    )
    labour = Exploitation.objects.get(person=case.persons.first(), purpose="purpose:labour")
    Exploitation.objects.filter(pk=labour.pk).update(sector="sector:berries")
    Exploitation.objects.filter(purpose="purpose:domestic").update(sector="sector:household")
    identification = Identification.objects.filter(person=case.persons.first()).get()
    Identification.objects.create(
        person=identification.person,
        agency=identification.agency,
        identified_on=date(2018, 9, 1),
        county_id="01",
        municipality="=1+1",
    )
    Measure.objects.create(person=identification.person, kind_id="measure:health")
    return case


def test_the_file_has_the_rows_of_the_list_in_its_order(client, karin):
    for n in range(8):
        new_case(
            *[new_person(county="14" if n % 3 else "13")] * 1,
            by=access(karin),
            opened=date(2018, 1, 1 + n % 5),
        )
    Case.objects.filter(pk__in=list(Case.objects.values_list("pk", flat=True)[::2])).update(state="closed")
    for query in ("?state=closed&sort=opened", "?county=13"):
        listed = [case.number for case in client.get(f"/cases/{query}").context["cases"]]
        assert listed
        assert [row["case"] for row in table(make(client, query))[0]] == listed, query


def test_the_rows_are_those_in_scope(karin, client):
    own, other = new_case(by=access(karin)), new_case(by=access(coordinator("SY", "Sven")), region="SY")
    mixed = new_case(new_person(), new_person(sex="M"), by=access(karin))
    Person.objects.filter(case=mixed, sex="M").update(responsible_region="SY")
    found = {row["person"] for row in table(make(client))[0]}
    assert found == {own.persons.get().number, mixed.persons.get(sex="F").number}
    assert other.persons.get().number not in found


def test_an_operator_exports_the_cases_that_the_operator_opened(karin):
    olle = operator()
    new_case(by=access(karin))
    own = new_case(by=access(olle))
    assert [row["case"] for row in table(make(english(olle)))[0]] == [own.number]


@pytest.mark.parametrize("form", mostly_long(["csv", "xlsx"], usual=["xlsx"]))
def test_an_exported_file_changes_nothing_when_imported(client, karin, form):
    register(karin)
    plan = load(make(client, format=form), access(karin))
    assert plan.errors == []
    assert counts(plan) == (0, 0, 4, 0)


def test_the_same_list_gives_the_same_bytes_twice(client, karin, clock):
    register(karin)
    for form in ("csv", "xlsx", "json"):
        before = make(client, format=form)
        clock.shift(timedelta(minutes=5))
        assert make(client, format=form) == before, form


def test_formulas_are_made_harmless_and_read_back(client, karin):
    person = new_case(by=access(karin)).persons.get()
    for text in ("=1+1", "\u200b=1+1", "＝cmd", "\t@SUM(A1)", "-2+3", "a;=1"):
        Identification.objects.filter(person=person).update(municipality=text)
        [row] = table(make(client))[0]
        assert row["municipality"] != text
        assert "'" in row["municipality"]


def test_the_file_ends_with_a_mark_that_proves_it_whole(client, karin):
    register(karin)
    data = make(client)
    lines = data.splitlines(keepends=True)
    assert data.startswith(BOM.encode())
    digest = hashlib.sha256(b"".join(lines[:-1])).hexdigest()
    assert lines[-1].decode().strip() == f"# end;rows=4;sha256={digest}"


def test_json_and_xlsx_say_how_many_rows_they_have(client, karin):
    register(karin)
    content = json.loads(make(client, format="json"))
    assert (content["demo"], len(content["rows"]), content["end"]["rows"]) == (False, 4, 4)
    data = make(client, format="xlsx")
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book["end"]["A2"].value == "rows=4"
    part = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert book["end"]["A3"].value == f"sha256={hashlib.sha256(part).hexdigest()}"
    assert {type(cell) for row in book["persons"].iter_rows(values_only=True) for cell in row} <= {
        str,
        type(None),
    }


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_no_row_lies_in_clear_on_disk_while_a_file_is_made(client, karin, form, monkeypatch):
    register(karin)

    def refuse(*args, **options):
        raise AssertionError("a temporary file")

    for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    assert len(make(client, format=form)) > 500


def test_the_manifest_is_beside_the_file_and_in_the_audit_log(client, karin):
    register(karin)
    data = make(client, "?year=2018&sort=number")
    [file] = ExportFile.objects.all()
    said = client.get(reverse("exchange:export_manifest", args=[file.code])).json()
    assert said["sha256"] == hashlib.sha256(data).hexdigest()
    assert (said["rows"], said["persons"], said["bytes"]) == (4, 3, len(data))
    assert (said["filter"], said["order"], said["made_by"]) == ({"year": "2018"}, "number", karin.email)
    assert (said["purpose"], said["demo"], said["software_version"]) == (
        ASKED["purpose"],
        False,
        settings.VERSION,
    )
    event = Event.objects.get(action="export.persons")
    assert (event.rows, event.digest, event.search_kind) == (4, said["sha256"], "year")
    assert ASKED["purpose"] in event.reason
    assert Event.objects.filter(action="export.download").count() == 1


def test_a_purpose_is_wanted_and_may_identify_nobody(client, karin):
    new_case(by=access(karin))
    for purpose in ("", "About 19850101-1234"):
        answer = client.post(URL, {**ASKED, "purpose": purpose})
        assert "purpose" in answer.context["form"].errors
    assert not ExportFile.objects.exists()


def test_a_rare_combination_is_told_of_and_asks_for_a_reason(client, karin):
    new_case(*[new_person() for _n in range(10)], by=access(karin))
    page = client.get(URL)
    assert page.context["form"].rarest == 10
    assert "somebody may be recognised" in page.content.decode()
    assert "reason" in client.post(URL, {**ASKED, "reason": ""}).context["form"].errors
    new_case(new_person(), by=access(karin))
    page = client.get(URL)
    assert page.context["form"].rarest == 11
    assert "somebody may be recognised" not in page.content.decode()
    assert client.post(URL, {**ASKED, "reason": ""}).status_code == 302


def test_a_file_is_its_makers_alone_encrypted_and_gone_after_seven_days(client, karin, clock):
    number = new_case(by=access(karin)).number
    make(client)
    [file] = ExportFile.objects.all()
    assert all(
        number.encode() not in bytes(stored)
        for stored in ExportPart.objects.values_list("content", flat=True)
    )
    other = english(coordinator("V", "Vera"))
    for name in ("export_file", "export_download", "export_manifest"):
        assert other.get(reverse(f"exchange:{name}", args=[file.code])).status_code == 404
    clock.shift(timedelta(days=8))
    client.force_login(karin)
    assert client.get(file.get_absolute_url()).status_code == 404
    assert not ExportFile.objects.exists()
    assert not ExportPart.objects.exists()


def test_a_large_file_is_a_background_run(client, karin, monkeypatch):
    monkeypatch.setattr(export_files, "SMALL", 1)
    register(karin)
    answer = client.post(f"{URL}?sort=number", ASKED)
    job = Job.objects.get()
    assert answer["Location"] == job.get_absolute_url()
    assert client.get(ExportFile.objects.get().get_absolute_url()).status_code == 404
    work(once=True)
    job.refresh_from_db()
    data = b"".join(client.get(job.result["url"] + "file/").streaming_content)
    assert len(table(data)[0]) == 4


@pytest.mark.parametrize("page", [URL, "/calls/export/"])
def test_a_file_that_no_workbook_holds_is_refused_on_the_page(client, karin, monkeypatch, page):
    register(karin)
    monkeypatch.setattr(limits, "SHEET_CELL", 3)
    answer = client.post(page, {**ASKED, "format": "xlsx"})
    assert "too large for a spreadsheet" in str(answer.context["form"].errors["format"])
    assert not ExportFile.objects.exists()


def test_a_file_that_no_workbook_holds_is_refused_in_a_background_run(client, karin, monkeypatch):
    monkeypatch.setattr(export_files, "SMALL", 1)
    monkeypatch.setattr(limits, "SHEET_ROWS", 3)
    register(karin)
    client.post(URL, {**ASKED, "format": "xlsx"})
    work(once=True)
    job = Job.objects.get()
    assert (job.state, "kalkylblad" in job.error or "spreadsheet" in job.error) == ("failed", True)
    assert not ExportPart.objects.exists()


def test_a_run_that_is_stopped_leaves_no_part_of_a_file(karin, client):
    from django.http import QueryDict

    from cases.views.files import selection

    register(karin)
    chosen = selection(QueryDict(), access(karin))
    file = export_files.ask(chosen, by=access(karin), form="csv", purpose="Test", reason="", language="en")

    def stop(rows):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_files.make(file, chosen, by=access(karin), report=stop)
    assert not ExportPart.objects.exists()
    assert not Event.objects.filter(action="export.persons").exists()


@pytest.mark.parametrize("form", mostly_long(["csv", "htcds 2.0"], usual=["csv"]))
def test_five_rows_and_thirty_cost_the_same_queries(client, karin, form):
    from django.db import connection

    def queries():
        with CaptureQueriesContext(connection) as seen:
            make(client, format=form)
        return len(seen)

    new_case(*[new_person() for _n in range(5)], by=access(karin))
    make(client, format=form)
    few = queries()
    for _n in range(5):
        new_case(*[new_person() for _n in range(5)], by=access(karin))
    assert queries() == few


def test_the_list_offers_its_own_export(client, karin):
    new_case(by=access(karin))
    assert (
        f"{URL}?state=active&amp;sort=number"
        in client.get("/cases/?state=active&sort=number").content.decode()
    )
