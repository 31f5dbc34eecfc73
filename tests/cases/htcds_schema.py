"""What an export by the standard must not have, by its schema and names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final

from cases import htcds
from cases.htcds import MORE, SEPARATOR, Field, ReleaseNames, fields


def faults(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[tuple[int, str, str]]:
    """(row from 1, field, what is wrong) by the schema file and the standard's names: what an export must
    not have."""
    names = ReleaseNames.load()
    columns = fields()
    yield from _of_header(header, columns)
    allowed = frozenset(name for found in names.rows.values() for name in found)
    for number, cells in enumerate(rows, start=1):
        by_name = dict(zip(header, cells, strict=True))
        for field in columns:
            if text := by_name.get(field.name, ""):
                yield from ((number, field.name, fault) for fault in _wrong(field, text, allowed))


def _of_header(header: Sequence[str], columns: Sequence[Field]) -> Iterator[tuple[int, str, str]]:
    present, wanted = {*header} - {MORE}, {field.name for field in columns}
    yield from ((0, field.name, "missing") for field in columns if field.name not in present)
    yield from ((0, name, "unknown") for name in sorted(present - wanted))


# How the text of a type is written, and what is said of one that is not.
_WRITTEN: Final = {
    "date": (re.compile(r".{4}-..-..", re.DOTALL), "no date"),
    "checkbox": (re.compile("true|false"), "neither true nor false"),
}


def _wrong(field: Field, text: str, allowed: frozenset[str]) -> Iterator[str]:
    values = text.split(SEPARATOR) if field.type == "multi-pick" else [text]
    if field.why_empty:
        yield "must be empty"
    if "," in text:
        yield "comma"
    if field.pick_list and not set(values) <= field.pick_list | (allowed - _all_picks()):
        yield "not in the pick list"
    if field.fact == "citizenships" and not all(map(htcds._is_country, values)):
        yield "no country"
    if field.type in _WRITTEN:
        pattern, fault = _WRITTEN[field.type]
        if not pattern.fullmatch(text):
            yield fault


@cache
def _all_picks() -> frozenset[str]:
    return frozenset().union(*(field.pick_list for field in fields()))
