"""A process killed in the middle of an import, an undo or an export leaves nothing half-done, and the page
says so.

The work runs in a process of its own, which stops half-way through its transaction and is killed there.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts.access import Access
from accounts.roles import Role
from audit.models import Event
from cases import export_files
from cases.models import Case, Exploitation, Identification, Person
from cases.views.files import selection
from exchange.models import ExportPart, ImportRun
from jobs.kinds import enqueue
from jobs.models import Job
from jobs.worker import DEAD_AFTER, work
from tests.actors import user
from tests.cases.spreadsheet import row, sheet
from tests.exchange.list_files import table
from tests.importers import brought, looked_at
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parent.parent.parent
# Small batches, and a stop for good at the third step that the work tells of.
CHILD = """
import sys, time, django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from exchange import journal, lists, writer
from cases.importing import importer
from cases.importing import writer as persons
from jobs import kinds, worker
lists.BATCH_SIZE = journal.BATCH_SIZE = writer.BATCH_SIZE = persons.BATCH_SIZE = importer.BATCH_SIZE = 2
told = []
def tell(run, step, steps):
    told.append(step)
    if len(told) == 3:
        print("half-way", flush=True)
        time.sleep(300)
kinds.Run.tell = tell
worker.work(once=True)
print("finished", flush=True)
"""
PERSONS = sheet(*(row(case=f"A-{n}", person=f"K{n}", municipality="Borås") for n in range(9)))
LIST = table(
    ["code", "name_sv", "name_en", "kind"], *([f"x{n}", f"Ny {n}", f"New {n}", "ngo"] for n in range(9))
)


@pytest.fixture
def vera() -> Access:
    return Access.of(user("Vera", Role.COORDINATOR, region="V"))


@pytest.fixture
def anna() -> Access:
    return Access.of(user("Anna", Role.ADMINISTRATOR))


def killed_half_way() -> None:
    """Runs the waiting job in another process and kills that process by its id."""
    name = str(connection.settings_dict["NAME"])
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, name],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    try:
        assert child.stdout.readline().strip() == "half-way"
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(timeout=30)
        child.stdout.close()


def everything() -> list[Any]:
    from agencies.models import Agency

    models = (Case, Person, Identification, Exploitation, Agency, ImportRun, ExportPart)
    found: list[Any] = [sorted(map(repr, model._default_manager.values_list())) for model in models]
    return [*found, [model.history.count() for model in (Case, Person, Identification, Exploitation)]]


def confirmed(name: str, data: bytes, by: Access) -> Job:
    code = looked_at(name, data, by).code
    return enqueue("import.run", by=by, importer=name, upload=str(code), good_rows=False)


def taken_back(name: str, data: bytes, by: Access) -> Job:
    run = brought(name, data, by).run
    assert run is not None
    return enqueue("import.undo", by=by, importer=name, run=str(run.code))


def import_of_persons(by: Access) -> Job:
    return confirmed("persons", PERSONS, by)


def undo_of_persons(by: Access) -> Job:
    return taken_back("persons", PERSONS, by)


def export_of_persons(by: Access) -> Job:
    brought("persons", PERSONS, by)
    chosen = selection(QueryDict(), by)
    file = export_files.ask(chosen, by=by, form="csv", purpose="Test", reason="Test", language="sv")
    return enqueue("export.rows", by=by, file=str(file.code))


def import_of_a_list(by: Access) -> Job:
    return confirmed("agencies", LIST, by)


def undo_of_a_list(by: Access) -> Job:
    return taken_back("agencies", LIST, by)


def half_way(asked: Callable[[Access], Job], by: Access) -> None:
    job = asked(by)
    before, events = everything(), Event.objects.count()
    killed_half_way()
    assert everything() == before
    assert Event.objects.count() == events
    _the_page_says_so(job, by)
    again = Job.objects.create(kind=job.kind, owner=by.user, params=job.params)
    assert work(once=True) == 1
    again.refresh_from_db()
    assert again.state == Job.State.DONE, again.error  # what waited is still there
    assert everything() != before


def _the_page_says_so(job: Job, by: Access) -> None:
    Job.objects.filter(pk=job.pk).update(alive_at=timezone.now() - 2 * DEAD_AFTER)
    assert work(once=True) == 0  # nothing waits: only the dead are buried
    client = Client()
    client.force_login(by.user)
    page = client.get(job.get_absolute_url()).content.decode()
    assert "Körningen stoppades innan den var klar" in page


OF_PERSONS = (import_of_persons, undo_of_persons, export_of_persons)


@pytest.mark.parametrize("asked", mostly_long(OF_PERSONS, usual=[import_of_persons]))
def test_persons_are_as_they_were(asked: Callable[[Access], Job], vera: Access) -> None:
    half_way(asked, vera)


@pytest.mark.parametrize("asked", mostly_long([import_of_a_list, undo_of_a_list], usual=[undo_of_a_list]))
def test_a_list_is_as_it_was(asked: Callable[[Access], Job], anna: Access) -> None:
    half_way(asked, anna)
