"""A name that is planted all over a workbook stands nowhere afterwards: in no table, no stored file, no title
and no page; and neither does that of a file."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName

from accounts.roles import Role
from cases.models import Person
from exchange.models import ImportRun, ImportUpload
from exchange.sandbox import ReadFile
from exchange.uploads import nameless
from legacy_import import workbooks
from legacy_import.models import TakenSheet, TakeOver
from tests.cases.spreadsheet import row as person_row, sheet as persons
from tests.legacy_import.imported import approved, at, confirmed, not_counted, signed
from tests.weights import mostly_long

pytestmark = pytest.mark.django_db
FIRST, LAST = "Zorbagrima", "Quxleyova"  # of nobody, and in no list
HEAD: Final = ("Datum", "Myndighet", "Län", "Kön", "Ålder", "Syfte", "Land", "Ärende", "Namn", "Anteckning")
STEPS: Final = ("take_over", "take_over_questions", "take_over_compared", "take_over_result")


def planted() -> bytes:
    made = Workbook()
    sheet: Any = made.active
    sheet.title = f"{FIRST} 2018"
    sheet.append([f"Lista över {FIRST} {LAST}"])
    sheet.append([])
    sheet.append(HEAD)
    rows = [
        ("2018-05-01", f"Polis {FIRST}", "Halland", "Kvinna", 25, "sex", "Rumänien", f"{FIRST}-12"),
        ("2018-05-02", "Polisen", "Halland", f"Kvinna ({FIRST})", 25, "sex", "Polen", f"{LAST}-12"),
        ("2018-05-03", "Polisen", "Halland", "kvinna", f"25 {FIRST}", "sex", "Nigeria", "K-3"),
        ("2018-05-04", "Polisen", "Halland", "kvinna", 31, "sex", f"Rumänien {LAST}", "K-4"),
        ("2018-05-05", "Polisen", "Halland", "kvinna", 31, f"sex ({FIRST}s)", "Ungern", "K-5"),
    ]
    for facts in rows:
        sheet.append([*facts, f"{FIRST} {LAST}", f"Väninnan till {FIRST}."])
    sheet.append([])
    sheet.append([f"Fråga {FIRST.upper()}"])
    sheet["D4"].comment = Comment(f"Ring {FIRST}", LAST)
    sheet.oddHeader.center.text = f"{FIRST} {LAST}"
    made.properties.creator = made.properties.title = f"{FIRST} {LAST}"
    made.defined_names[FIRST] = DefinedName(FIRST, attr_text="$A$1")
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def names_in(text: str) -> list[str]:
    return re.findall(f".{{0,30}}(?:{FIRST}|{LAST}).{{0,30}}", text, re.IGNORECASE)


def stored() -> Iterator[str]:
    """What every table holds, decrypted, and every file in them."""
    for model in apps.get_models():
        for values in model._default_manager.values_list():
            for value in values:
                blob = isinstance(value, memoryview | bytes)
                yield bytes(value).decode(errors="replace") if blob else str(value)
    for upload in ImportUpload.objects.exclude(read=b""):
        yield repr(list(ReadFile.unpacked(bytes(upload.read)).sheet().rows))


def all_that_is_shown(*pages: str) -> list[str]:
    return [found for text in (*stored(), *pages) for found in names_in(text)]


def test_a_planted_name_stands_nowhere_when_spreadsheets_are_taken_over() -> None:
    vera, max_ = signed("Vera", Role.COORDINATOR, region="V"), signed("Max", Role.MANAGER)
    row = confirmed(vera, planted(), name=f"{FIRST} {LAST}.xlsx")
    pages = [vera.get(at(step, row)).content.decode() for step in STEPS]
    pages.append(vera.get(reverse("legacy_import:take_overs")).content.decode())
    assert all_that_is_shown(*pages) == []
    assert "Blad 1 2018" in pages[0]
    assert workbooks.open_questions(row) == []  # what is no name is read as it would have been
    approved(vera, row, max_)
    vera.post(at("take_in_sheets", row))
    assert [sheet.name for sheet in TakenSheet.objects.all()] == ["Blad 1 2018"]
    assert Person.objects.count() == 5
    assert Person.objects.values("case").distinct().count() == 5  # two references are still two
    run = ImportRun.objects.get()
    pages = [vera.get(reverse("cases:import_run", args=[run.code])).content.decode()]
    assert all_that_is_shown(*pages) == []


NAMED: Final = {
    "Anna Andersson 850312-4412.csv": ("Andersson", "850312"),
    "850312-4412.csv": ("850312",),
    "Anna_Andersson.csv": ("Anna_", "Andersson"),
    "Maria-Popescu 2018.csv": ("Maria", "Popescu"),
}


def sent_both_ways(vera: Client, name: str) -> tuple[Any, Any]:
    """To the import of persons, and to be taken over."""

    def file() -> SimpleUploadedFile:
        return SimpleUploadedFile(name, persons(person_row()))

    there = vera.post(reverse("cases:import"), {"file": file()})
    sent = {"file": file(), "new_mapping": "Väst"}
    return there, vera.post(reverse("legacy_import:take_overs"), sent)


@pytest.mark.parametrize("name", mostly_long(NAMED, usual=["Anna Andersson 850312-4412.csv"]))
def test_a_file_whose_name_tells_who_somebody_is_is_taken_without_it(name: str) -> None:
    vera = signed("Vera", Role.COORDINATOR, region="V")
    pages = [vera.get(way["Location"]).content.decode() for way in sent_both_ways(vera, name)]
    pages.append(vera.get(reverse("cases:import")).content.decode())
    held = [*stored(), *pages]
    assert [text for text in held for word in NAMED[name] if word in text] == []
    assert ImportUpload.objects.get().name in {"File.csv", "Fil.csv"}
    assert TakeOver.objects.get().name in {"File.csv", "Fil.csv"}


def test_a_title_is_never_the_name_of_a_file() -> None:
    vera = signed("Vera", Role.COORDINATOR, region="V")
    there, there_too = sent_both_ways(vera, "hemlig.csv")
    for row in TakeOver.objects.all():
        not_counted(vera, row)
    for where in (there["Location"], there_too["Location"]):
        page = vera.get(where).content.decode()
        assert "hemlig.csv" in page
        for part in ("<title>.*?</title>", "<h1.*?</h1>", r"<nav[^>]*breadcrumb.*?</nav>"):
            assert [one for one in re.findall(part, page, re.DOTALL) if "hemlig" in one] == []


ORDINARY: Final = (
    *("Väst 2018.xlsx", "NMT ärenden jan-juni 2019.ods", "statistik_2018_slutlig.csv"),
    *("Region Syd 2018-05-31.csv", "a.csv", "persons", ""),
)


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_name_of_a_file_is_kept(name: str) -> None:
    assert nameless(name) == name


@pytest.mark.parametrize("name", NAMED)
def test_a_name_that_tells_who_somebody_is_is_not(name: str) -> None:
    assert not [word for word in NAMED[name] if word in nameless(name)]
