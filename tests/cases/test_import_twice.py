"""A file that is confirmed twice is imported once; two who import at one moment add nobody twice; who goes
back is led on."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.access import Access
from accounts.roles import Role
from agencies.models import Agency
from cases.models import Case, Person
from exchange import waiting
from exchange.models import ImportRun, ImportUpload
from exchange.runs import Stale
from jobs.actions import enqueue
from jobs.models import Job
from jobs.worker import work
from tests.actors import user
from tests.at_once import at_once
from tests.cases.pages import coordinator, signed_in
from tests.cases.spreadsheet import row, sheet
from tests.exchange.list_files import confirm, table, upload
from tests.importers import brought, looked_at
from tests.nmt_site.admin_pages import address, client_of, someone

pytestmark = pytest.mark.django_db
URL = "/cases/import/"
TWO = sheet(row(), row(person="K2"))
LIST = table(["code", "name_sv", "name_en", "kind"], ["one", "En", "One", "ngo"])


@pytest.fixture
def browser() -> Client:
    return signed_in(coordinator())


def sent(browser: Client) -> str:
    return str(browser.post(URL, {"file": SimpleUploadedFile("f.csv", TWO)})["Location"])


def test_a_double_click_ends_on_the_page_of_the_one_import(browser: Client) -> None:
    where = sent(browser)
    first, second = (browser.post(where + "confirm/", {"rows": "all"})["Location"] for _n in range(2))
    assert first == second == f"{URL}done/{ImportRun.objects.get().code}/"
    assert Person.objects.count() == 2


def test_who_goes_back_to_a_confirmed_file_sees_what_was_done(browser: Client) -> None:
    where = sent(browser)
    done = browser.post(where + "confirm/", {"rows": "all"})["Location"]
    assert browser.get(where)["Location"] == done
    assert signed_in(coordinator("SY", "Sven")).get(where).status_code == 404


def test_a_list_confirmed_twice_is_one_import_too() -> None:
    client = client_of(someone(Role.ADMINISTRATOR))
    page = upload(client, "agencies_agency", LIST)
    code = page.context["upload"].code
    for _n in range(2):
        assert confirm(client, "agencies_agency", page).context["run"].code == code
    assert (
        client.get(address("agencies_agency", "import_preview", code), follow=True).context["run"].code
        == code
    )
    assert ImportRun.objects.count() == Agency.objects.filter(code="one").count() == 1


def test_two_runs_of_one_file_are_one_import() -> None:
    vera = Access.of(user("Vera", Role.COORDINATOR, region="V"))
    kept = looked_at("persons", TWO, vera)
    for _n in range(2):
        enqueue("import.run", by=vera, importer="persons", upload=str(kept.code), good_rows=False)
    assert work(once=True) == 2
    assert {job.state for job in Job.objects.all()} == {Job.State.DONE}
    assert {str(kept.code) in job.result["url"] for job in Job.objects.all()} == {True}
    assert (Person.objects.count(), ImportRun.objects.count()) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_one_moment_are_one_import() -> None:
    vera = Access.of(user("Vera", Role.COORDINATOR, region="V"), at=timezone.now())
    kept = looked_at("persons", TWO, vera)
    both = [ImportUpload.objects.get(pk=kept.pk) for _n in range(2)]
    runs: list[Any] = []
    at_once(lambda who: runs.append(waiting.confirm(both[who], by=vera, good_rows=False)))
    assert [run.code for run in runs] == [kept.code, kept.code]
    assert (Person.objects.count(), ImportRun.objects.count()) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_on_a_list_at_one_moment_are_one_import() -> None:
    anna = Access.of(user("Anna", Role.ADMINISTRATOR), at=timezone.now())
    kept = looked_at("agencies", LIST, anna)
    both = [ImportUpload.objects.get(pk=kept.pk) for _n in range(2)]
    runs: list[Any] = []
    at_once(lambda who: runs.append(waiting.confirm(both[who], by=anna, good_rows=False)))
    assert [run.code for run in runs] == [kept.code, kept.code]
    assert Agency.objects.filter(code="one").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_the_same_persons_at_one_moment_add_nobody_twice() -> None:
    by = [
        Access.of(user(name, Role.COORDINATOR, region="V"), at=timezone.now()) for name in ("Vera", "Viktor")
    ]
    kept = [looked_at("persons", TWO, access) for access in by]
    said: list[str] = []

    def work_of(who: int) -> None:
        try:
            waiting.confirm(kept[who], by=by[who], good_rows=False)
            said.append("done")
        except Stale:
            said.append("stale")

    at_once(work_of)
    assert sorted(said) == ["done", "stale"]
    assert (Person.objects.count(), Case.objects.count(), ImportRun.objects.count()) == (2, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_commands_with_one_file_at_one_moment_add_nobody_twice() -> None:
    by = [
        Access.of(user(name, Role.COORDINATOR, region="V"), at=timezone.now()) for name in ("Vera", "Viktor")
    ]
    at_once(lambda who: brought("persons", TWO, by[who]))
    assert (Person.objects.count(), Case.objects.count()) == (2, 1)
