"""Rows to the bytes of a file, piece by piece: CSV, XLSX, JSON. Each ends with a mark by which a broken file is seen.

The same rows give the same bytes: no file tells when or by whom it was made, the manifest beside it does.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final

import xlsxwriter

from agencies.exchange.reading import END
from cases.importing.files import BOM

AT_ONCE: Final = 1_000  # rows
PIECE: Final = 1_000_000  # bytes
_SAME: Final = datetime(2000, 1, 1)  # XLSX wants a time of making
Rows = Iterable[Sequence[str]]


@dataclass
class Tally:
    """What has been written so far. `of_rows` is the digest of header and rows, as the mark at the end says it."""

    rows: int = 0
    of_rows: Any = field(default_factory=hashlib.sha256)


@dataclass(frozen=True)
class Sheet:
    """`told` is called with the number of rows written, now and then; it may raise to stop."""

    header: Sequence[str]
    rows: Rows
    demo: bool = False
    delimiter: str = ";"
    told: Callable[[int], None] = lambda rows: None
    about: str = ""
    title: str = "persons"

    def batches(self, tally: Tally) -> Iterator[list[Sequence[str]]]:
        source = iter(self.rows)
        while batch := list(islice(source, AT_ONCE)):
            tally.rows += len(batch)
            yield batch
            self.told(tally.rows)

    def end(self, tally: Tally) -> list[str]:
        mark = [END, f"rows={tally.rows}", f"sha256={tally.of_rows.hexdigest()}"]
        return [*mark, *(["demo=true"] if self.demo else []), *([self.about] if self.about else [])]


def csv_pieces(sheet: Sheet, tally: Tally) -> Iterator[bytes]:
    """With a byte order mark, for Excel. The last line is `# end`, which the import skips."""

    def text(rows: Rows) -> bytes:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=sheet.delimiter).writerows(rows)
        return out.getvalue().encode()

    def counted(data: bytes) -> bytes:
        tally.of_rows.update(data)
        return data

    yield counted(BOM.encode() + text([sheet.header]))
    for batch in sheet.batches(tally):
        yield counted(text(batch))
    yield text([sheet.end(tally)])


def json_pieces(sheet: Sheet, tally: Tally) -> Iterator[bytes]:
    """One object: `demo`, `rows` and, last, `end`."""
    yield f'{{"demo": {json.dumps(sheet.demo)}, "rows": ['.encode()
    comma = ""
    for batch in sheet.batches(tally):
        text = ",\n".join(
            json.dumps(dict(zip(sheet.header, cells, strict=True)), ensure_ascii=False) for cells in batch
        )
        data = f"{comma}\n{text}".encode()
        tally.of_rows.update(data)
        yield data
        comma = ","
    end = {"rows": tally.rows, "sha256": tally.of_rows.hexdigest(), **({"about": sheet.about} if sheet.about else {})}
    yield f'\n], "end": {json.dumps(end, ensure_ascii=False)}}}\n'.encode()


def xlsx_pieces(sheet: Sheet, tally: Tally) -> Iterator[bytes]:
    """Every cell is text. A second sheet says how many rows there are; a broken workbook does not open."""
    with tempfile.TemporaryFile() as file:
        book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
        book.set_properties({"created": _SAME})
        page = book.add_worksheet(sheet.title)
        for line, cells in enumerate(_counted(sheet, tally)):
            for place, text in enumerate(cells):
                page.write_string(line, place, text)
        last = book.add_worksheet("end")
        for line, text in enumerate(sheet.end(tally)):
            last.write_string(line, 0, text)
        book.close()
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _counted(sheet: Sheet, tally: Tally) -> Iterator[Sequence[str]]:
    yield sheet.header
    for batch in sheet.batches(tally):
        tally.of_rows.update(repr(batch).encode())
        yield from batch


PIECES: Final = {"csv": csv_pieces, "xlsx": xlsx_pieces, "json": json_pieces}
