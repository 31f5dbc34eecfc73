"""What has to be said beside the figures of a year. `remarks`: the authority's texts, of this moment
or as they were frozen with a version."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from knowledge.current_remarks import Remarks
from summaries.counting.historical import Published, told_once
from summaries.year_words import sentence


def general(remarks: Remarks, *, any_purpose: bool = True) -> list[str]:
    """`any_purpose`: whether a table of all purposes of a person stands beside; of what is published none
    does."""
    keys = ("coverage", "several_purposes", "cases") if any_purpose else ("coverage", "cases")
    return [remarks.say(key) for key in keys]


def of_calls(remarks: Remarks) -> list[str]:
    """Calls are no persons: neither what is said of those nor the breaks in their series concerns them."""
    return [remarks.say("calls")]


def of_year(
    remarks: Remarks, year: int, published: Published, so_far: date | None = None, *, any_purpose: bool = True
) -> list[str]:
    """That the year is not over, the general ones, the series breaks at the year, and what is peculiar to
    what was published of it."""
    running = of_running({year: so_far} if so_far else {})
    said = general(remarks, any_purpose=any_purpose)
    return [*running, *said, *series_breaks(remarks, year), *_peculiar(remarks, published)]


def of_running(so_far: Mapping[int, date]) -> list[str]:
    """Of each year that is not over, with the day to which it is counted."""
    return [sentence(year, day) for year, day in so_far.items()]


def series_breaks(remarks: Remarks, year: int) -> list[str]:
    return [
        remarks.say("break", what=f"{one.before}–{one.after}: {one.what}")
        for one in told_once(remarks)
        if one.before <= year <= one.after
    ]


def published_as(remarks: Remarks, published: Published) -> str:
    """Empty where the published total is the heading."""
    if not published.accompanying_inside:
        return ""
    return remarks.say("published_as", total=published.published_total, n=published.accompanying_inside)


def _peculiar(remarks: Remarks, published: Published) -> list[str]:
    found = []
    if beside := published_as(remarks, published):
        found.append(_("{year}: {what}.").format(year=published.year, what=beside))
    if published.unverified:
        found.append(remarks.say("unverified"))
    return found
