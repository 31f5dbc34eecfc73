"""A workbook as people keep it: every sheet with its name, its cells, and how they are dressed. Pure.

`reader` wants one table that begins at the top. Here nothing is chosen: merged cells, fill colours, blank
rows and which cells have a comment are handed on, and the caller finds the tables. The text of a comment is
never read: the register keeps nothing of it.
"""

from __future__ import annotations

import colorsys
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from statistics import median
from typing import Final, NamedTuple

from exchange.limits import MAX_COLUMNS, MAX_MERGED, MAX_ROWS, refuse_if
from exchange.ods import ODF, OFFICE, TABLE, Ods, OdsRows
from exchange.reader import DELIMITERS, csv_rows, decode, is_workbook, lines, opened, parted, refusing
from exchange.workbook_parts import Parts, fitted
from exchange.xlsx import Rows, StyleReader, WorkbookParts, Xlsx, column_number, named, relations

UNCALCULATED: Final = "="  # the text of a formula that no program has calculated
_CELL: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
# Colours by their place in the theme of Office, and among those that are known by a number.
_OFFICE_THEME: Final = {
    **{"0": "FFFFFF", "1": "000000", "2": "E7E6E6", "3": "44546A", "4": "4472C4", "5": "ED7D31"},
    **{"6": "A5A5A5", "7": "FFC000", "8": "5B9BD5", "9": "70AD47", "10": "0563C1", "11": "954F72"},
}
_BASIC: Final = ("000000", "FFFFFF", "FF0000", "00FF00", "0000FF", "FFFF00", "FF00FF", "00FFFF")
_INDEXED: Final = {str(place): colour for place, colour in enumerate(2 * _BASIC)}
_STYLE: Final = f"{ODF}style:1.0 "
_BACKGROUND: Final = f"{ODF}xsl-fo-compatible:1.0 background-color"


class Area(NamedTuple):
    """Merged cells: lines from 1 as the program shows them, columns from 0, both ends within."""

    top: int
    left: int
    bottom: int
    right: int


class SheetRow(NamedTuple):
    """A row that is not blank. `fills`: by column, as RRGGBB; white is none."""

    number: int
    cells: tuple[str, ...]
    fills: Mapping[int, str]


@dataclass(frozen=True)
class WorkbookSheet:
    """A sheet. `commented`: the cells that have a comment, as (line, column)."""

    name: str
    lines: tuple[SheetRow, ...]
    merged: tuple[Area, ...] = ()
    commented: frozenset[tuple[int, int]] = frozenset()
    hidden: bool = False


def pages(data: bytes, name: str = "", most: int = MAX_ROWS) -> tuple[WorkbookSheet, ...]:
    """Return the sheets of a file that are not empty, of `most` rows together; `name` is that of the sheet
    where the file has none. Raise Refused."""
    if is_workbook(data):
        book = opened(data)
        with refusing():
            sheets = list(_of_ods(book, most) if isinstance(book, Ods) else _of_xlsx(book, most))
    else:
        sheets = [_of_csv(data, name, most)]
    workbook_sheets = tuple(sheet for sheet in sheets if sheet.lines)
    refuse_if(not workbook_sheets, "empty")
    refuse_if(
        max(_merged_cells(workbook_sheet) for workbook_sheet in workbook_sheets) > MAX_MERGED, "xlsx_overfull"
    )
    return workbook_sheets


def _merged_cells(page: WorkbookSheet) -> int:
    """Whoever reads the sheet fills these: few words of a file can merge a million rows."""
    last = max(line.number for line in page.lines)
    high = ((area, min(area.bottom, last) + 1 - area.top) for area in page.merged)
    return sum(max(rows, 0) * max(area.right + 1 - area.left, 0) for area, rows in high)


def _of_csv(data: bytes, name: str, most: int) -> WorkbookSheet:
    text, _encoding = decode(data)
    found = []
    for number, cells in csv_rows(text, _delimiter(text)):
        refuse_if(len(cells) > MAX_COLUMNS, "too_many_columns", n=len(cells), max=MAX_COLUMNS)
        held: dict[int, str | None] = {place: cell.strip() for place, cell in enumerate(cells, start=1)}
        found.append(SheetRow(number, _texts(fitted(held, number)), {}))
        refuse_if(len(found) > most, "too_many_rows", max=most)
    return WorkbookSheet(name, tuple(found))


def _delimiter(text: str) -> str:
    """That by which most lines have most cells: a title above the table has no delimiter, or one."""
    first = islice(lines(text, "".join(DELIMITERS)), 60)
    return max(DELIMITERS, key=partial(_merit, [one for one in first if one.strip()]))


def _merit(sample: Sequence[str], delimiter: str) -> float:
    counts = [len(parted(line, delimiter)) for line in sample]
    return median(counts) + max(counts) / 1000


def _texts(cells: list[str | None]) -> tuple[str, ...]:
    return tuple(UNCALCULATED if cell is None else cell for cell in cells)


class _Dressed(Rows):
    """The rows of a sheet with the fills of their cells, and its merged cells. `fills`: of each style."""

    def __init__(self, parts: WorkbookParts, fills: Mapping[str, str]) -> None:
        self._fill_of = {**fills, "0": ""}
        self.lines: list[SheetRow] = []
        self.merged: list[Area] = []
        super().__init__(parts)

    def begin_row(self, attributes: Mapping[str, str]) -> None:
        super().begin_row(attributes)
        self._fills: dict[int, str] = {}

    def begin_c(self, attributes: Mapping[str, str]) -> None:
        super().begin_c(attributes)
        fill = self._fill_of.get(self._style)
        if fill and self._column <= MAX_COLUMNS:
            self._fills[self._column - 1] = fill

    def end_row(self) -> None:
        if cells := fitted(self._cells, self._line):
            self.lines.append(SheetRow(self._line, _texts(cells), self._fills))

    def begin_mergeCell(self, attributes: Mapping[str, str]) -> None:
        if area := _area(attributes):
            self.merged.append(area)


def _area(attributes: Mapping[str, str]) -> Area | None:
    first, _colon, last = attributes.get("ref", "").partition(":")
    begin, end = _CELL.fullmatch(first), _CELL.fullmatch(last or first)
    if not begin or not end:
        return None
    (top, left), (bottom, right) = ((int(cell[2]), column_number(cell[1]) - 1) for cell in (begin, end))
    return Area(top, left, bottom, min(right, MAX_COLUMNS)) if right >= left and bottom >= top else None


class _Fills(StyleReader):
    """The colours of the fills of a workbook by their place, and of its styles by theirs."""

    def __init__(self) -> None:
        super().__init__()
        self.colours: list[str] = []
        self.of_style: dict[str, str] = {}
        self._is_solid = False

    def begin_fill(self, attributes: Mapping[str, str]) -> None:
        self.colours.append("")

    def begin_patternFill(self, attributes: Mapping[str, str]) -> None:
        self._is_solid = attributes.get("patternType") not in {None, "none", "gray125"}

    def begin_fgColor(self, attributes: Mapping[str, str]) -> None:
        if self.colours and self._is_solid:
            self.colours[-1] = _colour(attributes)

    def style(self, place: str, attributes: Mapping[str, str]) -> None:
        fill = int(attributes.get("fillId", 0))
        self.of_style[place] = "".join(self.colours[fill : fill + 1])


def _colour(attributes: Mapping[str, str]) -> str:
    """RRGGBB, "" for white and for what is no colour."""
    if "rgb" in attributes:
        return _seen(attributes["rgb"][-6:].upper())
    if theme := _OFFICE_THEME.get(attributes.get("theme", "")):
        return _seen(_tinted(theme, float(attributes.get("tint", 0))))
    return _seen(_INDEXED.get(attributes.get("indexed", ""), ""))


def _seen(colour: str) -> str:
    """Return RRGGBB, "" for white and for what is no colour."""
    return colour if re.fullmatch("(?!FFFFFF)[0-9A-F]{6}", colour) else ""


def _tinted(colour: str, tint: float) -> str:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    hue, light, full = colorsys.rgb_to_hls(*parts)
    light = light * (1 + tint) if tint < 0 else light + (1 - light) * tint
    return "".join(f"{round(255 * part):02X}" for part in colorsys.hls_to_rgb(hue, min(light, 1.0), full))


def _of_xlsx(book: Xlsx, most: int) -> Iterator[WorkbookSheet]:
    fills = _Fills()
    if book.found.styles:
        book.parts.tell(book.found.styles, fills)
    count = 0
    for part in book.found.sheets:
        reader = _Dressed(book.found, fills.of_style)
        book.check_rows(part, most)
        book.parts.tell(part, reader)
        count += len(reader.lines)
        refuse_if(count > most, "too_many_rows", max=most)
        name, hidden = book.found.names[part]
        yield WorkbookSheet(
            name, tuple(reader.lines), tuple(reader.merged), _commented(book.parts, part), hidden
        )


def _commented(parts: Parts, sheet: str) -> frozenset[tuple[int, int]]:
    """The cells that have a comment: what it says is not read."""
    folder, _slash, name = sheet.rpartition("/")
    if f"{folder}/_rels/{name}.rels" not in parts:
        return frozenset()
    beside = [part for _key, kind, part in relations(parts, sheet) if kind.endswith("/comments")]
    comments = (parts.elements(part, named("comment")) for part in beside if part in parts)
    areas = (_area(attributes) for _tag, attributes in (one for comment in comments for one in comment))
    return frozenset((area.top, area.left) for area in (area for area in areas if area))


class _OdsDressed(OdsRows):
    """All sheets of an ODS file, with names, merged cells, fills and which cells have a comment."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.merged: dict[int, list[Area]] = defaultdict(list)  # by sheet
        self.commented: dict[int, set[tuple[int, int]]] = defaultdict(set)
        self.fills: dict[tuple[int, int], dict[int, str]] = defaultdict(dict)  # by sheet and line
        self._colours: dict[str, str] = {}
        self._style_name = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == f"{TABLE}table" and self._cell is None and not self._skipped:
            self.names.append(attributes.get(f"{TABLE}name", ""))
        elif name == f"{_STYLE}style":
            self._style_name = attributes.get(f"{_STYLE}name", "")
        elif name == f"{_STYLE}table-cell-properties" and _BACKGROUND in attributes:
            self._colours[self._style_name] = _seen(attributes[_BACKGROUND].lstrip("#").upper())
        elif name == f"{OFFICE}annotation" and self._cell is not None:
            self.commented[self._sheet].add((self._line, self._column - 1))
        super().start(name, attributes)

    def _end_cell(self, attributes: Mapping[str, str]) -> None:
        place = self._column - 1
        wide = int(attributes.get(f"{TABLE}number-columns-spanned", 1))
        high = int(attributes.get(f"{TABLE}number-rows-spanned", 1))
        if max(wide, high) > 1 and place < MAX_COLUMNS:
            area = Area(self._line, place, self._line + high - 1, min(place + wide - 1, MAX_COLUMNS))
            self.merged[self._sheet].append(area)
        colour = self._colours.get(attributes.get(f"{TABLE}style-name", ""), "")
        super()._end_cell(attributes)
        if colour:
            columns = range(place, min(self._column - 1, MAX_COLUMNS))
            self.fills[self._sheet, self._line].update(dict.fromkeys(columns, colour))


def _of_ods(book: Ods, most: int) -> Iterator[WorkbookSheet]:
    book.check_rows(None, most)
    reader = _OdsDressed()
    lines: dict[int, list[SheetRow]] = defaultdict(list)
    count = 0
    for sheet, line, times, cells in book.all_rows(reader):
        count += times
        refuse_if(count > most, "too_many_rows", max=most)
        fills = reader.fills.get((sheet, line), {})
        lines[sheet] += [SheetRow(line + nth, _texts(cells), fills) for nth in range(times)]
    for sheet, name in enumerate(reader.names, start=1):
        commented = frozenset(reader.commented[sheet])
        yield WorkbookSheet(name, tuple(lines[sheet]), tuple(reader.merged[sheet]), commented)
