"""How a year, a month, a day and a whole date are written, in both languages. Pure."""

from __future__ import annotations

from typing import Final

YEAR: Final = r"(?:19|20)\d\d"
# short and long
MONTHS: Final = r"(?:jan|feb|mar|apr|maj|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]{0,7}\.?"

_ORDINALS: Final = (
    "första|förste|andra|andre|tredje|fjärde|femte|sjätte|sjunde|åttonde|nionde|tionde|elfte|tolfte|tolvte"
    "|trettonde|fjortonde|femtonde|sextonde|sjuttonde|artonde|nittonde|tjugonde"
    "|tjugo ?(?:första|förste|andra|andre|tredje|fjärde|femte|sjätte|sjunde|åttonde|nionde)|trettionde"
    "|trettio ?(?:första|förste)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh"
    "|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth"
    "|twenty[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|thirtieth|thirty[ -]first"
)
SAID_DAY: Final = rf"(?:{_ORDINALS})"
_DAY: Final = rf"(?:(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th|:e|:a)?(?!\d)|{SAID_DAY})"
_SAID_YEAR: Final = r"(?:nittonhundra|tjugohundra|nineteen|two thousand)[ -]?[a-zåäö]{0,20}(?: [a-z]{3,5})?"
_SHORT_YEAR: Final = r"['’\-]?\d\d"
_ANY_YEAR: Final = rf"(?:{YEAR}|{_SHORT_YEAR}|{_SAID_YEAR})(?!\d)"
_BETWEEN: Final = r"(?:[ ,]{1,2}(?:den |the |of |in |år )?)"
DAY_AND_MONTH: Final = (
    rf"(?:{_DAY}(?: (?:of |i )?|[ ,./]{{1,2}}){MONTHS}|{MONTHS}[ .]{{0,2}}(?:den |the )?{_DAY})"
)
# A day, its month and perhaps its year, in any order; or a month in figures.
DATE: Final = (
    rf"(?:{YEAR}[-/. ]{{1,2}}\d\d[-/. ]{{1,2}}\d\d|\d\d[-/. ]?\d\d[-/. ]?\d\d|{YEAR}\d{{4}}"
    rf"|\d{{1,2}}[./-]\d{{1,2}}[ ./'-]{{1,2}}(?:{YEAR}|\d\d)|\d{{1,2}}[./]\d{{1,2}}(?![.:]?\d| ?(?:%|år))"
    rf"|{DAY_AND_MONTH}(?:{_BETWEEN}{_ANY_YEAR})?"
    rf"|{_ANY_YEAR}{_BETWEEN}{DAY_AND_MONTH}"
    rf"|{MONTHS}{_BETWEEN}{_ANY_YEAR}{_BETWEEN}{_DAY})(?!\d)"
)
