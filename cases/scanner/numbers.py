"""Numbers of identity and dates of birth, however they are parted, masked or worded. Pure.

Dates are known as they are written in both languages, digits also as letters and as words. A number is
looked for by its form, not for its truth: a check digit is not asked for, since a mistyped number
identifies as well. Every pattern is bounded and begins at a fixed mark; see `scan`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product
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
DAY_IN_WORDS: Final = rf"(?:{_ORDINALS})"
_DAY: Final = rf"(?:(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th|:e|:a)?(?!\d)|{DAY_IN_WORDS})"
_YEAR_WORDS: Final = r"(?:nittonhundra|tjugohundra|nineteen|two thousand)[ -]?[a-zåäö]{0,20}(?: [a-z]{3,5})?"
_SHORT_YEAR: Final = r"['’\-]?\d\d"
_ANY_YEAR: Final = rf"(?:{YEAR}|{_SHORT_YEAR}|{_YEAR_WORDS})(?!\d)"
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


_AS_DIGITS: Final = str.maketrans("OoQDlI|!SsBZz", "0000111155822")
# A run of digits in which letters stand that look like digits.
_MIXED: Final = re.compile(
    r"(?<!\w)(?![A-Z]-"
    r"|\d{6,8}[|!]\d{4}(?!\w))(?=(?:[^\d\n]{0,6}\d){5})[\dOoQDlI|!SsBZz][\dOoQDlI|!SsBZz \-+.]{8,20}(?!\w)"
)
# How each is said, from 0 and from 20 on.
_UNITS: Final = (
    "noll zero nolla, ett en one etta, två two tva tvåa, tre three trea, fyra four, fem five femma,"
    "sex six sexa, sju seven sjua, åtta eight atta, nio nine nia, tio ten, elva eleven, tolv twelve,"
    "tretton thirteen, fjorton fourteen, femton fifteen, sexton sixteen, sjutton seventeen, arton eighteen,"
    "nitton nineteen"
)
_TENS: Final = (
    "tjugo twenty, trettio thirty, fyrtio forty, femtio fifty, sextio sixty, sjuttio seventy,"
    "åttio eighty attio, nittio ninety"
)


def _numbered(listed: Iterable[str], start: int) -> dict[str, str]:
    """The number of each word: those that stand together mean the same."""
    return {word: str(n) for n, same in enumerate(listed, start) for word in same.split()}


def _digits_in_words() -> dict[str, str]:
    """The digits of a word: "tjugotre" is 23, "fem" is 5."""
    units = _UNITS.split(",")
    tens, ones = _numbered(_TENS.split(","), 2), _numbered(units[1:10], 1)
    whole = {ten: f"{n}0" for ten, n in tens.items()}
    glued = product(tens, ("", "-"), ones)
    with_ones = {f"{ten}{glue}{one}": f"{tens[ten]}{ones[one]}" for ten, glue, one in glued}
    return _numbered(units, 0) | whole | with_ones


DIGITS_IN_WORDS: Final = _digits_in_words()
_UNIT: Final = "|".join(sorted((word for word in DIGITS_IN_WORDS if "-" not in word), key=len, reverse=True))
_GLUED: Final = re.compile(rf"(?:{_UNIT}){{2,8}}")  # "tolvtrettiofyra", "nollsjutre"
_STARTS: Final = frozenset(word[:2] for word in DIGITS_IN_WORDS)
_ONE_UNIT: Final = re.compile(_UNIT)
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?|\d+")
_ARTICLES: Final = frozenset({"en", "ett"})
MAX_WORDS: Final = 24  # words of a number
_FEW: Final = 8  # digits that no number worth finding has fewer of


def _digits_of(word: str) -> str:
    """The digits that a word stands for, or none."""
    if word.isdecimal():
        return word
    plain = word.casefold()
    if plain in DIGITS_IN_WORDS:
        return DIGITS_IN_WORDS[plain]
    if plain[:2] not in _STARTS or not 5 < len(plain) < 48 or not _GLUED.fullmatch(plain):
        return ""
    return "".join(DIGITS_IN_WORDS[unit] for unit in _ONE_UNIT.findall(plain))


def with_digits(plain: str) -> str:
    """As long as the text: with the digits that letters in a number stand for."""
    return _MIXED.sub(lambda run: run[0].translate(_AS_DIGITS), plain)


def spelled(plain: str) -> Iterator[tuple[int, int, str]]:
    """Where a number of eight digits and more is written in words, or in part, and its digits."""
    run: list[re.Match[str]] = []
    digits: list[str] = []
    for found in _WORD.finditer(plain):
        said = _digits_of(found[0])
        goes_on = bool(run) and not plain[run[-1].end() : found.start()].strip(" ,.-–/")
        if not said or not goes_on or len(run) == MAX_WORDS:
            if _is_spelled(run, digits):
                yield run[0].start(), run[-1].end(), "".join(digits)
            run, digits = [], []
        if said:
            run.append(found)
            digits.append(said)
    if _is_spelled(run, digits):
        yield run[0].start(), run[-1].end(), "".join(digits)


def _is_spelled(run: list[re.Match[str]], digits: list[str]) -> bool:
    """Whether words are a part of the number: "09.00-16.30 en gång" is two times and no number."""
    if sum(len(digit) for digit in digits) < _FEW:
        return False
    words = [found[0].casefold() for found in run if not found[0].isdecimal()]
    if len(words) > 3 or not DIGITS_IN_WORDS.keys() >= {*words}:
        return True
    return run[-1][0].isdecimal() and not _ARTICLES.issuperset(words)


_I: Final = re.IGNORECASE
_MOBILE: Final = frozenset({"70", "72", "73", "76", "79"})
# Between two digits; a dot stands alone, since a dot and a space end a sentence.
_GAP: Final = r"(?:[ \-+]{0,3}|\.)"

_LAST: Final = (
    r"(?:sista|last|slutsiffror(?:na)?|kontrollsiffror(?:na)?|sistasiffror(?:na)?)"
    r"(?: (?:fyra|four|4))?(?: (?:siffror(?:na)?|digits))?(?: (?:är|is|are))?"
)
_LAST_FOUR: Final = rf"(?:(?:de|the|her|his|hennes|hans|med|with) ){{0,2}}(?:(?:fyra|four|4) )?{_LAST}"
_THEN: Final = (
    rf"(?:[ ,.:;(]{{0,2}}(?:(?:och|and|samt|sedan|sen|plus|följt av|followed by|nr|nummer|slut) ?)?"
    rf"(?:{_LAST_FOUR}|(?:som )?(?:slutar|avslutas)(?: (?:på|med))?|ending(?: in| with)?|nr|nummer|slut"
    r"|följt av|followed by|sedan|sen|plus|(?:med )?bindestreck|streck|minus|fyrsiffrigt|därefter"
    r"|kontroll(?:siffra)?)[ :.]{1,2})"
)
IDENTITY: Final = re.compile(
    r"(?<!\d)(?:(?:19|20) ?)?\d\d(?P<first>[ .\-/]?)(?:0[1-9]|1[0-2])(?P<second>[ .\-/]?)"
    r"(?P<day>0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])"
    rf"(?P<between>[ \n\-+/()]{{0,5}}|[^\w\n]{{1,3}}|_|{_THEN})"
    r"(?P<tail>\d\d ?\d\d|(?<=[ :.])\d(?:[ .\-]\d){3}|(?=\w{4}(?!\w))[A-Z]{1,2}\d{2,3}[A-Z]?"
    r"|[xX*#•]{4}|\d\d[xX*#•]{2}|\d{3}[xX*#•])(?!\w|-\d\d|\.\d)"
)
SPACED_IDENTITY: Final = re.compile(rf"(?<!\d)(?<!\d-)\d(?:{_GAP}\d){{9}}(?:{_GAP}\d{_GAP}\d)?(?!\d|[.\-]\d)")
# The four last digits alone are as good as the number: the date stands elsewhere.
_NUMBERED: Final = (
    r"(?:p-?nr|pers(?:on)?\.? ?(?:nr|nummer|numret)|samordningsn(?:r|ummer|umret)|sam\.?nr|id-?numret|id-?nr)"
)
LAST_FOUR: Final = (
    re.compile(
        rf"\b{_LAST}(?: (?:i|av|på|in|of) (?:hennes |hans |the )?\w{{2,20}})?(?: (?:är|is"
        rf"|are))?[ :.\-]{{1,3}}"
        rf"(?!{YEAR}(?!\d)|\d[ .\-]?\d{{3}} ?(?:kr|kronor|euro|sek))\d(?:[ .\-]?\d){{3}}(?![\w:]|[.\-]\d)",
        _I,
    ),
    re.compile(
        rf"\b(?:{_NUMBERED}|kort(?:et|nummer|numret)?|(?:telefon|mobil)?n(?:umret|r))(?: som)?"
        r"(?: (?:slutar|börjar|begynner|inleds)(?: (?:på|med))?)[ :]{1,2}\d(?:[ .\-]?\d){3,11}(?!\d)",
        _I,
    ),
)
# The number of any country, after the word for it.
ANNOUNCED_IDENTITY: Final = re.compile(
    rf"\b(?:{_NUMBERED}|tf-?n(?:r|ummer)|egn|cnp|pesel|isikukood|asmens kodas|national id|bsn|cpf"
    rf"|jmbg|rodné číslo|fødselsnummer|cpr(?:-?n(?:r|ummer))?|personal (?:id(?:entity)?|number)(?: number)?)"
    r"(?: (?:är|is|börjar|slutar|begins))?(?: (?:på|med|with))?[ .:=#\-]{0,3}"
    r"(?P<number>\d(?:[ .\-/+]?\d){5,12}(?:[ \-]?[A-Z]\d{2,3}[A-Z]?)?)(?!\d)",
    _I,
)


def _is_phone_or_period(text: str) -> bool:
    """Begins as an area code or mobile number does and is parted as one, which later steps find; or is two
    days."""
    groups = [len(one) for one in re.findall(r"\d+", text)]
    if not text.startswith("0"):
        return groups == [6, 6]
    return groups[0] in (3, 4) or groups == [6, 6] or (groups == [10] and text[1:3] in _MOBILE)


def _kind(day: int) -> str:
    return "coordination_number" if day > 60 else "personal_number"


def grouped_identity(match: re.Match[str]) -> str:
    """Year, month and day are parted alike; ranges of dates and a date with a time are not identity
    numbers."""
    if _is_phone_or_period(match[0]):
        return ""
    blanks_alone = {match["first"], match["second"]} <= {"", " "}
    if match["first"] != match["second"] and not blanks_alone:
        return ""
    written_in_words = re.search("[a-z]", match["between"])
    if " " in match["tail"] and not (blanks_alone or written_in_words):
        return ""
    if _is_date_and_year(match):
        return ""
    if not match["tail"][-1].isalnum() or match["tail"][-1] in "xX":
        return "masked_number"
    return _kind(int(match["day"]))


def _is_date_and_year(match: re.Match[str]) -> bool:
    strange = match["between"].strip(" -+/()\n")
    if match["tail"][:2] not in ("19", "20") or not match["between"].strip("-"):
        return False
    return match["first"] == "-" or bool(strange)


# A date or month and then something else than four digits, or a year: a period, a time, a list.
_ISO_AND_MORE: Final = re.compile(
    r"(?:19|20)\d\d-\d\d(?:-\d\d)?(?= )(?! ?[\-+]? ?(?!(?:19|20)\d\d$)\d\d ?\d\d$)"
)


# Year, month, day and four figures; the days of coordination numbers are those from 61 on.
_TEN_OR_TWELVE: Final = re.compile(
    r"(?:19|20)?\d\d(?:0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])\d{4}"
)


def spaced_identity(match: re.Match[str]) -> str:
    number = _TEN_OR_TWELVE.fullmatch(re.sub(r"\D", "", match[0]))
    if number is None or _is_phone_or_period(match[0]):
        return ""
    if match[0].count("+") > 1 or _ISO_AND_MORE.match(match[0]):
        return ""
    return _kind(int(number["day"]))


_BORN: Final = (
    r"(?:född|fodd|föddes|födda|fött|fötts|föds|född|född|födelsedat(?:um|a)|födelsedag(?:en)?|födelsetid"
    r"|födelsedagen|föd\.?|f-datum|f-dag|f-dat|fdatum|fdat|f\.?d?\.?|född dag"
    r"|born|birth ?dates?|birthdays?|date of birth|birth|d\.?o\.?b\.?|b\.|b-?day"
    rf"|kom till världen|turn(?:s|ed|ing) \d{{1,2}}|fyll(?:er|de|t)(?: (?:år|år:|\d{{1,2}}(?: år)?"
    rf"|[a-zåäö]{{3,12}}(?: år)?))?|{_NUMBERED})"
)
# What may stand between the word and the day: not what one does on another day.
_FILLER: Final = r"(?: (?!kom|har|vill|sökte|togs|ring|till 20|tills)(?-i:[a-zåäö]){1,9}){0,4}"
BIRTH: Final = re.compile(
    rf"\b{_BORN}(?: (?:den|är|i|on|the|year|is|was|in|på|år|enligt \w{{2,15}}|uppges vara"
    rf"|according to \w{{2,15}})){{0,3}}[ :.,;=(\-–]{{0,3}}(?:(?:den|the) )?{DATE}"
    rf"|\b(?:född|fött|föddes|fyll(?:er|de)(?: \d{{1,2}})?|was born){_FILLER} den {DATE}",
    _I,
)
# Nobody writes the day of an event of long ago in words.
BIRTH_IN_WORDS: Final = re.compile(rf"\b{DAY_IN_WORDS} (?:i |of )?{MONTHS},? (?:19\d\d|200\d)(?!\d)", _I)
LONG_AGO: Final = re.compile(r"(?<!\d)(?:19\d\d|200\d)(?!\d)")
# The word stands behind: "1985-03-12 (födelsedatum)".
BIRTH_BEHIND: Final = re.compile(
    rf"(?<![\d\-])(?:{YEAR}-\d\d-\d\d|\d{{6}})(?!\d),? ?\(?(?:är )?(?:födelsedat|födelsedag"
    rf"|date of birth|dob\b)",
    _I,
)
