"""The year in words, for the outside: from protected tables and the names that the text uses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.utils.translation import override

from agencies.models import Agency
from libs.suppression.tables import ProtectedTable
from summaries.counting.historical import breaks
from summaries.counting.reference import country
from summaries.text import gather, paragraphs
from summaries.text.paragraphs import Language

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
