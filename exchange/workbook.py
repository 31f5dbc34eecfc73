"""A workbook to rows of text: which kind it is, and which of its sheets is meant. Pure.

Its parts are walked through once, and read on the way: see `parts`, `xlsx` and `ods`. Only the row that is
being read is in memory, and the texts that cells refer to.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from exchange.limits import MAX_ROWS
from exchange.ods import CONTENT, TYPE, Ods
from exchange.parts import Parts
from exchange.refusals import Refused, refuse
from exchange.xlsx import Xlsx

Book = Xlsx | Ods
Row = tuple[int, Sequence[str]]
_AT_ONCE = 1_000


def opened(data: bytes) -> Book:
    """Raises Refused."""
    with refusing():
        parts = Parts(data)
        is_ods = CONTENT in parts and parts.begins("mimetype", TYPE)
        return Ods(parts) if is_ods else Xlsx(parts)


def rows(book: Book, is_header: Callable[[Sequence[str]], bool]) -> Iterator[Row]:
    """The rows that are not blank of the first sheet whose first row is a header, or else of the first sheet.

    What no program has calculated would be read as an empty cell, as if nothing had been said: refused."""
    with refusing():
        firsts = book.first_rows()
        first = next(firsts, None)
        if first is None:
            return
        both = itertools.chain([first], firsts)
        chosen = next((sheet for sheet, cells in both if is_header([cell or "" for cell in cells])), first[0])
        book.check_rows(chosen, 1 + MAX_ROWS)  # and the header
    source = book.rows(chosen)
    while batch := _batch(source):
        yield from batch


def _batch(source: Iterator[tuple[int, list[str | None]]]) -> list[Row]:
    with refusing():
        return [(line, _whole(cells)) for line, cells in itertools.islice(source, _AT_ONCE)]


def _whole(cells: list[str | None]) -> list[str]:
    whole = [cell for cell in cells if cell is not None]
    if len(whole) < len(cells):
        raise refuse("xlsx_uncalculated")
    return whole


@contextmanager
def refusing() -> Iterator[None]:
    """Whatever is raised on a broken file is one refusal. Memory that is not enough says nothing of it."""
    try:
        yield
    except (Refused, MemoryError):
        raise
    except Exception:
        raise refuse("xlsx_broken") from None
