"""Rows to the bytes of a file, piece by piece: CSV, XLSX, JSON. The one place where a row becomes a file.

Every text is made harmless here, so that no caller can forget it. An export ends with a mark by which a
broken one is seen. The same rows give the same bytes: no file tells when or by whom it was made, the manifest
beside it does. Of a file only a batch of rows is in memory, and nothing of it touches the disk: XLSX is
packed as it is written.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final
from xml.sax.saxutils import escape

from exchange import limits
from exchange.defuse import defuse
from exchange.reading import END
from exchange.refusals import refuse

Cell = str | int | None
Row = Sequence[Any]  # of cells, and of what is written as its text

AT_ONCE: Final = 1_000  # rows
BOM: Final = "\ufeff"  # by which spreadsheet programs know UTF-8
TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


@dataclass
class Tally:
    """What has been written so far. `of_rows` is the digest of header and rows, as the mark at the end says
    it."""

    rows: int = 0
    of_rows: Any = field(default_factory=hashlib.sha256)

    def counted(self, data: bytes) -> bytes:
        self.of_rows.update(data)
        return data


@dataclass(frozen=True)
class Sheet:
    """`told` is called with the number of rows written, now and then; it may raise to stop."""

    header: Sequence[str]
    rows: Iterable[Row]
    demo: bool = False
    delimiter: str = ";"  # as spreadsheet programs in Sweden write it
    told: Callable[[int], None] = lambda rows: None
    about: str = ""
    title: str = "1"

    def batches(self, tally: Tally) -> Iterator[list[list[Cell]]]:
        source = iter(self.rows)
        while batch := [harmless(row) for row in islice(source, AT_ONCE)]:
            tally.rows += len(batch)
            yield batch
            self.told(tally.rows)

    def end(self, tally: Tally) -> list[str]:
        mark = [END, f"rows={tally.rows}", f"sha256={tally.of_rows.hexdigest()}"]
        return [*mark, *(["demo=true"] if self.demo else []), *([self.about] if self.about else [])]


def harmless(row: Row) -> list[Cell]:
    """Numbers stay numbers; whatever else is no text yet, such as one that is still to be translated, becomes
    one."""
    return [cell if cell is None or isinstance(cell, int) else defuse(str(cell)) for cell in row]


# --- CSV -------------------------------------------------------------------------------------
def csv_text(rows: Iterable[Row], delimiter: str, line_end: str = "\r\n") -> str:
    """Of any table, no cell of it a formula. All that is CSV is written by this."""
    return _csv(map(harmless, rows), delimiter, line_end)


def _csv(rows: Iterable[Sequence[Cell]], delimiter: str, line_end: str = "\r\n") -> str:
    """The csv module puts those line ends in quotes that it writes itself: it writes both, whatever is
    wanted."""
    lines = _Lines()
    csv.writer(lines, delimiter=delimiter).writerows(rows)
    return "".join(line.removesuffix("\r\n") + line_end for line in lines)


class _Lines(list[str]):
    write = list.append


def csv_pieces(sheet: Sheet, tally: Tally) -> Iterator[bytes]:
    """With a byte order mark, for Excel. The last line is `# end`, which the import skips."""
    yield tally.counted((BOM + csv_text([sheet.header], sheet.delimiter)).encode())
    for batch in sheet.batches(tally):
        yield tally.counted(_csv(batch, sheet.delimiter).encode())
    yield csv_text([sheet.end(tally)], sheet.delimiter).encode()


# --- JSON ------------------------------------------------------------------------------------
def json_pieces(sheet: Sheet, tally: Tally) -> Iterator[bytes]:
    """One object: `demo`, `rows` and, last, `end`."""
    yield f'{{"demo": {json.dumps(sheet.demo)}, "rows": ['.encode()
    comma = ""
    for batch in sheet.batches(tally):
        objects = (dict(zip(sheet.header, cells, strict=True)) for cells in batch)
        text = ",\n".join(json.dumps(cells, ensure_ascii=False) for cells in objects)
        yield tally.counted(f"{comma}\n{text}".encode())
        comma = ","
    end = {
        "rows": tally.rows,
        "sha256": tally.of_rows.hexdigest(),
        **({"about": sheet.about} if sheet.about else {}),
    }
    yield f'\n], "end": {json.dumps(end, ensure_ascii=False)}}}\n'.encode()


# --- XLSX: a sheet of text and numbers, its header frozen, and a sheet that says how many rows there are
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET: Final = "xl/worksheets/sheet{}.xml"
_PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_TYPES}">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet2.xml" ContentType="{_KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="{title}" sheetId="1" r:id="rId1"/><sheet name="end" sheetId="2" r:id="rId2"/>'
    "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/worksheet" Target="worksheets/sheet2.xml"/></Relationships>',
}
_FROZEN: Final = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
_VIEWS: Final = f'<sheetViews><sheetView workbookViewId="0">{_FROZEN}</sheetView></sheetViews>'
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # of every part: equal rows give equal files
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CODED: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # `_x003D_` is read as an equals sign


class _Packed(io.RawIOBase):
    """Takes the bytes of the archive until they are taken on. Cannot seek, so that nothing is written
    back."""

    def __init__(self) -> None:
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self.held += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self.held)
        self.held.clear()
        return taken


def xlsx_pieces(sheet: Sheet, tally: Tally) -> Iterator[bytes]:
    """Texts are no formulas here; they are harmless for whoever saves the sheet as CSV. The digest of the
    mark is that of the first sheet's part as it is unpacked.

    Without the 64-bit sizes of ZIP, by which Microsoft Office takes a file for a broken one: what would need
    them is refused, and so is what no sheet holds. Raises Refused."""
    packed = _Packed()
    with zipfile.ZipFile(packed, "w", allowZip64=False) as archive:
        for name, text in _PARTS.items():
            archive.writestr(_part(name), _XML + text.replace("{title}", escape(sheet.title)))
        with archive.open(_part(_SHEET.format(1)), "w") as part:
            for piece in _fitting(_pieces_of_sheet(sheet, tally), tally):
                part.write(tally.counted(piece))
                yield packed.take()
        end = "".join(_line([text]) for text in harmless(sheet.end(tally)))
        archive.writestr(
            _part(_SHEET.format(2)),
            f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>{end}</sheetData></worksheet>',
        )
    yield packed.take()


def _pieces_of_sheet(sheet: Sheet, tally: Tally) -> Iterator[bytes]:
    yield f'{_XML}<worksheet xmlns="{_MAIN}">{_VIEWS}<sheetData>{_line(harmless(sheet.header))}'.encode()
    for batch in sheet.batches(tally):
        yield "".join(map(_line, batch)).encode()
    yield b"</sheetData></worksheet>"


def _fitting(pieces: Iterator[bytes], tally: Tally) -> Iterator[bytes]:
    """The pieces, as long as a sheet holds them."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limits.SHEET_BYTES or 1 + tally.rows > limits.SHEET_ROWS:
            raise _too_much()
        yield piece


def _too_much() -> Exception:
    gigabytes = -(-limits.SHEET_BYTES // 2**30)
    return refuse("sheet_full", rows=limits.SHEET_ROWS, size=gigabytes, characters=limits.SHEET_CELL)


def _part(name: str) -> zipfile.ZipInfo:
    part = zipfile.ZipInfo(name, _EPOCH)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _line(row: Sequence[Cell]) -> str:
    return f"<row>{''.join(map(_cell, row))}</row>"


def _cell(cell: Cell) -> str:
    if isinstance(cell, int):
        return f"<c><v>{cell}</v></c>"
    if not cell:
        return "<c/>"
    if len(cell) > limits.SHEET_CELL:
        raise _too_much()
    text = _CODED.sub("_x005F_", _NOT_XML.sub("\ufffd", cell))
    text = escape(text, {"\r": "&#13;"})  # which a reader of XML would take for a line feed
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


PIECES: Final = {"csv": csv_pieces, "xlsx": xlsx_pieces, "json": json_pieces}
