"""An XLSX file to rows of text: only what a table needs is read of it. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import product
from typing import Any, Final

from exchange.limits import MAX_COLUMNS
from exchange.workbook_parts import HELD, Held, PartReader, Parts, fitted, moment, number

Row = tuple[int, list[str | None]]  # the line, and its cells: see `fitted`
Attributes = Mapping[str, str]

# The same elements in files of the two classes of the standard.
_MAINS: Final = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_OFFICES: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_RELATION: Final = "http://schemas.openxmlformats.org/package/2006/relationships Relationship"
_UNSEEN: Final = {"hidden", "veryHidden"}
_CODED: Final = re.compile("_x([0-9A-Fa-f]{4})_")  # a character by its number
_COLUMN: Final = re.compile("([A-Za-z]{1,3})[0-9]+")
_BUILT_IN: Final = dict.fromkeys((*range(14, 23), 45, 47), "d") | {46: "[h]"}  # of dates, and of a duration
_MAX_FORMAT: Final = 255  # characters that a spreadsheet program takes for the format of a number
_WORDS: Final = re.compile(r'".*?"|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]', re.IGNORECASE)  # not hours and the like
_DATE: Final = re.compile(r"(?<![_\\])[dmhys]", re.IGNORECASE)
_DURATION: Final = re.compile(r"\[(?:hh?|mm?|ss?)\]", re.IGNORECASE)
_FROM_1900: Final = datetime(1899, 12, 30)
_FROM_1904: Final = datetime(1904, 1, 1)
_DAY: Final = 86_400_000  # milliseconds


def named(*tags: str) -> frozenset[str]:
    """The names of elements, as expat writes them."""
    return frozenset(" ".join(one) for one in product(_MAINS, tags))


class ElementReader(PartReader):
    """Calls its methods `begin_TAG`, with the attributes, and `end_TAG` where such elements begin and end."""

    def __init__(self) -> None:
        self._begins, self._ends = self._methods("begin_"), self._methods("end_")

    def _methods(self, prefix: str) -> dict[str, Callable[..., None]]:
        methods = [name for name in dir(self) if name.startswith(prefix)]
        return {tag: getattr(self, name) for name in methods for tag in named(name.removeprefix(prefix))}

    def start(self, name: str, attributes: Attributes) -> None:
        if act := self._begins.get(name):
            act(attributes)

    def end(self, name: str) -> None:
        if act := self._ends.get(name):
            act()


@dataclass
class WorkbookParts:
    """What the parts beside the sheets say. A sheet is the name of its part; no part stands for two."""

    sheets: tuple[str, ...] = ()
    texts: list[str] = field(default_factory=list)
    from_1904: bool = False
    styles: str = ""  # the part that holds them, if any
    dates: set[str] = field(default_factory=set)  # styles that show a number as a date, by their place
    durations: set[str] = field(default_factory=set)
    names: dict[str, tuple[str, bool]] = field(default_factory=dict)  # of sheets, and whether they are hidden


class Xlsx:
    kind = "XLSX"

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.found = read_found(parts)

    def first_rows(self) -> Iterator[tuple[Any, list[str | None]]]:
        """Each sheet with its first row that is not blank."""
        for sheet in self.found.sheets:
            yield sheet, next((row[1] for row in self.rows(sheet)), [])

    def check_rows(self, sheet: Any, most: int) -> None:
        """Raise Refused where it has more rows that are not blank, before they are read."""
        self.parts.check_rows(sheet, most, b"<row", (b"<v", b"<is"))

    def rows(self, sheet: Any) -> Iterator[Row]:
        """Those that are not blank, as they are written down."""
        reader = Rows(self.found)
        for _piece in self.parts.follow(sheet, reader):
            yield from reader.rows
            reader.rows.clear()


def read_found(parts: Parts) -> WorkbookParts:
    [book] = [part for _id, kind, part in relations(parts, "") if kind.endswith("/officeDocument")]
    beside = relations(parts, book)
    by_kind = {kind.rpartition("/")[2]: part for _id, kind, part in beside if part in parts}
    found = WorkbookParts(styles=by_kind.get("styles", ""))
    _read_book(parts, book, found, {key: part for key, kind, part in beside if kind.endswith("/worksheet")})
    if "sharedStrings" in by_kind:
        parts.tell(by_kind["sharedStrings"], _Texts(found.texts))
    if found.styles:
        parts.tell(found.styles, _Formats(found))
    return found


def relations(parts: Parts, of: str) -> list[tuple[str, str, str]]:
    """Key, kind and part of everything that a part refers to."""
    folder, name = posixpath.split(of)
    found = []
    for _tag, one in parts.elements(posixpath.join(folder, "_rels", f"{name}.rels"), {_RELATION}):
        part = posixpath.normpath(posixpath.join("/", folder, one["Target"]))
        found.append((one["Id"], one["Type"], part.lstrip("/")))
    return found


def _read_book(parts: Parts, book: str, workbook_parts: WorkbookParts, worksheets: Mapping[str, str]) -> None:
    """Note the sheets in their order. `worksheets`: their parts by key; a sheet of charts is none."""
    for tag, attributes in parts.elements(book, named("sheet", "workbookPr")):
        if tag == "workbookPr":
            workbook_parts.from_1904 = attributes.get("date1904") in {"1", "true", "on"}
            continue
        [key] = [attributes[f"{office} id"] for office in _OFFICES if f"{office} id" in attributes]
        if part := worksheets.get(key):
            workbook_parts.names[part] = attributes.get("name", ""), attributes.get("state", "") in _UNSEEN
    workbook_parts.sheets = tuple(part for part in workbook_parts.names if part in parts)


class StyleReader(ElementReader):
    def __init__(self) -> None:
        super().__init__()
        self._within, self._place = False, 0

    def begin_cellXfs(self, attributes: Attributes) -> None:
        self._within, self._place = True, 0

    def end_cellXfs(self) -> None:
        self._within = False

    def begin_xf(self, attributes: Attributes) -> None:
        if self._within:
            self.style(str(self._place), attributes)
            self._place += 1

    def style(self, place: str, attributes: Attributes) -> None:
        raise NotImplementedError


class _Formats(StyleReader):
    def __init__(self, parts: WorkbookParts) -> None:
        super().__init__()
        self._found, self._formats = parts, dict[int, str]()

    def begin_numFmt(self, attributes: Attributes) -> None:
        shown = attributes.get("formatCode", "")[:_MAX_FORMAT].partition(";")[0]  # that of positive numbers
        self._formats[int(attributes["numFmtId"])] = shown

    def style(self, place: str, attributes: Attributes) -> None:
        key = int(attributes.get("numFmtId", 0))
        shown = self._formats.get(key, _BUILT_IN.get(key, ""))
        if _DATE.search(_WORDS.sub("", shown)):
            self._found.dates.add(place)
        if _DURATION.search(shown):
            self._found.durations.add(place)


class _TextReader(ElementReader):
    """A reader of texts, which stand in `t`; how a word is pronounced stands beside it in `rPh`."""

    def __init__(self) -> None:
        super().__init__()
        self._held, self._keeps, self._spoken = Held(), False, False

    def text(self, text: str) -> None:
        if self._keeps:
            self._held.add(text)

    def begin_t(self, attributes: Attributes) -> None:
        self._keeps = not self._spoken

    def end_t(self) -> None:
        self._keeps = False

    def begin_rPh(self, attributes: Attributes) -> None:
        self._spoken = True

    def end_rPh(self) -> None:
        self._spoken = False


class _Texts(_TextReader):
    lets_go = named("si")

    def __init__(self, texts: list[str]) -> None:
        super().__init__()
        self._texts = texts

    def end_si(self) -> None:
        self._texts.append(self._held.take())


class Rows(_TextReader):
    """The rows of a sheet, as many as have ended since `rows` was cleared."""

    lets_go = named("row")

    def __init__(self, parts: WorkbookParts) -> None:
        super().__init__()
        self._found = parts
        self.rows: list[Row] = []
        self._line = 0
        self.begin_row({"r": "0"})
        self.begin_c({})

    def begin_row(self, attributes: Attributes) -> None:
        self._line = int(attributes.get("r", self._line + 1))
        self._column = 0
        self._cells: dict[int, str | None] = {}

    def end_row(self) -> None:
        if cells := fitted(self._cells, self._line):
            self.rows.append((self._line, cells))

    def begin_c(self, attributes: Attributes) -> None:
        place = attributes.get("r")
        self._column = _column(place) if place else self._column + 1
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "0")
        self._has_formula = self._has_value = False
        self._held.take()

    def begin_f(self, attributes: Attributes) -> None:
        self._has_formula = True

    def begin_v(self, attributes: Attributes) -> None:
        """The first is that of the cell; where a text stands in place, there is none."""
        self._keeps = not self._has_value and self._type != "inlineStr"
        self._has_value = True

    end_v = _TextReader.end_t

    def end_c(self) -> None:
        """Of columns beyond those that a table may have, one is kept: so that they are seen."""
        text = self._value()
        if text != "":
            self._cells[min(self._column, MAX_COLUMNS + 1)] = text

    def _value(self) -> str | None:
        """A formula may give an empty text; whatever else it gives is written down."""
        text = self._held.take()
        if self._type in {"str", "inlineStr", "s", "e"}:
            text = self._found.texts[int(text)] if self._type == "s" and text.strip() else text
            text = plain(text)
        elif text := text.strip():
            text = self._calculated(text)
        return None if self._has_formula and not text and self._type != "str" else text

    def _calculated(self, text: str) -> str:
        if self._type == "b":
            return "yes" if int(text) else "no"
        if self._type == "d":
            return moment(datetime.fromisoformat(text))
        if self._style in self._found.dates:
            return _moment(text, self._found.from_1904, self._style in self._found.durations)
        return number(text)


def plain(text: str) -> str:
    """Without what is blank around it, and with the characters that are written by their numbers."""
    if len(text) > HELD:
        return text
    return _CODED.sub(_decoded, text).strip() if "_x" in text else text.strip()


def _decoded(coded: re.Match[str]) -> str:
    """The character, if a cell may hold it."""
    character = chr(int(coded[1], 16))
    return character if character.isprintable() or character in "\t\r\n" else coded[0]


@lru_cache(maxsize=4_096)
def _column(place: str) -> int:
    found = _COLUMN.fullmatch(place)
    if not found:
        raise ValueError(place)
    return column_number(found[1])


def column_number(letters: str) -> int:
    """27 for AA."""
    column = 0
    for letter in letters.upper():
        column = 26 * column + ord(letter) - 64
    return column


@lru_cache(maxsize=4_096)
def _moment(text: str, from_1904: bool, duration: bool) -> str:
    """A number that is shown as a date or time; beyond the calendar it is the error that Excel shows."""
    value = float(text)
    with suppress(OverflowError, ValueError):
        if duration:
            return moment(timedelta(milliseconds=round(value * _DAY)))
        return _day(value, from_1904=from_1904)
    return "#VALUE!"


def _day(value: float, *, from_1904: bool) -> str:
    """Excel takes 1900 for a leap year: days before its 1 March are one less."""
    time_of_day = timedelta(milliseconds=round(value % 1 * _DAY))
    if 0 <= value < 1 and not time_of_day.days:
        return moment((datetime.min + time_of_day).time())
    early = 0 < value < 60 and not from_1904
    epoch = _FROM_1904 if from_1904 else _FROM_1900
    return moment(epoch + timedelta(days=value // 1 + early) + time_of_day)
