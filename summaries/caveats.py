"""What has to be said beside the figures of a year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from summaries.counting.historical import Published, told_once
from summaries.wording import sentence


def general(*, any_purpose: bool = True) -> list[str]:
    """`any_purpose`: whether a table of all purposes of a person stands beside; of what is published none
    does."""
    found = [
        _(
            "The figures are not comprehensive. They show persons who have come to the network's "
            "knowledge, not how many victims there are; the true number is believed to be much higher. Do "
            "not add them to other agencies' statistics."
        )
    ]
    if any_purpose:
        found.append(
            _(
                "The same person may have been exploited for several purposes. The sum may exceed the number "
                "of persons."
            )
        )
    return [*found, _("One case may concern several persons.")]


def of_calls() -> list[str]:
    """Calls are no persons: neither what is said of those nor the breaks in their series concerns them."""
    return [
        _(
            "The figures are calls, not persons. Several calls may be about the same person, and one "
            "call about "
            "several persons."
        )
    ]


def of_year(
    year: int, published: Published, so_far: date | None = None, *, any_purpose: bool = True
) -> list[str]:
    """That the year is not over, the general ones, the series breaks at the year, and what is peculiar to
    what was published of it."""
    running = of_running({year: so_far} if so_far else {})
    return [*running, *general(any_purpose=any_purpose), *series_breaks(year), *_peculiar(published)]


def of_running(so_far: Mapping[int, date]) -> list[str]:
    """Of each year that is not over, with the day to which it is counted."""
    return [sentence(year, day) for year, day in so_far.items()]


def series_breaks(year: int) -> list[str]:
    return [
        _("Break in series: {what}. Compare with care.").format(what=f"{one.before}–{one.after}: {one.what}")
        for one in told_once()
        if one.before <= year <= one.after
    ]


def published_as(published: Published) -> str:
    """Empty where the published total is the heading."""
    if not published.accompanying_inside:
        return ""
    return _("published as {total}, including {n} accompanying children").format(
        total=published.published_total, n=published.accompanying_inside
    )


def _peculiar(published: Published) -> list[str]:
    found = []
    if beside := published_as(published):
        found.append(_("{year}: {what}.").format(year=published.year, what=beside))
    if published.unverified:
        found.append(
            _(
                "Figures marked as unverified come from a secondary source and are not official. They "
                "stand in no table."
            )
        )
    return found
