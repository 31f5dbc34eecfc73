"""While a file is read nobody waits for it: no transaction is open, and a colleague's pages are answered."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from cases.models import Case
from exchange import sandbox
from exchange.importer import IMPORTERS
from exchange.limits import refuse
from exchange.models import ImportUpload
from jobs.worker import work
from tests.actors import access, user
from tests.cases.spreadsheet import row, sheet
from tests.hostile_workbooks import sheet as xml, with_part
from tests.makers import new_case

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("read_by_a_process")]
PERSONS = "/cases/import/"


@pytest.fixture
def open_ones(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether a transaction was open, of each file that was read."""
    found: list[bool] = []
    read = sandbox.read

    def watched(data: bytes, known: Any, **how: Any) -> sandbox.ReadFile:
        found.append(connection.in_atomic_block)
        return read(data, known, **how)

    monkeypatch.setattr(sandbox, "read", watched)
    return found


def signed_in(name: str = "Vera", role: Role = Role.COORDINATOR, region: str = "V") -> Client:
    client = Client(headers={"host": "localhost"})
    client.force_login(user(name, role, region=region, language="en"))
    return client


def sent(client: Client, data: bytes, where: str = PERSONS, name: str = "a.csv") -> Any:
    return client.post(where, {"file": SimpleUploadedFile(name, data)})


def test_a_file_is_read_before_the_transaction_and_once(open_ones: list[bool]) -> None:
    client = signed_in()
    where = sent(client, sheet(row(), row(person="K2", county="nowhere")))["Location"]
    assert client.get(where).status_code == 200
    assert client.get(f"{where}failed/").status_code == 200
    assert client.post(f"{where}confirm/", {"rows": "good"}).status_code == 302
    assert not ImportUpload.objects.exists()
    assert open_ones == [False]


def test_so_is_one_of_a_list_in_the_admin(open_ones: list[bool]) -> None:
    client = signed_in("Ada", Role.ADMINISTRATOR, "")
    answer = sent(client, b"key;list\nx;y\n", "/admin/agencies/code/import/")
    assert answer.status_code in {200, 302}
    assert open_ones == [False]


def test_so_is_a_large_one_by_the_worker(open_ones: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    small = IMPORTERS["persons"]
    monkeypatch.setitem(IMPORTERS, "persons", type(small)(**{**vars(small), "small": 10}))
    sent(signed_in(), sheet(row()))
    assert open_ones == []
    work(once=True)
    assert open_ones == [False]
    assert ImportUpload.objects.get().preview


def test_so_is_one_of_a_command(open_ones: list[bool], tmp_path: Path) -> None:
    email = user("Vera", Role.COORDINATOR, region="V").email
    file = tmp_path / "a.csv"
    file.write_bytes(sheet(row()))
    call_command("import_persons", str(file), email=email, lang="en")
    assert open_ones == [False]


def test_whoever_may_not_import_has_nothing_read(open_ones: list[bool]) -> None:
    assert sent(signed_in("Olof", Role.OPERATOR, ""), sheet(row())).status_code == 403
    assert open_ones == []


def test_a_file_that_cannot_be_read_is_a_sentence_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(data: bytes, known: Any) -> sandbox.ReadFile:
        raise refuse("not_read")

    monkeypatch.setattr(sandbox, "read", never)
    page = sent(signed_in(), sheet(row())).content.decode()
    assert "The file cannot be read in the time and memory" in page
    assert not ImportUpload.objects.exists()


def test_a_colleague_reads_and_writes_while_a_file_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The file is read until the colleague has had every answer, and is refused then."""
    begun, answered = tmp_path / "begun", tmp_path / "answered"
    reads = "import pathlib, sys, time; begun, answered = map(pathlib.Path, sys.argv[1:3]); begun.touch()"
    reads += "\nwhile not answered.exists(): time.sleep(0.01)"
    monkeypatch.setattr(
        sandbox, "COMMAND", (sys.executable, "-I", "-S", "-c", reads, str(begun), str(answered))
    )
    vera, sam = signed_in(), signed_in("Sam", region="SY")

    def sends() -> bytes:
        try:
            return bytes(sent(vera, sheet(row())).content)
        finally:
            connections.close_all()

    with ThreadPoolExecutor() as pool:
        page = pool.submit(sends)
        try:
            while not begun.exists():
                assert not page.done()
                time.sleep(0.01)
            assert sam.get("/cases/").status_code == 200
            new_case(by=access(User.objects.get(name="Sam")), region="SY")
            assert not page.done()
        finally:
            answered.touch()
        assert b"The file cannot be read in the time and memory" in page.result()
    assert Case.objects.count() == 1


@pytest.mark.long(
    instead="tests/exchange/test_nobody_waits.py::test_a_colleague_reads_and_writes_while_a_file_is_read"
)
def test_a_colleagues_pages_are_answered_while_a_hostile_file_is_read() -> None:
    """In a second, or, where the machine has much else to do, in a few times what they take alone. Were the
    database held, one page would take as long as the file."""
    cells = "".join(f'<c t="str"><v>{n}</v></c>' for n in range(90))
    hostile = with_part(xml(f"<row>{cells}</row>" * 30_000))
    assert len(hostile) < IMPORTERS["persons"].small
    mean, colleague, times = signed_in(), signed_in("Sam", region="SY"), []
    answers: list[str] = []

    def sends() -> None:
        try:
            answers.append(sent(mean, hostile, name="a.xlsx").content.decode())
        finally:
            connections.close_all()

    def page() -> float:
        began = time.monotonic()
        assert colleague.get("/cases/").status_code == 200
        return time.monotonic() - began

    page()
    alone = max(page() for _time in range(3))
    sending = threading.Thread(target=sends)
    sending.start()
    while sending.is_alive():
        times.append(page())
    sending.join()
    assert "The file cannot be read in the time and memory" in answers[0]
    assert len(times) > 2
    assert sorted(times)[len(times) * 9 // 10 - 1] < max(1.0, 10 * alone)  # nine of ten
