"""A file that is confirmed twice is imported once; two who import at one moment add nobody twice; who goes
back is led on."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import Access
from accounts.roles import Role
from agencies.models import Agency
from cases.models import Case, Person
from exchange import runs as waiting
from exchange.lists import importer_of
from exchange.models import ImportRun, ImportUpload
from exchange.runs import Stale
from jobs.kinds import enqueue
from jobs.models import Job
from jobs.worker import work
from tests.actors import user
from tests.at_once import at_once
from tests.cases.pages import signed_in
from tests.cases.spreadsheet import row, sheet
from tests.exchange.list_files import table
from tests.importers import brought, looked_at

pytestmark = pytest.mark.django_db
TWO = sheet(row(), row(person="K2"))
LIST = table(["code", "name_sv", "name_en", "kind"], ["one", "En", "One", "ngo"])


IMPORTERS = {"persons": (Role.COORDINATOR, TWO), "agencies": (Role.ADMINISTRATOR, LIST)}
# Persons, cases, agencies, runs and files that wait: how many more there are after the import.
MADE = {"persons": [2, 1, 0, 1, -1], "agencies": [0, 0, 1, 1, -1]}
each = pytest.mark.parametrize("name", IMPORTERS)


def held() -> list[int]:
    return [model.objects.count() for model in (Person, Case, Agency, ImportRun, ImportUpload)]


def someone_of(name: str) -> Access:
    return Access.of(user("Vera", IMPORTERS[name][0], region="V"), at=timezone.now())


def sent(name: str, client: Client) -> str:
    """The address of the preview."""
    upload = SimpleUploadedFile("f.csv", IMPORTERS[name][1])
    return str(client.post(reverse(importer_of(name).at()), {"file": upload})["Location"])


@each
def test_a_double_click_ends_on_the_page_of_the_one_import_and_who_goes_back_is_led_on(name: str) -> None:
    client, other = (
        signed_in(someone_of(name).user),
        signed_in(user("Other", IMPORTERS[name][0], region="SY")),
    )
    where, before = sent(name, client), held()
    first, second = (client.post(where + "confirm/", {"rows": "all"})["Location"] for _n in range(2))
    assert first == second == reverse(importer_of(name).at("run"), args=[ImportRun.objects.get().code])
    assert client.get(where)["Location"] == first
    assert other.get(where).status_code == other.get(first).status_code == 404
    assert [now - then for now, then in zip(held(), before, strict=True)] == MADE[name]


@each
def test_two_runs_of_one_file_are_one_import(name: str) -> None:
    by = someone_of(name)
    upload, before = looked_at(name, IMPORTERS[name][1], by), held()
    for _n in range(2):
        enqueue("import.run", by=by, importer=name, upload=str(upload.code), good_rows=False)
    assert work(once=True) == 2
    assert {job.state for job in Job.objects.all()} == {Job.State.DONE}
    assert {str(upload.code) in job.result["url"] for job in Job.objects.all()} == {True}
    assert [now - then for now, then in zip(held(), before, strict=True)] == MADE[name]


@pytest.mark.django_db(transaction=True)
@each
def test_two_clicks_at_one_moment_are_one_import(name: str) -> None:
    by = someone_of(name)
    upload, before = looked_at(name, IMPORTERS[name][1], by), held()
    both = [ImportUpload.objects.get(pk=upload.pk) for _n in range(2)]
    runs: list[Any] = []
    at_once(lambda who: runs.append(waiting.confirm(both[who], by=by, good_rows=False)))
    assert [run.code for run in runs] == [upload.code, upload.code]
    assert [now - then for now, then in zip(held(), before, strict=True)] == MADE[name]


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_the_same_persons_at_one_moment_add_nobody_twice() -> None:
    by = [
        Access.of(user(name, Role.COORDINATOR, region="V"), at=timezone.now()) for name in ("Vera", "Viktor")
    ]
    uploads = [looked_at("persons", TWO, access) for access in by]
    texts: list[str] = []

    def work_of(who: int) -> None:
        try:
            waiting.confirm(uploads[who], by=by[who], good_rows=False)
            texts.append("done")
        except Stale:
            texts.append("stale")

    at_once(work_of)
    assert sorted(texts) == ["done", "stale"]
    assert (Person.objects.count(), Case.objects.count(), ImportRun.objects.count()) == (2, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_commands_with_one_file_at_one_moment_add_nobody_twice() -> None:
    by = [
        Access.of(user(name, Role.COORDINATOR, region="V"), at=timezone.now()) for name in ("Vera", "Viktor")
    ]
    at_once(lambda who: brought("persons", TWO, by[who]))
    assert (Person.objects.count(), Case.objects.count()) == (2, 1)
