"""The year's common tables on their way out: the register's figures go through disclosure control, all
together."""

from __future__ import annotations

from dataclasses import replace

from accounts.access import Access
from summaries.counting.reference import NO_COUNTRY
from summaries.counting.summary import Source, Summary, core_summary
from summaries.counting.tabulate import told_together
from summaries.publishing.handing_out import hand_out
from summaries.tables import ProtectedTable, Table, largest_first


def protected_summary(
    access: Access, year: int, *, seconds: float = 30
) -> tuple[Summary, tuple[ProtectedTable, ...]]:
    """The summary for the outside and its tables. What was published before the register is public already.

    Protected as one with all that was told of the year, and kept as told (publishing.handing_out). Raises
    handing_out.Unsafe where the attack finds anything.
    """
    summary = core_summary(access, year)
    if summary.source is not Source.REGISTER:
        tables = tuple(_as_published(table) for table in summary.tables)
    else:
        tables = _of_the_register(access, year, summary.tables, seconds)
    return replace(summary, tables=tables), tables


def _of_the_register(
    access: Access, year: int, tables: tuple[Table, ...], seconds: float
) -> tuple[ProtectedTable, ...]:
    found = hand_out(access, year, tables, seconds)
    ordered = (largest_first(table, NO_COUNTRY) if table.name == "citizenship" else table for table in found)
    return tuple(map(told_together, ordered))


def headline(access: Access, year: int) -> tuple[ProtectedTable, ...]:
    """The tables of a year that are public whatever else is: exempt from disclosure control, or published
    before."""
    return tuple(_as_published(table) for table in core_summary(access, year).tables if table.exempt)


def _as_published(table: Table) -> ProtectedTable:
    return ProtectedTable(
        table.name, table.title, table.dimensions, table.cells, table.additive, table.exempt
    )
