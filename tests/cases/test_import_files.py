"""Files as people send them are read; what is no such file is refused with a sentence, in bounded time and
memory."""

from __future__ import annotations

import io
import json
import multiprocessing
import random
import resource
import time
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils.translation import gettext
from hypothesis import given, settings, strategies as st

from cases.importing.columns import COLUMNS, match
from exchange import limits
from exchange.limits import Refused
from tests.cases.spreadsheet import GOOD, row, sheet
from tests.hostile_workbooks import DECLARED, SHEET, amplified, declaring, renamed, sound
from tests.importers import read_persons as read
from tests.weights import examples, mostly_long

HEADER = ";".join(GOOD)
LINE = ";".join(GOOD.values())


def lines(data: bytes) -> list[tuple[int, list[str]]]:
    return [(line, list(cells)) for line, cells in read(data).rows]


def book(rows: list[list[Any]], *more: list[list[Any]]) -> bytes:
    made = openpyxl.Workbook()
    for number, several in enumerate((rows, *more)):
        page = made.active if number == 0 else made.create_sheet()
        for cells in several:
            page.append(cells)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


# --- what is read ----------------------------------------------------------------------------
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("latin-1", "Latin-1"),
        ("cp1252", "Windows-1252"),
        ("utf-16", "UTF-16"),
    ],
)
def test_encoding_and_delimiter_are_found_out(encoding: str, name: str, delimiter: str) -> None:
    town = "Örebro – öster" if encoding != "latin-1" else "Örebro öster"
    got = read(sheet(row(municipality=town), encoding=encoding, delimiter=delimiter))
    assert (got.encoding, got.delimiter) == (name, delimiter)
    assert next(got.rows)[1][-1] == town
    assert "county" in match(got.header).at


def test_the_delimiter_is_decided_by_the_header_alone() -> None:
    data = sheet(row(purposes="crime;begging;other"), delimiter=",")
    assert b"crime;begging;other" in data
    assert read(data).delimiter == ","
    quoted = sheet(row(purposes="crime;begging"), delimiter=";")
    assert b'"crime;begging"' in quoted
    assert lines(quoted)[0][1][-1] == "crime;begging"


def test_a_row_is_named_by_the_line_where_it_begins() -> None:
    data = f'{HEADER}\n"A\nB";{LINE.partition(";")[2]}\n\n;;;;;;;;\n{LINE}\n'.encode()
    assert [line for line, _cells in lines(data)] == [2, 6]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_read(ending: str) -> None:
    assert lines(ending.join([HEADER, LINE, LINE]).encode()) == [(2, LINE.split(";")), (3, LINE.split(";"))]


def test_the_hint_of_a_delimiter_is_no_header() -> None:
    assert lines(f"sep=;\r\n{HEADER}\r\n{LINE}\r\n".encode()) == [(3, LINE.split(";"))]


@pytest.mark.parametrize(
    "names",
    [
        "ärende;person;identifierad;myndighet;län;kön;barn;status;huvudändamål",
        "ARENDE;Person; Identifierad ;Organisation;LAN;kon;Barn;STATUS;Huvudandamal",
        "Case;PERSON;Identified on;agency;county;sex;child;status;main purpose",
    ],
)
def test_columns_are_known_in_both_languages_without_case_accents_and_spaces(names: str) -> None:
    assert set(match(names.split(";")).at) == set(GOOD)


def test_a_workbook_gives_the_texts_that_a_csv_would() -> None:
    facts = ["A-17", 12, datetime(2018, 5, 2), "police", 14, "F", False, "presumed", "sexual"]
    got = read(book([list(GOOD), facts]))
    assert got.encoding == "XLSX"
    assert next(got.rows) == (
        2,
        ["A-17", "12", "2018-05-02", "police", "14", "F", "no", "presumed", "sexual"],
    )
    assert match(got.header).has("county")


def test_a_workbook_is_read_from_the_sheet_that_has_the_columns() -> None:
    got = read(book([["Read me first"]], [list(GOOD), list(GOOD.values())]))
    assert [cells for _line, cells in got.rows] == [list(GOOD.values())]


def test_a_formula_is_text() -> None:
    assert lines(sheet(row(case="=cmd|' /C calc'!A0")))[0][1][0] == "=cmd|' /C calc'!A0"


# --- what is refused -------------------------------------------------------------------------
def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * (40 * 2**20))
    return out.getvalue()


def many_parts() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(limits.MAX_PARTS + 1):
            archive.writestr(f"{number}.xml", "<a/>")
    return out.getvalue()


def with_part(text: bytes) -> bytes:
    """A sound workbook whose sheet is replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book([list(GOOD)]))) as sound, zipfile.ZipFile(out, "w") as archive:
        for part in sound.infolist():
            archive.writestr(part, text if part.filename == "xl/worksheets/sheet1.xml" else sound.read(part))
    return out.getvalue()


def declared_elsewhere() -> bytes:
    name = "xl/worksheets/sheet1.dat"
    return declaring(renamed(sound(), SHEET, name), name, DECLARED["after an instruction"])


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "'
    + b"&a;" * 20
    + b'"><!ENTITY c "'
    + b"&b;" * 20
    + b'">]><worksheet><sheetData><row><c><v>&c;</v></c></row></sheetData></worksheet>'
)


def as_json(rows_of: list[dict[str, Any]], rows: int = 0) -> bytes:
    return json.dumps({"rows": rows_of, "end": {"rows": rows or len(rows_of)}}).encode()


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty"),
    "blank lines": (lambda: b"\r\n \r\n", "empty"),
    "a lone BOM": (lambda: b"\xef\xbb\xbf", "empty"),
    "random bytes": (lambda: random.Random(1).randbytes(5_000_000), "not_text"),
    "NUL bytes": (lambda: sheet().replace(b"A-17", b"A\x0017"), "not_text"),
    "UTF-16 without its mark": (lambda: sheet(encoding="utf-16-le"), "not_text"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "not_text"),
    "mixed encodings": (lambda: sheet(row(municipality="Örebro")) + "Örebro".encode("latin-1"), "mixed"),
    "half of a character": (lambda: b"\xff\xfe" + sheet(encoding="utf-16-le")[:-1], "mixed"),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old_excel"),
    "a quote never closed": (lambda: sheet() + b'"A;B;C\n' + b"x;y\n" * 3, "open_quote"),
    "a quote never closed in a long file": (lambda: sheet() + b'"' + sheet()[50:] * 5_000, "long_cell"),
    "a quote in the wrong place": (lambda: sheet() + b'"A"B;C\n', "bad_quote"),
    "a long cell": (lambda: sheet(row(case="x" * 5_000)), "long_cell"),
    "a very long cell": (lambda: sheet(row(case="x" * 10_000_000)), "long_cell"),
    "100 000 columns": (lambda: ";".join(f"c{n}" for n in range(100_000)).encode(), "too_many_columns"),
    "a header of one endless word": (lambda: b"x" * 20_000_000, "long_cell"),
    "200 MB": (lambda: bytes(200 * 2**20), "too_large"),
    "too many rows": (lambda: (HEADER + "\n" + "a\n" * (limits.MAX_ROWS + 1)).encode(), "too_many_rows"),
    "a zip bomb": (bomb, "xlsx_bomb"),
    "a zip of thousands of parts": (many_parts, "xlsx_bomb"),
    "entity expansion": (lambda: with_part(LAUGHS), "xlsx_entities"),
    "entities behind a comment": (lambda: amplified(times=90, text=1_000_000), "xlsx_entities"),
    "entities in a part of another name": (declared_elsewhere, "xlsx_entities"),
    "a workbook of another encoding": (
        lambda: with_part(b'<?xml version="1.0" encoding="cp1252"?><a/>'),
        "xlsx_encoding",
    ),
    "a comment without end": (lambda: with_part(b"<a><!--" + b"x" * 2**19), "xlsx_overfull"),
    "a comment of half cells": (
        lambda: with_part(b"<worksheet><!-- <f " + b"<c " * 80_000 + b"--></worksheet>"),
        "empty",
    ),
    "entities hidden in UTF-16": (lambda: with_part(LAUGHS.decode().encode("utf-16")), "xlsx_entities"),
    "a workbook of broken XML": (lambda: with_part(b"<worksheet><sheetData><row>"), "xlsx_broken"),
    "half a workbook": (lambda: book([list(GOOD)])[:-300], "xlsx_broken"),
    "a zip that is no workbook": (lambda: with_zip("a.txt", "hello"), "xlsx_broken"),
    "a workbook of 200 columns": (lambda: book([[f"c{n}" for n in range(200)]]), "too_many_columns"),
    "a formula never calculated": (
        lambda: book([list(GOOD), ["=1+1", *list(GOOD.values())[1:]]]),
        "xlsx_uncalculated",
    ),
    "an empty workbook": (lambda: book([]), "empty"),
    "half a JSON file": (lambda: b'{"demo": false, "rows": [{"case": "A"', "json_broken"),
    "JSON without its end": (lambda: b'{"rows": [{"case": "A"}]}', "json_broken"),
    "JSON that lost a row": (lambda: as_json([GOOD], rows=2), "json_broken"),
    "JSON of fractions": (lambda: as_json([GOOD, {**GOOD, "case": 1.5}]), "json_broken"),
    "JSON of lists": (lambda: as_json([GOOD, {**GOOD, "case": ["A"]}]), "json_broken"),
    "JSON of another shape in each row": (lambda: as_json([GOOD, {"person": "B"}]), "json_broken"),
    "JSON a hundred thousand deep": (lambda: b'{"rows": ' + b"[" * 100_000, "json_broken"),
    "JSON of millions of brackets": (lambda: b'{"rows": [' + b"[]," * 10_000_000, "too_many_rows"),
    "JSON with a long cell": (lambda: as_json([{**GOOD, "case": "x" * 5_000}]), "long_cell"),
}


def with_zip(name: str, text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, text)
    return out.getvalue()


LARGE = (
    "random bytes",
    "200 MB",
    "a very long cell",
    "a zip bomb",
    "entity expansion",
    "entities behind a comment",
    "JSON of millions of brackets",
    "too many rows",
    "a header of one endless word",
)
BOMBS = ("a zip bomb", "JSON of millions of brackets")  # small files that would become large
# Of the large ones a smaller of the same fault is tried, or the bombs as below.
SMALL = [name for name in BAD if name not in LARGE or name in {"200 MB", "entity expansion", "too many rows"}]


@pytest.mark.parametrize("name", mostly_long(BAD, usual=SMALL))
def test_a_bad_file_is_refused_soon_and_in_a_sentence(name: str) -> None:
    make, code = BAD[name]
    data = make()
    began = time.process_time()
    with pytest.raises(Refused) as refused:
        read_all(data)
    assert [text for text, _params in refused.value.said] == [code]
    assert str(refused.value).endswith((".", "?"))
    assert time.process_time() - began < 5


@pytest.mark.parametrize("names", mostly_long([LARGE, BOMBS], usual=[BOMBS]), ids=len)
def test_bad_files_take_little_memory(names: Sequence[str]) -> None:
    """Each read by a process of its own that may have no more than the file and half a gigabyte."""
    for name in names:
        ours, theirs = multiprocessing.Pipe()
        child = multiprocessing.get_context("fork").Process(target=read_in_little_memory, args=(name, theirs))
        child.start()
        child.join()
        assert ours.poll(), name
        assert ours.recv() == BAD[name][1]


def read_in_little_memory(name: str, told: Connection) -> None:
    """Tell how the file is refused; nothing where memory is at an end."""
    data = BAD[name][0]()
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 2**29, used + 2**29))
    try:
        read_all(data)
    except Refused as refused:
        told.send(refused.said[0][0])


def read_all(data: bytes) -> None:
    match(read(data).header)
    lines(data)


def refusal(*cells: str) -> str:
    with pytest.raises(Refused) as refused:
        match(cells)
    return str(refused.value)


def test_a_wrong_header_names_what_is_missing_unknown_and_doubled() -> None:
    assert refusal("case", "person", "identified_on", "agency", "sex", "child", "status", "main_purpose") == (
        "The file lacks the column county. Download the template and compare."
    )
    assert "lacks the columns län där personen identifierades, kön." in refusal(
        "ärende", "person", "identifierad", "myndighet", "barn", "status", "huvudändamål"
    )
    assert refusal(*GOOD, "citizenshp", "colour") == (
        "The columns citizenshp (did you mean citizenship?), colour are not known here. Rename or remove "
        "them."
    )
    assert refusal(*GOOD, "Län") == "The column county stands more than once in the header."


def test_columns_have_different_names() -> None:
    names = [name for column in COLUMNS for name in set(column.names)]
    assert len(names) == len(set(names))


texts = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=40)


@settings(deadline=None, max_examples=examples(10, 60))
@given(
    rows=st.lists(st.lists(texts.map(str.strip), min_size=9, max_size=9), max_size=5),
    delimiter=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_any_text_comes_back_from_a_csv(rows: list[list[str]], delimiter: str, encoding: str) -> None:
    data = sheet(
        *(dict(zip(GOOD, cells, strict=True)) for cells in rows), delimiter=delimiter, encoding=encoding
    )
    got = [cells for _line, cells in lines(data)]
    assert got == [cells for cells in rows or [list(GOOD.values())] if any(cells)]


@settings(deadline=None, max_examples=examples(40, 200))
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", HEADER.encode() + b"\n", b"\xff\xfe"):
        assert said_of(start + data).endswith(".")


def said_of(data: bytes) -> str:
    """Why it is refused."""
    try:
        read_all(data)
    except Refused as refused:
        return refused.in_words(gettext)
    return "It is read."


def test_dates_of_a_workbook_without_time_are_days() -> None:
    assert next(read(book([list(GOOD), [date(2018, 5, 2)]])).rows)[1][0] == "2018-05-02"


def test_a_row_of_a_workbook_that_ends_in_empty_cells_is_as_wide_as_its_header() -> None:
    assert len(next(read(book([list(GOOD), ["V-2018-0001", "P1"]])).rows)[1]) == len(GOOD)
