"""The calls of a year: another population than its persons, protected with all that was published of them
before.

A version may print them finer than the one before it, or coarser. Then both say one thing in two words, so
that what an earlier version told at another step goes through disclosure control too, and is printed nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from summaries.catalogue import CALLS_PUBLISHED
from summaries.classifying import LEFT_OUT
from summaries.counting.build import Counted, table_of
from summaries.protection import LedgerEntry, Package
from summaries.publishing.meaning import words
from summaries.publishing.public_tables import figures
from summaries.tables import Table


def call_tables(found: Counted, steps: Mapping[str, int]) -> tuple[Table, ...]:
    """As they are printed."""
    return tuple(
        table_of(found, entry, entry.step(step))
        for entry in CALLS_PUBLISHED.values()
        if (step := steps.get(entry.name, 0)) != LEFT_OUT
    )


def package_of_calls(
    found: Counted, tables: Sequence[Table], k: int, ledger: Sequence[LedgerEntry]
) -> Package:
    """`tables`: those that are printed, which come first in it."""
    before = set(map(_levels, chain.from_iterable(entry.tables for entry in ledger)))
    standing = tuple(_standing(found, before - set(map(_levels, tables))))
    together = (*tables, *standing)
    told = figures(together)
    # Which calls there are is not said: any that fit all figures will do (`protection.latent`).
    made = replace(words(found.reference.codes, found.year, told, ()), held=None)
    return Package(
        k,
        f"{found.year} calls",
        together,
        tuple(ledger),
        veiled=frozenset(told) - figures(tables).keys(),
        words=made,
    )


def _standing(found: Counted, before: Iterable[tuple[str, ...]]) -> Iterator[Table]:
    """At steps that are not printed now."""
    wanted = set(before)
    for entry in CALLS_PUBLISHED.values():
        for step in entry.ladder:
            levels = tuple(filter(None, (step.rows, step.columns)))
            if levels in wanted:
                yield replace(table_of(found, entry, step), name=f"{entry.name} by {' and '.join(levels)}")


def _levels(table: Table) -> tuple[str, ...]:
    return tuple(dimension.name for dimension in table.dimensions)
