"""A frozen table with all that a file of its own says of it, as a JSON-stat 2.0 dataset and as a PX file.

Pure: words and days are handed in, and what is returned is written by exchange.writer.

In JSON-stat, what is not shown is null among the values, and its `status` says why: x hidden, .. not
available.

In PX (AXIS-VERSION 2013), the format of statistical databases in the North, what is hidden is `".."` and what
is not available `"."`, as readers of PX take them; DATASYMBOL says how they are printed here. Texts have no
quotation mark and no line end: the format has no way to write either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, product
from math import prod
from textwrap import wrap
from typing import Any, Final

from libs.suppression.tables import TOTAL, Cell, ProtectedTable, Status


@dataclass(frozen=True, slots=True)
class Axis:
    """`categories`: code → label, in the order of the table, its total last."""

    name: str
    label: str
    categories: tuple[tuple[str, str], ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(code for code, _label in self.categories)

    @property
    def labels(self) -> tuple[str, ...]:
        """Each once, as most formats ask: of those that share a label the later ones have their code beside
        it."""
        found: dict[str, None] = {}
        for code, label in self.categories:
            found[f"{label} ({code})" if label in found else label] = None
        return tuple(found)

    @property
    def total(self) -> str:
        """The label of everybody; empty where the axis has no total."""
        return next((label for code, label in self.categories if code == TOTAL), "")


@dataclass(frozen=True)
class OpenTable:
    """`updated`: day and minute of the version, as 2019-05-09 09:00. `symbols`: the words of x and of .."""

    table: ProtectedTable
    title: str
    axes: tuple[Axis, ...]
    year: int
    version: int
    state: str
    updated: str
    language: str
    unit: str
    of_year: str
    area: str
    source: str
    contact: str
    symbols: tuple[str, str]
    notes: tuple[str, ...] = ()
    so_far: str = ""
    demo: bool = False

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def time(self) -> Axis:
        return Axis("year", self.of_year, ((str(self.year), str(self.year)),))

    @property
    def size(self) -> int:
        return prod(len(axis.categories) for axis in self.axes)

    def cells(self) -> Iterator[Cell]:
        """Of every combination of categories, the last axis moving first; `missing` where the table has
        none."""
        for key in product(*(axis.codes for axis in self.axes)):
            yield self.table.by_key.get(key) or Cell(key, None, Status.MISSING)


LICENCE: Final = "https://creativecommons.org/publicdomain/zero/1.0/"
SYMBOLS: Final = {Status.HIDDEN: "x", Status.MISSING: ".."}


def dataset(one: OpenTable) -> dict[str, Any]:
    axes = [*one.axes, one.time]
    cells = list(one.cells())
    return {
        "version": "2.0",
        "class": "dataset",
        "label": one.title,
        "source": one.source,
        "updated": one.updated.partition(" ")[0],
        "note": list(one.notes),
        "link": {"license": [{"type": "text/html", "href": LICENCE}]},
        "id": [axis.name for axis in axes],
        "size": [len(axis.categories) for axis in axes],
        "role": {"time": ["year"]},
        "dimension": {axis.name: _dimension(axis) for axis in axes},
        "value": [cell.value for cell in cells],
        "status": {str(at): SYMBOLS[cell.status] for at, cell in enumerate(cells) if cell.status in SYMBOLS},
        "extension": {
            "table": one.name,
            "version": one.version,
            "state": one.state,
            "unit": one.unit,
            "symbols": dict(zip(SYMBOLS.values(), one.symbols, strict=True)),
            "left_out": one.table.left_out,
            "contact": one.contact,
            "demo": one.demo,
            **({"so_far": one.so_far} if one.so_far else {}),
        },
    }


def _dimension(axis: Axis) -> dict[str, Any]:
    labels = dict(zip(axis.codes, axis.labels, strict=True))
    return {"label": axis.label, "category": {"index": list(axis.codes), "label": labels}}


MARKS: Final = {Status.HIDDEN: '".."', Status.MISSING: '"."'}
LONGEST: Final = 200  # of a text in one line; the format has 256 for the whole line


def px_text(one: OpenTable) -> str:
    return "\n".join([*_keywords(one), "DATA=", *_data(one)]) + "\n;\n"


def _keywords(one: OpenTable) -> Iterator[str]:
    """In the order that the format recommends."""
    first, *others = _axes(one)
    at = one.updated.replace("-", "")
    columns = [*others, one.time]
    yield 'CHARSET="ANSI";'
    yield 'AXIS-VERSION="2013";'
    yield 'CODEPAGE="utf-8";'
    yield f'LANGUAGE="{one.language}";'
    yield f'CREATION-DATE="{at}";'
    yield "DECIMALS=0;"
    yield "SHOWDECIMALS=0;"
    yield f'MATRIX="{one.name}_{one.year}_v{one.version}";'
    yield "COPYRIGHT=NO;"
    yield 'SUBJECT-CODE="NMT";'
    yield f"SUBJECT-AREA={_text(one.area)};"
    yield f"CONTENTS={_text(one.unit)};"
    yield f"UNITS={_text(one.unit)};"
    yield f"STUB={_text(first.label)};"
    yield f"HEADING={_list(axis.label for axis in columns)};"
    yield f"TITLE={_long(one.title)};"
    for axis in (first, *columns):
        yield f"VALUES({_text(axis.label)})={_list(axis.labels)};"
    yield f'TIMEVAL({_text(one.of_year)})=TLIST(A1,"{one.year}");'
    for axis in (first, *columns):
        yield f"CODES({_text(axis.label)})={_list(axis.codes)};"
    for axis in (first, *others):
        if axis.total:
            yield f"ELIMINATION({_text(axis.label)})={_text(axis.total)};"
    yield f'LAST-UPDATED="{at}";'
    yield f"SOURCE={_long(one.source)};"
    yield f"CONTACT={_long(one.contact)};"
    yield 'DATASYMBOL1="..";'
    yield 'DATASYMBOL2="x";'
    if one.notes:
        yield f"NOTE={_long(' # '.join(one.notes))};"


def _axes(one: OpenTable) -> list[Axis]:
    """Each label once: an axis that is called as an earlier one has its name beside it."""
    found: dict[str, Axis] = {}
    for axis in one.axes:
        label = f"{axis.label} ({axis.name})" if axis.label in {*found, one.of_year} else axis.label
        found[label] = Axis(axis.name, label, axis.categories)
    return list(found.values())


def _data(one: OpenTable) -> Iterator[str]:
    """A line a row of the table."""
    width = max(1, one.size // max(1, len(one.axes[0].categories)))
    cells = one.cells()
    while row := list(islice(cells, width)):
        yield " ".join(map(_cell, row)) + " "


def _cell(cell: Cell) -> str:
    return str(cell.value) if cell.status is Status.SHOWN else MARKS[cell.status]


def _plain(text: str) -> str:
    return " ".join(text.replace('"', "'").split())


def _text(text: str) -> str:
    return f'"{_plain(text)}"'


def _list(texts: Iterable[str]) -> str:
    return ",\n".join(map(_text, texts))


def _long(text: str) -> str:
    """In lines that are read as one: each but the last ends with a space."""
    lines = wrap(_plain(text), LONGEST, break_long_words=False, break_on_hyphens=False) or [""]
    return "\n".join(f'"{line}{" " if at < len(lines) else ""}"' for at, line in enumerate(lines, start=1))
