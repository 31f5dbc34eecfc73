"""What a spreadsheet program makes of a cell is read as it was meant, or asked about by row."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from accounts.access import Access
from accounts.roles import Role
from exchange.limits import Refused
from tests.actors import access, user
from tests.cases.spreadsheet import GOOD, counts, load, row, sheet
from tests.importers import brought, read_persons as read
from tests.weights import every_value_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
ROW = list(GOOD.values())


@pytest.fixture
def anna() -> Access:
    return access(user("Anna", Role.ADMINISTRATOR))


def trial(name: str, by: Access, *lines: list[str]) -> list[tuple[str, str]]:
    """Columns and messages of what is wrong with a file of a list."""
    data = "\n".join(";".join(line) for line in lines).encode()
    done = brought(name, data, by, trial=True)
    return [(error.column, error.message) for error in done.plan.errors]


def cell(xml: str) -> bytes:
    """A workbook whose first cell of the first row of values is written as `xml`."""
    book = openpyxl.Workbook()
    book.active.append(list(GOOD))
    book.active.append(["FIRST", *ROW[1:]])
    out, made = io.BytesIO(), io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as sound, zipfile.ZipFile(out, "w") as archive:
        for part in sound.infolist():
            text = sound.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                begin = text.index(b'<c r="A2"')
                end = text.index(b"</c>", begin) + 4
                text = text[:begin] + xml.encode() + text[end:]
            archive.writestr(part, text)
    return out.getvalue()


@pytest.mark.parametrize(
    "xml",
    [
        '<c r="A2"><f>1+1</f></c>',
        '<c r="A2"><f>1+1</f><v/></c>',
        '<c r="A2"><f>1+1</f><v></v></c>',
        '<c r="A2" s="0"><f t="shared" si="0"/></c>',
    ],
)
def test_a_formula_that_nothing_has_calculated_is_no_empty_cell(xml: str) -> None:
    with pytest.raises(Refused) as refused:
        list(read(cell(xml)).rows)
    assert [code for code, _params in refused.value.said] == ["xlsx_uncalculated"]


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ('<c r="A2"><f>16+1</f><v>17</v></c>', "17"),
        ('<c r="A2" t="str"><f>IF(1,"","x")</f><v></v></c>', ""),
        ('<c r="A2" t="str"><f>"A-17"</f><v>A-17</v></c>', "A-17"),
    ],
)
def test_a_calculated_formula_is_its_value(xml: str, text: str) -> None:
    assert next(read(cell(xml)).rows)[1] == [text, *ROW[1:]]


def test_dates_are_read_by_the_calendar_of_the_workbook() -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(list(GOOD))
    book.active.append([*ROW[:2], date(2018, 5, 2), *ROW[3:]])
    out = io.BytesIO()
    book.save(out)
    assert next(read(out.getvalue()).rows)[1] == ROW


@pytest.mark.parametrize(
    ("column", "error"),
    every_value_once(
        ["case", "person", "municipality", "county"], ["#N/A", "#REF!", "#SAKNAS!", "#VÄRDEFEL!"]
    ),
)
def test_the_error_of_a_formula_is_no_value(vera: Access, column: str, error: str) -> None:
    plan = load(sheet(row(**{column: error})), vera)
    assert [(problem.column, problem.code) for problem in plan.errors] == [(column, "formula_error")]


def test_the_error_of_a_formula_is_no_value_in_a_list(anna: Access) -> None:
    said = trial("agencies", anna, ["code", "name_sv", "name_en", "kind"], ["x", "#N/A", "X", "ngo"])
    assert said == [("name_sv", "“#N/A” is the error of a formula. Correct it in the spreadsheet.")]


def test_names_are_known_however_their_accents_are_coded(vera: Access, anna: Access) -> None:
    taken_apart = unicodedata.normalize("NFD", "Namn på svenska")
    header = ["Kod", taken_apart, "\u200bNamn på engelska", "Slag"]
    ngo = unicodedata.normalize("NFD", "Länsstyrelse")
    assert trial("agencies", anna, header, ["x", "X", "X", "\u200bNGO"]) == []
    assert trial("agencies", anna, header, ["x", "X", "X", ngo]) == []
    file = unicodedata.normalize("NFD", sheet(row(county="Skåne")).decode()).encode()
    assert counts(load(file, vera)) == (1, 0, 0, 0)


def test_a_key_holds_nothing_that_cannot_be_seen(anna: Access) -> None:
    header = ["code", "name_sv", "name_en", "kind"]
    assert trial("agencies", anna, header, ["poli\u200bce", "X", "X", "ngo"]) == [
        ("code", "The key holds a character that cannot be seen. Type it again.")
    ]


def test_an_empty_cell_is_called_empty(anna: Access) -> None:
    header = ["region", "kind", "name", "valid_from"]
    facts = dict(trial("coordinators", anna, header, ["", "", "x", ""]))
    assert facts["valid_from"] == "This cell is required."
    assert "null" not in str(facts)
    analyst = access(user("Asta", Role.ANALYST))
    header = ["year", "kind", "offence", "breakdown", "value"]
    facts = dict(trial("justice_figures", analyst, header, ["2018", "", "", "", "7"]))
    assert facts["kind"].startswith("The cell is empty. Allowed: ")


@pytest.mark.parametrize(
    "moment",
    [
        "9999-12-31T23:59:59+00:00",
        "0001-01-01T00:00:00+14:00",
        pytest.param("9999-12-31", marks=pytest.mark.long),
    ],
)
def test_a_call_at_the_ends_of_the_calendar_is_refused_by_row(moment: str) -> None:
    by = access(user("Olle", Role.OPERATOR))
    [(column, message)] = trial("calls", by, ["received_at", "caller_group"], [moment, "social"])
    assert (column, "9999" in message or "0001" in message) == ("received_at", True)


def test_a_time_in_a_column_of_days_is_asked_about(vera: Access) -> None:
    book = openpyxl.Workbook()
    book.active.append(list(GOOD))
    book.active.append([*ROW[:2], datetime(2018, 5, 2, 10), *ROW[3:]])
    out = io.BytesIO()
    book.save(out)
    [problem] = load(out.getvalue(), vera).errors
    assert (problem.column, problem.value, problem.code) == ("identified_on", "2018-05-02 10:00:00", "date")
