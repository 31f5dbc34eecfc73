"""A year is published from protected tables alone, once, by whoever was first, and every version is
remembered."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from pypdf import PdfReader

from accounts.access import Access
from accounts.roles import Role
from audit.models import Event
from cases.models import Person
from jobs import worker
from jobs.actions import enqueue
from jobs.kinds import JobRefused
from jobs.models import Job
from summaries.loading import decide_standing_exemption
from summaries.models import JusticeFigure
from summaries.publishing import actions
from summaries.publishing.frozen import checksum, content
from summaries.publishing.jobs import PUBLISHED
from summaries.publishing.models import Exemption, Publication, PublicationFile
from tests.actors import NOON, access, user
from tests.makers import new_case, new_person
from tests.summaries.releasing import approved, released, withdrawn
from tests.summaries.small_year import COARSEST, add, cells, prepare, published

pytestmark = pytest.mark.django_db
State = Publication.State


@pytest.fixture(autouse=True)
def standing_exemption() -> None:
    decide_standing_exemption()


@pytest.mark.report
@pytest.mark.once
def test_what_is_hidden_changes_no_byte_of_what_is_published(
    vera: Access, anna: Access, client: Client
) -> None:
    """Two registers that differ in hidden cells alone: two and three women here, three and two there."""
    outsides = []
    for organs, war in ((2, 3), (3, 2)):
        with transaction.atomic():
            add(vera, organs, war)
            draft = prepare(anna, {**COARSEST, "main_purpose": 0})
            assert cells(draft, "main_purpose")["organs", "women"] == (None, "hidden")
            row = released(draft=draft, digest=draft.digest, state=State.FINAL, by=anna)
            outsides.append((row.tables, row.texts, row.content, row.checksum, *_outside(client)))
            transaction.set_rollback(True)
    assert outsides[0] == outsides[1]


def _outside(client: Client) -> list[Any]:
    """Every page, chart, title and file that anybody can ask for, in both languages."""
    found: list[Any] = []
    for language in ("", "?lang=en"):
        at = "/statistik/2018/"
        found += [
            client.get(f"{page}{language}").content for page in ("/statistik/", at, f"{at}internationellt/")
        ]
        files = {name: client.get(f"{at}{name}{language}").content for name in ("tables.csv", "tables.json")}
        report = PdfReader(io.BytesIO(client.get(f"{at}report.pdf{language}").content))
        sheets = _sheets(client.get(f"{at}tables.xlsx{language}").content)
        found += [files, sheets, [page.extract_text() for page in report.pages], report.metadata]
    return found


def _sheets(file: bytes) -> list[list[tuple[Any, ...]]]:
    return [list(sheet.values) for sheet in load_workbook(io.BytesIO(file))]


@pytest.mark.once
def test_a_published_year_is_read_without_sign_in_cookie_or_the_registers_rows(
    vera: Access, anna: Access, client: Client
) -> None:
    add(vera)
    published(anna)
    for address in (
        "/statistik/", "/statistik/2018/", "/statistik/2018/v1/", "/statistik/2018/internationellt/",
        "/statistik/2018/tables.csv",
    ):  # fmt: skip
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page = client.get(address)
        assert page.status_code == 200
        assert len(asked) <= 3
        assert not any("cases_" in query["sql"] or "sealed" in query["sql"] for query in asked)
        assert not page.cookies
        assert page.get("Vary") == (None if address.endswith(".csv") else "Accept-Encoding")
        assert page["Cache-Control"].startswith("public")
        assert client.get(address, headers={"if-none-match": page["ETag"]}).status_code == 304
    for address in ("/statistik/2018/", "/statistik/2018/?lang=en", "/statistik/2018/internationellt/"):
        assert len(client.get(address).content) <= 45_000


@pytest.mark.once
def test_the_language_stands_in_the_address(vera: Access, anna: Access, client: Client) -> None:
    add(vera)
    published(anna)
    swedish, english = client.get("/statistik/2018/"), client.get("/statistik/2018/?lang=en")
    assert '<html lang="sv"' in swedish.content.decode()
    assert '<html lang="en"' in english.content.decode()
    assert "60 presumed victims were identified in 2018" in english.content.decode()
    assert "?lang=en" in swedish.content.decode()


@pytest.mark.once
def test_hidden_public_pages_answer_as_if_there_were_none(
    vera: Access, anna: Access, client: Client, settings: Any
) -> None:
    add(vera)
    published(anna)
    settings.PUBLIC_PAGES = False
    for address in ("/statistik/", "/statistik/2018/", "/statistik/om/", "/statistik/2018/tables.csv"):
        assert client.get(address).status_code == 404


@pytest.mark.report
@pytest.mark.once
def test_the_files_tell_the_same_and_the_report_is_tagged(vera: Access, anna: Access, client: Client) -> None:
    add(vera)
    published(anna)
    told = json.loads(client.get("/statistik/2018/tables.json").content)
    assert told["demo"] is False
    groups = next(table for table in told["tables"] if table["name"] == "groups")
    assert {tuple(c["key"]): c["value"] for c in groups["cells"]}["*",] == 60
    assert (
        client.get("/statistik/2018/tables.csv")
        .content.decode("utf-8-sig")
        .splitlines()[0]
        .startswith("year,version")
    )
    report = PdfReader(io.BytesIO(client.get("/statistik/2018/report.pdf").content))
    root: Any = report.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "sv"
    assert root["/StructTreeRoot"]["/K"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    pages = [" ".join(page.extract_text().split()) for page in report.pages]
    assert "60" in pages[0].split("Året i korthet")[0]
    assert "Så här hänvisar du: Jämställdhetsmyndigheten" in pages[0]
    assert all("Slutlig, version 1" in page and "offer för människohandel 2018" in page for page in pages)
    assert "-\n" not in "".join(page.extract_text() for page in report.pages), "a word is parted"
    assert report.metadata is not None
    assert "2018" in str(report.metadata.title)
    assert client.get("/statistik/2018/tables.exe").status_code == 404


@pytest.mark.once
def test_the_same_input_freezes_to_the_same_checksum(vera: Access, anna: Access) -> None:
    add(vera)
    draft = prepare(anna)
    again = actions.protect_draft(year=2018, by=anna)
    assert draft.digest == again.digest
    for one in (draft, again):
        one.content = content(one)
    assert checksum(draft) == checksum(again)


def test_nothing_untested_is_published_by_any_way_in(vera: Access, anna: Access) -> None:
    add(vera)
    draft = prepare(anna)
    actions.choose_step(year=2018, table="ages", step=0, by=anna)
    with pytest.raises(JobRefused):
        released(draft=draft, digest=draft.digest, state=State.FINAL, by=anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=draft.pk).update(version=1, state=State.FINAL)
    assert not Publication.objects.published().exists()


@pytest.mark.once
def test_the_attack_is_run_again_on_exactly_what_is_published(vera: Access, anna: Access) -> None:
    add(vera)
    draft = prepare(anna, {**COARSEST, "main_purpose": 0})
    sealed = draft.unsealed()
    for table in sealed["protected"]["persons"]:
        for cell, true in zip(table["cells"], _true(sealed, table["name"]), strict=True):
            cell["value"], cell["status"] = true["value"], "shown"
    draft.seal(sealed)
    with pytest.raises(JobRefused):
        released(draft=draft, digest=draft.digest, state=State.FINAL, by=anna)


def _true(sealed: dict[str, Any], name: str) -> list[dict[str, Any]]:
    tables = sealed["packages"]["persons"]["tables"]
    return next(table["cells"] for table in tables if table["name"] == name)


def test_of_two_who_publish_at_once_one_wins_and_the_other_is_told(vera: Access, anna: Access) -> None:
    add(vera)
    draft = prepare(anna)
    same = Publication.objects.get(pk=draft.pk)
    released(draft=draft, digest=draft.digest, state=State.FINAL, by=anna)
    with pytest.raises(actions.Moved):
        released(draft=same, digest=same.digest, state=State.FINAL, by=access(user("Otto", Role.ANALYST)))
    assert Publication.objects.published().count() == 1
    assert PublicationFile.objects.count() == 8


@pytest.mark.report
@pytest.mark.once
def test_a_correction_is_told_outside_only_with_the_next_version(
    vera: Access, anna: Access, client: Client
) -> None:
    add(vera)
    first = published(anna)
    before = client.get("/statistik/2018/").content
    new_case(*[new_person(sex="M", main="labour", county="01", agency="social") for _n in range(9)], by=vera)
    assert client.get("/statistik/2018/").content == before
    second = published(anna, State.REVISED)
    assert (second.version, cells(second, "groups")["*",]) == (2, (69, "shown"))
    newer = client.get("/statistik/2018/v1/?lang=en").content.decode()
    assert "There is a newer version of this year." in newer
    first.refresh_from_db()
    assert cells(first, "groups")["*",] == (60, "shown")


@pytest.mark.once
def test_what_was_published_stays_and_small_steps_between_versions_are_secrets(
    vera: Access, anna: Access
) -> None:
    add(vera)
    first = published(anna)
    new_case(new_person(sex="M", citizenship="NG", main="labour", county="01", agency="social"), by=vera)
    second = prepare(anna)
    shown = {
        (table["name"], tuple(cell["key"])): cell["value"]
        for table in first.tables
        for cell in table["cells"]
        if cell["status"] == "shown" and table["name"] != "groups"
    }
    for table in second.tables:
        for cell in table["cells"]:
            then = shown.get((table["name"], tuple(cell["key"])))
            known = cell["key"] in (
                ["*"],
                ["*", "*"],
            )  # the headline is exempt, and its differences no secrets
            if (
                cell["status"] == "shown"
                and then is not None
                and not known
                and not {"section", "group"} & {dimension["name"] for dimension in table["dimensions"]}
            ):
                assert not 1 <= abs(cell["value"] - then) < 5


@pytest.mark.once
def test_a_withdrawn_version_says_why_and_shows_no_figure(vera: Access, anna: Access, client: Client) -> None:
    add(vera)
    row = published(anna)
    withdrawn(publication=row, reason="A county was counted twice.", by=anna)
    page = client.get("/statistik/2018/?lang=en").content.decode()
    assert "A county was counted twice." in page
    assert "<td" not in page
    assert client.get("/statistik/2018/tables.csv").status_code == 404
    assert Publication.objects.published().count() == 1
    with pytest.raises(JobRefused):
        withdrawn(publication=row, reason="Again, a reason.", by=anna)


def test_an_exemption_needs_a_second_person_and_a_new_test(vera: Access, anna: Access) -> None:
    add(vera)
    draft = prepare(anna, {**COARSEST, "main_purpose": 0})
    asked = actions.ask_exemption(
        year=2018, table="main_purpose", reason="Printed by the agency before.", by=anna
    )
    with pytest.raises(PermissionDenied):
        actions.answer_exemption(exemption=asked, approve=True, by=anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        Exemption.objects.filter(pk=asked.pk).update(answered_by=anna.user, answered_at=NOON, approved=True)
    actions.answer_exemption(exemption=asked, approve=True, by=access(user("Mona", Role.MANAGER)))
    with pytest.raises(JobRefused):
        released(draft=draft, digest=draft.digest, state=State.FINAL, by=anna)
    draft = actions.protect_draft(year=2018, by=anna)
    assert cells(draft, "main_purpose")["organs", "women"] == (2, "shown")
    assert draft.passed
    assert Event.objects.filter(action="exemption.approve", reason="Printed by the agency before.").exists()


@pytest.mark.report
def test_the_jobs_protect_and_publish_and_a_year_without_persons_is_refused(
    vera: Access, anna: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import nullcontext

    monkeypatch.setattr(worker, "_signs_of_life", nullcontext)
    add(vera)
    for table, step in COARSEST.items():
        actions.choose_step(year=2018, table=table, step=step, by=anna)
    enqueue("protect_year", by=anna, year=2018)
    empty = enqueue("protect_year", by=anna, year=2011)
    worker.work(once=True)
    empty.refresh_from_db()
    assert (empty.state, "2011" in empty.error) == (Job.State.FAILED, True)
    draft = Publication.objects.drafts().get(year=2018)
    given = approved(draft=draft, state="preliminary", by=anna)
    enqueue("publish_year", by=anna, year=2018, approval=str(given.code))
    worker.work(once=True)
    assert Publication.objects.published().get().state == State.PRELIMINARY
    assert Job.objects.get(kind="publish_year").result["said"] == PUBLISHED


def test_the_page_of_publishing_has_its_budget_and_its_readers(
    vera: Access, anna: Access, client: Client
) -> None:
    add(vera)
    prepare(anna)
    client.force_login(anna.user)
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/summaries/publications/2018/")
    assert page.status_code == 200
    reading = [q for q in asked if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]
    assert len(reading) <= 13  # one asks whether the rows of the year are disposed of
    assert len(page.content) <= 60_000
    for address in (
        "/summaries/publications/",
        "/summaries/publications/2018/text/",
        "/summaries/publications/2018/freeze/",
    ):
        assert client.get(address).status_code == 200
    client.force_login(vera.user)
    assert client.get("/summaries/publications/2018/").status_code == 403


def test_a_justice_figure_is_an_aggregate_with_a_source() -> None:
    facts = {"year": 2018, "kind": "convicted", "value": 7, "source": "Brå"}
    JusticeFigure.objects.create(**facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        JusticeFigure.objects.create(**facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        JusticeFigure.objects.create(**{**facts, "breakdown": "sex:F", "source": ""})


@pytest.mark.once
def test_everybody_is_counted_once_in_every_public_table_that_adds_up(vera: Access, anna: Access) -> None:
    add(vera)
    new_case(new_person(on=date(2018, 2, 1), citizenship=None, sex="U", child="unknown"), by=vera)
    draft = prepare(anna)
    number = Person.objects.counted().filter(first_year=2018).count()
    assert {table["name"] for table in draft.tables if not table.get("left_out")} == {
        "groups", "calls_topic", "calls_caller",
    }  # fmt: skip
    for table in draft.tables:
        if not table["name"].startswith("calls") and table["name"] != "sector":
            key = ["*"] * len(table["dimensions"])
            total = next(cell for cell in table["cells"] if cell["key"] == key)
            assert total["value"] in (number - table.get("left_out", 0), None)


@pytest.mark.once
def test_a_hidden_group_is_an_x_among_the_key_figures_too(vera: Access, anna: Access, client: Client) -> None:
    Exemption.objects.all().delete()  # without it the headline groups are protected as everything else is
    add(vera)
    new_case(new_person(child="yes"), new_person(child="yes"), by=vera)
    girls = cells(published(anna), "groups")["girls",]
    assert girls == (None, "hidden")
    page = " ".join(client.get("/statistik/2018/").content.decode().split())
    figures = dict(
        re.findall(r"<dt>([^<]+)</dt>\s*<dd>(.*?)</dd>", page.split('class="keyfigs"')[1].split("</dl>")[0])
    )
    assert (
        figures["Flickor"] == '<b aria-hidden="true">x</b><span class="visually-hidden">dold uppgift</span>'
    )
    assert sum(value.startswith("<b") for value in figures.values()) >= 2  # one alone is told by the total
