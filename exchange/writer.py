"""Rows to the bytes of a file, piece by piece: CSV, XLSX, JSON. The one place where a row becomes a file; a
workbook of more than one list is made by `xlsx_writer`.

Every text is made harmless here, so that no caller can forget it. An export ends with a mark by which a
broken one is seen. The same rows give the same bytes: no file tells when or by whom it was made, the manifest
beside it does. Of a file only a batch of rows is in memory, and nothing of it touches the disk.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from exchange.reader import END
from exchange.xlsx_writer import BATCH_SIZE, Page, Row, defuse, packed

Cell = str | int | None
BOM: Final = "\ufeff"  # by which spreadsheet programs know UTF-8
TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


@dataclass
class Tally:
    """What has been written so far. `of_rows`: the digest of header and rows, for the mark at the end."""

    rows: int = 0
    of_rows: Any = field(default_factory=hashlib.sha256)

    def counted(self, data: bytes) -> bytes:
        self.of_rows.update(data)
        return data


@dataclass(frozen=True)
class Sheet:
    """`report` is called with the number of rows written, now and then; it may raise to stop. `marked`:
    whether a CSV file ends with the mark. One in a standard's own form does not: its readers take each line
    for a row. How many there are, and the digest of the file, its manifest says."""

    header: Sequence[str]
    rows: Iterable[Row]
    demo: bool = False
    delimiter: str = ";"  # as spreadsheet programs in Sweden write it
    report: Callable[[int], None] = lambda rows: None
    about: str = ""
    title: str = "1"
    marked: bool = True

    def batches(self, tally: Tally) -> Iterator[list[Row]]:
        source = iter(self.rows)
        while batch := list(islice(source, BATCH_SIZE)):
            tally.rows += len(batch)
            yield batch
            self.report(tally.rows)

    def end(self, tally: Tally) -> list[str]:
        mark = [END, f"rows={tally.rows}", f"sha256={tally.of_rows.hexdigest()}"]
        return [*mark, *(one for one in ["demo=true" * self.demo, self.about] if one)]


def harmless(row: Row) -> list[Cell]:
    """Numbers stay numbers; whatever else is no text yet, such as one to be translated, becomes one."""
    return [cell if isinstance(cell, int | None) else defuse(str(cell)) for cell in row]


def csv_text(rows: Iterable[Row], delimiter: str, line_end: str = "\r\n") -> str:
    """Of any table, no cell of it a formula. All that is CSV is written by this.

    The csv module puts in quotes those line ends that it writes itself: it writes both, whatever is asked."""
    lines = _Lines()
    csv.writer(lines, delimiter=delimiter).writerows(harmless(row) for row in rows)
    return "".join(line.removesuffix("\r\n") + line_end for line in lines)


class _Lines(list[str]):
    write = list.append


def csv_pieces(sheet: Sheet, tally: Tally) -> Iterator[bytes]:
    """With a byte order mark, for Excel. The import skips the line `# end` that ends a marked sheet."""
    yield tally.counted((BOM + csv_text([sheet.header], sheet.delimiter)).encode())
    for batch in sheet.batches(tally):
        yield tally.counted(csv_text(batch, sheet.delimiter).encode())
    if sheet.marked:
        yield csv_text([sheet.end(tally)], sheet.delimiter).encode()


def json_text(value: object) -> str:
    """Of anything but rows. All that leaves as JSON and is read by people, too, is written by this."""
    return json.dumps(value, ensure_ascii=False, indent=1)


def json_pieces(sheet: Sheet, tally: Tally) -> Iterator[bytes]:
    """One object: `demo`, `rows` and, last, `end`."""
    yield f'{{"demo": {json.dumps(sheet.demo)}, "rows": ['.encode()
    comma = ""
    for batch in sheet.batches(tally):
        objects = (dict(zip(sheet.header, harmless(row), strict=True)) for row in batch)
        text = ",\n".join(json.dumps(cells, ensure_ascii=False) for cells in objects)
        yield tally.counted(f"{comma}\n{text}".encode())
        comma = ","
    about = {"about": sheet.about} if sheet.about else {}
    end = {"rows": tally.rows, "sha256": tally.of_rows.hexdigest(), **about}
    yield f'\n], "end": {json.dumps(end, ensure_ascii=False)}}}\n'.encode()


def xlsx_pieces(sheet: Sheet, tally: Tally) -> Iterator[bytes]:
    """Two pages: the rows under their header, and the mark at the end, a row a word. Its digest is that of
    the first page's part as it is unpacked. Raises Refused."""
    rows = Page(sheet.title, _lines(sheet, tally), counted=tally.counted)
    yield from packed([rows, Page("end", _mark(sheet, tally), frozen=(0, 0))])


def _mark(sheet: Sheet, tally: Tally) -> Iterator[Row]:
    """Asked for when the rows before it have been counted."""
    yield from zip(sheet.end(tally), strict=True)


def _lines(sheet: Sheet, tally: Tally) -> Iterator[Row]:
    yield sheet.header
    yield from (one for batch in sheet.batches(tally) for one in batch)


PIECES: Final = {"csv": csv_pieces, "xlsx": xlsx_pieces, "json": json_pieces}
