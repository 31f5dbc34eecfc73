"""A workbook as people keep it: every sheet with its name, its cells, and how they are dressed. Pure.

`reading` wants one table that begins at the top. Here nothing is chosen: merged cells, fill colours, blank
rows and which cells have a comment are handed on, and whoever asks finds the tables. The text of a comment is
never read: it is nothing that the register keeps.
"""

from __future__ import annotations

import colorsys
import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from statistics import median
from typing import Final, NamedTuple

from exchange.limits import MAX_COLUMNS, MAX_MERGED, MAX_ROWS, refuse
from exchange.ods import CONTENT, TYPE, Ods, OdsRows
from exchange.reader import DELIMITERS, check_size, csv_rows, decode, lines, refusing
from exchange.workbook_parts import Parts, fitted
from exchange.xlsx import ElementReader, Rows, WorkbookParts, Xlsx, acts_at, relations

UNCALCULATED: Final = "="  # the text of a formula that no program has calculated
_CELL: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_OFFICE_THEME: Final = (
    *("FFFFFF", "000000", "E7E6E6", "44546A", "4472C4", "ED7D31"),
    *("A5A5A5", "FFC000", "5B9BD5", "70AD47", "0563C1", "954F72"),
)
_INDEXED: Final = 2 * ("000000", "FFFFFF", "FF0000", "00FF00", "0000FF", "FFFF00", "FF00FF", "00FFFF")


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
    check_size(len(data))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse("old_excel")
    if not data.startswith(b"PK"):
        found: tuple[WorkbookSheet, ...] = (_of_csv(data, name, most),)
    else:
        with refusing():
            parts = Parts(data)
            is_ods = CONTENT in parts and parts.begins("mimetype", TYPE)
            found = tuple(_of_ods(parts, most) if is_ods else _of_xlsx(parts, most))
    found = tuple(page for page in found if page.lines)
    if not found:
        raise refuse("empty")
    if any(_merged_cells(page) > MAX_MERGED for page in found):
        raise refuse("xlsx_overfull")
    return found


def _merged_cells(page: WorkbookSheet) -> int:
    """Whoever reads the sheet fills these: few words of a file can merge a million rows."""
    last = max(line.number for line in page.lines)
    high = ((area, min(area.bottom, last) + 1 - area.top) for area in page.merged)
    return sum(max(rows, 0) * max(area.right + 1 - area.left, 0) for area, rows in high)


# --- CSV -------------------------------------------------------------------------------------------------
def _of_csv(data: bytes, name: str, most: int) -> WorkbookSheet:
    text, _encoding = decode(data)
    found = []
    for number, cells in csv_rows(text, _delimiter(text)):
        if len(cells) > MAX_COLUMNS:
            raise refuse("too_many_columns", n=len(cells), max=MAX_COLUMNS)
        held: dict[int, str | None] = {place: cell.strip() for place, cell in enumerate(cells, start=1)}
        found.append(SheetRow(number, _texts(fitted(held, number)), {}))
        _check_rows(len(found), most)
    return WorkbookSheet(name, tuple(found))


def _delimiter(text: str) -> str:
    """That by which most lines have most cells: a title above the table has no delimiter, or one."""
    first = islice(lines(text, "".join(DELIMITERS)), 60)
    sample = [line for line in first if line.strip()]

    def merit(delimiter: str) -> float:
        counts = []
        for line in sample:
            try:
                counts.append(len(next(csv.reader([line], delimiter=delimiter), [])))
            except csv.Error:
                counts.append(0)
        return median(counts) + max(counts) / 1000

    return max(DELIMITERS, key=merit)


def _check_rows(count: int, most: int) -> None:
    if count > most:
        raise refuse("too_many_rows", max=most)


def _texts(cells: list[str | None]) -> tuple[str, ...]:
    return tuple(UNCALCULATED if cell is None else cell for cell in cells)


# --- XLSX ------------------------------------------------------------------------------------------------
class _Dressed(Rows):
    """The rows of a sheet with the styles of their cells, and its merged cells."""

    def __init__(self, found: WorkbookParts) -> None:
        self.styles: dict[int, str] = {}
        self.dressed: list[tuple[int, list[str | None], dict[int, str]]] = []
        super().__init__(found)
        self._begins = {**self._begins, **acts_at(mergeCell=self._merge)}
        self.merged: list[Area] = []

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        super()._begin_row(attributes)
        self.styles = {}

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        super()._begin_cell(attributes)
        if self._style != "0" and self._column <= MAX_COLUMNS:
            self.styles[self._column - 1] = self._style

    def _end_row(self) -> None:
        if cells := fitted(self._cells, self._line):
            self.dressed.append((self._line, cells, self.styles))

    def _merge(self, attributes: Mapping[str, str]) -> None:
        if area := _area(attributes.get("ref", "")):
            self.merged.append(area)


def _area(text: str) -> Area | None:
    first, _colon, last = text.partition(":")
    ends = [_CELL.fullmatch(one) for one in (first, last or first)]
    if not all(ends):
        return None
    (top, left), (bottom, right) = ((int(end[2]), _place(end[1])) for end in ends if end)
    return Area(top, left, bottom, min(right, MAX_COLUMNS)) if right >= left and bottom >= top else None


def _place(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        column = 26 * column + ord(letter) - 64
    return column - 1


@dataclass
class _Fills:
    """What the styles of a workbook colour: by the place of a style."""

    colours: list[str] = field(default_factory=list)  # by the place of a fill
    of_style: dict[str, str] = field(default_factory=dict)

    def reader(self) -> ElementReader:
        within = {"styles": False}
        pattern = {"solid": False}

        def fill(attributes: Mapping[str, str]) -> None:
            self.colours.append("")

        def kind(attributes: Mapping[str, str]) -> None:
            pattern["solid"] = attributes.get("patternType") not in {None, "none", "gray125"}

        def colour(attributes: Mapping[str, str]) -> None:
            if self.colours and pattern["solid"]:
                self.colours[-1] = _colour(attributes)

        def styles(attributes: Mapping[str, str]) -> None:
            within["styles"] = True

        def style(attributes: Mapping[str, str]) -> None:
            if within["styles"]:
                place = int(attributes.get("fillId", 0))
                used = self.colours[place] if place < len(self.colours) else ""
                self.of_style[str(len(self.of_style))] = used

        def end() -> None:
            within["styles"] = False

        begins = acts_at(fill=fill, patternFill=kind, fgColor=colour, cellXfs=styles, xf=style)
        return ElementReader(begins, acts_at(cellXfs=end))


def _colour(attributes: Mapping[str, str]) -> str:
    """RRGGBB, "" for white."""
    if "rgb" in attributes:
        found = attributes["rgb"][-6:].upper()
    elif "theme" in attributes and int(attributes["theme"]) < len(_OFFICE_THEME):
        found = _tinted(_OFFICE_THEME[int(attributes["theme"])], float(attributes.get("tint", 0)))
    elif "indexed" in attributes and int(attributes["indexed"]) < len(_INDEXED):
        found = _INDEXED[int(attributes["indexed"])]
    else:
        return ""
    return "" if found == "FFFFFF" or not re.fullmatch("[0-9A-F]{6}", found) else found


def _tinted(colour: str, tint: float) -> str:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    hue, light, full = colorsys.rgb_to_hls(*parts)
    light = light * (1 + tint) if tint < 0 else light + (1 - light) * tint
    return "".join(f"{round(255 * part):02X}" for part in colorsys.hls_to_rgb(hue, min(light, 1.0), full))


def _of_xlsx(parts: Parts, most: int) -> Iterator[WorkbookSheet]:
    book = Xlsx(parts)
    fills = _Fills()
    if book.styles and book.styles in parts:
        parts.tell(book.styles, fills.reader())
    count = 0
    for part in book.found.sheets:
        reader = _Dressed(book.found)
        book.check_rows(part, most)
        parts.tell(part, reader)
        lines = tuple(_line(one, fills.of_style) for one in reader.dressed)
        count += len(lines)
        _check_rows(count, most)
        name, hidden = book.found.names.get(part, (part, False))
        yield WorkbookSheet(name, lines, tuple(reader.merged), _commented(parts, part), hidden)


def _line(dressed: tuple[int, list[str | None], dict[int, str]], of_style: Mapping[str, str]) -> SheetRow:
    number, cells, styles = dressed
    fills = {place: of_style[style] for place, style in styles.items() if of_style.get(style)}
    return SheetRow(number, _texts(cells), fills)


def _commented(parts: Parts, sheet: str) -> frozenset[tuple[int, int]]:
    """The cells that have a comment: what it says is not read."""
    found: set[tuple[int, int]] = set()

    def comment(attributes: Mapping[str, str]) -> None:
        if area := _area(attributes.get("ref", "")):
            found.add((area.top, area.left))

    folder, _slash, name = sheet.rpartition("/")
    if f"{folder}/_rels/{name}.rels" in parts:
        for _key, kind, part in relations(parts, sheet):
            if kind.endswith("/comments") and part in parts:
                parts.tell(part, ElementReader(acts_at(comment=comment)))
    return frozenset(found)


# --- ODS -------------------------------------------------------------------------------------------------
_ODF: Final = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE: Final = f"{_ODF}table:1.0 "
_STYLE: Final = f"{_ODF}style:1.0 "
_BACKGROUND: Final = f"{_ODF}xsl-fo-compatible:1.0 background-color"
_ANNOTATION: Final = f"{_ODF}office:1.0 annotation"


class _OdsDressed(OdsRows):
    """All sheets of an ODS file, with names, merged cells, fills and which cells have a comment."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.merged: dict[int, list[Area]] = {}
        self.commented: dict[int, set[tuple[int, int]]] = {}
        self.fills: dict[tuple[int, int], dict[int, str]] = {}
        self._colours: dict[str, str] = {}
        self._style_name = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == f"{_TABLE}table" and self._cell is None and not self._skipped:
            self.names.append(attributes.get(f"{_TABLE}name", ""))
        elif name == f"{_STYLE}style":
            self._style_name = attributes.get(f"{_STYLE}name", "")
        elif name == f"{_STYLE}table-cell-properties" and _BACKGROUND in attributes:
            self._colours[self._style_name] = attributes[_BACKGROUND].lstrip("#").upper()
        elif name == _ANNOTATION and self._cell is not None:
            self.commented.setdefault(self._sheet, set()).add((self._line, self._column - 1))
        super().start(name, attributes)

    def _end_cell(self, attributes: Mapping[str, str]) -> None:
        place = self._column - 1
        wide = int(attributes.get(f"{_TABLE}number-columns-spanned", 1))
        high = int(attributes.get(f"{_TABLE}number-rows-spanned", 1))
        if (wide > 1 or high > 1) and place < MAX_COLUMNS:
            area = Area(self._line, place, self._line + high - 1, min(place + wide - 1, MAX_COLUMNS))
            self.merged.setdefault(self._sheet, []).append(area)
        colour = self._colours.get(attributes.get(f"{_TABLE}style-name", ""), "")
        super()._end_cell(attributes)
        if re.fullmatch("[0-9A-F]{6}", colour) and colour != "FFFFFF":
            last = min(self._column - 1, MAX_COLUMNS)
            self.fills.setdefault((self._sheet, self._line), {}).update(
                dict.fromkeys(range(place, last), colour)
            )


def _of_ods(parts: Parts, most: int) -> Iterator[WorkbookSheet]:
    Ods(parts).check_rows(None, most)
    reader = _OdsDressed()
    lines: dict[int, list[SheetRow]] = {}
    count = 0
    for _piece in parts.follow(CONTENT, reader):
        for sheet, line, times, cells in reader.rows:
            count += times
            _check_rows(count, most)
            fills = reader.fills.get((sheet, line), {})
            lines.setdefault(sheet, []).extend(
                SheetRow(line + nth, _texts(cells), fills) for nth in range(times)
            )
        reader.rows.clear()
    for sheet, name in enumerate(reader.names, start=1):
        merged = tuple(reader.merged.get(sheet, ()))
        yield WorkbookSheet(
            name, tuple(lines.get(sheet, ())), merged, frozenset(reader.commented.get(sheet, ()))
        )
