"""A table as a PX file (AXIS-VERSION 2013), the format of statistical databases in the North. Pure.

What is hidden is `".."` and what is not available `"."`, as readers of PX take them; DATASYMBOL says how they
are printed here. Texts have no quotation mark and no line end: the format has no way to write either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from textwrap import wrap
from typing import Final

from summaries.open_data.table import Axis, OpenTable
from summaries.tables import Cell, Status

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
