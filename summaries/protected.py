"""The year's common tables on their way out: the register's figures go through disclosure control, all
together."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings

from accounts.access import Access
from summaries.counting.reference import NO_COUNTRY
from summaries.counting.summary import Source, Summary, core_summary
from summaries.counting.tabulate import may_stand_apart, put_together, told_together
from summaries.protection import Package, Protection, protect
from summaries.publishing.consistency import beside_published
from summaries.tables import ProtectedTable, Table, largest_first


def public_package(year: int, tables: tuple[Table, ...]) -> Package:
    """Of one population, the persons of the year. Calls are another: never put their tables in here.

    Those of other sex and those not known are one number everywhere where either is small.
    """
    k = settings.SMALL_CELL_K
    groups = {cell.key[0]: cell.value or 0 for table in tables if table.name == "groups" for cell in table}
    apart = may_stand_apart(groups, k)
    return Package(k=k, population=str(year), tables=tables if apart else tuple(map(put_together, tables)))


def protected_summary(
    access: Access, year: int, *, seconds: float = 30
) -> tuple[Summary, tuple[ProtectedTable, ...]]:
    """The summary for the outside and its tables. What was published before the register is public already.

    Protected as one with all that was published of the year. Raises Unsafe where the attack finds anything.
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
    beside = beside_published(access, year, tables)
    if beside is None:
        found = checked(protect(public_package(year, tables), seconds=seconds))
    else:
        found = beside.read(beside.protected(seconds))
    ordered = (largest_first(table, NO_COUNTRY) if table.name == "citizenship" else table for table in found)
    return tuple(map(told_together, ordered))


def headline(access: Access, year: int) -> tuple[ProtectedTable, ...]:
    """The tables of a year that are public whatever else is: exempt from disclosure control, or published
    before."""
    return tuple(_as_published(table) for table in core_summary(access, year).tables if table.exempt)


class Unsafe(RuntimeError):
    """Disclosure control could not protect the tables; nothing may leave the register."""


def checked(protection: Protection) -> tuple[ProtectedTable, ...]:
    if not protection.audit.passed:
        raise Unsafe(
            f"{protection.audit.recovered} recovered, {protection.audit.under_protected} under-protected"
        )
    return protection.tables


def _as_published(table: Table) -> ProtectedTable:
    return ProtectedTable(
        table.name, table.title, table.dimensions, table.cells, table.additive, table.exempt
    )
