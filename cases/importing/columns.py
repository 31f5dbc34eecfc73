"""The columns of persons, by their English or Swedish names. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from cases.facts import IMPORTED as COLUMNS
from cases.facts import header
from cases.rules.values import fold
from exchange.limits import MAX_CELL
from exchange.refusals import REFUSALS, Refused, Unmatched, of_columns
from exchange.words import heading_key

BY_NAME: Final = {fold(name): column for column in COLUMNS for name in column.names}
REQUIRED: Final = tuple(column.name for column in COLUMNS if column.required)


@dataclass(frozen=True)
class Header:
    """`at`: place of each column that the file has; `named`: how the file names it; `said`: the headings that
    the sender has said what they are."""

    at: dict[str, int]
    named: dict[str, str]
    width: int
    said: tuple[str, ...] = ()

    def has(self, column: str) -> bool:
        return column in self.at


def columns_of(*, swedish: bool) -> list[str]:
    """A header in one of the two languages."""
    return header(COLUMNS, swedish=swedish)


def known(cells: Sequence[str]) -> set[str]:
    """The columns that are recognised among the cells of a header."""
    return {BY_NAME[key].name for cell in cells if len(cell) <= MAX_CELL and (key := fold(cell)) in BY_NAME}


def match(cells: Sequence[str], called: Mapping[str, str] | None = None) -> Header:
    """Raises Refused, naming every column that is missing, unknown or doubled. `called`: what the sender
    calls columns, by heading folded; a column that is none of ours is left out. Where that does not fit after
    all, it is asked again."""
    called_here = _called_here(cells, called or {})
    columns = [BY_NAME.get(fold(cell)) or BY_NAME.get(fold(called_here.get(cell, ""))) for cell in cells]
    named = [column.name for column in columns if column]
    pairs = zip(cells, columns, strict=True)
    unknown = [cell for cell, column in pairs if cell and not column and cell not in called_here]
    faults = _faults(cells, named, unknown)
    if faults and (unknown or called_here):
        raise Unmatched(*faults, unknown=unknown or list(called_here))
    if faults:
        raise Refused(*faults)
    at = {column.name: place for place, column in enumerate(columns) if column}
    return Header(at, {name: cells[place] for name, place in at.items()}, len(cells), tuple(called_here))


def _called_here(cells: Sequence[str], called: Mapping[str, str]) -> dict[str, str]:
    """Return what the sender calls columns, by the cell as it stands in this header."""
    if not called:
        return {}
    keys = {cell: heading_key(cell) for cell in cells}
    return {cell: called[key] for cell, key in keys.items() if key in called}


def _faults(
    cells: Sequence[str], named: Sequence[str], unknown: Sequence[str]
) -> list[tuple[str, dict[str, object]]]:
    faults: list[tuple[str, dict[str, object]]] = []
    if missing := [_as_in(cells, name) for name in REQUIRED if name not in named]:
        faults.append(of_columns("header_missing", missing))
    if unknown:
        faults.append(of_columns("header_unknown", [_guess(cell) for cell in unknown]))
    if twice := sorted({name for name in named if named.count(name) > 1}):
        faults.append(of_columns("header_twice", twice))
    return faults


def _as_in(cells: Sequence[str], name: str) -> str:
    """A missing column in the language that the header is written in."""
    column = BY_NAME[fold(name)]
    folded = {fold(cell) for cell in cells}
    swedish = sum(fold(c.swedish[0]) in folded for c in COLUMNS)
    return column.swedish[0] if swedish > sum(fold(c.name) in folded for c in COLUMNS) else column.name


def seems(heading: str) -> str:
    """The column that a heading seems to be, to be looked at by whoever sent it; nothing where it is like
    none."""
    key = fold(heading[:80])
    near = get_close_matches(key, BY_NAME, n=1, cutoff=0.6)
    inside = [name for name in BY_NAME if len(name) > 2 and (key.startswith(name) or key.endswith(name))]
    found = near[0] if near and not inside else max(inside, key=len, default="")
    return BY_NAME[found].name if found else ""


def _guess(cell: str) -> str:
    shown = cell if len(cell) <= 40 else cell[:39] + "…"
    near = get_close_matches(fold(shown), BY_NAME, n=1, cutoff=0.75)
    if not near:
        return shown
    column = BY_NAME[near[0]]
    guess = next(name for name in column.names if fold(name) == near[0])
    return REFUSALS["header_guess"].format(name=shown, guess=guess)
