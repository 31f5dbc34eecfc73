"""What a cell of a workbook holds to the text that stands for it, alike from every kind of workbook. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from exchange.limits import MAX_CELL
from exchange.refusals import refuse

# A character may be written as seven, so that this much is held of a text; of what is longer the end is let
# go, and the cell is refused as too long.
HELD: Final = 8 * MAX_CELL


class Held:
    """A text that comes in pieces."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._size = 0

    def add(self, text: str) -> None:
        if self._size <= HELD:
            self._pieces.append(text)
            self._size += len(text)

    def take(self) -> str:
        text = "".join(self._pieces)
        self._pieces.clear()
        self._size = 0
        return text


def number(text: str) -> str:
    """With the digits that are written down; one that is whole has no point."""
    if not re.search("[.eE]", text):
        return str(int(text))
    value = float(text)
    return str(int(value)) if value.is_integer() else str(value)


def moment(value: date | time | timedelta) -> str:
    """A day without a time of day is a day."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return str(value) if isinstance(value, timedelta) else value.isoformat()


def yes_or_no(*, yes: bool) -> str:
    return "yes" if yes else "no"


def fitted(cells: dict[int, str | None], line: int) -> list[str | None]:
    """The cells of a row by their columns, from 1, to a list of them without the empty ones at its end. None
    stands for a formula that no program has calculated."""
    held = {column: text for column, text in cells.items() if text != ""}
    if max((len(text) for text in held.values() if text), default=0) > MAX_CELL:
        raise refuse("long_cell", line=line, max=MAX_CELL)
    return [held.get(column, "") for column in range(1, max(held, default=0) + 1)]
