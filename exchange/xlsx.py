"""An XLSX file to rows of text: only what a table needs is read of it. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, TypeVar

from exchange.limits import MAX_COLUMNS
from exchange.workbook_parts import HELD, Held, Parts, fitted, moment, number, yes_or_no

Row = tuple[int, list[str | None]]  # the line, and its cells: see `fitted`
Attributes = Mapping[str, str]
_Begin = Callable[[Attributes], None]
_End = Callable[[], None]
Act = TypeVar("Act")

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
_BUILT_IN_DATES: Final = {*range(14, 23), 45, 46, 47}
_MAX_FORMAT: Final = 255  # characters that a spreadsheet program takes for the format of a number
_WORDS: Final = re.compile(r'".*?"|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]', re.IGNORECASE)  # not hours and the like
_DATE: Final = re.compile(r"(?<![_\\])[dmhys]", re.IGNORECASE)
_DURATION: Final = re.compile(r"\[(?:hh?|mm?|ss?)\]", re.IGNORECASE)
_FROM_1900: Final = datetime(1899, 12, 30)
_FROM_1904: Final = datetime(1904, 1, 1)
_DAY: Final = 86_400_000  # milliseconds


def named(*tags: str) -> frozenset[str]:
    return frozenset(f"{main} {tag}" for main in _MAINS for tag in tags)


def acts_at(**acts: Act) -> dict[str, Act]:
    """What is done at elements, by their names."""
    return {name: act for tag, act in acts.items() for name in named(tag)}


class ElementReader:
    """A reader that does something where some elements begin or end."""

    lets_go: frozenset[str] = frozenset()

    def __init__(self, begins: Mapping[str, _Begin], ends: Mapping[str, _End] | None = None) -> None:
        self._begins, self._ends = begins, ends or {}

    def start(self, name: str, attributes: Attributes) -> None:
        if act := self._begins.get(name):
            act(attributes)

    def end(self, name: str) -> None:
        if act := self._ends.get(name):
            act()

    def text(self, text: str) -> None: ...


@dataclass
class WorkbookParts:
    """What the parts beside the sheets say. A sheet is the name of its part; no part stands for two."""

    sheets: tuple[str, ...] = ()
    texts: list[str] = field(default_factory=list)
    from_1904: bool = False
    dates: frozenset[str] = frozenset()  # styles that show a number as a date, by their place
    durations: frozenset[str] = frozenset()
    names: dict[str, tuple[str, bool]] = field(default_factory=dict)  # of sheets, and whether they are hidden


class Xlsx:
    """A workbook as Excel writes it."""

    kind = "XLSX"

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.found, self.styles = read_found(parts)

    def first_rows(self) -> Iterator[tuple[Any, list[str | None]]]:
        """Each sheet with its first row that is not blank."""
        for sheet in self.found.sheets:
            yield sheet, next((cells for _line, cells in self.rows(sheet)), [])

    def check_rows(self, sheet: Any, most: int) -> None:
        """Raise Refused where it has more rows that are not blank, before they are read."""
        self._parts.check_rows(sheet, most, b"<row", (b"<v", b"<is"))

    def rows(self, sheet: Any) -> Iterator[Row]:
        """Those that are not blank, as they are written down."""
        reader = Rows(self.found)
        for _piece in self._parts.follow(sheet, reader):
            yield from reader.rows
            reader.rows.clear()


def read_found(parts: Parts) -> tuple[WorkbookParts, str]:
    """And the part that holds the styles, "" for none."""
    [book] = [part for _id, kind, part in relations(parts, "") if kind.endswith("/officeDocument")]
    beside = relations(parts, book)
    by_kind = {kind.rpartition("/")[2]: part for _id, kind, part in beside if part in parts}
    found = WorkbookParts()
    parts.tell(book, _book(found, {key: part for key, kind, part in beside if kind.endswith("/worksheet")}))
    found.sheets = tuple(filter(parts.__contains__, dict.fromkeys(found.sheets)))
    if "sharedStrings" in by_kind:
        parts.tell(by_kind["sharedStrings"], _Texts(found.texts))
    if "styles" in by_kind:
        parts.tell(by_kind["styles"], Styles(found))
    return found, by_kind.get("styles", "")


def relations(parts: Parts, of: str) -> list[tuple[str, str, str]]:
    """Key, kind and part of everything that a part refers to."""
    folder, name = posixpath.split(of)
    found: list[tuple[str, str, str]] = []

    def relation(one: Attributes) -> None:
        part = posixpath.normpath(posixpath.join("/", folder, one["Target"]))
        found.append((one["Id"], one["Type"], part.lstrip("/")))

    parts.tell(posixpath.join(folder, "_rels", f"{name}.rels"), ElementReader({_RELATION: relation}))
    return found


def _book(found: WorkbookParts, parts: Mapping[str, str]) -> ElementReader:
    def sheet(attributes: Attributes) -> None:
        [key] = [attributes[f"{office} id"] for office in _OFFICES if f"{office} id" in attributes]
        if key in parts:  # else it is one of charts
            found.sheets = (*found.sheets, parts[key])
            found.names[parts[key]] = attributes.get("name", ""), attributes.get("state", "") in _UNSEEN

    def properties(attributes: Attributes) -> None:
        found.from_1904 = attributes.get("date1904") in {"1", "true", "on"}

    return ElementReader(acts_at(sheet=sheet, workbookPr=properties))


class Styles(ElementReader):
    def __init__(self, found: WorkbookParts) -> None:
        super().__init__(
            acts_at(numFmt=self._format, cellXfs=self._styles, xf=self._style),
            acts_at(cellXfs=self._end_styles),
        )
        self._found, self._formats, self._within, self._place = found, dict[int, str](), False, 0
        self._dates: set[str] = set()
        self._durations: set[str] = set()

    def _format(self, attributes: Attributes) -> None:
        shown = attributes.get("formatCode", "")[:_MAX_FORMAT].partition(";")[0]  # that of positive numbers
        self._formats[int(attributes["numFmtId"])] = shown

    def _styles(self, attributes: Attributes) -> None:
        self._within, self._place = True, 0

    def _style(self, attributes: Attributes) -> None:
        if self._within:
            self._judge(str(self._place), int(attributes.get("numFmtId", 0)))
            self._place += 1

    def _judge(self, style: str, key: int) -> None:
        shown = self._formats.get(key, "")
        if _DATE.search(_WORDS.sub("", shown)) if key in self._formats else key in _BUILT_IN_DATES:
            self._dates.add(style)
        if _DURATION.search(shown) or (key == 46 and key not in self._formats):
            self._durations.add(style)

    def _end_styles(self) -> None:
        self._within = False
        self._found.dates, self._found.durations = frozenset(self._dates), frozenset(self._durations)


class _TextReader(ElementReader):
    """A reader of texts, which stand in `t`; how a word is pronounced stands beside it in `rPh`."""

    def __init__(self, begins: Mapping[str, _Begin], ends: Mapping[str, _End]) -> None:
        super().__init__(
            {**acts_at(t=self._begin_text, rPh=self._begin_spoken), **begins},
            {**acts_at(t=self._end_text, rPh=self._end_spoken), **ends},
        )
        self._held, self._keeps, self._spoken = Held(), False, False

    def text(self, text: str) -> None:
        if self._keeps:
            self._held.add(text)

    def _begin_text(self, attributes: Attributes) -> None:
        self._keeps = not self._spoken

    def _end_text(self) -> None:
        self._keeps = False

    def _begin_spoken(self, attributes: Attributes) -> None:
        self._spoken = True

    def _end_spoken(self) -> None:
        self._spoken = False


class _Texts(_TextReader):
    """The texts that cells refer to by their place."""

    lets_go = named("si")

    def __init__(self, texts: list[str]) -> None:
        super().__init__({}, acts_at(si=lambda: texts.append(self._held.take())))


class Rows(_TextReader):
    """The rows of a sheet, as many as have ended since `rows` was cleared."""

    lets_go = named("row")

    def __init__(self, found: WorkbookParts) -> None:
        super().__init__(
            acts_at(row=self._begin_row, c=self._begin_cell, v=self._begin_value, f=self._begin_formula),
            acts_at(row=self._end_row, c=self._end_cell, v=self._end_text),
        )
        self._found = found
        self.rows: list[Row] = []
        self._line = 0
        self._begin_row({"r": "0"})
        self._begin_cell({})

    def _begin_row(self, attributes: Attributes) -> None:
        self._line = int(attributes["r"]) if "r" in attributes else self._line + 1
        self._column = 0
        self._cells: dict[int, str | None] = {}

    def _end_row(self) -> None:
        if cells := fitted(self._cells, self._line):
            self.rows.append((self._line, cells))

    def _begin_cell(self, attributes: Attributes) -> None:
        place = attributes.get("r")
        self._column = _column(place) if place else self._column + 1
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "0")
        self._has_formula = self._has_value = False
        self._held.take()

    def _begin_formula(self, attributes: Attributes) -> None:
        self._has_formula = True

    def _begin_value(self, attributes: Attributes) -> None:
        """The first is that of the cell; where a text stands in place, there is none."""
        self._keeps = not self._has_value and self._type != "inlineStr"
        self._has_value = True

    def _end_cell(self) -> None:
        """Of columns beyond those that a table may have, one is kept: so that they are seen."""
        if text := self._value():
            self._cells[min(self._column, MAX_COLUMNS + 1)] = text
        elif text is None:
            self._cells[min(self._column, MAX_COLUMNS + 1)] = None

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
            return yes_or_no(yes=bool(int(text)))
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
    """27 for AA7."""
    found = _COLUMN.fullmatch(place)
    if not found:
        raise ValueError(place)
    column = 0
    for letter in found[1].upper():
        column = 26 * column + ord(letter) - 64
    return column


@lru_cache(maxsize=4_096)
def _moment(text: str, from_1904: bool, duration: bool) -> str:
    """A number that is shown as a date or time; beyond the calendar it is the error that Excel shows."""
    value = float(text)
    try:
        if duration:
            return moment(timedelta(milliseconds=round(value * _DAY)))
        return _day(value, from_1904=from_1904)
    except (OverflowError, ValueError):
        return "#VALUE!"


def _day(value: float, *, from_1904: bool) -> str:
    """Excel takes 1900 for a leap year: days before its 1 March are one less."""
    time_of_day = timedelta(milliseconds=round(value % 1 * _DAY))
    if 0 <= value < 1 and not time_of_day.days:
        return moment((datetime.min + time_of_day).time())
    early = 0 < value < 60 and not from_1904
    epoch = _FROM_1904 if from_1904 else _FROM_1900
    return moment(epoch + timedelta(days=value // 1 + early) + time_of_day)
