"""Rows of spreadsheets as people write them: a sheet a line, its lines after a colon. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import groupby
from typing import Final

Place = tuple[str, int]  # sheet and line
MOST: Final = 2_000  # rows of one answer
_LINES: Final = re.compile(r"[0-9]{1,7}(?:\s*[-–]\s*[0-9]{1,7})?")


class WrongPlace(ValueError):
    """`said`: what cannot be read as rows of a known sheet."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def in_words(rows: Iterable[Place]) -> str:
    """Such as "Väst 2018: 4, 7-9"."""
    found = []
    for sheet, places in groupby(sorted(set(rows)), key=lambda one: one[0]):
        found.append(f"{sheet}: {', '.join(_spans([line for _sheet, line in places]))}")
    return "\n".join(found)


def _spans(lines: list[int]) -> Iterable[str]:
    first = last = lines[0]
    for line in [*lines[1:], None]:
        if line is not None and line == last + 1:
            last = line
            continue
        yield str(first) if first == last else f"{first}-{last}"
        first = last = line or 0


def of_words(text: str, sheets: Collection[str]) -> tuple[Place, ...]:
    """The rows that were written, each once. Raises WrongPlace."""
    known = {" ".join(sheet.split()).casefold(): sheet for sheet in sheets}
    found: dict[Place, None] = {}
    for said in filter(None, map(str.strip, text.splitlines())):
        name, _colon, lines = said.rpartition(":")
        sheet = known.get(" ".join(name.split()).casefold())
        if sheet is None:
            raise WrongPlace(said)
        for span in lines.split(","):
            for line in _of_span(span.strip(), said):
                found[sheet, line] = None
                if len(found) > MOST:
                    raise WrongPlace(said)
    return tuple(found)


def _of_span(span: str, said: str) -> range:
    if not _LINES.fullmatch(span):
        raise WrongPlace(said)
    first, *others = (int(number) for number in re.split(r"\s*[-–]\s*", span))
    last = others[0] if others else first
    if not 0 < first <= last < first + MOST:
        raise WrongPlace(said)
    return range(first, last + 1)
