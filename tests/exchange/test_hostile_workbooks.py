"""A workbook that means harm is refused in a sentence, and twice as much of it takes about twice as long."""

from __future__ import annotations

import io
import random
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from types import FrameType
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from exchange import limits
from exchange.limits import Refused
from exchange.reader import read
from exchange.workbook_parts import Walk
from tests import ods
from tests.hostile_files import GROWING_TOO
from tests.hostile_workbooks import (
    DECLARED,
    GROWING,
    HEADER,
    SHEET,
    TYPE,
    amplified,
    declaring,
    noisy,
    parts_of,
    renamed,
    sheet,
    sound,
    with_part,
    with_texts_in_place,
)
from tests.weights import every_value_once, mostly_long

HERE = "tests/exchange/test_hostile_workbooks.py"
PARTS = [*parts_of(sound())]


def rows(data: bytes) -> list[list[str]]:
    return [list(cells) for _line, cells in read(data, lambda cells: set(cells) & set(HEADER)).rows]


def refusal(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        rows(data)
    [(code, _params)] = refused.value.said
    return code


# --- declarations ------------------------------------------------------------------------------
@pytest.mark.parametrize(("part", "way"), every_value_once(PARTS, DECLARED))
def test_a_document_type_is_refused_in_every_part_wherever_it_stands(part: str, way: str) -> None:
    assert refusal(declaring(sound(), part, DECLARED[way])) == "xlsx_entities"


@pytest.mark.parametrize(("part", "encoding"), every_value_once(PARTS, ["utf-16", "utf-8-sig"]))
def test_no_encoding_hides_a_document_type(part: str, encoding: str) -> None:
    assert refusal(declaring(sound(), part, TYPE, encoding)) == "xlsx_entities"


OLD = (SHEET, "xl/sharedStrings.xml")
NEW = ("xl/worksheets/sheet1.dat", "xl/media/image1.png", "xl/x")


@pytest.mark.parametrize(("old", "new", "way"), every_value_once(OLD, NEW, DECLARED))
def test_no_name_of_a_part_hides_a_document_type(old: str, new: str, way: str) -> None:
    book = renamed(sound(), old, new)
    assert rows(book) == [["x", "X"]]  # as it is, the reader opens it
    assert refusal(declaring(book, new, DECLARED[way])) == "xlsx_entities"


def test_what_is_never_opened_may_be_anything() -> None:
    picture = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd"><svg/>'
    for name, text in (
        ("xl/media/image1.svg", picture),
        ("xl/media/image1.png", "\x89PNG"),
        ("customXml/a.xml", "<"),
    ):
        assert rows(with_part(text, name)) == [["x", "X"]]


def test_an_entity_without_declaration_is_a_broken_workbook() -> None:
    assert refusal(with_part(sheet("<row><c><v>&a;</v></c></row>"))) == "xlsx_broken"


def test_a_few_kilobytes_of_entities_take_no_memory_and_no_time() -> None:
    data = amplified(times=90, text=1_000_000)
    began = time.process_time()
    assert (len(data) < 40_000, refusal(data)) == (True, "xlsx_entities")
    assert time.process_time() - began < 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "utf-8-sig", "us-ascii"])
def test_workbooks_are_written_in_the_encodings_of_unicode(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>' + sheet(
        "<row><c><v>1</v></c></row>"
    )
    assert rows(with_part(text.encode(encoding))) == [["1", ""]]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "cp1252", "utf-7", "nonsense"])
def test_other_encodings_are_refused(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + sheet("<row><c><v>1</v></c></row>")
    assert refusal(with_part(text)) == "xlsx_encoding"


# --- time and memory ---------------------------------------------------------------------------
def seconds(data: bytes) -> float:
    """Of the processor, the least of three."""
    taken = []
    for _time in range(3):
        began = time.process_time()
        with suppress(Refused):
            rows(data)
        taken.append(time.process_time() - began)
    return min(taken)


def calls(data: bytes) -> int:
    """How many functions are called to read it, of ours and of the libraries."""
    counted = 0

    def count(_frame: FrameType, event: str, _about: Any) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        with suppress(Refused):
            rows(data)
    finally:
        sys.setprofile(None)
    return counted


GROWS = GROWING | GROWING_TOO | {f"{name} of ODS": grows for name, grows in ods.GROWING.items()}


@pytest.mark.parametrize("name", GROWS)
def test_twice_as_much_takes_at_most_about_twice_as_many_calls(name: str) -> None:
    make, n = GROWS[name]
    once, twice = calls(make(n // 20)), calls(make(n // 10))
    assert twice < 2.5 * once


@pytest.mark.long(instead=f"{HERE}::test_twice_as_much_takes_at_most_about_twice_as_many_calls")
@pytest.mark.parametrize("name", GROWS)
def test_twice_as_much_takes_about_twice_as_long(name: str) -> None:
    make, n = GROWS[name]
    once, twice = seconds(make(n)), seconds(make(2 * n))
    assert twice < 3 * max(once, 0.05)
    assert twice < 5


MARKUP = ("<!--{}-->", "<?x {}?>", '<a b="{}"/>')


@pytest.mark.parametrize("markup", mostly_long(MARKUP, usual=MARKUP[:1]))
def test_a_piece_of_markup_without_end_is_refused(markup: str) -> None:
    """Expat before 2.6 scans it anew with every piece that it is given."""
    noise = "".join(random.Random(1).choices("abcdefgh ", k=4 * limits.MAX_MARKUP))
    assert refusal(with_part(sheet("", markup.format(noise)))) == "xlsx_overfull"
    assert refusal(with_part(markup.format(noise) + "<a/>", "docProps/app.xml")) == "xlsx_overfull"
    assert rows(
        with_part(sheet("<row><c><v>1</v></c></row>", markup.format(noise[: limits.MAX_MARKUP // 2])))
    )


def test_what_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.workbook_parts.MAX_NODES", 10_000)
    assert refusal(with_part(sheet("", noisy(10_000)))) == "xlsx_overfull"
    assert refusal(with_part(sheet(f"<row>{noisy(10_000)}</row>"))) == "xlsx_overfull"
    assert refusal(with_part(f"<a>{noisy(10_000)}</a>", "xl/styles.xml")) == "xlsx_overfull"


def test_rows_that_are_let_go_of_one_by_one_are_not_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.workbook_parts.MAX_NODES", 10_000)
    assert len(rows(with_part(sheet("<row><c><v>1</v></c><c><v>2</v></c></row>" * 5_000)))) == 5_000


def test_rows_are_too_many_where_the_reader_keeps_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that is no sheet for the reader, whatever it calls itself."""
    monkeypatch.setattr("exchange.workbook_parts.MAX_NODES", 10_000)
    text = sheet("<row><c><v>1</v></c><c><v>2</v></c></row>" * 5_000)
    assert refusal(with_part(text, "xl/workbook.xml")) == "xlsx_overfull"


@pytest.mark.parametrize("data", [renamed(sound(), SHEET, "xl/worksheets/sheet1.dat"), ods.book()])
def test_whatever_is_taken_out_of_the_archive_goes_through_the_walk(
    monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    """Each byte that is unpacked, but for the name of what an ODS file is, has been fed to the walk."""
    unpacked, fed = [], []
    take, feed = zipfile.ZipExtFile.read, Walk.feed
    monkeypatch.setattr(
        zipfile.ZipExtFile, "read", lambda part, n=None: unpacked.append(take(part, n)) or unpacked[-1]
    )
    monkeypatch.setattr(Walk, "feed", lambda walk, piece: fed.append(piece) or feed(walk, piece))
    assert rows(data)
    assert {*unpacked} - {b"", ods.TYPE.encode()} == {*fed}
    assert any(HEADER[0].encode() in piece for piece in fed)


# --- what is read is what was written ------------------------------------------------------
VALUES: tuple[Any, ...] = (
    None, "", "å", " blank ", "_x000D_", "x" * 300, 0, 7, -3, 1.5, 2.0, 1e20, True, False,
    date(2018, 5, 2), datetime(2018, 5, 2, 10, 30), datetime(2018, 5, 2),
)  # fmt: skip


@pytest.mark.parametrize("save", [sound, with_texts_in_place])
@pytest.mark.parametrize("seed", mostly_long(range(20), usual=range(4)))
def test_a_workbook_is_read_as_openpyxl_reads_it(seed: int, save: Callable[[Any], bytes]) -> None:
    """It decodes the texts of a part of their own, and leaves those in place as they are written."""
    rng = random.Random(seed)
    made = [HEADER, *(rng.choices(VALUES, k=rng.randint(1, 6)) for _row in range(rng.randint(1, 30)))]
    made = [cells for cells in made if any(cell not in (None, "") for cell in cells)]
    data = save(made)
    expected = by_openpyxl(data, unescape if save is with_texts_in_place else str)
    assert [*map(_bare, rows(data))] == [*filter(None, map(_bare, expected))]


def by_openpyxl(data: bytes, decode: Callable[[str], str]) -> list[list[str]]:
    sheet_read = openpyxl.load_workbook(io.BytesIO(data), data_only=True).active
    return [
        [_text(cell.value, cell.is_date, decode) for cell in cells]
        for cells in sheet_read.iter_rows(min_row=2)
    ]


def _text(value: Any, is_date: bool, decode: Callable[[str], str]) -> str:
    if is_date:
        return f"{value:%Y-%m-%d}" if f"{value:%H%M%S}" == "000000" else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, bool):
        return ("no", "yes")[value]
    if isinstance(value, float):
        return f"{value:.0f}" if value == int(value) else str(value)
    return "" if value is None else decode(str(value)).strip()


def _bare(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells


def test_rows_far_down_and_out_of_order_are_not_left_out() -> None:
    far = '<row r="900000"><c r="A900000"><v>1</v></c></row><row r="3"><c r="B3"><v>2</v></c></row>'
    got = read(with_part(sheet(far)), lambda cells: set(cells) & set(HEADER)).rows
    assert [(line, list(cells)) for line, cells in got] == [(900_000, ["1", ""]), (3, ["", "2"])]


def test_a_sheet_of_charts_is_no_table() -> None:
    book = openpyxl.Workbook()
    book.create_chartsheet(index=0)
    book.active = 1
    book.worksheets[0].append(HEADER)
    book.worksheets[0].append(["x", "X"])
    out = io.BytesIO()
    book.save(out)
    assert rows(out.getvalue()) == [["x", "X"]]
