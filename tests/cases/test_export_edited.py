"""An exported file that somebody has edited and sends back changes what was edited, and nothing else."""

from __future__ import annotations

import csv
import io
import random
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.utils import translation

from accounts.roles import Role
from agencies.models import Agency
from exchange.importer import Plan
from exchange.limits import Refused
from tests.actors import access
from tests.cases.pages import signed_in
from tests.cases.spreadsheet import counts, load
from tests.exchange.list_files import counts_of, errors_of, upload
from tests.importers import brought
from tests.makers import new_case, new_person
from tests.nmt_site.admin_pages import client_of, export, someone

pytestmark = pytest.mark.django_db
ASKED = {"purpose": "Rättelse", "reason": "Enskilda rader rättas"}


def persons(karin: Any, form: str) -> bytes:
    for sex in "FMFO":
        new_case(
            new_person(sex=sex, purposes=("labour", "begging")), new_person(child="yes"), by=access(karin)
        )
    client = signed_in(karin)
    answer = client.post("/cases/export/", {**ASKED, "format": form})
    return b"".join(client.get(answer["Location"] + "file/").streaming_content)


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def written(cells: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(cells)
    return out.getvalue().encode()


def changes(plan: Plan) -> list[tuple[str, object, object]]:
    return [tuple(change) for line in plan.lines for change in line.told]


def test_one_changed_cell_is_one_change(karin: Any) -> None:
    cells = rows(persons(karin, "csv"))
    place = cells[0].index("status")
    cells[3][place] = "identified"
    with translation.override("en"):
        plan = load(written(cells), access(karin))
    assert counts(plan) == (0, 1, 7, 0)
    assert changes(plan) == [("status", "presumed", "identified")]


def test_one_changed_cell_of_a_workbook_is_one_change(karin: Any) -> None:
    book = openpyxl.load_workbook(io.BytesIO(persons(karin, "xlsx")))
    sheet = book["persons"]
    place = [cell.value for cell in sheet[1]].index("kön") + 1
    before, sheet.cell(2, place).value = sheet.cell(2, place).value, "U"
    out = io.BytesIO()
    book.save(out)
    plan = load(out.getvalue(), access(karin))
    assert counts(plan) == (0, 1, 7, 0)
    assert changes(plan) == [("sex", before, "U")]


def test_rows_and_columns_in_another_order_change_nothing(karin: Any) -> None:
    header, *body, _end = rows(persons(karin, "csv"))
    shuffle = random.Random(7).shuffle
    order = list(range(len(header)))
    shuffle(order)
    shuffle(body)
    plan = load(written([[line[place] for place in order] for line in (header, *body)]), access(karin))
    assert counts(plan) == (0, 0, 8, 0)


def test_rows_and_columns_that_were_taken_out_leave_what_is_stored(karin: Any) -> None:
    header, *body, end = rows(persons(karin, "csv"))
    kept = [
        place for place, name in enumerate(header) if name not in {"ändamål", "åldersklass", "medborgarskap"}
    ]
    plan = load(
        written([*([line[place] for place in kept] for line in (header, *body[:3])), end]), access(karin)
    )
    assert counts(plan) == (0, 0, 3, 0)


def test_a_file_of_another_list_is_refused_by_its_columns(karin: Any) -> None:
    data = persons(karin, "csv")
    client: Client = client_of(someone(Role.ADMINISTRATOR))
    assert "saknar kolumnen Kod" in str(errors_of(upload(client, "agencies_agency", data)))
    agencies = export(client, "agencies_agency")
    with pytest.raises(Refused, match="lacks the columns"):
        brought("persons", agencies, access(karin))


def test_one_changed_cell_of_a_list_is_one_change() -> None:
    client: Client = client_of(someone(Role.ADMINISTRATOR))
    cells = rows(export(client, "agencies_agency"))
    cells[2][cells[0].index("contact")] = "växeln"
    page = upload(client, "agencies_agency", written(cells))
    assert counts_of(page) == (0, 1, Agency.objects.count() - 1, 0)
    assert [line[2] for line in page.context["preview"].data["changed"]] == [[["contact", "", "växeln"]]]
