"""ODS files as LibreOffice writes them, and such as mean harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

from tests.hostile_workbooks import HEADER, packed

_NAMES: Final = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)
NAMES: Final = (
    f'{_NAMES} xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
XML: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
CONTENT: Final = "content.xml"
TYPE: Final = "application/vnd.oasis.opendocument.spreadsheet"
EMPTY_END: Final = '<table:table-row table:number-rows-repeated="1048570">{}</table:table-row>'.format(
    '<table:table-cell table:number-columns-repeated="16384"/>'
)


def text(words: str, more: str = "") -> str:
    shown = f"<text:p>{escape(words)}</text:p>"
    return f'<table:table-cell office:value-type="string"{more}>{shown}</table:table-cell>'


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row{more}>{''.join(cells)}</table:table-row>"


def table(*rows: str, name: str = "Blad1") -> str:
    return f'<table:table table:name="{name}">{"".join(rows)}{EMPTY_END}</table:table>'


def content(*tables: str, before: str = "") -> str:
    body = f"<office:body><office:spreadsheet>{before}{''.join(tables)}</office:spreadsheet></office:body>"
    return f'{XML}<office:document-content {NAMES} office:version="1.3">{body}</office:document-content>'


def parts(inside: str) -> dict[str, str]:
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return {
        CONTENT: inside,
        "meta.xml": f"{XML}<office:document-meta {NAMES}/>",
        "styles.xml": f"{XML}<office:document-styles {NAMES}/>",
        "settings.xml": f"{XML}<office:document-settings {NAMES}/>",
        "META-INF/manifest.xml": f"{XML}{manifest}",
    }


def archive(inside: Mapping[str, str | bytes], kind: str = TYPE) -> bytes:
    """Its first part is not packed, and says what it is."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(zipfile.ZipInfo("mimetype"), kind)
        for name, words in inside.items():
            made.writestr(name, words)
    return out.getvalue()


def book(*rows: str) -> bytes:
    """One sheet, whose first row is the header."""
    header = row(*map(text, HEADER))
    return archive(parts(content(table(header, *(rows or (row(text("x"), text("X")),))))))


def of_texts(*rows: Sequence[str]) -> bytes:
    return archive(parts(content(table(*(row(*map(text, cells)) for cells in rows)))))


def declaring(part: str, declaration: str, encoding: str = "utf-8") -> bytes:
    """With this before the root element of a part."""
    found: dict[str, str | bytes] = dict(parts(content(table(row(*map(text, HEADER))))))
    sound = str(found[part]).removeprefix(XML)
    return archive({**found, part: f"<?xml version='1.0'?>{declaration}{sound}".encode(encoding)})


def without_type(inside: str) -> bytes:
    return packed({name: words.encode() for name, words in parts(inside).items()})


REPEATED: Final = (
    '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="{}"/>'
)


def cell(inside: str) -> str:
    return f"<table:table-cell>{inside}</table:table-cell>"


# Files of the size n that would take a careless reader the square of it, or each time more than the last.
GROWING: Final[dict[str, tuple[Callable[[int], bytes], int]]] = {
    "sheets": (
        lambda n: archive(parts(content(*(table(row(text("x")), name=f"s{k}") for k in range(n))))),
        1_000,
    ),
    "cells that are repeated": (lambda n: book(*[row(REPEATED.format(10**9))] * n), 1_000),
    "rows that are repeated": (
        lambda n: book(row(text("x"), more=f' table:number-rows-repeated="{n}"')),
        50_000,
    ),
    "blanks that are counted": (
        lambda n: book(row(cell("<text:p>" + '<text:s text:c="999999999"/>' * n + "</text:p>"))),
        20_000,
    ),
    "paragraphs": (lambda n: book(row(cell("<text:p> </text:p>" * n))), 20_000),
    "deep nesting": (lambda n: book(row(cell("<text:p>" * n + "</text:p>" * n))), 50_000),
    "tables in a cell": (lambda n: book(row(cell("<table:table>" * n + "</table:table>" * n))), 50_000),
}
