"""The calls of a year: another population than its persons, protected with all that was published of them
before.

A version may print them finer than the one before it, or coarser. Then both say one thing in two words, so
that what an earlier version told at another step goes through disclosure control too, and is printed nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from summaries.catalogue import CALLS_PUBLISHED, CATALOGUE
from summaries.classifying import LEFT_OUT, Codes
from summaries.counting.build import Counted, table_of
from summaries.protection import LedgerEntry, Package
from summaries.publishing.meaning import words
from summaries.publishing.public_tables import figures
from summaries.tables import TOTAL, Cell, Dimension, Table


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


def at_all_steps(package: Package, codes: Codes) -> Package:
    """With the figures that the calls of each version have at the steps of every other one, as far as these
    are sums of its own: what was frozen before they were kept hangs together with others by them."""
    year, ledger = int(package.population.partition(" ")[0]), list(package.ledger)
    told = [package.tables, *(one.tables for one in package.ledger)]
    steps = dict.fromkeys(_levels(table) for tables in told for table in tables)
    for number, tables in enumerate(told):
        sums = [one for levels in steps for one in _sums(tables, levels, codes)]
        if sums:
            whole = (*tables, *sums)
            made = replace(words(codes, year, figures(whole), ()), held=None)
            nothing = frozenset(figures(whole))  # it tells nothing more: its figures are those of the version
            name = f"the same calls, {number}"
            ledger.append(LedgerEntry(package.population, name, whole, nothing, words=made))
    return replace(package, ledger=tuple(ledger))


def _sums(tables: Sequence[Table], levels: tuple[str, ...], codes: Codes) -> Iterator[Table]:
    """A table at other levels of which each row is a sum of rows that the version has."""
    if levels in map(_levels, tables) or len(levels) != 1 or CATALOGUE.fact(levels[0]).several:
        return
    (level,), fact = levels, CATALOGUE.fact(levels[0])
    for table in tables:
        if len(table.dimensions) != 1 or CATALOGUE.fact(table.dimensions[0].name) != fact:
            continue
        finer = table.dimensions[0]
        made = {one: codes.made_of(finer.name, one)[fact.name] for one in finer.categories}
        of = {one: codes.made_of(level, one)[fact.name] for one in codes.categories(level)}
        rows = {one: [part for part, some in made.items() if some <= whole] for one, whole in of.items()}
        if all(frozenset().union(*(made[part] for part in parts)) == of[one] for one, parts in rows.items()):
            cells = [
                *(Cell((one,), sum(table.value(part) or 0 for part in parts)) for one, parts in rows.items()),
                table[(TOTAL,)],
            ]
            name = f"{table.name} by {level}"
            yield replace(table, name=name, dimensions=(Dimension(level, tuple(rows)),), cells=tuple(cells))
            return


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
