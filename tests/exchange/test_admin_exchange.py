"""Lists go out as files and come back as the same rows; what is wrong is said by row; what waits is one's
own."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from agencies.models import Agency, Code, Coordinator
from audit.models import Event
from exchange.models import ImportUpload
from summaries.models import HistoricalFigure, JusticeFigure
from tests.exchange.list_files import (
    bring,
    confirm,
    counts_of,
    errors_of,
    table,
    upload,
    wrong,
)
from tests.nmt_site.admin_pages import FIGURES, LISTS, address, client_of, export, someone
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db


def filled() -> None:
    """A row of every list that reference data leaves empty, with texts that begin like formulas."""
    karin = someone(Role.COORDINATOR, "Karin")
    Coordinator.objects.filter(user=karin).update(
        phone="+46 8 000 00 00", hours="=1+1", municipality="'=Göteborg"
    )
    Agency.objects.filter(code="police").update(contact="\t=HYPERLINK()")
    JusticeFigure.objects.create(year=2018, kind="convicted", breakdown="sex:F", value=7, source="=Brå")
    JusticeFigure.objects.create(
        year=2018, kind="reported", offence_id="offence:trafficking", value=70, source="Brå"
    )
    for name in ("a", "b"):
        someone(Role.ANALYST, name)


# All lists in all forms, without the pages: test_round_trip_lists.py.
OF_EACH_FORM = (("agencies_agency", "csv"), ("summaries_justicefigure", "xlsx"), ("accounts_user", "json"))


FORMS = product([*LISTS, *FIGURES], ["csv", "xlsx", "json"])


@pytest.mark.parametrize("form", mostly_long(FORMS, usual=OF_EACH_FORM), ids="-".join)
def test_what_goes_out_comes_back_as_the_same_rows(form: tuple[str, str]) -> None:
    model, kind = form
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
    assert (police.name_en, police.member_from.year) == (
        "The Police",
        2018,
    )  # an absent column leaves what is stored
    assert Agency.objects.get(code="new").kind_id == "agency_kind:ngo"
    event = Event.objects.get(action="import.agencies")
    assert (event.rows, event.digest) == (2, hashlib.sha256(data).hexdigest())
    assert event.fields == ["kind", "name_en", "name_sv"]


def test_a_row_that_is_wrong_says_what_is_allowed(administrator: Client) -> None:
    deputy = table(["region", "kind", "name", "valid_from"], ["V", "deputy", "X", "2020-01-01"])
    dates = ["code", "name_sv", "name_en", "kind", "member_from", "member_to"]
    agency = table(dates, ["x", "X", "X", "ngo", "2019-01-01", "2018-01-01"])
    for model, data, words in (
        ("agencies_coordinator", deputy, "ersättaren"),
        ("agencies_agency", agency, "före den första"),
        (
            "accounts_user",
            table(["email", "name", "role"], ["x@example.org", "X", "king"]),
            "Operatör på stödtelefonen, Regionkoordinator",
        ),
    ):
        [[_row, _column, _value, message]] = errors_of(upload(administrator, model, data))
        assert words in message
    analyst = client_of(someone(Role.ANALYST))
    header = ["year", "measure", "group", "value", "status", "source"]
    [[row, column, value, _message]] = errors_of(
        upload(
            analyst,
            "summaries_historicalfigure",
            table(header, ["20188", "persons", "total", "1", "published", "X"]),
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
    assert (
        client_of(analyst).get(f"/admin/summaries/historicalfigure/{figure.pk}/history/1/").status_code == 404
    )


def test_names_of_columns_may_be_swedish_and_semicolons_part_them(administrator: Client) -> None:
    text = "Kod;Namn på svenska;Namn på engelska;Slag\r\npolice;Polismyndigheten i Göteborg;Police;police\r\n"
    preview = upload(administrator, "agencies_agency", text.encode("cp1252"))
    assert counts_of(preview) == (0, 1, 0, 0)
    page = preview.content.decode()
    assert "Polismyndigheten → <strong>Polismyndigheten i Göteborg</strong>" in page
    assert "Polismyndigheten i Göteborg" in page
    assert "style=" not in page


WRONG = [
    ("agencies_agency", ["code", "name_sv", "name_en", "kind"], ["x", "X", "X", "nonsense"], "kind"),
    ("agencies_agency", ["code", "name_sv", "member_from"], ["police", "P", "2018-13-01"], "member_from"),
    ("agencies_code", ["key", "list", "label_sv", "label_en"], ["topic:x", "purpose", "X", "X"], "key"),
    ("agencies_countyregion", ["county", "region", "valid_from"], ["14", "QQ", "2020-01-01"], "region"),
    ("accounts_user", ["email", "name", "role"], ["x@example.org", "X", "king"], "role"),
    ("accounts_user", ["email", "is_active"], ["a-administrator@example.org", "no"], "is_active"),
    ("agencies_coordinator", ["region", "kind", "name", "valid_from"], ["V", "deputy", "X", "2020-01-01"],
     ""),
    ("agencies_codemapping", ["code", "target", "release", "value"], ["x" * 61, "nmt", "", "x"], "code"),
]  # fmt: skip
OF_EACH_RULE = [
    WRONG[at] for at in (0, 3, 5, 6)
]  # of a field, of another list, of who is signed in, of a row


@pytest.mark.parametrize("example", mostly_long(WRONG, usual=OF_EACH_RULE))
def test_a_row_that_is_wrong_says_where(
    administrator: Client, example: tuple[str, list[str], list[str], str]
) -> None:
    model, header, row, field = example
    preview = upload(administrator, model, table(header, row))
    assert (2, field) in wrong(preview), errors_of(preview)
    confirm(administrator, model, preview)
    assert not Event.objects.filter(action__startswith="import.").exclude(action="import.preview").exists()


NO_LISTS = [
    b"",
    b"\n\n",
    b"code,name_sv,nonsense\nx,y,z\n",
    b"code,code\nx,y\n",
    b"name_sv\nx\n",
    b'code,name_sv\n"x,y\n',
    b"PK\x03\x04",
    b"code\0\nx",
    bytes(range(128, 255)),
    b"a," * 100,
    b"code,name_sv,name_en,kind\nx,X,X,ngo\nx,Y,Y,ngo\n",
]
OF_EACH_REASON = [NO_LISTS[at] for at in (0, 2, 5, 6, 10)]


@pytest.mark.parametrize("data", mostly_long(NO_LISTS, usual=OF_EACH_REASON))
def test_a_file_that_is_no_list_is_refused_with_a_sentence(administrator: Client, data: bytes) -> None:
    before = Agency.objects.count()
    response = upload(administrator, "agencies_agency", data)
    assert response.status_code == 200
    assert errors_of(response)
    assert "Traceback" not in response.content.decode()
    assert Agency.objects.count() == before


GROUPS = ("women", "men", "girls", "boys")


def test_an_import_takes_few_queries_however_many_rows() -> None:
    client = client_of(someone(Role.ANALYST))
    header = ["year", "measure", "group", "value", "status"]

    def taken(count: int) -> int:
        data = table(
            header, *([str(1900 + n // 4), "persons", GROUPS[n % 4], "1", "published"] for n in range(count))
        )
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
    import_upload = ImportUpload.objects.get()
    assert b"hemlig" not in bytes(ImportUpload.objects.values_list("content", flat=True).get())
    assert import_upload.owner == first
    assert confirm(client_of(second), "agencies_agency", preview).status_code == 404
    assert not Agency.objects.filter(code="hemlig").exists()
    confirm(client_of(first), "agencies_agency", preview)
    assert Agency.objects.filter(code="hemlig").exists()
    assert not ImportUpload.objects.exists()


def test_the_waiting_file_expires() -> None:
    first = someone(Role.ADMINISTRATOR)
    client = client_of(first)
    preview = upload(client, "agencies_agency", table(["code", "name_sv"], ["police", "Ny"]))
    ImportUpload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert confirm(client, "agencies_agency", preview).status_code == 404
    assert not Agency.objects.filter(name_sv="Ny").exists()
    upload(client, "agencies_agency", table(["code", "name_sv"], ["police", "Ny"]))
    assert ImportUpload.objects.count() == 1  # the old one is gone
