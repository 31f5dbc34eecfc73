"""A workbook that means harm is refused in a sentence beside the field, in pages, in the admin and by both
commands."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.roles import Role
from exchange.models import ImportRun, ImportUpload
from tests import ods
from tests.actors import user
from tests.hostile_workbooks import DECLARED, SHEET, amplified, declaring, renamed, sound, with_part
from tests.nmt_site.admin_pages import address
from tests.weights import every_value_once

pytestmark = pytest.mark.django_db

ENTITIES = {
    "en": "The workbook holds document type declarations, which no spreadsheet needs. It is not opened.",
    "sv": "Arbetsboken innehåller dokumenttypsdeklarationer, som inget kalkylblad behöver. Den öppnas inte.",
}
ENCODING = {
    "en": "A part of the workbook is written in an encoding that workbooks do not have. It is not opened.",
    "sv": "En del av arbetsboken har en teckenkodning som arbetsböcker inte har. Den öppnas inte.",
}
OVERFULL = {
    "en": "The workbook holds far more than a table needs. It is not opened.",
    "sv": "Arbetsboken innehåller mycket mer än en tabell behöver. Den öppnas inte.",
}


def elsewhere() -> bytes:
    name = "xl/worksheets/sheet1.dat"
    return declaring(renamed(sound(), SHEET, name), name, DECLARED["after a comment"])


HOSTILE: dict[str, tuple[Callable[[], bytes], dict[str, str]]] = {
    "after a comment": (lambda: declaring(sound(), SHEET, DECLARED["after a comment"]), ENTITIES),
    "after an instruction": (lambda: declaring(sound(), SHEET, DECLARED["after an instruction"]), ENTITIES),
    "in a part of another name": (elsewhere, ENTITIES),
    "a gigabyte in some kilobytes": (lambda: amplified(times=90, text=1_000_000), ENTITIES),
    "another encoding": (lambda: with_part('<?xml version="1.0" encoding="cp1252"?><a/>'), ENCODING),
    "in an ODS file": (lambda: ods.declaring("content.xml", DECLARED["after a comment"]), ENTITIES),
    "a comment without end": (lambda: with_part(b"<a><!--" + b"x" * 2**19), OVERFULL),
}
# Each file once in `make test`, every other in Swedish.
EACH = pytest.mark.parametrize(("name", "language"), every_value_once(HOSTILE, ("sv", "en")))


def client_of(name: str, role: Role, language: str) -> Client:
    client = Client()
    client.force_login(user(name, role, region="V" if role is Role.COORDINATOR else "", language=language))
    return client


@EACH
def test_the_page_of_persons_says_so_beside_the_field(name: str, language: str) -> None:
    make, facts = HOSTILE[name]
    client = client_of("Vera", Role.COORDINATOR, language)
    page = client.post("/cases/import/", {"file": SimpleUploadedFile("a.xlsx", make())})
    [beside] = page.context["form"].errors["file"]
    assert beside.startswith(facts[language])
    assert beside in page.content.decode()
    assert not ImportRun.objects.exists()
    assert not ImportUpload.objects.exists()


@EACH
def test_the_admin_says_so_beside_the_field(name: str, language: str) -> None:
    make, facts = HOSTILE[name]
    client = client_of("Anna", Role.ADMINISTRATOR, language)
    page = client.post(address("agencies_code", "import"), {"file": SimpleUploadedFile("a.xlsx", make())})
    [beside] = page.context["form"].errors["file"]
    assert beside.startswith(facts[language])
    assert beside in page.content.decode()
    assert not ImportRun.objects.exists()
    assert not ImportUpload.objects.exists()


@EACH
@pytest.mark.parametrize("command", ["import_persons", "import_rows"])
def test_the_commands_say_so_and_nothing_else(tmp_path: Path, command: str, name: str, language: str) -> None:
    make, facts = HOSTILE[name]
    file, out = tmp_path / "a.xlsx", io.StringIO()
    file.write_bytes(make())
    email = user("Vera", Role.COORDINATOR, region="V").email
    words = ["import_persons"] if command == "import_persons" else ["import_rows", "persons"]
    with pytest.raises(CommandError) as refused:
        call_command(*words, str(file), "--as", email, "--lang", language, stdout=out)
    assert str(refused.value).startswith(facts[language])
    assert out.getvalue() == ""
