"""A file of LibreOffice is read as the same table in any other form; one that means harm is refused."""

from __future__ import annotations

import random
import subprocess
from datetime import date, datetime
from pathlib import Path

import pytest

from exchange.limits import MAX_COLUMNS, MAX_MARKUP, MAX_ROWS, Refused
from exchange.reader import read
from scripts import debian
from tests.hostile_workbooks import DECLARED, HEADER, TYPE, sound
from tests.ods import (
    CONTENT,
    NAMES,
    REPEATED,
    TYPE as ODS,
    archive,
    book,
    cell,
    content,
    declaring,
    of_texts,
    parts,
    row,
    table,
    text,
    without_type,
)


def known(cells: object) -> set[str]:
    return set(cells) & set(HEADER)  # type: ignore[call-overload]


def lines(data: bytes) -> list[tuple[int, list[str]]]:
    return [(line, list(cells)) for line, cells in read(data, known).rows]


def first(*cells: str) -> list[str]:
    [(line, found)] = lines(book(row(*cells)))
    assert line == 2
    return found


def refusal(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        lines(data)
    [(code, _params)] = refused.value.said
    return code


# --- what is read -----------------------------------------------------------------------------
def test_a_table_is_read_with_its_lines() -> None:
    got = read(of_texts(HEADER, ("å", "Å ö"), ("", ""), ("", "<&>")), known)
    assert (got.header, got.encoding, got.delimiter) == (HEADER, "ODS", "")
    assert [(line, list(cells)) for line, cells in got.rows] == [(2, ["å", "Å ö"]), (4, ["", "<&>"])]


VALUE = '<table:table-cell office:value-type="{}" {}><text:p>as it is shown</text:p></table:table-cell>'


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        ("float", 'office:value="7"', "7"),
        ("float", 'office:value="-3.0"', "-3"),
        ("float", 'office:value="1.5"', "1.5"),
        ("float", 'office:value="1E+20"', "100000000000000000000"),
        ("float", 'office:value="12345678901234567890"', "12345678901234567890"),
        ("percentage", 'office:value="0.25"', "0.25"),
        ("currency", 'office:currency="SEK" office:value="12"', "12"),
        ("boolean", 'office:boolean-value="true"', "yes"),
        ("boolean", 'office:boolean-value="false"', "no"),
        ("date", 'office:date-value="2018-05-02"', "2018-05-02"),
        ("date", 'office:date-value="2018-05-02T00:00:00"', "2018-05-02"),
        ("date", 'office:date-value="2018-05-02T10:30:00"', "2018-05-02 10:30:00"),
        ("date", 'office:date-value="12018-05-02"', "12018-05-02"),
        ("time", 'office:time-value="PT10H30M00S"', "10:30:00"),
        ("time", 'office:time-value="PT26H00M00.5S"', "26:00:00"),
        ("string", 'office:string-value="0010"', "0010"),
        ("string", "", "as it is shown"),
        ("float", 'table:formula="of:=16+1" office:value="17"', "17"),
        ("string", 'table:formula="of:=IF(1;&quot;&quot;;1)" office:string-value=""', ""),
    ],
)
def test_a_cell_is_the_value_that_it_holds(kind: str, value: str, found: str) -> None:
    assert first(VALUE.format(kind, value), text("X")) == [found, "X"]


def test_the_error_of_a_formula_is_what_is_shown() -> None:
    error = (
        '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value=""'
        ' calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
    )
    assert first(error, text("X")) == ["#N/A", "X"]


A = "<text:p>a</text:p>"


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("<text:p>a</text:p><text:p>b</text:p>", "a\nb"),
        ("<text:p>a  \n  b</text:p>", "a b"),
        ('<text:p>a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>d</text:p>', "a   b\tc\nd"),
        ('<text:p>a<text:span> b <text:a href="x">c</text:a></text:span> d</text:p>', "a b c d"),
        ("<text:p>a &amp; <text:span>b</text:span></text:p>", "a & b"),
        (f"<office:annotation><dc:date>2018</dc:date><text:p>b</text:p></office:annotation>{A}", "a"),
        (f"{A}<table:table>{row(cell('<text:p>b</text:p>'))}</table:table>", "a"),
    ],
)
def test_a_text_is_what_stands_in_the_cell_and_no_note_of_it(inside: str, found: str) -> None:
    assert first(cell(inside), text("X")) == [found, "X"]


def test_what_is_written_once_is_read_as_often_as_it_stands_there() -> None:
    pair = '<table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="7"/>'
    assert lines(book(row(pair, more=' table:number-rows-repeated="3"'), row(text("x"), text("y")))) == [
        (2, ["7", "7"]), (3, ["7", "7"]), (4, ["7", "7"]), (5, ["x", "y"]),
    ]  # fmt: skip
    blank = '<table:table-row table:number-rows-repeated="5"><table:table-cell/></table:table-row>'
    assert lines(book(blank, row('<table:table-cell table:number-columns-repeated="1"/>', text("y")))) == [
        (7, ["", "y"])
    ]


def test_merged_cells_and_hidden_rows_are_read() -> None:
    """What a merged cell covers is empty, unless somebody has written there before."""
    merged = [text("a", ' table:number-columns-spanned="2"'), "<table:covered-table-cell/>"]
    hidden = row(text("b"), text("c"), more=' table:visibility="collapse"')
    assert lines(book(row(*merged), hidden)) == [(2, ["a", ""]), (3, ["b", "c"])]


def test_rows_in_groups_are_rows() -> None:
    grouped = f"<table:table-row-group>{row(text('a'), text('b'))}</table:table-row-group>"
    assert lines(book(grouped)) == [(2, ["a", "b"])]


def test_the_sheet_that_has_the_columns_is_read() -> None:
    other = table(row(text("Read me first")), row(text("x")))
    meant = table(row(*map(text, HEADER)), row(text("a"), text("b")), name="Blad2")
    assert lines(archive(parts(content(other, meant, other)))) == [(2, ["a", "b"])]


def test_what_has_been_changed_before_is_no_cell() -> None:
    before = (
        "<table:tracked-changes><table:cell-content-change><table:previous><table:change-track-table-cell>"
        "<text:p>old</text:p></table:change-track-table-cell></table:previous></table:cell-content-change>"
        "</table:tracked-changes>"
    )
    sheet = table(row(*map(text, HEADER)), row(text("a"), text("b")))
    assert lines(archive(parts(content(sheet, before=before)))) == [(2, ["a", "b"])]


ROWS = [
    HEADER,
    ("å", 7),
    ("0010", -1.5),
    (date(2018, 5, 2), datetime(2018, 5, 2, 10, 30)),
    (True, "line\nline"),
    ("  a  b", "1,5"),
    ("=1+1", "'x"),
]


@pytest.mark.long(instead="tests/exchange/test_ods.py::test_a_cell_is_the_value_that_it_holds")
@pytest.mark.skipif(
    not debian.office(), reason="LibreOffice (Debian package libreoffice-calc-nogui) is not installed"
)
def test_what_libreoffice_makes_of_a_workbook_is_read_as_the_workbook(tmp_path: Path) -> None:
    made = tmp_path / "a.xlsx"
    made.write_bytes(sound(ROWS))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [debian.office(), profile, "--headless", "--norestore", "--convert-to", "ods", "--outdir"]
    subprocess.run([*command, tmp_path, made], capture_output=True, check=True, timeout=300)
    assert lines((tmp_path / "a.ods").read_bytes()) == lines(made.read_bytes())


# --- what is refused --------------------------------------------------------------------------
@pytest.mark.parametrize("way", DECLARED)
@pytest.mark.parametrize("part", parts(""))
def test_a_document_type_is_refused_in_every_part_wherever_it_stands(part: str, way: str) -> None:
    assert refusal(declaring(part, DECLARED[way])) == "xlsx_entities"
    assert refusal(declaring(part, TYPE, "utf-16")) == "xlsx_entities"


def test_another_encoding_is_refused() -> None:
    inside = content(table(row(*map(text, HEADER)))).replace("UTF-8", "iso-8859-1")
    assert refusal(archive(parts(inside))) == "xlsx_encoding"


@pytest.mark.parametrize(
    "data",
    [
        archive({**parts(""), CONTENT: content(table(row(text("a"))))[:-40]}),
        archive(parts(content(table(row(text("a"))))), "application/vnd.oasis.opendocument.text"),
        without_type(content(table(row(text("a"))))),
        book(row(VALUE.format("float", 'office:value="seven"'))),
        book(row(VALUE.format("float", ""))),
        book(row(text("a", ' table:number-columns-repeated="0"'))),
        book(row(text("&a;").replace("&amp;", "&"))),
    ],
)  # fmt: skip
def test_what_is_broken_is_refused(data: bytes) -> None:
    assert refusal(data) == "xlsx_broken"


def test_a_formula_that_nothing_has_calculated_is_no_empty_cell() -> None:
    assert refusal(book(row('<table:table-cell table:formula="of:=1+1"/>'))) == "xlsx_uncalculated"


def test_an_empty_sheet_is_an_empty_file() -> None:
    assert refusal(archive(parts(content(table())))) == "empty"
    assert refusal(archive(parts(content()))) == "empty"


@pytest.mark.parametrize("inside", ["<text:p>{}</text:p>", '<text:p><text:s text:c="{:d}"/>x</text:p>'])
def test_a_long_text_is_refused_however_it_is_written(inside: str) -> None:
    long = inside.format("x" * 5_000) if "{}" in inside else inside.format(10**9)
    assert refusal(book(row(cell(long)))) == "long_cell"


def test_more_columns_and_rows_than_a_table_has_are_refused() -> None:
    data = archive(parts(content(table(row(REPEATED.format(MAX_COLUMNS + 1))))))
    assert refusal(data) == "too_many_columns"
    assert refusal(book(row(text("x"), more=' table:number-rows-repeated="1000000000"'))) == "too_many_rows"
    assert MAX_ROWS < 10**9


def test_a_column_far_to_the_right_is_not_left_out() -> None:
    far = row('<table:table-cell table:number-columns-repeated="16000"/>', text("x"))
    [(_line, cells)] = lines(book(far))
    assert (len(cells), cells[-1]) == (MAX_COLUMNS + 1, "x")


def test_what_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.workbook_parts.MAX_NODES", 10_000)
    noise = "".join(
        f"<{name}/>" for name in random.Random(1).choices([f"a{n:x}" for n in range(5_000)], k=10_000)
    )
    assert refusal(book(row(cell(noise)))) == "xlsx_overfull"
    assert refusal(archive(parts(content(table(row(text("a"))), before=noise)))) == "xlsx_overfull"
    assert len(lines(book(*[row(text("a"), text("b"))] * 5_000))) == 5_000


def test_a_piece_of_markup_without_end_is_refused() -> None:
    noise = "".join(random.Random(1).choices("abcdefgh ", k=4 * MAX_MARKUP))
    assert refusal(archive(parts(content(before=f"<!--{noise}-->")))) == "xlsx_overfull"
    assert (
        refusal(archive({**parts(content()), "meta.xml": f"<!--{noise}--><a {NAMES}/>"})) == "xlsx_overfull"
    )


def test_a_template_is_a_workbook_too() -> None:
    data = archive(parts(content(table(row(text("a"))))), f"{ODS}-template")
    assert read(data, known).encoding == "ODS"
