"""Rules on dates, and days and months in the ways that people write them, where a way has one meaning only.

The rules know no clock: today is passed in. The month never comes before the day: 4/9-18 is the fourth of
September. What could be two days, such as 04-09-18 or 4/9/2018, is refused rather than guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from cases.rules.faults import Fault, NotAllowed, Severity, fault_if

EARLIEST: Final = date(2000, 1, 1)  # the network began in 2009; exploitation may have begun before


def within(field: str, day: date | None, *, today: date, earliest: date = EARLIEST) -> tuple[Fault, ...]:
    """Neither in the future nor before `earliest`."""
    known = day or today  # nothing is wrong with a day that is not known
    value = known.isoformat()
    future = fault_if(known > today, field, "date_future", value=value)
    return future or fault_if(
        known < earliest, field, "date_early", value=value, earliest=earliest.isoformat()
    )


def ordered(field: str, start: date | None, end: date | None) -> tuple[Fault, ...]:
    """End not before start, where both are known; the fault stands at `field`, the end."""
    ends_early = (end or date.max) < (start or date.min)
    return fault_if(ends_early, field, "end_before_start", start=str(start)[:7], end=str(end)[:7])


def month_precision(field: str, day: date | None) -> tuple[Fault, ...]:
    return fault_if(day and day.day != 1, field, "month_precision", value=str(day))


@dataclass(frozen=True, slots=True)
class Validity:
    """When a code applies, both days included; None is open."""

    valid_from: date | None = None
    valid_to: date | None = None


def code_validity(field: str, code: str, day: date | None, validity: Validity) -> tuple[Fault, ...]:
    """A code used outside its dates warns and never blocks. `code` is what the message names."""
    if day is None:
        return ()
    begins, ends = validity.valid_from or day, validity.valid_to or day
    early = fault_if(day < begins, field, "code_early", Severity.WARNING, value=code, date=f"{begins}")
    return early or fault_if(day > ends, field, "code_late", Severity.WARNING, value=code, date=f"{ends}")


DASHES: Final = re.compile(r"[\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_MIDNIGHT: Final = re.compile(r"[ T]00:00(?::00(?:\.0+)?)?Z?")  # programs write it after a day
_CENTURY: Final = "20"  # two digits are years of this century: the register knows no other

_NAMES: Final = {
    name: str(number)
    for number, names in enumerate(
        (
            *("januari january jan", "februari february feb febr", "mars march mar", "april apr"),
            *("maj may", "juni june jun", "juli july jul", "augusti august aug"),
            *("september sept sep", "oktober october okt oct", "november nov", "december dec"),
        ),
        start=1,
    )
    for name in names.split()
}
_D: Final = r"(?P<day>[0-9]{1,2})"
_M: Final = r"(?P<month>[0-9]{1,2})"
_Y: Final = r"(?P<year>[0-9]{4})"
_WORD: Final = r"(?P<month>[a-z]{3,9})\.?"
_DAYS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_Y}([-./ ]){_M}\2{_D}",  # 2018-09-04, 2018-9-4, 2018/09/04, 2018.9.4
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",  # 20180904
        rf"{_D} ?/ ?{_M}(?: ?- ?| )(?P<year>[0-9]{{4}}|[0-9]{{2}})",  # 4/9-18, 4/9 2018
        rf"{_D}\. ?{_M}\. ?{_Y}",  # 12.11.2018
        rf"(?:den )?{_D}\.?(?::?e)?[ -]?{_WORD}[ -]?,? ?{_Y}",  # 4 september 2018, 4-sep-2018
        rf"(?P<day>1[3-9]|[2-9][0-9])([-/]){_M}\2{_Y}",  # 25/12/2018: what is no month is the day
    )
)
_MONTHS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_Y}([-./ ]){_M}(?:\2(?P<day>0?1))?",  # 2018-07, 2018/7, 2018-07-01
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})",  # 201807
        rf"{_M}[-./ ]{_Y}",  # 7/2018
        rf"{_WORD}[ -]?{_Y}",  # juli 2018
        rf"{_Y}[ -]?{_WORD}",  # 2018 juli
    )
)


def day(text: str) -> date | None:
    """The day that is written; None when empty. Raises NotAllowed `date` or, for 2018-02-30,
    `date_impossible`."""
    return _read(text, _DAYS, "date")


def month(text: str) -> date | None:
    """The first day of the month that is written; None when empty. Raises NotAllowed `month` or
    `date_impossible`."""
    return _read(text, _MONTHS, "month")


def _read(text: str, patterns: Iterable[re.Pattern[str]], code: str) -> date | None:
    plain = " ".join(_MIDNIGHT.sub("", DASHES.sub("-", text.strip())).casefold().split())
    if not plain:
        return None
    for pattern in patterns:
        if found := pattern.fullmatch(plain):
            return _calendar(found, text, code)
    raise NotAllowed(code, text.strip())


def _calendar(match: re.Match[str], text: str, code: str) -> date:
    parts = match.groupdict()
    number = _NAMES.get(parts["month"], parts["month"])
    if not number.isdecimal():  # a word that names no month
        raise NotAllowed(code, text.strip())
    year = f"{_CENTURY}{parts['year']}"[-4:]
    try:
        return date(int(year), int(number), int(parts.get("day") or 1))
    except ValueError:
        raise NotAllowed("date_impossible", text.strip()) from None
