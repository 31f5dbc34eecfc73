"""A day as people write it, to the day, month or year that it says. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final, NamedTuple

from lifecycle.takeover.words import MONTHS

_DASH: Final = re.compile("[\u2010-\u2015\u2212]")
_ISO: Final = re.compile(r"((?:19|20)\d\d)[-./ ](\d{1,2})[-./ ](\d{1,2})(?:[ t].*)?")
_SOLID: Final = re.compile(r"((?:19|20)?\d\d)(\d\d)(\d\d)")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./, -]\s*'?((?:19|20)?\d\d)")
_DAY_MONTH: Final = re.compile(r"(?:den\s*)?(\d{1,2})\s*/\s*(\d{1,2})")
_NAMED: Final = re.compile(
    r"(?:den\s*)?(?:(\d{1,2})(?::?[ae])?[. -]*)?([a-zåäö]{3,9})\.?(?:[ ,'-]*((?:19|20)?\d\d))?"
)
_NAMED_LATER: Final = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? ((?:19|20)\d\d)")
_YEAR_MONTH: Final = re.compile(
    r"((?:19|20)\d\d)[-./ ]?(0?[1-9]|1[0-2])|(0?[1-9]|1[0-2])[-./ ]((?:19|20)\d\d)"
)
_WEEK: Final = re.compile(
    r"(?:v\.?|vecka)\s*(\d{1,2})(?:[ ,/-]*((?:19|20)?\d\d))?|((?:19|20)\d\d)[ -]*(?:v\.?|w|vecka)\s*(\d{1,2})"
)
_YEAR: Final = re.compile(
    r"(?:ca|år|cirka|våren?|hösten?|sommaren?|vintern?|vt|ht|början av|slutet av|tidigt)?[ .]*"
    r"((?:19|20)\d\d)(?:\s*\(?\?\)?)?"
)
_SERIAL: Final = re.compile(r"[2-5]\d{4}(?:\.0)?")
_EARLIEST, _LATEST = 1990, 2099


class Day(NamedTuple):
    """`on`: ISO, to the day, month or year. `sure`: 1 where it can be read in one way only."""

    on: str
    sure: float = 1.0

    @property
    def first(self) -> date:
        return date.fromisoformat((self.on + "-01-01")[:10])


def read(
    text: str, *, year: int | None = None, month: int | None = None, month_first: bool = False
) -> Day | None:
    """`year` and `month`: those of the sheet, for days without. `month_first`: 3/5 is the fifth of March."""
    plain = _DASH.sub("-", text.strip().casefold()).strip(" .;,")
    plain = re.sub(r"^(?:ca|cirka|omkring|runt)\.? ", "", plain)
    plain = re.sub(r"(?<=\d)[-./ ]+(?:\?+|xx|00)$", "", plain)  # the day is not known
    for reader in (_iso, _solid, _serial):
        if found := reader(plain):
            return found
    if match := _DAY_FIRST.fullmatch(plain):
        return _of_parts(int(match[1]), int(match[2]), _whole(match[3]), month_first)
    if match := _YEAR_MONTH.fullmatch(plain):
        return _month(int(match[1] or match[4]), int(match[2] or match[3]))
    if (match := _DAY_MONTH.fullmatch(plain)) and year:
        found = _of_parts(int(match[1]), int(match[2]), year, month_first)
        return found and Day(found.on, min(found.sure, 0.9))
    if year and month and re.fullmatch(r"\d{1,2}", plain):
        return _calendar(year, month, int(plain), 0.9)
    return _words(plain, year)


def years_in(text: str) -> list[int]:
    """The years that a title or a name of a sheet tells."""
    return [int(one) for one in re.findall(r"(?<!\d)(20[012]\d|199\d)(?!\d)", text)]


def month_in(text: str) -> int:
    """The month that the name of a sheet or a title is, beside a year at most; 0 for none."""
    words = re.findall(r"[^\W\d_]+", text)
    return month_of(words[0]) if len(words) == 1 else 0


def _whole(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text) if int(text) < 70 else 1900 + int(text)


def _calendar(year: int, month: int, day: int, sure: float = 1.0) -> Day | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return Day(found.isoformat(), sure) if _EARLIEST <= year <= _LATEST else None


def _month(year: int, month: int) -> Day | None:
    return Day(f"{year}-{month:02}") if _EARLIEST <= year <= _LATEST and 1 <= month <= 12 else None


def _of_parts(first: int, second: int, year: int, month_first: bool) -> Day | None:
    """A number beyond twelve says which is the day; else whoever knows the column does."""
    if second > 12 >= first:
        return _calendar(year, first, second)
    if month_first and first <= 12:
        return _calendar(year, first, second, 0.95)
    return _calendar(year, second, first, 1.0 if first > 12 else 0.95)


def _iso(text: str) -> Day | None:
    match = _ISO.fullmatch(text)
    return _calendar(*map(int, match.groups())) if match else None


def _solid(text: str) -> Day | None:
    match = _SOLID.fullmatch(text)
    return _calendar(_whole(match[1]), int(match[2]), int(match[3]), 0.95) if match else None


def _serial(text: str) -> Day | None:
    """The number by which a spreadsheet program counts days, in a cell that is not shown as one."""
    if not _SERIAL.fullmatch(text):
        return None
    found = date(1899, 12, 30) + timedelta(days=int(float(text)))
    return Day(found.isoformat(), 0.9) if 2000 <= found.year <= 2035 else None


def _words(text: str, year: int | None) -> Day | None:
    if match := _NAMED_LATER.fullmatch(text):
        month = month_of(match[1])
        return _calendar(int(match[3]), month, int(match[2])) if month else None
    if match := _NAMED.fullmatch(text):
        month, told = month_of(match[2]), _whole(match[3]) if match[3] else year
        if month and told:
            sure = 1.0 if match[3] else 0.9
            if match[1]:
                return _calendar(told, month, int(match[1]), sure)
            return Day(f"{told}-{month:02}", sure)
    if match := _WEEK.fullmatch(text):
        week, of = int(match[1] or match[4]), match[2] or match[3]
        whole = _whole(of) if of else year
        try:
            found = date.fromisocalendar(whole, week, 1) if whole else None
        except ValueError:
            found = None
        if found:
            return Day(found.isoformat()[:7] if found.year == whole else f"{whole}-01", 0.9)
    match = _YEAR.fullmatch(text)
    return Day(match[1]) if match and _EARLIEST <= int(match[1]) <= _LATEST else None


def month_of(word: str) -> int:
    """1 to 12; 0 for what is no month. Three letters are enough."""
    plain = word.casefold().rstrip(".")
    if len(plain) < 3:
        return 0
    names = [*MONTHS, "january", "february", "march", "april", "may", "june", "july", "august"]
    names += ["september", "october", "november", "december"]
    for place, name in enumerate(names):
        if name.startswith(plain) or (plain == "sept" and name == "september"):
            return place % 12 + 1
    return 0
