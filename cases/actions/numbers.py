"""Numbers that are shown to people: V-2018-0012 for a case, V-2018-0012-P1 for a person in it."""

from __future__ import annotations

import re

from django.db.models import F

from accounts.acting import beyond
from agencies.models import Region
from cases.models import CaseSeries


@beyond("numbers")
def next_case_numbers(region: Region | str, year: int, count: int = 1) -> list[str]:
    """`count` numbers that follow on the last. Call inside a transaction: the series is locked to its end."""
    code = region.code if isinstance(region, Region) else region
    CaseSeries.objects.get_or_create(region_id=code, year=year)
    series = CaseSeries.objects.select_for_update().get(region_id=code, year=year)
    CaseSeries.objects.filter(pk=series.pk).update(last=F("last") + count)
    return [case_number(code, year, series.last + step) for step in range(1, count + 1)]


def case_number(region: str, year: int, sequence: int) -> str:
    return f"{region}-{year}-{sequence:04d}"


def person_number(case: str, position: int) -> str:
    return f"{case}-P{position}"


def in_order(number: str) -> str:
    """As text that sorts as the number does: V-2018-0012-P2 before V-2018-0012-P10."""
    return re.sub(r"[0-9]+", lambda digits: digits[0].zfill(9), number)
