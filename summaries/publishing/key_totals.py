"""The figures that readers come for: these are the last to be hidden."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from summaries.catalogue import PERSONS_PUBLISHED
from summaries.classifying import Entry
from summaries.protection import Figure
from summaries.publishing.public_tables import PublicTables, figures
from summaries.tables import TOTAL, Key

ROWS: Final = ("groups", "main_purpose", "region")  # tables of which every row's total is one
COUNTRIES: Final = 5  # those with most persons
DEAR: Final = 2000.0  # to hide one costs more than all that a table could show beside it


def dear(public: PublicTables) -> dict[Figure, float]:
    """What it costs to hide each of them: where one has to be, it is the smallest."""
    values = figures(public.deep)
    known = ((figure, values[figure].value or 0) for figure in key_totals(public) if figure in values)
    return {figure: DEAR * (1 + math.log1p(value) / 5) for figure, value in known}


def key_totals(public: PublicTables) -> frozenset[Figure]:
    """Of the year: the groups, the purposes, the regions and the largest countries, by the rows of its
    tables."""
    return frozenset(public.figure(entry, key) for entry in public.entries for key in _keys(public, entry))


def _keys(public: PublicTables, entry: Entry) -> Iterator[Key]:
    step = public.step(entry)
    if entry.name in ROWS:
        rows = public.dimensions(entry)[0].parts
    elif entry.name == "citizenship":
        rows = largest(public)
    else:
        return
    yield from ((row, TOTAL) if step.columns else (row,) for row in rows)


def largest(public: PublicTables) -> tuple[str, ...]:
    """The countries that are named and have most persons."""
    number = public.facts.found.of("citizenship")
    named = public.dimensions(PERSONS_PUBLISHED["citizenship"])[0].categories
    return tuple(sorted(named, key=lambda country: (-number[country], country))[:COUNTRIES])
