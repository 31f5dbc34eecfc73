"""The year's common tables on their way out: the register's figures go through disclosure control, all
together.

The year in words, for the outside: from protected tables and the names that the text uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from django.utils.translation import override

from accounts.access import Access
from agencies.models import Agency
from libs.suppression.tables import ProtectedTable, largest_first, protected
from summaries.counting.build import counted
from summaries.counting.historical import breaks
from summaries.counting.reference import NO_COUNTRY, country, titles
from summaries.counting.summary import Source, Summary, core_summary
from summaries.counting.tabulate import may_stand_apart
from summaries.coverage import HEADLINE
from summaries.release.custom_releases import hand_out
from summaries.tables.protection import sealed_before, told_of_in
from summaries.text import gather, paragraphs
from summaries.text.paragraphs import Language


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


KINDS: Final = (
    "social",
    "county_boards",
    "health",
)  # not one agency but a kind: no name of its own in running text


def year_text(
    year: int,
    tables: Sequence[ProtectedTable],
    before: Sequence[ProtectedTable],
    language: Language,
    *,
    hidden_is_somebody: bool,
    so_far: date | None = None,
) -> tuple[str, ...]:
    """One query. `before` are the protected tables of the year before, perhaps none; `so_far` the day to
    which a year is counted that is not over. See `gather`."""
    broken = bool(breaks(year - 1, year))
    facts = gather(year, tables, before, broken=broken, hidden_is_somebody=hidden_is_somebody, so_far=so_far)
    countries = {one.category: _country(one.category, language) for one in facts.countries}
    return paragraphs(facts, language, countries=countries, network=network(year, language, so_far))


def network(year: int, language: Language, so_far: date | None = None) -> list[str]:
    """The member agencies on the last day of the year, or on the day to which it is counted."""
    day = so_far or date(year, 12, 31)
    rows = Agency.objects.members_on(day).order_by("pk").values_list("code", f"name_{language}")
    return [f"{name[0].lower()}{name[1:]}" if code in KINDS else name for code, name in rows]


def _country(code: str, language: Language) -> str:
    with override(language):
        return country(code)
