"""The order in which a version gives up the totals that readers come for.

It is the same for everybody who knows what was published. No number of the year itself is part of it, but
for which countries are the largest where no year was published before: a choice that depends on what it
suppresses can be undone by whoever runs the program again. The headline goes last, before it purposes,
regions, countries and ages, each by its rank in the last published year. Rows that say of nobody what they
are go first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.conf import settings

from libs.suppression import Figure
from libs.suppression.tables import NOBODY, TOTAL
from summaries.catalogue import RANKS
from summaries.classifications import RESIDUAL, Entry, Ranks
from summaries.coverage import HEADLINE
from summaries.tables.public_tables import PublicTables, figures

WEIGHT: Final = 2000.0  # to hide one costs more than all that a table could show beside it
STEP: Final = 5.0  # from one rank to the next: more than the key may multiply what a figure costs
HEADLINE_RANK: Final = 4
RESIDUAL_RANK: Final = -1
KEY_TABLES: Final = ("main_purpose", "region", "citizenship")  # beside the headline
COUNTRIES: Final = 5  # those with most persons
LARGE_REGION: Final = 5  # times the threshold


def weights(public: PublicTables) -> dict[Figure, float]:
    """Return what it costs to hide each key total."""
    known = figures(public.deep).keys()
    found: dict[Figure, float] = {}
    for entry in public.entries:
        for row in _ranked_rows(public, entry):
            figure = public.figure(entry, (row, TOTAL))
            if figure in known:
                weight = WEIGHT * STEP ** _rank(public, entry, row)
                found[figure] = max(weight, found.get(figure, 0.0))
    return found


def key_totals(public: PublicTables) -> frozenset[Figure]:
    """Return the figures that readers come for, which are the last to be hidden.

    They are the groups, the purposes, the regions and the largest countries, by the rows of the tables.
    """
    return frozenset(
        public.figure(entry, (row, TOTAL)) for entry in public.entries for row in _key_rows(public, entry)
    )


def largest(public: PublicTables, entry: Entry) -> frozenset[Figure]:
    """Return the key totals of a table that no step may lose: the largest of this year's, and each region of
    many."""
    numbers = _numbers(public, entry)
    if entry.name == "region":
        rows = [row for row, number in numbers.items() if number >= LARGE_REGION * settings.SMALL_CELL_K]
    else:
        rows = sorted(numbers, key=lambda row: (-numbers[row], row))[: _ranks(entry).largest]
    return frozenset(public.figure(entry, (row, TOTAL)) for row in rows)


def cannot_be_spared(public: PublicTables, entry: Entry) -> bool:
    """Return whether a small row has no other row to be hidden with than one of the largest."""
    numbers = _numbers(public, entry, residual=True)
    of_largest = largest(public, entry)
    others = [
        number
        for row, number in numbers.items()
        if number and public.figure(entry, (row, TOTAL)) not in of_largest
    ]
    return len(others) == 1 and others[0] < settings.SMALL_CELL_K


def _numbers(public: PublicTables, entry: Entry, *, residual: bool = False) -> dict[str, int]:
    """Return how many persons each key row has."""
    known = figures(public.deep)
    return {
        row: known.get(public.figure(entry, (row, TOTAL)), NOBODY).number
        for row in _key_rows(public, entry)
        if residual or row not in RESIDUAL
    }


def _key_rows(public: PublicTables, entry: Entry) -> Sequence[str]:
    rows = public.dimensions(entry)[0]
    if entry.name == HEADLINE:
        return rows.parts
    if entry.name not in KEY_TABLES:
        return ()
    if entry.name != "citizenship":
        return rows.parts
    number = public.facts.found.of("citizenship")
    return sorted(rows.categories, key=lambda country: (-number[country], country))[:COUNTRIES]


def _ranked_rows(public: PublicTables, entry: Entry) -> Sequence[str]:
    """Return the rows whose totals have a rank: of countries the largest of the last published year."""
    if entry.name in RANKS and entry.name not in KEY_TABLES:
        return public.dimensions(entry)[0].parts
    before = public.ranked.get(entry.name)
    if entry.name != "citizenship" or not before:
        return _key_rows(public, entry)
    rows = public.dimensions(entry)[0].categories
    return [row for row in before if row in rows][:COUNTRIES]


def _rank(public: PublicTables, entry: Entry, row: str) -> int:
    if entry.name == HEADLINE:
        return HEADLINE_RANK
    if row in RESIDUAL:
        return RESIDUAL_RANK
    ranks = _ranks(entry)
    order = order_of(public.ranked, entry.name)
    place = order.index(row) if row in order else len(order) + ranks.largest
    if place < ranks.largest:
        return ranks.first
    return max(ranks.first - 1 - place // (2 * ranks.largest), ranks.last)


def order_of(ranked: Mapping[str, Sequence[str]], name: str) -> list[str]:
    """Return the rows of a table by the last published year, then those of the catalogue that it lacks."""
    return list(dict.fromkeys((*ranked.get(name, ()), *RANKS[name].order)))


def _ranks(entry: Entry) -> Ranks:
    return RANKS.get(entry.name, Ranks(0, 0, 0))
