"""What the other files and pages of a version print, read by somebody who has them and `tables.json` alone.

A figure stands in the row and the column that it is called by. It is the one that `tables.json` has there, or
else an equality more for the attack; a number in a sentence is one that is printed anyhow, or strange.
Nothing of the program is used.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import chain, combinations
from typing import Any, Final

from openpyxl import load_workbook
from pypdf import PdfReader

Json = dict[str, Any]
Place = tuple[str, tuple[str, ...]]  # table, key
Figures = dict[Place, int | None]  # None where the place says that it is hidden
TOTAL: Final = "*"
HIDDEN: Final = ("x", "..")
NOT_SEEN: Final = str.maketrans("", "", "\u00ad\u200b")  # where a word may be broken
NUMBER: Final = r"\d{1,3}(?:[\u00a0\u202f,]\d{3})+|\d+"
CELL: Final = rf"(?:x|\.\.|{NUMBER})"
NO_FIGURES: Final = (  # of persons: sizes of files, checksum and version of the software, telephone, contents
    r"\d+[.,]\d\s*[kKM]B\b", r"\b[0-9a-f]{16}\b", r"\b\d+\.\d+\.\d+\b", r"020-390\s000", r"\.{5,}\s*\d+",
    r"\b100\s000\b", r"(?i:sha-?256)",
)  # fmt: skip
GROUPS: Final = ("women", "men", "girls", "boys", "other", "unknown", "other_unknown")


@dataclass(frozen=True)
class Grid:
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Read:
    """`told`: what the tables of a file say. `beside`: all else that it says."""

    told: Figures
    beside: str


class Labels:
    """What the rows, columns and tables of the version are called in the language of the file."""

    def __init__(self, printed: Json) -> None:
        self.keys: dict[str, dict[tuple[str, str], tuple[str, ...]]] = {}
        self.columns: dict[str, dict[str, None]] = {}
        self.rows: dict[str, dict[str, None]] = {}
        for cell in printed["cells"]:
            key = tuple(filter(None, (cell["category1"], cell["category2"])))
            place = squeezed(cell["label1"]), squeezed(cell["label2"])
            self.keys.setdefault(cell["table"], {})[place] = key
            self.rows.setdefault(cell["table"], {})[cell["label1"]] = None
            self.columns.setdefault(cell["table"], {})[cell["label2"]] = None
        self.table = {squeezed(table["title"]): table["name"] for table in printed["tables"]}
        self.titles = [(table["name"], table["title"]) for table in printed["tables"]]

    def named(self, title: str) -> str | None:
        """The table of a heading: its title, with what is said of it after that."""
        text = squeezed(title)
        found = [
            one for one in self.table if text == one or text.startswith((f"{one}–", f"{one}(", f"{one},"))
        ]
        return self.table[max(found, key=len)] if found else None

    def printed(self, name: str, text: str) -> list[str]:
        """The columns of a table as they stand in its head, above the first of its rows."""
        rows = "|".join(map(re.escape, self.rows[name]))
        first = re.search(rf" (?:{rows}) {CELL}(?= |$)", text)
        rest, left, found = squeezed(text[: first.start() if first else 0]), {*self.columns[name]}, []
        while rest and left != {""}:
            label = max((one for one in left if rest.startswith(squeezed(one))), key=len, default="")
            found += [label] if label else []
            left -= {label} - {""}
            rest = rest[len(squeezed(label)) or 1 :]
        return found or [""]

    def told(self, grids: Iterable[Grid]) -> Figures:
        """Raises KeyError where a row or a column is called as none of the table."""
        return {
            (name, self.keys[name][squeezed(label), squeezed(column)]): number(text)
            for grid in grids
            if (name := self.named(grid.title)) is not None
            for label, texts in grid.rows
            for column, text in zip(self._of(name, grid), texts, strict=True)
        }

    def _of(self, name: str, grid: Grid) -> Sequence[str]:
        """A table of totals alone has one column, which says what is counted."""
        return [""] if list(self.columns[name]) == [""] else grid.columns


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text.translate(NOT_SEEN))


def number(text: str) -> int | None:
    found = re.sub(r"[\s,]", "", text.translate(NOT_SEEN))
    return int(found) if found.isdecimal() else None


def of_csv(content: bytes, printed: Json) -> Read:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return Read(
        {
            (row["table"], tuple(filter(None, (row["category1"], row["category2"])))): number(row["printed"])
            for row in rows
        },
        "",
    )


def of_workbook(content: bytes, printed: Json) -> Read:
    """A page a table: its title, what is said of it, its head and its rows; all other pages are read as text.
    No page, row or column is hidden."""
    book = load_workbook(io.BytesIO(content))
    labels, grids, beside = Labels(printed), [], []
    for sheet in book:
        assert sheet.sheet_state == "visible"
        hidden = (*sheet.row_dimensions.values(), *sheet.column_dimensions.values())
        assert not any(one.hidden for one in hidden)
        lines = [list(map(_written, line)) for line in sheet.values]
        head = _head(lines)
        if labels.named(lines[0][0]) is None or not head:
            head = len(lines)
        else:
            grids.append(_grid(lines[0][0], lines[head:]))
        beside += [" ".join(line) for line in lines[:head]]
    text = "\n".join(beside)
    for name in book.sheetnames:
        text = text.replace(name, "")
    return Read(labels.told(grids), text)


def _grid(title: str, lines: Sequence[Sequence[str]]) -> Grid:
    (_first, *columns), *rows = lines
    return Grid(title, tuple(columns), tuple((label, tuple(texts)) for label, *texts in rows))


def _head(lines: Sequence[Sequence[str]]) -> int:
    """The first line of more than one cell; 0 where there is none."""
    return next((at for at, line in enumerate(lines) if len(list(filter(None, line))) > 1), 0)


def _written(value: Any) -> str:
    return "" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)


def of_page(content: bytes, printed: Json) -> Read:
    page = _Page()
    page.feed(content.decode())
    labels = Labels(printed)
    others = [grid for grid in page.grids if labels.named(grid.title) is None]
    texts = [" ".join((label, *texts)) for grid in others for label, texts in grid.rows]
    return Read(labels.told(page.grids), "\n".join((*page.beside, *texts)))


def of_report(content: bytes, printed: Json) -> Read:
    """Each table by its caption, each row by its name and as many figures as it has columns."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    text = re.sub(r"[ \n\t]+", " ", " ".join(map(_without_page_number, pages)).translate(NOT_SEEN))
    text = text.replace("\u2010 ", "")  # a word that is broken between two lines
    labels, facts, beside = Labels(printed), Figures(), []
    places = sorted(_places(text, labels.titles))
    at = [place for place, _name in places]
    beside.append(re.sub(r"(?<= )\d+\. (?=\D)", "", text[: at[0]]))  # numbers of the tables in the contents
    for (start, name), end in zip(places, [*at[1:], len(text)], strict=True):
        part = text[start:end]
        columns = labels.printed(name, part)
        for label in labels.rows[name]:
            cells = rf" {re.escape(label)}((?: {CELL}){{{len(columns)}}})(?= |$)"
            row = re.search(cells, part)
            if row is None:
                continue  # nobody is in it
            for column, figure in zip(columns, row[1].split(" ")[1:], strict=True):
                facts[name, labels.keys[name][squeezed(label), squeezed(column)]] = number(figure)
            part = part[: row.start()] + " " + part[row.end() :]
        beside.append(part.partition(". ")[2])
    return Read(facts, "\n".join(beside))


def _places(text: str, titles: Sequence[tuple[str, str]]) -> list[tuple[int, str]]:
    """Where each table begins: at its title with a number, the last time it stands there. A title may begin
    as another does, so the longer ones go first."""
    found: dict[int, str] = {}
    for name, title in sorted(titles, key=lambda pair: -len(pair[1])):
        headings = (match.start() for match in re.finditer(rf"(?<!\d)\d+\. {re.escape(title)}", text))
        found[max(place for place in headings if place not in found)] = name
    return list(found.items())


def _without_page_number(page: str) -> str:
    return re.sub(r"\n\s*\d+(?:\s*[/(]\s*\d+\)?)?\s*$", "", page)


@dataclass
class _Open:
    """A table that is being read."""

    title: list[str] = field(default_factory=list)
    lines: list[list[tuple[str, str]]] = field(default_factory=list)  # rows of (kind of cell, text)

    def grid(self) -> Grid:
        head, *rows = self.lines
        columns = tuple(text for _kind, text in head[1:])
        named = ((line[0][1], tuple(text for _kind, text in line[1:])) for line in rows)
        return Grid(" ".join(self.title), columns, tuple(named))


class _Page(HTMLParser):
    """Its tables, and what it says beside them to those who see it and to those who have it read to them."""

    def __init__(self) -> None:
        super().__init__()
        self.grids: list[Grid] = []
        self.beside: list[str] = []
        self.open: list[str] = []
        self.table: _Open | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("meta", "link", "br", "wbr", "img", "input", "hr"):
            return
        self.open.append(tag)
        self.beside += [value or "" for name, value in attrs if name in ("aria-label", "title", "alt")]
        if tag == "table":
            self.table = _Open()
        elif self.table and tag == "tr":
            self.table.lines.append([])
        elif self.table and tag in ("th", "td"):
            self.table.lines[-1].append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass
        if tag == "table" and self.table:
            self.grids.append(self.table.grid())
            self.table = None

    def handle_data(self, data: str) -> None:
        if "script" in self.open or "style" in self.open or not data.strip():
            return
        if self.table is None or "small" in self.open:
            self.beside.append(data.strip())
        elif "caption" in self.open:
            self.table.title.append(data.strip())
        elif self.table.lines and self.table.lines[-1]:
            kind, text = self.table.lines[-1][-1]
            self.table.lines[-1][-1] = kind, f"{text} {data.strip()}".strip()


def more(printed: Json, told: Mapping[Place, int | None]) -> dict[Place, int]:
    """Figures that a file has where `tables.json` has another one, or none: equalities for the attack."""
    known = {
        (table["name"], tuple(cell["key"])): cell["value"]
        for table in printed["tables"]
        for cell in table["cells"]
    }
    return {place: value for place, value in told.items() if value is not None and value != known[place]}


def with_more(printed: Json, known: Mapping[Place, int]) -> Json:
    """The document as if it had these figures too."""
    tables = [
        {
            **table,
            "cells": [_with(cell, known.get((table["name"], tuple(cell["key"])))) for cell in table["cells"]],
        }
        for table in printed["tables"]
    ]
    return {**printed, "tables": tables}


def _with(cell: Json, value: int | None) -> Json:
    return cell if value is None else {**cell, "value": value, "status": "shown"}


def strange(printed: Json, text: str) -> list[int]:
    """Numbers of a text that are in no word, title or shown figure of `tables.json`, nor a step from one to
    another of two years, a sum of groups, or how many rows of a table have nobody."""
    text = re.sub("|".join(NO_FIGURES), " ", text.translate(NOT_SEEN))
    rates = set(map(str, _rates(printed)))
    left = re.sub(r"\d+[.,]\d\d(?!\d)", lambda one: "" if one[0].replace(",", ".") in rates else one[0], text)
    return sorted(set(numbers_of(" ".join(_without_scales(left.split())))) - _known(printed))


def _known(printed: Json) -> set[int]:
    values = {cell["value"] for table in printed["tables"] for cell in table["cells"]} - {None}
    groups = [cell["value"] for cell in _cells_of(printed, "groups") if cell["key"][0] in GROUPS]
    shown = [value for value in groups if value is not None]
    sums = {sum(some) for size in range(len(shown) + 1) for some in combinations(shown, size)}
    words = numbers_of(" ".join(_words(printed)))
    empty = map(_empty_rows, printed["tables"])
    return {*words, *values, *sums, *empty, *_steps(printed)}


def _cells_of(printed: Json, name: str) -> list[Json]:
    (found,) = (table for table in printed["tables"] if table["name"] == name)
    return found["cells"]


def _steps(printed: Json) -> Iterator[int]:
    """From any year to any other."""
    for column in (0, 3):  # all, and girls and boys
        numbers = [row["cells"][column]["value"] for row in printed["sdg_series"]["rows"]]
        pairs = combinations([n for n in numbers if n is not None], 2)
        yield from (abs(one - other) for one, other in pairs)


def _without_scales(words: Sequence[str]) -> Iterator[str]:
    """Without the ticks of an axis, 0 10 20 and so on, and the classes of a map."""
    at = 0
    while at < len(words):
        end = at + 1
        if words[at] == "0":
            while end < len(words) and _step(words[end - 1], words[end]) == (_step(*words[at : at + 2]) or 0):
                end += 1
        yield from (word for word in words[at:end] if end < at + 3 and not _is_class(word))
        at = end


def _is_class(word: str) -> bool:
    """Of a map: as wide as all below it, such as 13–24, where the lowest is 1–12."""
    found = re.fullmatch(r"(\d+)–(\d+)", word)
    first, last = map(int, found.groups()) if found else (0, 0)
    return last >= first > 0 and (first - 1) % (last - first + 1) == 0


def _step(one: str, other: str) -> int | None:
    return int(other) - int(one) if one.isdecimal() and other.isdecimal() and int(other) > int(one) else None


def numbers_of(text: str) -> Iterator[int]:
    yield from (int(re.sub(r"\D", "", one)) for one in re.findall(NUMBER, text.translate(NOT_SEEN)))


def _rates(printed: Json) -> Iterator[str]:
    for row in printed["rates"]:
        yield from (f"{row[name]:.2f}" for name in ("rate", "children_rate") if row[name] is not None)
    for row in printed["sdg_series"]["rows"]:
        yield from (f"{cell['rate']:.2f}" for cell in row["cells"] if cell["rate"] is not None)


def _empty_rows(table: Json) -> int:
    of = [
        [cell["value"] for cell in table["cells"] if cell["key"][0] == row]
        for row in table["dimensions"][0]["categories"]
    ]
    return sum(not any(value != 0 for value in values) for values in of)


def _words(printed: Json) -> Iterator[str]:
    """All texts of the document, and its numbers that are figures of no table."""
    k = printed["k"]
    yield from map(
        str, (printed["year"], printed["version"], printed["published"], k, k - 1, 3 * k, 3 * k - 1)
    )
    yield from _texts({name: printed[name] for name in ("caveats", "dark_figure")})
    yield from _texts(
        [{**row, "cells": [cell["value"] for cell in row["cells"]]} for row in printed["sdg_series"]["rows"]]
    )
    yield from _texts([printed["sdg_series"]["columns"], printed["sdg_series"]["source"]])
    yield from _texts([[row["source"], row["label"]] for row in printed["rates"]])
    yield from chain.from_iterable((cell["label1"], cell["label2"]) for cell in printed["cells"])
    yield from (table["title"] for table in printed["tables"])
    yield from (str(table["left_out"]) for table in printed["tables"])


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, dict | list):
        for one in data.values() if isinstance(data, dict) else data:
            yield from _texts(one)
    else:
        yield str(data)
