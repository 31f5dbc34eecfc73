"""Of every file that leaves: no cell of it runs, and each workbook opens. Its bytes are such as Microsoft
Office takes, and two other readers find what was written."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest

from accounts.roles import Role
from audit.models import Event
from exchange import limits, writer
from exchange.models import ExportFile
from exchange.writer import Tally, xlsx_pieces
from exchange.xlsx_writer import Look, Page, defuse, packed
from scripts import debian
from tests.leaving import workbooks
from tests.leaving.files import AT, Files, lists, tables_at_addresses
from tests.leaving.formulas import FORMULAS, PLAIN
from tests.leaving.test_cells_are_harmless import MARKS, alive, book, shown_in
from tests.nmt_site.admin_pages import address, client_of, someone
from tests.world import filled_world

Row = list[Any]
HERE: Final = "tests/leaving/test_files_that_leave.py"
WRITERS: Final = "tests/leaving/test_one_writer.py"
KNOWN: Final = "test_whoever_has_a_table_made_is_among_the_files_that_are_looked_through"
ODD: Final = (
    *PLAIN,
    *FORMULAS,
    "Åsa Öberg på Ängö",
    "0010",
    "1e5",
    "01",
    "2018-05-02",
    "1.10",
    "TRUE",
    "#N/A",
    " ahead and behind ",
    "line\nline",
    "line\r\nline",
    "\rline",
    "tab\ttab",
    "\x01\x1f",
    "<a>&amp;</a>",
    "]]>",
    "_x0041_",
    "😀",
    "e\u0301",
    "x" * 32_767,
)
JUSTICE: Final = ("Rättsväsendet", "Justice")
NUMBERS: Final = (0, 1, -406, 10**9)


@pytest.fixture(scope="module")
def books(files: Files) -> Files:
    """Those that leave, and two with each text and number that may go wrong: as a list, and in every look."""
    rows = [["odd", number, text, ""] for number, text in enumerate(ODD)]
    rows += [["number", number, "", number] for number in NUMBERS]
    odd = b"".join(xlsx_pieces(writer.Sheet(["kind", "n", "text", "x"], rows), Tally()))
    return {
        **{name: data for name, data in files.items() if name.endswith(".xlsx")},
        "odd as a list.xlsx": odd,
        "odd in every look.xlsx": book([*ODD, *NUMBERS]),
    }


@pytest.mark.long(instead=f"{WRITERS}::{KNOWN}")
def test_every_address_that_answers_with_a_table_is_among_them(
    django_db_setup: None, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock(), filled_world() as world:
        assert set(tables_at_addresses(world)) == set(AT)


# --- cells ---------------------------------------------------------------------------------------------
def tables(files: Files) -> dict[str, tuple[bytes, str]]:
    found = {name: (data, name.rpartition(".")[2]) for name, data in files.items()}
    return {name: (data, form) for name, (data, form) in found.items() if form in {"csv", "xlsx"}}


def test_no_cell_of_any_file_that_leaves_runs(files: Files) -> None:
    assert {
        name: found for name, (data, form) in tables(files).items() if (found := alive(data, form)[:3])
    } == {}


def test_json_is_written_in_one_way(files: Files) -> None:
    """Letters as they are, and nothing that JSON does not know, such as NaN."""
    found = {name: data.decode() for name, data in files.items() if name.endswith(".json")}
    assert found.keys() >= {"public sv.json", "cases:export json.json", "yearly_summary 2018 --internal.json"}
    for name, text in found.items():
        assert "\\u00" not in text, name
        json.loads(text, parse_constant=pytest.fail)


def test_the_texts_that_would_run_are_in_the_files(files: Files) -> None:
    """The test above says nothing of a file that no such text has reached."""
    reached = {
        name for name, (data, form) in tables(files).items() if any(m in shown_in(data, form) for m in MARKS)
    }
    assert reached >= {
        "summaries:year_csv.csv",
        "summaries:comparison_csv.csv",
        "cases:import_failed.csv",
        "cases:export csv.csv",
        "cases:export xlsx.xlsx",
        "cases:export htcds 2.0.csv",
        "agencies_code.csv",
        "agencies_code.xlsx",
        "public sv.csv",
        "public sv.xlsx",
        "public en.csv",
        "public en.xlsx",
        "yearly_summary 2018 --format csv --lang sv.csv",
        "yearly_summary 2018 --format csv --lang sv --internal.csv",
        "yearly_summary 2018 --format csv --lang en --internal.csv",
    }


@pytest.mark.long(instead=f"{HERE}::test_no_cell_of_any_file_that_leaves_runs")
@pytest.mark.skipif(
    not debian.office(), reason="LibreOffice (Debian package libreoffice-calc-nogui) is not installed"
)
def test_a_spreadsheet_program_finds_nothing_to_run(files: Files, tmp_path: Path) -> None:
    chosen = {
        str(number): data for number, (data, form) in enumerate(tables(files).values()) if form == "csv"
    }
    bare = {"bare": "".join(f"a;{text}\n" for text in FORMULAS if text.isprintable()).encode()}
    found = workbooks.run_formulas(chosen | bare, tmp_path)
    assert len(found.pop("bare")) > 5, "it finds nothing in any file"
    names = list(tables(files))
    assert {names[int(number)]: made for number, made in found.items() if made} == {}


# --- bytes ---------------------------------------------------------------------------------------------
def test_there_is_a_workbook_of_everything_that_leaves_as_one(books: Files) -> None:
    """Of every list of the admin, every export, every template and both languages of a version."""
    assert books.keys() >= {f"{model}.xlsx" for model in lists()}
    assert books.keys() >= {"cases:export xlsx.xlsx", "calls:export xlsx.xlsx", "cases:import_template.xlsx"}
    assert books.keys() >= {"public sv.xlsx", "public en.xlsx", "agencies_code template.xlsx"}


def test_no_workbook_needs_the_64_bit_sizes_that_office_refuses(books: Files) -> None:
    found = {name: [one for one in workbooks.headers(data) if one.is_64_bit] for name, data in books.items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert all(b"PK\6\6" not in data and b"PK\6\7" not in data for data in books.values()), (
        "a 64-bit directory"
    )


def test_the_inspection_of_bytes_sees_what_a_library_reads_without_a_word() -> None:
    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    out = Stream()
    with (
        zipfile.ZipFile(out, "w") as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        part.write(b"<worksheet/>")
    central, local = workbooks.headers(out.getvalue())
    assert zipfile.ZipFile(io.BytesIO(out.getvalue())).testzip() is None
    assert (central.needed, local.needed, local.sizes) == (45, 45, (0xFFFFFFFF, 0xFFFFFFFF))
    assert local.is_64_bit


# --- as others read them ------------------------------------------------------------------------------
def rows_beside(name: str, files: Files) -> list[Row]:
    """The rows of the same list in its other format; a template has its header alone."""
    beside = name.replace("xlsx", "json")
    if beside in files:
        return [list(row.values()) for row in json.loads(files[beside])["rows"]]
    return list(
        csv.reader(
            io.StringIO(files[name.replace("xlsx", "csv")].decode("utf-8-sig"), newline=""), delimiter=";"
        )
    )


def comparable(rows: list[Row]) -> list[Row]:
    """As a program may keep them: line ends of one kind, and no empty cells at the end."""
    return workbooks._trimmed([[_kept(cell) for cell in row] for row in rows])


def _kept(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "\ufffd", re.sub(r"\r\n?", "\n", cell))


# A report, of which no list stands beside; and tables that tests/summaries/test_own_table.py compares.
ALONE: Final = {"legacy_import:differences_xlsx.xlsx", "summaries:own_xlsx.xlsx"}


def of_lists(books: Files, files: Files) -> Iterator[tuple[str, list[Row]]]:
    for name in books:
        if name in files and name not in ALONE and not name.startswith("public"):
            yield name, comparable(rows_beside(name, files))


def test_another_reader_finds_the_rows_of_every_list(books: Files, files: Files) -> None:
    for name, rows in of_lists(books, files):
        sheet, *_end = workbooks.by_calamine(books[name]).values()
        assert comparable(sheet)[0 if "template" in name else 1 :] == rows, name


def odd_rows() -> list[Row]:
    texts = [["odd", number, defuse(text)] for number, text in enumerate(ODD)]
    return comparable([["kind", "n", "text", "x"], *texts, *[["number", one, "", one] for one in NUMBERS]])


def test_another_reader_finds_every_text_and_number_that_may_go_wrong(books: Files) -> None:
    assert comparable(workbooks.by_calamine(books["odd as a list.xlsx"])["1"]) == odd_rows()
    found = workbooks.by_calamine(books["odd in every look.xlsx"])["1"]
    cells = [*(_kept(defuse(text)) for text in ODD), *NUMBERS]
    assert comparable(found) == comparable([[cell] * len(Look) for cell in cells])


def test_the_workbook_of_a_version_says_what_its_table_says(books: Files, files: Files) -> None:
    for name in ("public sv", "public en"):
        sheets = list(workbooks.by_calamine(books[f"{name}.xlsx"]).values())
        check_version(sheets, files[f"{name}.csv"])


def check_version(sheets: list[Any], data: bytes) -> None:
    """Each cell of each sheet, against the row of the CSV file with the same labels; and no figure is
    missing."""
    tables: dict[str, dict[tuple[str, str], str]] = {}
    for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        tables.setdefault(row["table"], {})[_kept(row["label1"]), _kept(row["label2"])] = row["printed"]
    # Contents, notes, and up to three of the goal's figures and those of justice.
    assert len(sheets) - len(tables) in {2, 3, 4, 5}
    for (name, cells), sheet in zip(tables.items(), sheets[2:], strict=False):
        nested = any(second for _first, second in cells)
        shown = dict(_cells(sheet, nested=nested))
        assert shown
        assert {key: cells.get(key) for key in shown} == shown, name
        assert {cells[key] for key in cells.keys() - shown.keys()} <= {"0"}, name


def _cells(sheet: list[Row], *, nested: bool) -> Iterator[tuple[tuple[str, str], str]]:
    head = next(at for at, row in enumerate(sheet) if len(row) > 1)
    header, *rows = sheet[head:]
    for row in rows:
        for column, cell in zip(header[1:], row[1:], strict=True):
            yield (_kept(str(row[0])), _kept(str(column)) if nested else ""), str(cell)


EXPECTED: Final = {"public sv": ("Antal", "Källa", "x = "), "public en": ("Number", "Source", "x =")}


@pytest.fixture(scope="module", params=EXPECTED)
def version(request: pytest.FixtureRequest, books: Files) -> tuple[openpyxl.Workbook, tuple[str, ...]]:
    """The workbook of a version, and what each of its tables says."""
    return openpyxl.load_workbook(io.BytesIO(books[f"{request.param}.xlsx"])), EXPECTED[request.param]


Version = tuple[openpyxl.Workbook, tuple[str, ...]]


def test_the_contents_of_a_version_lead_to_each_sheet(version: Version) -> None:
    contents, *sheets = version[0]
    linked = [row[0].hyperlink for row in contents if row[0].hyperlink]
    links = {link.location.strip("'").removesuffix("'!A1") for link in linked}
    assert links == {sheet.title for sheet in sheets}


def test_each_table_of_a_version_says_its_unit_and_source(version: Version) -> None:
    book, words = version
    for sheet in book.worksheets[2:]:
        above = " ".join(str(row[0]) for row in sheet.iter_rows(max_row=4, values_only=True))
        if sheet.title in JUSTICE:  # other authorities' figures: nothing of ours is hidden in them
            above += " ".join(map(str, [*sheet.values][2])) + " x = x ="
        assert [word for word in words if word not in above] == [], (sheet.title, above)


def test_each_table_of_a_version_is_a_table_to_programs(version: Version) -> None:
    sheets = version[0].worksheets[2:]
    tables = [(sheet, table) for sheet in sheets for table in sheet.tables.values()]
    for sheet, table in tables:
        head = [cell.value for cell in sheet[table.ref][0]]
        assert head == [*dict.fromkeys(column.name for column in table.tableColumns)]
    assert len({table.displayName for _sheet, table in tables}) == len(tables)
    assert len(tables) > len(sheets) / 2, "one without rows is none"


@pytest.mark.long(instead=f"{HERE}::test_another_reader_finds_every_text_and_number_that_may_go_wrong")
@pytest.mark.skipif(
    not debian.office(), reason="LibreOffice (Debian package libreoffice-calc-nogui) is not installed"
)
def test_libreoffice_opens_every_workbook_and_finds_the_same(
    books: Files, files: Files, tmp_path: Path
) -> None:
    """All in one run. It has no formula to show in place of a text: formulas would be written as such."""
    numbers = {name: f"n{number}" for number, name in enumerate(books)}
    found = workbooks.by_libreoffice({numbers[name]: data for name, data in books.items()}, tmp_path)
    for name, rows in of_lists(books, files):
        sheet = comparable(found[numbers[name]][0])
        assert sheet[0 if "template" in name else 1 :] == as_texts(rows), name
    assert comparable(found[numbers["odd as a list.xlsx"]][0]) == as_texts(odd_rows())
    for name in ("public sv", "public en"):
        check_version(found[numbers[f"{name}.xlsx"]], files[f"{name}.csv"])


def as_texts(rows: list[Row]) -> list[Row]:
    return [[str(cell) for cell in row] for row in rows]


# --- what no workbook holds ------------------------------------------------------------------------------
def written(rows: list[Row]) -> bytes:
    return b"".join(xlsx_pieces(writer.Sheet(["a"], rows), Tally()))


def test_the_limits_are_those_of_the_formats() -> None:
    """Python's zipfile itself refuses a part of more than 2 GB without the 64-bit sizes: ours comes before
    it."""
    assert limits.SHEET_BYTES <= zipfile.ZIP64_LIMIT
    assert (limits.SHEET_ROWS, limits.SHEET_CELL) == (1_048_576, 32_767)
    assert limits.MAX_ROWS < limits.SHEET_ROWS


@pytest.mark.parametrize(("limit", "value"), [("SHEET_ROWS", 3), ("SHEET_BYTES", 500), ("SHEET_CELL", 299)])
def test_what_no_workbook_holds_is_refused(monkeypatch: pytest.MonkeyPatch, limit: str, value: int) -> None:
    rows = [["x" * 300], ["y"], ["z"]]
    assert written(rows)
    monkeypatch.setattr(limits, limit, value)
    with pytest.raises(ValueError, match="too large for a spreadsheet"):
        written(rows)


@pytest.mark.django_db
def test_a_list_that_no_workbook_holds_is_refused_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SHEET_ROWS", 5)
    client = client_of(someone(Role.ADMINISTRATOR))
    client.cookies["django_language"] = "sv"
    page = client.post(address("agencies_county", "export"), {"format": "xlsx", "purpose": "Kontroll"})
    assert page.status_code == 200
    assert "rymmer 5 rader, 2 GB och 32767 tecken i en cell" in str(page.context["form"].errors["format"])
    assert not ExportFile.objects.exists()
    assert not Event.objects.filter(action="export.counties").exists()


@pytest.fixture(scope="module")
def swedish(files: Files) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(files["public sv.xlsx"]))


def test_contents_and_notes_of_a_version_look_as_they_are_read(swedish: openpyxl.Workbook) -> None:
    contents, notes, *_others = swedish.worksheets
    assert (contents.title, contents["A1"].font.bold) == ("Innehåll", True)
    assert (notes.title, notes["A1"].font.bold) == ("Anmärkningar", True)
    assert notes["A2"].alignment.wrap_text
    assert (notes.column_dimensions["A"].width, notes.freeze_panes) == (100, None)
    assert swedish.properties.title == notes["A1"].value


def test_the_workbook_of_a_version_looks_as_it_is_read(swedish: openpyxl.Workbook) -> None:
    """Heads and first columns stay in sight, and sums are told apart."""
    first = swedish.worksheets[2]
    assert (first.freeze_panes, first.page_setup.orientation) == ("B6", "landscape")
    assert first.sheet_properties.pageSetUpPr.fitToPage
    assert [first.column_dimensions[column].width for column in "AB"] == [44, 16]
    head, total = first["B5"], first.cell(first.max_row, 2)
    assert (head.font.bold, head.alignment.wrap_text, head.border.bottom.style) == (True, True, "thin")
    assert (total.font.bold, total.border.top.style, total.number_format) == (True, "thin", "#,##0")


def test_figures_of_a_version_stand_to_the_right(swedish: openpyxl.Workbook) -> None:
    figures = [cell for cell in swedish.worksheets[2]["B"][5:-1] if isinstance(cell.value, int)]
    looks = {(cell.number_format, cell.alignment.horizontal, cell.font.bold) for cell in figures}
    assert looks == {("#,##0", "right", False)}


def test_the_same_pages_are_the_same_bytes_and_names_are_such_as_programs_allow() -> None:
    def made() -> bytes:
        return b"".join(packed([Page('1 [a]/b*c "d" & a name of more than thirty-one', [["x"]])]))

    assert made() == made()
    assert list(workbooks.by_calamine(made())) == ['1  a b c "d" & a name of more t']
