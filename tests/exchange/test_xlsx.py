"""What spreadsheet programs put into a cell is read as it is shown, or as what it stands for."""

from __future__ import annotations

import pytest

from exchange.limits import MAX_COLUMNS, Refused
from exchange.reader import read
from tests.hostile_workbooks import HEADER, MAIN, packed, parts_of, sheet, sound, with_part

FORMATS = {164: "yyyy-mm-dd", 165: "[h]:mm", 166: '0 "days"', 167: "[Red]0", 168: "0;yyyy", 169: r"0\d"}
STYLES = [0, 14, 21, *FORMATS]  # which of these a cell has is its `s`


def lines(data: bytes) -> list[tuple[int, list[str]]]:
    rows = read(data, lambda cells: set(cells) & set(HEADER)).rows
    return [(line, list(cells)) for line, cells in rows]


def styled(rows: str, *, from_1904: bool = False, texts: str = "") -> bytes:
    """A workbook with formats of numbers, and texts in a part of their own."""
    formats = "".join(
        f'<numFmt numFmtId="{key}" formatCode="{_quoted(code)}"/>' for key, code in FORMATS.items()
    )
    styles = "".join(f'<xf numFmtId="{key}"/>' for key in STYLES)
    parts = parts_of(with_part(sheet(rows)))
    book = parts["xl/workbook.xml"]
    if from_1904:
        book = book.replace(b"<workbookPr ", b'<workbookPr date1904="1" ')
    return packed(
        {
            **parts,
            "xl/workbook.xml": book,
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{texts}</sst>'.encode(),
            "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><cellStyleXfs><xf '
            f'numFmtId="14"/></cellStyleXfs><cellXfs>{styles}</cellXfs></styleSheet>'.encode(),
        }
    )


def _quoted(code: str) -> str:
    return code.replace('"', "&quot;")


def first(xml: str, **options: object) -> str:
    [(_line, cells)] = lines(styled(f"<row>{xml}<c><v>1</v></c></row>", **options))  # type: ignore[arg-type]
    return cells[0]


@pytest.mark.parametrize(
    ("style", "value", "found"),
    [
        (0, "43222", "43222"),
        (1, "43222", "2018-05-02"),
        (1, "43222.4375", "2018-05-02 10:30:00"),
        (1, "1", "1900-01-01"),
        (1, "59", "1900-02-28"),
        (1, "61", "1900-03-01"),
        (1, "2958466", "#VALUE!"),
        (1, "-700000", "#VALUE!"),
        (2, "0.4375", "10:30:00"),
        (3, "43222", "2018-05-02"),
        (4, "0.4375", "10:30:00"),
        (4, "1.25", "1 day, 6:00:00"),
        (5, "7", "7"),
        (6, "7", "7"),
        (7, "7", "7"),
        (8, "7", "7"),
        (0, "12345678901234567890", "12345678901234567890"),
        (0, "0.1", "0.1"),
        (0, "1E-7", "1e-07"),
        (0, "2.0", "2"),
    ],
)
def test_a_number_is_a_day_where_it_is_shown_as_one(style: int, value: str, found: str) -> None:
    assert first(f'<c s="{style}"><v>{value}</v></c>') == found


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    assert first('<c s="1"><v>41760</v></c>', from_1904=True) == "2018-05-02"
    assert first('<c s="1"><v>0.5</v></c>', from_1904=True) == "12:00:00"


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#SAKNAS!", "#VÄRDEFEL!"])
def test_an_error_is_its_name_in_any_language(error: str) -> None:
    assert first(f'<c t="e"><v>{error}</v></c>') == error


def test_a_text_is_all_of_its_pieces_and_not_how_it_is_pronounced() -> None:
    pieces = '<r><rPr/><t>a </t></r><r><t xml:space="preserve">b</t></r><rPh sb="0" eb="1"><t>x</t></rPh>'
    assert first(f'<c t="inlineStr"><is>{pieces}</is></c>') == "a b"
    texts = f"<si><t>none</t></si><si>{pieces}</si><si/>"
    assert first('<c t="s"><v>1</v></c>', texts=texts) == "a b"
    assert first('<c t="s"><v>2</v></c>', texts=texts) == ""


@pytest.mark.parametrize("xml", ['<c t="s"><v>3</v></c>', "<c><v>seven</v></c>", '<c r="7A"><v>1</v></c>'])
def test_a_cell_that_says_nothing_is_broken(xml: str) -> None:
    with pytest.raises(Refused) as refused:
        lines(styled(f"<row>{xml}</row>"))
    assert [code for code, _params in refused.value.said] == ["xlsx_broken"]


def test_true_and_false_and_a_moment_as_text_are_read() -> None:
    assert first('<c t="b"><v>1</v></c>') == "yes"
    assert first('<c t="b"><v>0</v></c>') == "no"
    assert first('<c t="d"><v>2018-05-02T10:30:00</v></c>') == "2018-05-02 10:30:00"


def test_merged_cells_and_hidden_rows_are_read() -> None:
    rows = (
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2"/></row><row r="3" hidden="1"><c r="B3"><v>2</v></c></row>'
    )
    data = with_part(sheet(rows, '<mergeCells><mergeCell ref="A2:B2"/></mergeCells>'))
    assert lines(data) == [(2, ["1", ""]), (3, ["", "2"])]


def test_a_column_far_to_the_right_is_not_left_out() -> None:
    [(_line, cells)] = lines(with_part(sheet('<row r="2"><c r="XFD2"><v>7</v></c></row>')))
    assert (len(cells), cells[-1]) == (MAX_COLUMNS + 1, "7")


def test_the_stricter_class_of_the_standard_is_read() -> None:
    """Which Excel writes where it is asked to, under other names."""
    strict = {
        MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
            "http://purl.oclc.org/ooxml/officeDocument/relationships"
        ),
    }
    parts = parts_of(sound([HEADER, ("x", 7)]))
    for old, new in strict.items():
        parts = {name: text.replace(old.encode(), new.encode()) for name, text in parts.items()}
    assert lines(packed(parts)) == [(2, ["x", "7"])]


def test_a_formula_beside_the_table_of_a_sheet_that_is_not_meant_stands_in_nobodys_way() -> None:
    """Which sheet is meant is seen by its first row, whatever stands in that of another."""
    parts = parts_of(sound([["Read me"]]))
    rows = "<row><c><f>1+1</f></c></row>"
    parts["xl/worksheets/sheet1.xml"] = (
        f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()
    )
    parts["xl/worksheets/sheet2.xml"] = sheet("<row><c><v>1</v></c><c><v>2</v></c></row>").encode()
    _add_sheet(parts)
    assert lines(packed(parts)) == [(2, ["1", "2"])]


def _add_sheet(parts: dict[str, bytes]) -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    relation = f'<Relationship Id="rId99" Type="{kind}" Target="worksheets/sheet2.xml"/></Relationships>'
    relations = "xl/_rels/workbook.xml.rels"
    parts[relations] = parts[relations].replace(b"</Relationships>", relation.encode())
    more = b'<sheet name="two" sheetId="99" r:id="rId99"/></sheets>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</sheets>", more)
