"""Files of every list: previewed in pages, carried out once, taken back as a whole, by the pages."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone, translation

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from agencies.models import Agency, Code
from audit.models import Event
from cases.actions.calls import log_call
from cases.model_fields import index_of
from cases.models import Call, Case
from exchange import lists
from exchange.models import ImportRun, ImportUpload
from exchange.resources import RESOURCES
from exchange.xlsx_writer import restore
from jobs.models import Job
from jobs.worker import work
from summaries.models import HistoricalFigure
from tests.cases.test_import_files import BAD
from tests.exchange.list_files import (
    FIGURE,
    HEADER,
    NEW,
    confirm,
    counts_of,
    errors_of,
    everything,
    table,
    upload,
    who,
    wrong,
)
from tests.nmt_site.admin_pages import EVERY, FIGURES, LISTS, address, client_of, export, someone
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst() -> Client:
    return client_of(someone(Role.ANALYST))


def undo(client: Client, model: str, run: ImportRun) -> Any:
    return client.post(address(model, "import_undo", run.code), follow=True)


def bring(client: Client, model: str, data: bytes, which: str = "all") -> ImportRun:
    page = confirm(client, model, upload(client, model, data), which)
    run: ImportRun = page.context["run"]
    return run


def many_figures(number: int) -> list[list[str]]:
    """Of years before there were any, three a year."""
    groups = ("women", "men", "boys")
    return [[str(1900 + n // 3), "persons", groups[n % 3], "1", "published"] for n in range(number)]


# --- templates -------------------------------------------------------------------------------
TEMPLATES = [name for name in EVERY if name != "cases_person"]
OF_EACH_ROLE = ("agencies_agency", "summaries_population", "cases_case", "cases_call")


@pytest.mark.parametrize("model", mostly_long(TEMPLATES, usual=OF_EACH_ROLE))
def test_each_list_has_a_template_that_its_import_reads(model: str) -> None:
    role = Role.ANALYST if model in FIGURES else Role.ADMINISTRATOR if model in LISTS else Role.OPERATOR
    client = client_of(someone(Role.COORDINATOR if model == "cases_case" else role))
    texts = client.get(address(model, "import_template", "csv")).content.decode("utf-8-sig")
    [header] = csv.reader(io.StringIO(texts, newline=""), delimiter=";")
    book = openpyxl.load_workbook(io.BytesIO(client.get(address(model, "import_template", "xlsx")).content))
    assert [cell.value for cell in book.active[1]] == header
    page = upload(client, model, texts.encode())
    assert errors_of(page) == {"file": ["Filen har en rubrikrad men inga rader."]}
    assert not ImportUpload.objects.exists()


# --- what a preview says ----------------------------------------------------------------------
def test_a_preview_counts_and_shows_old_and_new_in_pages(analyst: Client) -> None:
    figure = HistoricalFigure.objects.filter(measure="persons").first()
    key = [str(figure.year), figure.measure, figure.group]
    data = table(
        FIGURE,
        [*key, str(figure.value + 1), figure.status],
        *many_figures(120),
        ["1900", "persons", "men", "2", "published"],
        ["1999", "persons", "girls", "many", "published"],
    )
    page = upload(analyst, "summaries_historicalfigure", data)
    assert counts_of(page) == (120, 1, 0, 2)
    assert wrong(page) == [(123, ""), (124, "value")]
    here = page.request["PATH_INFO"]
    changed = analyst.get(here, {"tab": "changed"}).content.decode()
    assert f"{figure.value} → <strong>{figure.value + 1}</strong>" in changed
    first, last = analyst.get(here, {"tab": "new"}), analyst.get(here, {"tab": "new", "page": "3"})
    assert (len(first.context["rows"]), len(last.context["rows"])) == (50, 20)
    assert "101–120 av 120" in last.content.decode()
    assert len(first.content) < 300_000


NOT_OFFERED = (
    ("persons", "everybody", "group", "Tillåtna värden: "),
    ("persons", "SE", "group", "alla, kvinnor"),
    ("citizenship", "women", "group", "namn på länder"),
    ("people", "total", "measure", "personer, medföljande barn"),
)


def test_a_historical_figure_is_of_what_and_whom_the_form_offers(analyst: Client) -> None:
    """What the list says is taken, and nothing beside: its row would stand beside the right one."""
    lines = [["2018", measure, group, "1", "published"] for measure, group, *_told in NOT_OFFERED]
    page = upload(analyst, "summaries_historicalfigure", table(FIGURE, *lines))
    assert wrong(page) == [(line, one[2]) for line, one in enumerate(NOT_OFFERED, start=2)]
    messages = [message for *_where, message in errors_of(page)]
    assert [one[3] in message for one, message in zip(NOT_OFFERED, messages, strict=True)] == [True] * 4


def test_what_is_allowed_is_said_in_the_words_of_the_page(analyst: Client) -> None:
    data = table(["year", "sex", "age", "county", "number"], ["1990", "lady", "total", "", "1000"])
    page = upload(analyst, "summaries_population", data)
    assert "Tillåtna värden: båda könen, kvinna, man." in page.content.decode()


def test_a_wrong_header_names_the_columns_as_the_page_does(analyst: Client) -> None:
    words = table(["kommun", "antal"], ["Malmö", "3"])
    codes = table(["year", "sex", "age", "population"], ["2018", "T", "total", "3"])
    texts = [str(errors_of(upload(analyst, "summaries_population", data))) for data in (words, codes)]
    assert "saknar kolumnerna År, Kön, Åldersgrupp, Län." in texts[0]
    assert "saknar kolumnen county." in texts[1]
    assert "Kolumnen population är inte känd här." in texts[1]


def test_the_failed_rows_come_back_with_what_is_wrong_and_what_is_allowed(administrator: Client) -> None:
    data = table(
        HEADER, ["one", "En", "One", "nonsense"], ["two", "Två", "Two", "ngo"], ["=1+1", "", "Three", "ngo"]
    )
    page = upload(administrator, "agencies_agency", data)
    code = page.context["upload"].code
    text = administrator.get(address("agencies_agency", "import_failed", code)).content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text, newline="")))
    assert lines[0] == [*HEADER, "Vad som är fel"]
    assert lines[1][:4] == ["one", "En", "One", "nonsense"]
    assert "nonsense" in lines[1][4]
    assert "Ideell organisation" in lines[1][4]  # what is allowed
    assert lines[2][0] == "'=1+1"
    assert len(lines) == 3


WRONG = {
    "agencies_agency": ("kind", "nonsense", "Ideell organisation"),
    "agencies_coordinator": ("region", "QQ", "Syd"),
    "agencies_code": ("key", "nonsense", "lista:ord"),
    "agencies_codemapping": ("code", "x" * 61, "60"),
    "summaries_population": ("sex", "Q", "kvinna, man"),
    "summaries_historicalfigure": ("status", "rumour", "publicerad"),
    "summaries_justicefigure": ("offence", "theft", "Människohandel"),
    "cases_call": ("caller_group", "nobody", "Socialtjänst, Polis"),
    "knowledge_article": ("counties", "99", "Västra Götalands län"),
}


@pytest.mark.parametrize("model", mostly_long(NEW, usual=["agencies_coordinator", "cases_call"]))
def test_the_failed_rows_of_every_list_say_which_value_why_and_what_is_allowed(model: str) -> None:
    client = client_of(someone(who(model)))
    column, value, allowed = WRONG[model]
    header, good, *_more = NEW[model]
    bad = [value if name == column else cell for name, cell in zip(header, good, strict=True)]
    page = upload(client, model, table(header, bad))
    assert counts_of(page) == (0, 0, 0, 1), errors_of(page)
    text = client.get(address(model, "import_failed", page.context["upload"].code)).content.decode(
        "utf-8-sig"
    )
    [names, cells] = csv.reader(io.StringIO(text, newline=""))
    assert names == [*header, "Vad som är fel"]
    assert [restore(cell) for cell in cells[:-1]] == bad
    assert cells[-1].startswith(f"{column}: ")
    assert allowed in cells[-1]
    shown = client.get(page.request["PATH_INFO"], {"tab": "failed"}).content.decode()
    assert value in shown


@pytest.mark.parametrize("name", RESOURCES)
def test_columns_are_known_by_key_and_by_name_in_both_languages(name: str) -> None:
    resource = RESOURCES[name]()
    keys = [column.column_name for column in resource.get_export_fields()]
    for language in ("sv", "en"):
        with translation.override(language):
            assert resource.columns(resource.template()) == keys
            assert resource.columns([label.upper() for label in resource.template()]) == keys
    assert resource.columns(keys) == keys


def test_all_or_nothing_unless_the_good_rows_are_asked_for(administrator: Client) -> None:
    data = table(HEADER, ["one", "En", "One", "nonsense"], ["two", "Två", "Two", "ngo"])
    page = upload(administrator, "agencies_agency", data)
    confirm(administrator, "agencies_agency", page)
    assert not Agency.objects.filter(code="two").exists()
    confirm(administrator, "agencies_agency", page, "good")
    assert list(Agency.objects.filter(code__in=["one", "two"]).values_list("code", flat=True)) == ["two"]
    assert ImportRun.objects.get().failed == 1


def test_what_was_shown_no_longer_holds(administrator: Client) -> None:
    page = upload(administrator, "agencies_agency", table(HEADER, ["police", "Ny", "New", "police"]))
    Agency.objects.filter(code="police").update(name_sv="Någon annans")
    again = confirm(administrator, "agencies_agency", page)
    assert Agency.objects.get(code="police").name_sv == "Någon annans"
    assert "Någon annans" in again.content.decode()
    confirm(administrator, "agencies_agency", again)
    assert Agency.objects.get(code="police").name_sv == "Ny"


def test_what_only_the_database_knows_is_told_of_the_row(analyst: Client) -> None:
    data = table(
        FIGURE, ["1900", "persons", "men", "1", "published"], ["1900", "persons", "women", "1", "rumour"]
    )
    page = upload(analyst, "summaries_historicalfigure", data)
    assert [row for row, _column in wrong(page)] == [3]
    header = ["year", "kind", "offence", "breakdown", "source", "value"]
    data = table(header, ["2018", "convicted", "", "", "", "3"], ["2019", "convicted", "", "", "Brå", "3"])
    assert [row for row, _column in wrong(upload(analyst, "summaries_justicefigure", data))] == [2]


# --- the same file twice, and undo -------------------------------------------------------------
# Of codes, of places by rules, of figures, and what has lists of its own.
SOME = ("agencies_agency", "knowledge_article", "summaries_justicefigure", "cases_call")


@pytest.mark.parametrize("model", mostly_long(NEW, usual=SOME))
def test_the_same_file_twice_changes_nothing_and_an_undo_everything_back(model: str) -> None:
    client, data = client_of(someone(who(model))), table(*NEW[model])
    before = everything()
    run = bring(client, model, data)
    after = everything()
    assert (run.new + run.changed, run.unchanged, run.failed) == (len(NEW[model]) - 1, 0, 0)
    assert after != before
    page = upload(client, model, data)
    assert counts_of(page) == (0, 0, len(NEW[model]) - 1, 0), errors_of(page)
    assert everything() == after
    undo(client, model, run)
    assert everything() == before
    assert ImportRun.objects.get(pk=run.pk).undone_at is not None
    undo(client, model, run)  # once more does nothing
    assert list(Event.objects.filter(action="import.undo").values_list("rows", flat=True)) == [
        run.new + run.changed
    ]


def test_an_undo_says_what_stands_in_its_way(administrator: Client) -> None:
    run = bring(administrator, "agencies_agency", table(*NEW["agencies_agency"]))
    Agency.objects.filter(code="police").update(name_sv="Någon annans")
    someone(Role.OFFICER, "Olle")
    User.objects.filter(name="Olle").update(agency=Agency.objects.get(code="one"))
    page = administrator.get(address("agencies_agency", "import_run", run.code)).content.decode()
    assert "Någon annans" in page
    assert "Någon har ändrat" in page
    assert "användare" in page  # what refers to the new agency
    undo(administrator, "agencies_agency", run)
    assert Agency.objects.filter(code="one").exists()
    assert ImportRun.objects.get().undone_at is None


def test_the_field_history_tells_of_an_import_and_of_its_undo(analyst: Client) -> None:
    figure = HistoricalFigure.objects.first()
    key = [str(figure.year), figure.measure, figure.group]
    rows = [*key, str(figure.value + 5), figure.status], ["1900", "persons", "men", "1", "published"]
    run = bring(analyst, "summaries_historicalfigure", table(FIGURE, *rows))
    undo(analyst, "summaries_historicalfigure", run)
    assert list(figure.history.order_by("history_id").values_list("value", flat=True))[-2:] == [
        figure.value + 5,
        figure.value,
    ]
    history = HistoricalFigure.history.filter(year=1900).order_by("history_id")
    assert list(history.values_list("history_type", flat=True)) == ["+", "-"]
    assert {row.history_user.role for row in history} == {"analyst"}


def test_a_call_of_a_file_is_history_with_its_lists_and_can_be_taken_back() -> None:
    operator = someone(Role.OPERATOR)
    client = client_of(operator)
    call = Call(received_at=timezone.now(), caller_group_id="caller:social", note="Kort", consent="given")
    log_call(call=call, lists={"topics": Code.objects.filter(key="topic:advice")}, by=Access.of(operator))
    data = table(
        ["code", "received_at", "caller_group", "topics", "consent"],
        [str(call.code), call.received_at.isoformat(), "social", "child|person", "missing"],
        ["", "2018-07-01 14:05", "police", "person|child", "given"],
    )
    run = bring(client, "cases_call", data)
    assert (run.new, run.changed) == (1, 1)
    call.refresh_from_db()
    assert (call.note, call.version, sorted(c.word for c in call.topics.all())) == (
        "",
        2,
        ["child", "person"],
    )
    new = Call.objects.get(received_on="2018-07-01")
    assert new.history.get().topics.count() == 2
    assert call.history.latest().topics.count() == 2
    undo(client, "cases_call", run)
    call.refresh_from_db()
    assert (call.note, call.consent, [c.word for c in call.topics.all()]) == ("Kort", "given", ["advice"])
    assert Call.objects.count() == 1


@pytest.mark.parametrize("columns", mostly_long([["consent"], []], usual=[["consent"]]))
def test_an_imported_call_about_a_suspected_case_without_consent_is_warned_about_and_comes_in(
    columns: list[str],
) -> None:
    client = client_of(someone(Role.OPERATOR))
    header = ["code", "received_at", "caller_group", "topics", *columns]
    rows = [
        ["", f"2018-07-01 14:0{n}", "police", topic, *("" for _one in columns)]
        for n, topic in enumerate(("person", "advice"))
    ]
    page = upload(client, "cases_call", table(header, *rows))
    data = page.context["preview"].data
    assert data["failed"] == []
    assert [row for row, _column, _value, _message in data["warnings"]] == [2]
    run = confirm(client, "cases_call", page).context["run"]
    assert (run.new, run.failed) == (2, 0)
    assert {call.consent for call in Call.objects.all()} == {"not_relevant"}


def test_an_imported_call_that_says_that_a_case_is_registered_is_warned_about_and_comes_in() -> None:
    client = client_of(someone(Role.OPERATOR))
    header = ["code", "received_at", "caller_group", "outcomes"]
    rows = [["", f"2018-07-01 14:0{n}", "police", outcome] for n, outcome in enumerate(("case", "advice"))]
    data = upload(client, "cases_call", table(header, *rows)).context["preview"].data
    assert data["failed"] == []
    assert [(row, column) for row, column, _value, _message in data["warnings"]] == [(2, "outcomes")]


def test_a_file_that_opens_cases_and_is_corrected_changes_what_it_opened() -> None:
    client = client_of(someone(Role.COORDINATOR, "Karin"))
    header = ["reference", "region", "opened_on", "state"]
    lines = [["A-17", "V", "2019-02-03", "active"], ["A-18", "V", "2019-02-03", "active"]]
    bring(client, "cases_case", table(header, *lines))
    assert sorted(Case.objects.values_list("number", flat=True)) == ["V-2019-0001", "V-2019-0002"]
    assert counts_of(upload(client, "cases_case", table(header, *lines))) == (0, 0, 2, 0)
    corrected = table(header, [*lines[0][:2], "2019-02-04", "active"], lines[1], ["B-1", *lines[1][1:]])
    later = bring(client, "cases_case", corrected)
    assert (later.new, later.changed, later.unchanged) == (1, 1, 1)
    assert str(Case.objects.get(number="V-2019-0001").opened_on) == "2019-02-04"
    assert Case.objects.count() == 3
    assert b"A-17" not in export(client, "cases_case")
    undo(client, "cases_case", later)
    assert {str(day) for day in Case.objects.values_list("opened_on", flat=True)} == {"2019-02-03"}
    assert Case.objects.count() == 2


def test_a_case_that_a_file_opens_has_a_reference_that_is_its_own_and_nobodys_identity() -> None:
    client = client_of(someone(Role.COORDINATOR, "Karin"))
    sven = client_of(someone(Role.COORDINATOR, "Sven", region="SY"))
    header = ["reference", "region", "opened_on", "state"]
    bring(sven, "cases_case", table(header, ["A-17", "SY", "2019-02-03", "active"]))
    own = ["A-17", "V", "2019-02-03", "active"]  # another region's case is not met, nor told of
    wrong_ones = ([reference, *own[1:]] for reference in ("19850312-1234", "x" * 61))
    told = errors_of(upload(client, "cases_case", table(header, *wrong_ones)))
    assert [(row, column, value) for row, column, value, _said in told] == [
        (line, "reference", "") for line in (2, 3)
    ]
    page = upload(client, "cases_case", table(header, own))
    assert counts_of(page) == (1, 0, 0, 0)
    confirm(client, "cases_case", page)
    twin = Case(
        region_id="V",
        number="V-2019-0099",
        opened_on="2019-02-03",
        opened_by=someone(Role.COORDINATOR, "Vera"),
        reference="a-17",
    )
    twin.reference_index = index_of(twin)
    twin.save()
    assert "reference" in str(errors_of(upload(client, "cases_case", table(header, own))))


# --- scope ------------------------------------------------------------------------------------
IMPORT_PAGES = (("import",), ("import_template", "csv"))


def test_another_administrators_files_and_imports_are_not_there(administrator: Client) -> None:
    other = client_of(someone(Role.ADMINISTRATOR, "other"))
    kept = upload(administrator, "agencies_agency", table(*NEW["agencies_agency"])).context["upload"]
    for page in ("import_preview", "import_failed"):
        assert other.get(address("agencies_agency", page, kept.code)).status_code == 404
    run = bring(administrator, "agencies_agency", table(*NEW["agencies_agency"]))
    assert other.get(address("agencies_agency", "import_run", run.code)).status_code == 404
    assert undo(other, "agencies_agency", run).status_code == 404
    assert undo(administrator, "agencies_code", run).status_code == 404  # by the address of another list


# Every role at every address of the admin: tests/test_every_admin_address.py.
@pytest.mark.parametrize("role", mostly_long(Role, usual=[Role.ADMINISTRATOR, Role.OPERATOR]))
def test_only_whoever_keeps_a_list_brings_files_of_it(role: Role) -> None:
    client = client_of(someone(role, "x"))
    offered = {
        model: [client.get(address(model, *page)).status_code == 200 for page in IMPORT_PAGES]
        for model in NEW
    }
    assert offered == {model: [role is who(model)] * len(IMPORT_PAGES) for model in NEW}


# --- large files --------------------------------------------------------------------------------
def test_a_large_file_is_read_and_brought_in_and_taken_back_by_background_runs(
    analyst: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "SMALL", 1_000)
    monkeypatch.setattr(lists, "FEW", 100)
    data, runs = table(FIGURE, *many_figures(300)), []
    page = upload(analyst, "summaries_historicalfigure", data)
    assert Job.objects.get().kind == "import.look"
    runs.append(work(once=True))
    page = analyst.get(page.request["PATH_INFO"], follow=True)
    assert counts_of(page) == (300, 0, 0, 0)
    page = confirm(analyst, "summaries_historicalfigure", page)
    assert HistoricalFigure.objects.filter(year=1900).count() == 0
    runs.append(work(once=True))
    run = analyst.get(page.request["PATH_INFO"], follow=True).context["run"]
    assert HistoricalFigure.objects.filter(year__lt=2000).count() == run.new == 300
    assert not ImportUpload.objects.exists()
    undo(analyst, "summaries_historicalfigure", run)
    runs.append(work(once=True))
    assert runs == [1, 1, 1]
    assert HistoricalFigure.objects.filter(year=1900).count() == 0
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_times_of_calls_keep_their_order_of_day() -> None:
    """Two calls at one moment are two calls; the operator's own calls of other moments are not touched."""
    operator = someone(Role.OPERATOR)
    client = client_of(operator)
    at = timezone.make_aware(datetime(2018, 7, 1))
    other = Call(received_at=at + timedelta(days=1), caller_group_id="caller:social")
    log_call(call=other, lists={}, by=Access.of(operator))
    lines = [["received_at", "caller_group"], ["2018-07-01", "social"], ["2018-07-01", "police"]]
    assert bring(client, "cases_call", table(*lines)).new == 2
    assert counts_of(upload(client, "cases_call", table(*lines, ["2018-07-01", "social"]))) == (1, 0, 2, 0)
    assert Call.objects.filter(received_on=date(2018, 7, 1)).count() == 2
    assert b"# end;rows=3;" in export(client, "cases_call")


OF_EACH_KIND = ("a quote never closed", "an old workbook", "JSON that lost a row")


@pytest.mark.parametrize("name", mostly_long(BAD, usual=OF_EACH_KIND))
def test_a_bad_file_is_refused_by_every_list_as_by_persons(administrator: Client, name: str) -> None:
    data = BAD[name][0]()
    page = upload(administrator, "agencies_agency", data)
    if work(once=True):  # a larger file is read by a background run
        page = administrator.get(page.request["PATH_INFO"], follow=True)
    assert page.status_code == 200
    assert errors_of(page)
    assert "Traceback" not in page.content.decode()
    assert not ImportRun.objects.exists()
