"""A year is published from protected tables alone, and once, by whoever was first."""

from __future__ import annotations

import errno
import io
import re
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from accounts.access import Access
from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from cases.models import Exploitation, Person
from jobs import worker
from jobs.kinds import JobRefused, RunCancelled, enqueue
from jobs.models import Job
from summaries.job_kinds import PUBLISHED
from summaries.models import JusticeFigure, Population
from summaries.release import actions
from summaries.release.corrections import headline_steps
from summaries.release.frozen import checksum, content
from summaries.release.models import Exemption, Publication, PublicationFile
from summaries.site import files
from tests.actors import NOON, access, user
from tests.makers import new_case, new_person
from tests.summaries.releasing import approved, released
from tests.summaries.small_year import FINE, cells, prepare, published
from tests.weights import examples

pytestmark = pytest.mark.django_db
State = Publication.State


@pytest.fixture
def anna(prepared: Publication) -> Access:
    """The analyst who prepared the draft."""
    return access(User.objects.get(name="Annika"))


def test_what_is_hidden_changes_no_byte_of_what_is_published(
    prepared: Publication, anna: Access, client: Client
) -> None:
    """Two registers that differ in hidden cells alone: two and three women here, three and two there."""
    outsides = [(_frozen(row), _outside(client)) for row in _published_with_others_hidden(prepared, anna)]
    assert outsides[0] == outsides[1]


@pytest.mark.report
@pytest.mark.long(
    instead="tests/summaries/test_publishing.py::test_what_is_hidden_changes_no_byte_of_what_is_published"
)
def test_what_is_hidden_changes_no_word_of_the_report(
    prepared: Publication, anna: Access, client: Client
) -> None:
    reports = [_report(row) for row in _published_with_others_hidden(prepared, anna)]
    assert reports[0] == reports[1]


def _published_with_others_hidden(draft: Publication, by: Access) -> Iterator[Publication]:
    """Publish the draft, then instead of it what it would be if one of war had been of organs."""
    for moved in (False, True):
        with transaction.atomic():
            if moved:
                exploitation = Exploitation.objects.filter(purpose="purpose:war").earliest("pk")
                Exploitation.objects.filter(pk=exploitation.pk).update(purpose="purpose:organs")
            row = prepare(by, FINE) if moved else draft
            assert cells(row, "main_purpose")["organs", "women"] == (None, "hidden")
            yield released(draft=row, digest=row.digest, state=State.FINAL, by=by)
            transaction.set_rollback(True)


def _frozen(row: Publication) -> tuple[Any, ...]:
    return row.tables, row.texts, row.content, row.checksum


def _report(row: Publication) -> list[Any]:
    file = bytes(row.files.get(kind="pdf", language="sv").content)
    report = PdfReader(io.BytesIO(file))
    return [*(page.extract_text() for page in report.pages), report.metadata]


def _outside(client: Client) -> list[Any]:
    """Every page, chart, title and file that anybody can ask for."""
    found: list[Any] = []
    for language in ("?lang=en", "")[: examples(1, 2)]:
        at = "/statistik/2018/"
        found += [
            client.get(f"{page}{language}").content for page in ("/statistik/", at, f"{at}internationellt/")
        ]
        files = {name: client.get(f"{at}{name}{language}").content for name in ("tables.csv", "tables.json")}
        sheets = _sheets(client.get(f"{at}tables.xlsx{language}").content)
        found += [files, sheets]
    return found


def _sheets(file: bytes) -> list[list[tuple[Any, ...]]]:
    return [list(sheet.values) for sheet in load_workbook(io.BytesIO(file))]


def test_the_same_input_freezes_to_the_same_checksum(prepared: Publication, anna: Access) -> None:
    again = actions.protect_draft(year=2018, by=anna)
    assert prepared.digest == again.digest
    for publication in (prepared, again):
        publication.content = content(publication)
    assert checksum(prepared) == checksum(again)


def test_nothing_untested_is_published_by_any_way_in(prepared: Publication, anna: Access) -> None:
    actions.choose_steps(year=2018, steps={"ages": 0}, by=anna)
    with pytest.raises(JobRefused):
        released(draft=prepared, digest=prepared.digest, state=State.FINAL, by=anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=prepared.pk).update(version=1, state=State.FINAL)
    assert not Publication.objects.published().exists()


def test_the_attack_is_run_again_on_exactly_what_is_published(prepared: Publication, anna: Access) -> None:
    true_values = prepared.true_values()
    for table in true_values["protected"]["persons"]:
        for cell, true in zip(table["cells"], _true(true_values, table["name"]), strict=True):
            cell["value"], cell["status"] = true["value"], "shown"
    prepared.set_true_values(true_values)
    with pytest.raises(JobRefused):
        released(draft=prepared, digest=prepared.digest, state=State.FINAL, by=anna)


def _true(true_values: dict[str, Any], name: str) -> list[dict[str, Any]]:
    tables = true_values["packages"]["persons"]["tables"]
    return next(table["cells"] for table in tables if table["name"] == name)


def test_of_two_who_publish_at_once_one_wins_and_the_other_is_told(
    prepared: Publication, anna: Access
) -> None:
    same = Publication.objects.get(pk=prepared.pk)
    released(draft=prepared, digest=prepared.digest, state=State.FINAL, by=anna)
    with pytest.raises(actions.Moved):
        released(draft=same, digest=same.digest, state=State.FINAL, by=access(user("Otto", Role.ANALYST)))
    assert Publication.objects.published().count() == 1
    assert PublicationFile.objects.count() == 8


def test_an_exemption_needs_a_second_person_and_a_new_test(prepared: Publication, anna: Access) -> None:
    asked = actions.ask_exemption(
        year=2018, table="main_purpose", reason="Printed by the agency before.", by=anna
    )
    with pytest.raises(PermissionDenied):
        actions.answer_exemption(exemption=asked, approve=True, by=anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        Exemption.objects.filter(pk=asked.pk).update(answered_by=anna.user, answered_at=NOON, approved=True)
    actions.answer_exemption(exemption=asked, approve=True, by=access(user("Mona", Role.MANAGER)))
    with pytest.raises(JobRefused):
        released(draft=prepared, digest=prepared.digest, state=State.FINAL, by=anna)
    draft = actions.protect_draft(year=2018, by=anna)
    assert cells(draft, "main_purpose")["organs", "women"] == (2, "shown")
    assert draft.passed
    assert Event.objects.filter(action="exemption.approve", reason="Printed by the agency before.").exists()


def test_the_jobs_protect_and_publish_and_a_year_without_persons_is_refused(
    prepared: Publication, anna: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_signs_of_life", nullcontext)
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
    prepared: Publication, vera: Access, anna: Access, client: Client
) -> None:
    client.force_login(anna.user)
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/summaries/publications/2018/")
    assert page.status_code == 200
    reading = [q for q in asked if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]
    assert len(reading) <= 18  # five count the year, to tell how it has moved since the tables were made
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


def test_everybody_is_counted_once_in_every_public_table_that_adds_up(
    prepared: Publication, vera: Access, anna: Access
) -> None:
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


def test_a_hidden_group_is_an_x_among_the_key_figures_too(
    prepared: Publication, vera: Access, anna: Access, client: Client
) -> None:
    Exemption.objects.all().delete()  # without it the headline groups are protected as everything else is
    new_case(new_person(child="yes"), new_person(child="yes"), by=vera)
    girls = cells(published(anna, steps=headline_steps()), "groups")["girls",]
    assert girls == (None, "hidden")
    page = " ".join(client.get("/statistik/").content.decode().split())
    figures = dict(
        re.findall(r"<dt>([^<]+)</dt>\s*<dd>(.*?)</dd>", page.split('class="keyfigs"')[1].split("</dl>")[0])
    )
    assert (
        figures["Flickor"] == '<b aria-hidden="true">x</b><span class="visually-hidden">dold uppgift</span>'
    )
    assert sum(value.startswith("<b") for value in figures.values()) >= 2  # one alone is told by the total


# What goes wrong: a full disk, a run that is stopped or killed.


def test_a_full_disk_is_said_and_the_draft_is_there_as_before(
    prepared: Publication, anna: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_signs_of_life", nullcontext)

    def full(*_args: Any, **_options: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setitem(files.KINDS, "xlsx", files.KINDS["xlsx"]._replace(make=full))
    given = approved(draft=prepared, state="final", by=anna)
    job = enqueue("publish_year", by=anna, year=2018, approval=str(given.code))
    worker.work(once=True)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "disk" in job.error.lower()
    assert (Publication.objects.get().state, PublicationFile.objects.count()) == ("tested", 0)
    monkeypatch.undo()
    released(draft=prepared, digest=prepared.digest, state="final", by=anna)
    assert Publication.objects.published().count() == 1


def test_a_run_that_is_stopped_while_files_are_made_keeps_nothing(
    prepared: Publication, anna: Access
) -> None:

    def stop(step: int, _steps: int) -> None:
        if step == 3:
            raise RunCancelled

    with pytest.raises(RunCancelled):
        released(draft=prepared, digest=prepared.digest, state="final", by=anna, progress=stop)
    assert (Publication.objects.get().state, PublicationFile.objects.count()) == ("tested", 0)


def test_a_run_whose_process_was_killed_is_marked_and_can_be_started_again(
    prepared: Publication, anna: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_signs_of_life", nullcontext)
    given = approved(draft=prepared, state="final", by=anna)
    job = enqueue("publish_year", by=anna, year=2018, approval=str(given.code))
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, alive_at=timezone.now() - timedelta(minutes=5)
    )
    worker.bury_the_dead()
    job.refresh_from_db()
    assert (job.state, bool(job.error)) == (Job.State.FAILED, True)
    assert Publication.objects.get().state == "tested"
    again = enqueue("publish_year", by=anna, year=2018, approval=str(given.code))
    worker.work(once=True)
    again.refresh_from_db()
    assert again.state == Job.State.DONE


def test_without_residents_there_are_figures_and_no_rates(prepared: Publication, anna: Access) -> None:
    Population.objects.filter(year=2018).delete()
    row = released(draft=prepared, digest=prepared.digest, state="final", by=anna)
    assert row.content["en"]["rates"] == []
    newest = row.content["en"]["sdg_series"]["rows"][-1]
    assert (newest["year"], newest["cells"][0]) == (2018, {"value": 60, "rate": None})
