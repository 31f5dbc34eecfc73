"""What was published of a year, in the words of the common tables, so that `yearly_summary` does not undo it.

The command is for operations: what it prints is no publication, and its detail by county, citizenship and the like has
not been tested together with the coarser tables of one. Figures that stand in both keep the status they went out with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, Final

from agencies.access import Access
from summaries.build import GROUP
from summaries.protection import LedgerEntry, Package, Verdict, protect
from summaries.publishing.families import Family, Figure
from summaries.publishing.models import Publication
from summaries.publishing.package import figure_of, figures
from summaries.publishing.protecting import PERSONS, entries, public_tables
from summaries.tables import TOTAL, Cell, Dimension, ProtectedTable, Status, Table

ROUNDS: Final = 4
FAILED: Final = (Verdict.UNDER, Verdict.RECOVERED)
# Common table → its family and level.
LEVELS: Final = {
    "main_purpose": ("purpose", "main_purpose"), "citizenship": ("citizenship", "citizenship"),
    "organisation": ("organisation", "organisation"), "offence": ("offence", "offence"), "ages": ("age", "age"),
    "measures": ("measure", "measure"),
}  # fmt: skip


def beside_published(package: Package, *, seconds: float) -> tuple[ProtectedTable, ...]:
    """Protected beside what was published; a table whose detail cannot be is told as far as it was published."""
    withheld: set[str] = set()
    for _round in range(ROUNDS):
        kept = tuple(table for table in package.tables if table.name not in withheld)
        found = protect(replace(package, tables=kept), seconds=seconds)
        if found.audit.passed:
            return _with_withheld(package, found.tables)
        failed = {one.figure for one in found.intervals if one.verdict in FAILED}
        withheld |= {t.name for t in kept if not t.exempt and any(figure_of(t, cell.key) in failed for cell in t)}
    return _with_withheld(package, tuple(_as_far(table, {}) for table in package.tables if table.exempt))


def _with_withheld(package: Package, tables: Sequence[ProtectedTable]) -> tuple[ProtectedTable, ...]:
    made = {table.name: table for table in tables}
    last = figures(package.ledger[-1].tables) if package.ledger else {}
    return tuple(made.get(table.name) or _as_far(table, last) for table in package.tables)


def _as_far(table: Table, public: Mapping[Figure, Cell]) -> ProtectedTable:
    """Cells that were published, and nothing else: not even which of the others are 0."""
    cells = []
    for one in table:
        told = public.get(figure_of(table, one.key))
        known = table.exempt or (told is not None and told.status is Status.SHOWN and told.value == one.value)
        cells.append(Cell(one.key, one.value) if known else Cell(one.key, None, Status.HIDDEN))
    return ProtectedTable(table.name, table.title, table.dimensions, tuple(cells), table.additive, table.exempt)


def core_ledger(access: Access, year: int) -> tuple[LedgerEntry, ...]:
    """Every version as a ledger entry over the common categories, of what was published by the same six groups."""
    sealed = [one.unsealed() for one in Publication.objects.published().filter(year=year).order_by("version")]
    if not sealed:
        return ()
    families = public_tables(access, year, {}, sealed).facts.families
    return tuple(_entry(entry, families) for entry in entries(sealed, PERSONS))


def _entry(entry: LedgerEntry, families: Mapping[str, Family]) -> LedgerEntry:
    by_group = [table for table in entry.tables if any(d.name == "group" for d in table.dimensions)]
    known = figures(by_group)
    tables = (_table(name, families, known) for name in LEVELS)
    return LedgerEntry(entry.population, entry.version, tuple(table for table in tables if table.cells))


def _table(name: str, families: Mapping[str, Family], known: Mapping[Figure, Cell]) -> Table:
    family, level = LEVELS[name]
    categories = families[family].categories(level)
    keys = product((*categories, TOTAL), (*GROUP.categories, TOTAL))
    places = {key: _figure(families, family, level, key) for key in keys}
    cells = (Cell(key, known[f].value, known[f].status) for key, f in places.items() if f in known)
    # Not all there are: countries of few persons are named nowhere.
    return Table(
        name, "", (Dimension(level, (*categories, "others")), GROUP), tuple(cells), additive=name != "measures"
    )


def _figure(families: Mapping[str, Family], family: str, level: str, key: tuple[str, ...]) -> Figure:
    first = families[family].place(level, key[0]) if key[0] != TOTAL else ()
    second = families["group"].place("group", key[1]) if key[1] != TOTAL else ()
    pairs: tuple[Any, ...] = (*first, *second)
    return frozenset(pairs)
