"""Files of every list: previewed in pages, carried out once, taken back as a whole; by the page and by the command."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone, translation

from agencies.access import Access
from agencies.defuse import restore
from agencies.exchange import waiting
from agencies.exchange.resource import RESOURCES
from agencies.models import Agency, Code, CodeMapping, Coordinator, ListRun, ListUpload, User
from agencies.roles import Role
from audit.models import Event
from cases.actions.calls import log_call
from cases.models import Call, Case, Person
from cases.secret_text import index
from jobs.models import Job
from jobs.worker import work
from summaries.models import HistoricalFigure, JusticeFigure, Population
from tests.cases.spreadsheet import row, sheet
from tests.cases.test_import_files import BAD
from tests.nmt_site.admin_pages import EVERY, FIGURES, LISTS, address, client_of, export, someone
from tests.nmt_site.test_admin_exchange import confirm, counts_of, said, table, upload, wrong

pytestmark = pytest.mark.django_db
HEADER = ["code", "name_sv", "name_en", "kind"]
FIGURE = ["year", "measure", "group", "value", "status"]


@pytest.fixture
def administrator() -> Client:
    return client_of(someone(Role.ADMINISTRATOR))


@pytest.fixture
def analyst() -> Client:
    return client_of(someone(Role.ANALYST))


def undo(client: Client, model: str, run: ListRun) -> Any:
    return client.post(address(model, "import_undo", run.code), follow=True)


def bring(client: Client, model: str, data: bytes, which: str = "all") -> ListRun:
    page = confirm(client, model, upload(client, model, data), which)
    run: ListRun = page.context["run"]
    return run


NEW: dict[str, list[list[str]]] = {
    "agencies_agency": [HEADER, ["one", "En", "One", "ngo"], ["police", "Polisen", "Police", "police"]],
    "agencies_coordinator": [
        ["region", "kind", "name", "valid_from", "phone"],
        ["V", "coordinator", "Karin Berg", "2019-01-01", "+46 31 000 00 00"],
    ],
    "agencies_code": [
        ["key", "list", "label_sv", "label_en"],
        ["topic:new", "topic", "Nytt", "New"],
        ["topic:advice", "topic", "Råd", "Counsel"],
    ],
    "agencies_codemapping": [["code", "target", "release", "value"], ["sex:F", "htcds", "9.0", "Feminine"]],
    "summaries_population": [["year", "sex", "age", "county", "number"], ["1990", "F", "0-17", "14", "1000"]],
    "summaries_historicalfigure": [FIGURE, ["1990", "persons", "total", "3", "published"]],
    "summaries_justicefigure": [
        ["year", "kind", "offence", "breakdown", "value", "source"],
        ["2018", "convicted", "trafficking", "sex:F", "7", "Brå"],
        ["2018", "convicted", "", "", "9", "Brå"],
    ],
    "cases_call": [
        ["received_at", "caller_group", "topics", "women"],
        ["2018-07-01", "social", "advice|person", "1"],
        ["2018-07-01", "social", "advice|person", "1"],
        ["2018-07-02 14:05", "police", "", ""],
    ],
}


def many_figures(number: int) -> list[list[str]]:
    """Of years before there were any, three a year."""
    groups = ("women", "men", "boys")
    return [[str(1900 + n // 3), "persons", groups[n % 3], "1", "published"] for n in range(number)]


def who(model: str) -> Role:
    return Role.OPERATOR if model == "cases_call" else Role.ANALYST if model in FIGURES else Role.ADMINISTRATOR


# --- templates -------------------------------------------------------------------------------
@pytest.mark.parametrize("model", [name for name in EVERY if name != "cases_person"])
def test_each_list_has_a_template_that_its_import_reads(model: str) -> None:
    role = Role.ANALYST if model in FIGURES else Role.ADMINISTRATOR if model in LISTS else Role.OPERATOR
    client = client_of(someone(Role.COORDINATOR if model == "cases_case" else role))
    texts = client.get(address(model, "import_template", "csv")).content.decode("utf-8-sig")
    [header] = csv.reader(io.StringIO(texts, newline=""), delimiter=";")
    book = openpyxl.load_workbook(io.BytesIO(client.get(address(model, "import_template", "xlsx")).content))
    assert [cell.value for cell in book.active[1]] == header
    page = upload(client, model, texts.encode())
    assert said(page) == {"file": ["Filen har en rubrikrad men inga rader."]}
    assert not ListUpload.objects.exists()


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
    assert f"<del>{figure.value}</del> → <ins>{figure.value + 1}</ins>" in changed
    first, last = analyst.get(here, {"tab": "new"}), analyst.get(here, {"tab": "new", "page": "3"})
    assert (len(first.context["rows"]), len(last.context["rows"])) == (50, 20)
    assert "101–120 av 120" in last.content.decode()
    assert len(first.content) < 300_000


@pytest.mark.parametrize(
    ("measure", "group", "wrong_in", "allowed"),
    [
        ("persons", "all", "group", "total, women"),
        ("persons", "SE", "group", "total, women"),
        ("citizenship", "women", "group", "landskoder"),
        ("people", "total", "measure", "persons, accompanying_children"),
    ],
)
def test_a_historical_figure_is_of_what_and_whom_the_form_offers(
    analyst: Client, measure: str, group: str, wrong_in: str, allowed: str
) -> None:
    """The list says "all" where the file says "total": a row of its own would stand beside the right one."""
    page = upload(analyst, "summaries_historicalfigure", table(FIGURE, ["2018", measure, group, "1", "published"]))
    assert wrong(page) == [(2, wrong_in)]
    assert allowed in page.content.decode()


def test_a_wrong_header_names_the_columns_as_the_page_does(analyst: Client) -> None:
    words = table(["kommun", "antal"], ["Malmö", "3"])
    codes = table(["year", "sex", "age", "population"], ["2018", "T", "total", "3"])
    told = [str(said(upload(analyst, "summaries_population", data))) for data in (words, codes)]
    assert "saknar kolumnerna År, Kön, Åldersgrupp, Län." in told[0]
    assert "saknar kolumnen county." in told[1]
    assert "Kolumnen population är inte känd här." in told[1]


def test_the_failed_rows_come_back_with_what_is_wrong_and_what_is_allowed(administrator: Client) -> None:
    data = table(HEADER, ["one", "En", "One", "nonsense"], ["two", "Två", "Two", "ngo"], ["=1+1", "", "Three", "ngo"])
    page = upload(administrator, "agencies_agency", data)
    code = page.context["upload"].code
    text = administrator.get(address("agencies_agency", "import_failed", code)).content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text, newline="")))
    assert lines[0] == [*HEADER, "Vad som är fel"]
    assert lines[1][:4] == ["one", "En", "One", "nonsense"]
    assert "nonsense" in lines[1][4]
    assert "ngo" in lines[1][4]  # what is allowed
    assert lines[2][0] == "'=1+1"
    assert len(lines) == 3


WRONG = {
    "agencies_agency": ("kind", "nonsense", "ngo"),
    "agencies_coordinator": ("region", "QQ", "SY"),
    "agencies_code": ("key", "nonsense", "lista:ord"),
    "agencies_codemapping": ("code", "x" * 61, "60"),
    "summaries_population": ("sex", "Q", "F, M"),
    "summaries_historicalfigure": ("status", "rumour", "published"),
    "summaries_justicefigure": ("offence", "theft", "trafficking"),
    "cases_call": ("caller_group", "nobody", "police"),
}


@pytest.mark.parametrize("model", NEW)
def test_the_failed_rows_of_every_list_say_which_value_why_and_what_is_allowed(model: str) -> None:
    client = client_of(someone(who(model)))
    column, value, allowed = WRONG[model]
    header, good, *_more = NEW[model]
    bad = [value if name == column else cell for name, cell in zip(header, good, strict=True)]
    page = upload(client, model, table(header, bad))
    assert counts_of(page) == (0, 0, 0, 1), said(page)
    text = client.get(address(model, "import_failed", page.context["upload"].code)).content.decode("utf-8-sig")
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
    assert ListRun.objects.get().failed == 1


def test_what_was_shown_no_longer_holds(administrator: Client) -> None:
    page = upload(administrator, "agencies_agency", table(HEADER, ["police", "Ny", "New", "police"]))
    Agency.objects.filter(code="police").update(name_sv="Någon annans")
    again = confirm(administrator, "agencies_agency", page)
    assert Agency.objects.get(code="police").name_sv == "Någon annans"
    assert "Någon annans" in again.content.decode()
    confirm(administrator, "agencies_agency", again)
    assert Agency.objects.get(code="police").name_sv == "Ny"


def test_what_only_the_database_knows_is_told_of_the_row(analyst: Client) -> None:
    data = table(FIGURE, ["1900", "persons", "men", "1", "published"], ["1900", "persons", "women", "1", "rumour"])
    page = upload(analyst, "summaries_historicalfigure", data)
    assert [row for row, _column in wrong(page)] == [3]
    header = ["year", "kind", "offence", "breakdown", "source", "value"]
    data = table(header, ["2018", "convicted", "", "", "", "3"], ["2019", "convicted", "", "", "Brå", "3"])
    assert [row for row, _column in wrong(upload(analyst, "summaries_justicefigure", data))] == [2]


# --- the same file twice, and undo -------------------------------------------------------------
def everything() -> list[Any]:
    models = (Agency, Coordinator, Code, CodeMapping, Population, HistoricalFigure, JusticeFigure)
    return [sorted(map(repr, model.objects.values_list())) for model in models] + [
        sorted(map(repr, Call.objects.values_list("pk", "received_at", "women", "topics", "topics_answer")))
    ]


@pytest.mark.parametrize("model", NEW)
def test_the_same_file_twice_changes_nothing_and_an_undo_everything_back(model: str) -> None:
    client, data = client_of(someone(who(model))), table(*NEW[model])
    before = everything()
    run = bring(client, model, data)
    after = everything()
    assert (run.new + run.changed, run.unchanged, run.failed) == (len(NEW[model]) - 1, 0, 0)
    assert after != before
    page = upload(client, model, data)
    assert counts_of(page) == (0, 0, len(NEW[model]) - 1, 0), said(page)
    assert everything() == after
    undo(client, model, run)
    assert everything() == before
    assert ListRun.objects.get(pk=run.pk).undone_at is not None
    undo(client, model, run)  # once more does nothing
    assert list(Event.objects.filter(action="import.undo").values_list("rows", flat=True)) == [run.new + run.changed]


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
    assert ListRun.objects.get().undone_at is None


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
    assert (call.note, call.version, sorted(c.word for c in call.topics.all())) == ("", 2, ["child", "person"])
    new = Call.objects.get(received_on="2018-07-01")
    assert new.history.get().topics.count() == 2
    assert call.history.latest().topics.count() == 2
    undo(client, "cases_call", run)
    call.refresh_from_db()
    assert (call.note, call.consent, [c.word for c in call.topics.all()]) == ("Kort", "given", ["advice"])
    assert Call.objects.count() == 1


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
    assert counts_of(upload(client, "cases_case", table(header, own))) == (1, 0, 0, 0)
    for reference in ("", "19850312-1234", "x" * 61):
        [[row, column, value, _said]] = said(upload(client, "cases_case", table(header, [reference, *own[1:]])))
        assert (row, column, value) == (2, "reference", "")
    bring(client, "cases_case", table(header, own))
    Case.objects.create(
        region_id="V", number="V-2019-0099", opened_on="2019-02-03", opened_by=someone(Role.COORDINATOR, "Vera"),
        reference="a-17", reference_index=index("a-17"),
    )  # fmt: skip
    assert "reference" in str(said(upload(client, "cases_case", table(header, own))))


# --- scope ------------------------------------------------------------------------------------
def test_another_administrators_files_and_imports_are_not_there(administrator: Client) -> None:
    other = client_of(someone(Role.ADMINISTRATOR, "other"))
    kept = upload(administrator, "agencies_agency", table(*NEW["agencies_agency"])).context["upload"]
    for page in ("import_preview", "import_failed"):
        assert other.get(address("agencies_agency", page, kept.code)).status_code == 404
    run = bring(administrator, "agencies_agency", table(*NEW["agencies_agency"]))
    assert other.get(address("agencies_agency", "import_run", run.code)).status_code == 404
    assert undo(other, "agencies_agency", run).status_code == 404
    assert undo(administrator, "agencies_code", run).status_code == 404  # by the address of another list


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("model", NEW)
def test_only_whoever_keeps_a_list_brings_files_of_it(role: Role, model: str) -> None:
    client = client_of(someone(role, "x"))
    for page in (address(model, "import"), address(model, "import_template", "csv")):
        assert (client.get(page).status_code == 200) == (role is who(model))


# --- large files --------------------------------------------------------------------------------
def test_a_large_file_is_read_and_brought_in_and_taken_back_by_background_runs(
    analyst: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "SMALL", 1_000)
    monkeypatch.setattr(waiting, "FEW", 100)
    data = table(FIGURE, *many_figures(300))
    page = upload(analyst, "summaries_historicalfigure", data)
    assert Job.objects.get().kind == "list.look"
    assert work(once=True) == 1
    page = analyst.get(page.request["PATH_INFO"], follow=True)
    assert counts_of(page) == (300, 0, 0, 0)
    page = confirm(analyst, "summaries_historicalfigure", page)
    assert HistoricalFigure.objects.filter(year=1900).count() == 0
    assert work(once=True) == 1
    run = analyst.get(page.request["PATH_INFO"], follow=True).context["run"]
    assert HistoricalFigure.objects.filter(year__lt=2000).count() == run.new == 300
    assert not ListUpload.objects.exists()
    undo(analyst, "summaries_historicalfigure", run)
    assert work(once=True) == 1
    assert HistoricalFigure.objects.filter(year=1900).count() == 0
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


# --- the command ----------------------------------------------------------------------------------
def run_command(*words: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("import_rows", *words, stdout=out, **options)
    return out.getvalue()


def test_the_command_brings_in_every_list_and_takes_it_back(tmp_path: Any) -> None:
    names = {resource._meta.model._meta.label_lower.replace(".", "_"): name for name, resource in RESOURCES.items()}
    for model, lines in NEW.items():
        email = someone(who(model), model.replace("_", "-")).email
        file = tmp_path / "file.csv"
        file.write_bytes(table(*lines))
        before = everything()
        trial = json.loads(run_command(names[model], str(file), "--as", email, "--dry-run", "--json"))
        assert everything() == before
        result = json.loads(run_command(names[model], str(file), "--as", email, "--json"))
        code = result.pop("code")
        assert result == trial
        assert result["new"] + result["changed"] == len(lines) - 1, result
        again = json.loads(run_command(names[model], str(file), "--as", email, "--json"))
        assert again["unchanged"] == len(lines) - 1
        assert run_command(names[model], "--as", email, "--undo", code) == "undone\n"
        assert everything() == before


def test_the_command_refuses_in_a_sentence(tmp_path: Any) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes(table(HEADER, ["one", "En", "One", "nonsense"], ["two", "Två", "Two", "ngo"]))
    email = someone(Role.ADMINISTRATOR).email
    with pytest.raises(SystemExit) as stopped:
        run_command("agencies", str(file), "--as", email)
    assert stopped.value.code == 1
    assert not Agency.objects.filter(code="two").exists()
    assert "failed 1" in run_command("agencies", str(file), "--as", email, "--good-rows")
    with pytest.raises(CommandError, match="role"):
        run_command("agencies", str(file), "--as", someone(Role.OPERATOR).email)
    file.write_text("code;nonsense\nx;y\n")
    with pytest.raises(CommandError, match="not known"):
        run_command("agencies", str(file), "--as", email)
    assert Event.objects.filter(action="import.refused").exists()
    assert run_command("agencies", "--template").startswith("Code;Name in Swedish")
    assert run_command("persons", "--template").startswith("case;person;identified_on")


def test_persons_go_by_the_same_command_and_back(tmp_path: Any) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes(sheet(row()))
    email, other = (someone(Role.COORDINATOR, name).email for name in ("Karin", "Vera"))
    done = json.loads(run_command("persons", str(file), "--as", email, "--json"))
    assert (done["new"], Person.objects.count()) == (1, 1)
    for code, by in ((done["code"], other), (str(uuid4()), email), ("nonsense", email)):
        with pytest.raises(CommandError, match=f"There is no import {code} of yours."):
            run_command("persons", "--as", by, "--undo", code)
    assert run_command("persons", "--as", email, "--undo", done["code"]) == "undone\n"
    assert not Person.objects.exists()
    assert run_command("persons", "--as", email, "--undo", done["code"]) == "undone\n"  # once more does nothing


def test_the_command_says_what_stands_in_the_way_of_an_undo(tmp_path: Any) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes(sheet(row()))
    email = someone(Role.COORDINATOR, "Karin").email
    code = run_command("persons", str(file), "--as", email).splitlines()[-1]
    person = Person.objects.get()
    person.sex = "M"
    person.save()
    with pytest.raises(CommandError, match=r"not undone: V-2018-0001-P1 \(Somebody has changed it since\)\."):
        run_command("persons", "--as", email, "--undo", code)
    file.write_bytes(table(*NEW["agencies_agency"]))
    keeper = someone(Role.ADMINISTRATOR, "Anna").email
    code = run_command("agencies", str(file), "--as", keeper).splitlines()[-1]
    Agency.objects.filter(code="police").update(name_sv="Någon annans")
    with pytest.raises(CommandError, match=r"Police \(Somebody has changed it since\)"):
        run_command("agencies", "--as", keeper, "--undo", code)


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


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_by_every_list_as_by_persons(administrator: Client, name: str) -> None:
    data = BAD[name][0]()
    page = upload(administrator, "agencies_agency", data)
    if work(once=True):  # a larger file is read by a background run
        page = administrator.get(page.request["PATH_INFO"], follow=True)
    assert page.status_code == 200
    assert said(page)
    assert "Traceback" not in page.content.decode()
    assert not ListRun.objects.exists()
