"""Sixty and more files that mean harm, of every kind that is read; each is made when it is asked for."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from typing import Final

from tests import ods
from tests.hostile_workbooks import (
    DECLARED,
    GROWING,
    MAIN,
    SHEET,
    TYPE,
    amplified,
    attributes,
    declaring,
    noisy,
    packed,
    parts_of,
    renamed,
    sheet,
    sound,
    with_part,
)

HEAD: Final = b"code;name_sv\n"
LONG_ROW: Final = f"<row>{'<c><v>1</v></c>' * 40_000}</row>"


def json_file(rows: str) -> bytes:
    return f'{{"rows": {rows}, "end": {{"rows": 1}}}}'.encode()


def ods_file(*rows: str, tables: int = 1) -> bytes:
    head = ods.row(ods.text("code"), ods.text("name_sv"))
    return ods.archive(ods.parts(ods.content(*[ods.table(head, *rows)] * tables)))


def repeated_rows(times: int, cell: str) -> bytes:
    return ods_file(ods.row(cell, more=f' table:number-rows-repeated="{times}"'))


def repeated_cells(times: int) -> bytes:
    return ods_file(ods.row(ods.text("x" * 3_000, f' table:number-columns-repeated="{times}"')))


def with_lying_size(book: bytes) -> bytes:
    """Whose directory says that a part unpacks to a byte."""
    data = bytearray(book)
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 1)
    return bytes(data)


def in_itself(times: int) -> bytes:
    """An archive of an archive of an archive."""
    inner = b"x" * 10_000
    for _time in range(times):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.zip", inner)
        inner = out.getvalue()
    return inner


def packed_by(method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, text in parts_of(with_part(sheet(LONG_ROW))).items():
            archive.writestr(name, text)
    return out.getvalue()


def overlapping() -> bytes:
    """A directory that names one part three hundred times."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(SHEET, "<a>" + " " * 900_000 + "</a>")
        [zip_info] = archive.filelist
        archive.filelist *= 300
        archive.NameToInfo[SHEET] = zip_info
    return out.getvalue()


def outside(target: str) -> bytes:
    """A sheet that is said to lie elsewhere."""
    parts = parts_of(sound())
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace(b"worksheets/sheet1.xml", target.encode())
    return packed(parts)


def shared(texts: int, size: int) -> bytes:
    strings = f"<si><t>{'x' * size}</t></si>" * texts
    parts = parts_of(with_part(sheet('<row><c t="s"><v>1</v></c></row>' * texts)))
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{strings}</sst>'.encode()
    return packed(parts)


def one_text_for_all(rows: int) -> bytes:
    cells = '<c t="s"><v>0</v></c>' * 90
    parts = parts_of(with_part(sheet(f"<row>{cells}</row>" * rows)))
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}"><si><t>{"x" * 3_900}</t></si></sst>'.encode()
    return packed(parts)


# Files of the size n of the other kinds: see GROWING.
GROWING_TOO: Final[dict[str, tuple[Callable[[int], bytes], int]]] = {
    "rows of text": (lambda n: HEAD + b"a;b\n" * n, 50_000),
    "columns of text": (lambda n: HEAD + b";" * n + b"x\n", 400_000),
    "columns of a header": (lambda n: b";".join(b"a%d" % k for k in range(n)), 200_000),
    "quotation marks": (lambda n: HEAD + b'"' * (2 * n), 1_000_000),
    "blank lines": (lambda n: b"\n" * n, 400_000),
    "empty columns of JSON": (lambda n: json_file("[{" + ",".join(['"":1'] * n) + "}]"), 100_000),
    "deep JSON": (lambda n: b'{"rows": ' + b"[" * n, 50_000),
    "rows of ODS": (lambda n: ods_file(ods.row(ods.text("x"), ods.text("y")) * n), 3_000),
    "cells of ODS": (lambda n: ods_file(ods.row(ods.text("x") * n)), 10_000),
    "blanks of ODS": (lambda n: ods_file(ods.row(ods.text("x " * n))), 200_000),
}
_GROWN: Final[dict[str, Callable[[], bytes]]] = {
    name: (lambda make=make, n=n: make(2 * n))  # type: ignore[misc]
    for name, (make, n) in GROWING.items()
}
_DECLARED: Final[dict[str, Callable[[], bytes]]] = {
    f"a document type {way}": (lambda text=text: declaring(sound(), SHEET, text))  # type: ignore[misc]
    for way, text in DECLARED.items()
}
HOSTILE: Final[dict[str, Callable[[], bytes]]] = {
    **_GROWN,
    **_DECLARED,
    # --- archives
    "a bomb": lambda: with_part("<a>" + " " * 200_000_000 + "</a>"),
    "a bomb of many parts": lambda: packed({f"{n}.xml": "<a>" + " " * 300_000 for n in range(1_500)}),
    "ten thousand parts": lambda: packed({f"{n}.xml": "<a/>" for n in range(10_000)}),
    "a part that says it is small": lambda: with_lying_size(with_part("<a>" + "b" * 2_000_000 + "</a>")),
    "an archive in itself": lambda: in_itself(50),
    "one part named again and again": overlapping,
    "no end": lambda: sound()[:-30],
    "half": lambda: sound()[: len(sound()) // 2],
    "no directory": lambda: b"PK\x03\x04" + b"\0" * 10_000,
    "nothing but a directory": lambda: b"PK\x05\x06" + b"\0" * 18,
    "a directory that lies far away": lambda: b"PK\x05\x06" + b"\xff" * 18,
    "packed otherwise": lambda: packed_by(zipfile.ZIP_LZMA),
    "packed otherwise again": lambda: packed_by(zipfile.ZIP_BZIP2),
    "noise that begins as an archive": lambda: b"PK" + bytes(n * 7919 % 251 for n in range(100_000)),
    "no workbook": lambda: packed({"a.txt": "x"}),
    "a path out of the archive": lambda: outside("../../../../etc/passwd"),
    "a sheet of the network": lambda: outside("http://127.0.0.1/sheet.xml"),
    "a sheet that is itself the workbook": lambda: outside("workbook.xml"),
    # --- XML
    "laughs": lambda: with_part(laughs()),
    "entities below the limit": lambda: amplified(times=90, text=1_000_000),
    "entities in a part of another name": lambda: declaring(
        renamed(sound(), SHEET, "xl/worksheets/sheet1.dat"), "xl/worksheets/sheet1.dat", TYPE
    ),
    "a comment without end": lambda: with_part(sheet("", "<!--" + " <c <f" * 300_000)),
    "an instruction without end": lambda: with_part(sheet("", "<?x " + "y " * 300_000)),
    "a tag without end": lambda: with_part(sheet("", "<a " + attributes(50_000))),
    "an attribute without end": lambda: with_part(sheet("", '<a b="' + "c" * 3_000_000)),
    "a million elements that stay": lambda: with_part(sheet("", noisy(1_000_001))),
    "a million columns": lambda: with_part(sheet(f"<row>{'<c/>' * 999_999}<c><v>1</v></c></row>")),
    "a column far away": lambda: with_part(sheet('<row><c r="XFDX1"><v>1</v></c></row>')),
    "a line beyond every sheet": lambda: with_part(sheet(f'<row r="{"9" * 5_000}"><c><v>1</v></c></row>')),
    "a number of many digits": lambda: with_part(sheet(f"<row><c><v>{'9' * 1_000_000}</v></c></row>")),
    "a number beyond all numbers": lambda: with_part(sheet("<row><c><v>1e999999999</v></c></row>")),
    "a date beyond the calendar": lambda: with_part(sheet('<row><c t="d"><v>99999-01-01</v></c></row>')),
    "a text that is not there": lambda: with_part(sheet('<row><c t="s"><v>99999999</v></c></row>')),
    "many texts": lambda: shared(60_000, 300),
    "one long text in every cell": lambda: one_text_for_all(2_000),
    "a million empty rows": lambda: with_part(sheet("<row/>" * 1_000_000)),
    "the wrong encoding": lambda: with_part(b"<?xml version='1.0' encoding='utf-7'?>" + sheet("").encode()),
    "half a character": lambda: with_part(sheet("<row><c><v>1").encode() + b"\xff\xfe</v></c></row>"),
    # --- ODS
    "a row many times": lambda: repeated_rows(10**9, ods.text("x" * 3_000)),
    "a row more often than there are numbers": lambda: repeated_rows(10**4000, ods.text("x")),
    "a cell many times": lambda: repeated_cells(10**9),
    "a row of cells many times": lambda: repeated_rows(
        10**6, ods.text("x" * 3_900, ' table:number-columns-repeated="90"')
    ),
    "blanks many times": lambda: ods_file(
        ods.row('<table:table-cell><text:p><text:s text:c="999999999"/></text:p></table:table-cell>')
    ),
    "ten thousand sheets": lambda: ods_file(tables=10_000),
    "a deep cell": lambda: ods_file(
        ods.row(f"<table:table-cell>{'<text:p>' * 50_000}{'</text:p>' * 50_000}</table:table-cell>")
    ),
    # --- text
    "a million columns of text": lambda: HEAD + b";" * 1_000_000 + b"x",
    "a header of a million columns": lambda: b";".join(b"a%d" % n for n in range(1_000_000)),
    "a quotation mark without end": lambda: HEAD + b'"' + b"x;\n" * 1_000_000,
    "nothing but quotation marks": lambda: HEAD + b'"' * 3_000_001,
    "nothing but blank lines": lambda: b"\n" * 5_000_000,
    "more rows than are read": lambda: HEAD + b"a;b\n" * 210_000,
    "zeros": lambda: b"\0" * 1_000_000,
    "an old workbook": lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 100_000,
    "text that is UTF-16 by halves": lambda: b"\xff\xfe" + b"\xd8" * 999_999,
    "text that is UTF-8 by halves": lambda: HEAD + b"\xc3" * 1_000_000,
    "marks of order": lambda: b"\xef\xbb\xbf" * 300_000 + HEAD,
    # --- JSON
    "deep JSON": lambda: b'{"rows": ' + b"[" * 150_000,
    "JSON of a million lists": lambda: json_file(json.dumps([[]] * 1_000_000)),
    "JSON with a number of many digits": lambda: json_file('[{"code": ' + "9" * 1_000_000 + "}]"),
    "JSON that names a column again and again": lambda: json_file(
        "[{" + ",".join(['"code": "x"'] * 200_000) + "}]"
    ),
    "JSON without end": lambda: b'{"rows": [{"code": "' + b"x" * 5_000_000,
}


def laughs() -> str:
    """Each entity is ten of the one before."""
    more = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY l0 "ha">{more}]>' + sheet('<row><c t="str"><v>&l9;</v></c></row>')
