"""Workbooks that mean harm, and what they are made of: sound ones whose parts are replaced or renamed."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import openpyxl
import xlsxwriter

HEADER: Final = ("code", "name_sv")
SHEET: Final = "xl/worksheets/sheet1.xml"
MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPE: Final = '<!DOCTYPE x [<!ENTITY a "ha">]>'
# Ways to put a declaration where a search for its beginning does not look.
DECLARED: Final[dict[str, str]] = {
    "plainly": TYPE,
    "after a comment": f"<!-- <a -->{TYPE}",
    "after an instruction": f"<?x <a?>{TYPE}",
    "after a long comment": f"<!-- {'x' * 10_000} -->{TYPE}",
    "with a file outside": '<!-- <a --><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
    "with a description outside": '<!-- <a --><!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">',
}


def sound(rows: Sequence[Sequence[Any]] = (HEADER, ("x", "X"))) -> bytes:
    """With its texts in a part of their own, as spreadsheet programs write them."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        page = book.add_worksheet()
        for line, cells in enumerate(rows):
            page.write_row(line, 0, cells)
    return out.getvalue()


def with_texts_in_place(rows: Sequence[Sequence[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parts_of(book: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def with_part(text: str | bytes, name: str = SHEET) -> bytes:
    """A sound workbook with this text as one part."""
    return packed({**parts_of(sound()), name: text if isinstance(text, bytes) else text.encode()})


def renamed(book: bytes, old: str, new: str) -> bytes:
    """With a part under another name, and what refers to it as well."""
    parts = {new if name == old else name: text for name, text in parts_of(book).items()}
    short = (one.removeprefix("xl/").encode() for one in (old, new))
    before, after = short
    for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        parts[name] = parts[name].replace(before, after)
    return packed(parts)


def declaring(book: bytes, part: str, declaration: str, encoding: str = "utf-8") -> bytes:
    """With this before the root element of a part."""
    parts = parts_of(book)
    text = parts[part].decode()
    head, text = text.split("?>", 1) if text.startswith("<?xml") else ("<?xml version='1.0'", text)
    head = head.replace('encoding="UTF-8"', "").replace("encoding='UTF-8'", "")
    return packed({**parts, part: f"{head}?>{declaration}{text}".encode(encoding)})


def sheet(rows: str, after: str = "") -> str:
    header = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADER)
    return f'<worksheet xmlns="{MAIN}"><sheetData><row>{header}</row>{rows}</sheetData>{after}</worksheet>'


def amplified(times: int, text: int) -> bytes:
    """Entities that stay below expat's own limit: a few kilobytes become hundreds of megabytes."""
    declared = f'<!-- <a --><!DOCTYPE x [<!ENTITY a "{"x" * text}">]>'
    cells = '<row><c t="inlineStr"><is><t>&a;</t></is></c></row>' * times
    return with_part(sheet(cells).replace("<worksheet", declared + "<worksheet", 1))


def with_formats(n: int) -> bytes:
    """Named styles, each with a format of numbers of its own."""
    formats = "".join(f'<numFmt numFmtId="{164 + k}" formatCode="0.{k}"/>' for k in range(n))
    styles = "".join(f'<xf numFmtId="{164 + k}" fontId="0" fillId="0" borderId="0"/>' for k in range(n))
    names = "".join(f'<cellStyle name="s{k}" xfId="{k}"/>' for k in range(n))
    one = "<fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/></borders>"
    text = (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts>{one}<cellStyleXfs>{styles}</cellStyleXfs>'
        f'<cellXfs><xf numFmtId="14"/></cellXfs><cellStyles>{names}</cellStyles></styleSheet>'
    )
    return with_part(text, "xl/styles.xml")


def with_sheets(n: int) -> bytes:
    """As many sheets as there are rows, all of them the same part."""
    parts = parts_of(with_part(sheet("<row><c><v>1</v></c></row>" * n)))
    book = parts["xl/workbook.xml"].decode()
    begin, end = book.index("<sheet "), book.index("</sheets>")
    parts["xl/workbook.xml"] = (book[:begin] + book[begin:end] * n + book[end:]).encode()
    return packed(parts)


def noisy(elements: int) -> str:
    """Names by chance, so that the archive does not swell."""
    names = random.Random(1).choices([f"a{n:x}" for n in range(50_000)], k=elements)
    return "".join(f"<{name}/>" for name in names)


# Files of the size n that would take a careless reader the square of it, or each time more than the last.
GROWING: Final[dict[str, tuple[Callable[[int], bytes], int]]] = {
    "a comment of cells": (lambda n: with_part(sheet("", f"<!-- <f {'<c ' * n}-->")), 10_000),
    "cells in a text": (
        lambda n: with_part(sheet(f'<row><c t="str"><v>{"&lt;c " * n}</v></c></row>')),
        50_000,
    ),
    "deep nesting": (lambda n: with_part(sheet(f"<row>{'<c>' * n}{'</c>' * n}</row>")), 50_000),
    "deep names": (lambda n: with_part(sheet("", '<a xmlns="u:x">' * n + "</a>" * n)), 20_000),
    "attributes of one tag": (lambda n: with_part(sheet(f"<row><c {attributes(n)}/></row>" * 20)), 5_000),
    "cells of one row": (lambda n: with_part(sheet(f"<row>{'<c><v>1</v></c>' * n}</row>")), 30_000),
    "formulas": (lambda n: with_part(sheet("<row><c><f>1+1</f><v>2</v></c></row>" * n)), 10_000),
    "formats of numbers": (with_formats, 1_000),
    "one long format": (lambda n: with_part(long_format(n), "xl/styles.xml"), 50_000),
    "sheets of one part": (with_sheets, 200),
}


def attributes(n: int) -> str:
    return " ".join(f'b{k}=""' for k in range(n))


def long_format(n: int) -> str:
    formats = f'<numFmts><numFmt numFmtId="200" formatCode="{"[" * n}"/></numFmts>'
    return f'<styleSheet xmlns="{MAIN}">{formats}<cellXfs><xf numFmtId="200"/></cellXfs></styleSheet>'
