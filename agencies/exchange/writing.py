"""Rows to a CSV or XLSX file, packed in memory while they are read.

What is sent must be recorded before a byte of it leaves, with its digest and number of rows. So the file is made whole
first, but kept packed: 100 000 rows are a few megabytes. Nothing of it touches the disk. Equal rows give equal bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from xml.sax.saxutils import escape

from agencies.defuse import defuse

Cell = str | int
Row = Sequence[Cell]
BOM: Final = b"\xef\xbb\xbf"  # without it Excel takes UTF-8 for Windows-1252
_PIECE: Final = 256 * 1024
_LINES: Final = 500
_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Packed:
    """A finished file. `size` in bytes and `digest` are those of what `pieces` gives."""

    rows: int
    size: int
    digest: str
    packed: bytes

    def pieces(self) -> Iterator[bytes]:
        unpack = zlib.decompressobj()
        for start in range(0, len(self.packed), _PIECE // 8):
            if piece := unpack.decompress(self.packed[start : start + _PIECE // 8]):
                yield piece
        yield unpack.flush()


class _Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...


class _Packer(io.RawIOBase):
    """Takes bytes; digests, counts and packs them."""

    def __init__(self) -> None:
        self.digest, self.size = hashlib.sha256(), 0
        self._pack, self._parts = zlib.compressobj(1), bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        self.digest.update(data)
        self.size += len(data)
        self._parts += self._pack.compress(data)
        return len(data)

    def finished(self, rows: int) -> Packed:
        self._parts += self._pack.flush()
        return Packed(rows, self.size, self.digest.hexdigest(), bytes(self._parts))


def csv_file(header: Sequence[str], rows: Iterable[Row]) -> Packed:
    """UTF-8 with a byte order mark, comma, every text defused."""
    packer = _Packer()
    packer.write(BOM)
    count = _write_csv(packer, header, rows)
    return packer.finished(count)


def _write_csv(sink: _Sink, header: Sequence[str], rows: Iterable[Row]) -> int:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    count = 0
    for row in rows:
        writer.writerow([defuse(cell) if isinstance(cell, str) else cell for cell in row])
        count += 1
        if count % _LINES == 0:
            sink.write(buffer.getvalue().encode())
            buffer.seek(0)
            buffer.truncate()
    sink.write(buffer.getvalue().encode())
    return count


# --- XLSX: text and numbers. Text cells are no formulas; they are defused for whoever saves the sheet as CSV. ---
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_TYPES}">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # of every part: equal rows give equal files


def xlsx_file(header: Sequence[str], rows: Iterable[Row]) -> Packed:
    """A workbook of one sheet, its header row frozen."""
    packer = _Packer()
    with zipfile.ZipFile(packer, "w") as archive:
        for name, text in _PARTS.items():
            archive.writestr(_part(name), _XML + text)
        with archive.open(_part("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            count = _write_sheet(sheet, header, rows)
    return packer.finished(count)


def _part(name: str) -> zipfile.ZipInfo:
    part = zipfile.ZipInfo(name, _EPOCH)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _write_sheet(sink: _Sink, header: Sequence[str], rows: Iterable[Row]) -> int:
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    views = f'<sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
    lines = [f'{_XML}<worksheet xmlns="{_MAIN}">{views}<sheetData>', _line(header)]
    count = 0
    for row in rows:
        lines.append(_line(row))
        count += 1
        if count % _LINES == 0:
            sink.write("".join(lines).encode())
            lines.clear()
    sink.write(("".join(lines) + "</sheetData></worksheet>").encode())
    return count


def _line(row: Row) -> str:
    return f"<row>{''.join(map(_cell, row))}</row>"


def _cell(cell: Cell) -> str:
    if isinstance(cell, int):
        return f"<c><v>{cell}</v></c>"
    if not cell:
        return "<c/>"
    text = escape(_NOT_XML.sub("\ufffd", defuse(cell)))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
