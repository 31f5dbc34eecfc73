"""No cell of any file that leaves is a formula, wherever a program splits it; numbers and ordinary texts
stay."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from exchange import downloads as of_imports, reader, writer as writing
from exchange.reader import read
from exchange.writer import PIECES, Tally, csv_text
from exchange.xlsx_writer import Look, Page, Styled, defuse, packed, restore
from tests.leaving import workbooks
from tests.leaving.formulas import FORMULAS, PLAIN, live
from tests.weights import every_value_once, examples

REFERENCE = Path(__file__).resolve().parents[2] / "agencies" / "reference"
MARKS = ("SUM(1)", "1+1", "1-1", "HYPERLINK", "cmd|")  # of FORMULAS, in whatever is made of them
Writer = Callable[[str], bytes]


# --- every writer, every spelling ---------------------------------------------------------------
def _sheet(text: str, form: str) -> bytes:
    made = writing.Sheet(["a", text], [["b", text], [text, -406]], about=text, title="1")
    return b"".join(PIECES[form](made, Tally()))


def _failed(text: str) -> bytes:
    sheet = reader.ReadSheet(("a", text), iter([(2, ["b", text])]), "UTF-8", ";")
    return of_imports.failed_rows(sheet, {2: [text]})


def book(cells: Iterable[str | int]) -> bytes:
    """A column of them, in every look."""
    rows = ([Styled(cell, look) for look in Look] for cell in cells)
    return b"".join(packed([Page("1", rows)]))


WRITERS: dict[str, tuple[str, Writer]] = {
    "table with commas": ("csv", lambda text: csv_text([["a", text]], ",", "\n").encode()),
    "table with semicolons": ("csv", lambda text: csv_text([["a", text]], ";").encode()),
    **{f"list as {form}": (form, lambda text, form=form: _sheet(text, form)) for form in ("csv", "xlsx")},
    **{f"template as {kind}": (kind, lambda text, kind=kind: of_imports.template(["a", text], kind))
       for kind in of_imports.KINDS},
    "header of a command": ("csv", lambda text: of_imports.header_line(["a", text]).encode()),
    "failed rows": ("csv", _failed),
    "workbook of a version": ("xlsx", lambda text: book([text])),
}  # fmt: skip


@pytest.mark.parametrize(("writer", "text"), every_value_once(WRITERS, FORMULAS), ids=ascii)
def test_every_spelling_is_harmless_in_whatever_writes_it(writer: str, text: str) -> None:
    form, write = WRITERS[writer]
    data = write(text)
    assert any(mark in shown_in(data, form) for mark in MARKS), "it is not in the file at all"
    assert alive(data, form) == []


def shown_in(data: bytes, form: str) -> str:
    return data.decode("utf-8-sig") if form == "csv" else str(list(cells_of(data)))


def cells_of(data: bytes) -> list[str]:
    sheets = workbooks.by_calamine(data).values()
    return [cell for rows in sheets for row in rows for cell in row if isinstance(cell, str)]


def alive(data: bytes, form: str) -> list[str]:
    if form == "csv":
        return live(data.decode("utf-8-sig"))
    return workbooks.formulas(data) + [part for cell in cells_of(data) for part in live(cell)]


def test_the_judge_knows_a_formula_from_a_text() -> None:
    told_apart = [
        text for text in FORMULAS if not text.startswith(("'", "_x"))
    ]  # these become one: see what writes
    assert [text for text in told_apart if not live(text)] == []
    assert [text for text in PLAIN if live(text)] == []


SIGNS = st.sampled_from([*"=+-@,;'\" \t\r\na1", "＝", "−", "\u200b", "\u3164", "\u00a0", "_x003D_"])


@settings(max_examples=examples(50, 200))
@given(st.lists(SIGNS, max_size=10).map("".join))
def test_nothing_of_a_text_runs_and_it_comes_back(text: str) -> None:
    assert [part for part in live(defuse(text)) if part.strip('"')] == []
    assert restore(defuse(text)) == text


# --- what stays as it was ------------------------------------------------------------------------
def test_numbers_stay_numbers() -> None:
    assert csv_text([[-406, 0, None, 12]], ",", "\n") == "-406,0,,12\n"
    sheet = workbooks.by_calamine(_sheet("a", "xlsx"))["1"]
    assert sheet[2] == ["a", -406]
    assert workbooks.by_calamine(book([-406]))["1"] == [[-406] * len(Look)]


def test_ordinary_texts_leave_byte_for_byte() -> None:
    plain = io.StringIO()
    csv.writer(plain, lineterminator="\n").writerows([PLAIN, ["2018", "x"]])
    assert csv_text([PLAIN, ["2018", "x"]], ",", "\n") == plain.getvalue()


def test_a_line_break_in_a_cell_does_not_end_the_row() -> None:
    for text in ("a\rb", "a\nb", "a\r\nb"):
        assert list(csv.reader(io.StringIO(csv_text([["x", text]], ",", "\n"), newline=""))) == [["x", text]]


def test_no_label_that_is_shipped_is_changed() -> None:
    files = {file.stem: io.StringIO(file.read_text("utf-8")) for file in REFERENCE.glob("*.csv")}
    texts = [(name, cell) for name, file in files.items() for row in csv.reader(file) for cell in row]
    assert {name for name, _cell in texts} == files.keys()
    assert [(name, cell) for name, cell in texts if defuse(cell) != cell] == []


@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
def test_a_row_that_failed_comes_back_as_it_was_meant(text: str) -> None:
    """However often it is sent: a file of ours, whose texts are harmless already, and one that somebody
    wrote."""
    meant = restore(text.strip())
    for sent in (text, defuse(meant)):
        sheet = reader.ReadSheet(("a", "b"), iter([(2, ["1", sent])]), "UTF-8", ";")
        _line, cells = next(read(of_imports.failed_rows(sheet, {2: ["Wrong."]}), set).rows)
        assert restore(cells[1].strip()) == meant


@pytest.mark.parametrize(
    "text", [*FORMULAS, "a_x0041_b", "_x005F_x0041_", "_x000D_", "_x0000_", "_xD83D_"], ids=ascii
)
def test_a_workbook_of_ours_is_read_back_as_it_was_written(text: str) -> None:
    data = b"".join(PIECES["xlsx"](writing.Sheet(["a", "b"], [["1", text]]), Tally()))
    _line, cells = next(read(data, set).rows)
    assert restore(cells[1].strip()).strip() == text.strip()
