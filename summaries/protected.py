"""The year's common tables on their way out: the register's figures go through disclosure control, all
together."""

from __future__ import annotations

from dataclasses import replace

from accounts.access import Access
from libs.suppression.tables import ProtectedTable, largest_first, protected
from summaries.counting.build import counted
from summaries.counting.reference import NO_COUNTRY, titles
from summaries.counting.summary import Source, Summary, core_summary
from summaries.counting.tabulate import may_stand_apart
from summaries.coverage import HEADLINE
from summaries.release.custom_releases import hand_out
from summaries.tables.protection import sealed_before, told_of_in


def protected_summary(
    access: Access, year: int, *, seconds: float = 30
) -> tuple[Summary, tuple[ProtectedTable, ...]]:
    """The summary for the outside and its tables. What was published before the register is public already.

    Protected as one with all that was told of the year, and kept as told (publishing.handing_out). Persons
    of a section of few are told of in the headline alone, whatever has been decided of exemptions. Raises
    handing_out.Unsafe where the attack finds anything.
    """
    summary = core_summary(access, year)
    if summary.source is not Source.REGISTER:
        tables = tuple(protected(table) for table in summary.tables)
    else:
        tables = tuple(map(_ordered, hand_out(access, year, seconds)))
    return replace(summary, tables=tables), tables


def _ordered(table: ProtectedTable) -> ProtectedTable:
    return largest_first(table, NO_COUNTRY) if table.name == "citizenship" else table


def headline(access: Access, year: int) -> tuple[ProtectedTable, ...]:
    """The tables of a year that are public whatever else is: exempt from disclosure control, or published
    before."""
    summary = core_summary(access, year)
    if summary.source is not Source.REGISTER:
        return tuple(protected(table) for table in summary.tables if table.exempt)
    told_of = told_of_in(counted(access, year, year, calls=False)[year], sealed_before(year))
    return (told_of.headline(titles()[HEADLINE], together=not may_stand_apart(told_of.groups, told_of.k)),)
