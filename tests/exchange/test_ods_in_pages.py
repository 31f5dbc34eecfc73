"""A file of LibreOffice is taken wherever a file is: by the page of persons, in the admin and by both
commands."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from accounts.roles import Role
from agencies.models import Code
from cases.models import Person
from tests.actors import user
from tests.cases.spreadsheet import GOOD
from tests.exchange.list_files import NEW as LISTS
from tests.nmt_site.admin_pages import address, client_of, someone
from tests.ods import of_texts

pytestmark = pytest.mark.django_db
PERSONS = of_texts(list(GOOD), list(GOOD.values()))
HEADER, NEW, *_others = LISTS["agencies_code"]
CODES = of_texts(HEADER, NEW)


def chosen(client: Client, url: str, data: bytes) -> str:
    """The page that shows what the file would do, where it has been chosen by what its field accepts."""
    field = client.get(url).content.decode()
    assert 'accept=".csv,.txt,.xlsx,.ods,.json"' in field
    assert "CSV, XLSX eller ODS" in field
    return client.post(url, {"file": SimpleUploadedFile("a.ods", data)}, follow=True).content.decode()


def test_the_page_of_persons_takes_it() -> None:
    client = client_of(someone(Role.COORDINATOR))
    shown = chosen(client, "/cases/import/", PERSONS)
    assert "ODS" in shown
    assert "Importera 1 rad" in shown


def test_the_admin_takes_it() -> None:
    shown = chosen(client_of(someone(Role.ADMINISTRATOR)), address("agencies_code", "import"), CODES)
    assert "ODS" in shown
    assert NEW[0] in shown
    assert "Importera 1 rad" in shown


def test_the_commands_take_it(tmp_path: Path) -> None:
    persons, codes = tmp_path / "persons.ods", tmp_path / "codes.ods"
    persons.write_bytes(PERSONS)
    codes.write_bytes(CODES)
    call_command("import_persons", str(persons), "--as", user("Vera", Role.COORDINATOR, region="V").email)
    call_command("import_rows", "codes", str(codes), "--as", user("Anna", Role.ADMINISTRATOR).email)
    assert Person.objects.count() == 1
    assert Code.objects.filter(pk=NEW[0]).exists()
