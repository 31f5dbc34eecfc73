"""Numbers of identity and dates of birth, however they are parted, masked or told. Pure.

It looks for the form of a number, not for its truth: a check digit is not asked for, since a mistyped number
identifies as well. Every pattern is bounded and begins at a fixed mark; see `finding`."""

from __future__ import annotations

import re
from typing import Final

from cases.scanner.dates import DATE, MONTHS, SAID_DAY, YEAR

_I: Final = re.IGNORECASE
_MOBILE: Final = frozenset({"70", "72", "73", "76", "79"})
# Between two digits; a dot stands alone, since a dot and a space end a sentence.
_GAP: Final = r"(?:[ \-+]{0,3}|\.)"

# --- what stands beside the digits ---------------------------------------------------------------------
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
TOLD_IDENTITY: Final = re.compile(
    rf"\b(?:{_NUMBERED}|tf-?n(?:r|ummer)|egn|cnp|pesel|isikukood|asmens kodas|national id|bsn|cpf"
    rf"|jmbg|rodné číslo"
    r"|fødselsnummer|cpr(?:-?n(?:r|ummer))?|personal (?:id(?:entity)?|number)(?: number)?)"
    r"(?: (?:är|is|börjar|slutar|begins))?(?: (?:på|med|with))?[ .:=#\-]{0,3}"
    r"(?P<number>\d(?:[ .\-/+]?\d){5,12}(?:[ \-]?[A-Z]\d{2,3}[A-Z]?)?)(?!\d)",
    _I,
)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _groups(text: str) -> list[int]:
    return [len(group) for group in re.findall(r"\d+", text)]


def _like_phone(text: str) -> bool:
    """Begins as an area code or mobile number does and is parted as one: later steps find it."""
    groups = _groups(text)
    return text.startswith("0") and (groups[0] in (3, 4) or (groups == [10] and text[1:3] in _MOBILE))


def grouped_identity(match: re.Match[str]) -> str:
    """Year, month and day are parted alike; ranges of dates and a date with a time are not identity
    numbers."""
    if _like_phone(match[0]) or _groups(match[0]) == [6, 6]:
        return ""
    blanks_alone = {match["first"], match["second"]} <= {"", " "}
    if match["first"] != match["second"] and not blanks_alone:
        return ""
    if (
        " " in match["tail"] and not blanks_alone and not re.search("[a-z]", match["between"])
    ) or _is_date_and_year(match):
        return ""
    if not match["tail"][-1].isalnum() or match["tail"][-1] in "xX":
        return "masked_number"
    return "coordination_number" if int(match["day"]) > 60 else "personal_number"


def _is_date_and_year(match: re.Match[str]) -> bool:
    strange = match["between"].strip(" -+/()\n")
    if match["tail"][:2] not in ("19", "20") or not match["between"].strip("-"):
        return False
    return match["first"] == "-" or bool(strange)


# A date or month and then something else than four digits, or a year: a period, a time, a list.
_ISO_AND_MORE: Final = re.compile(
    r"(?:19|20)\d\d-\d\d(?:-\d\d)?(?= )(?! ?[\-+]? ?(?!(?:19|20)\d\d$)\d\d ?\d\d$)"
)


def spaced_identity(match: re.Match[str]) -> str:
    digits = _digits(match[0])
    if match[0].count("+") > 1 or _ISO_AND_MORE.match(match[0]):
        return ""
    if len(digits) == 12 and digits[:2] not in ("19", "20"):
        return ""
    month, day = int(digits[-8:-6]), int(digits[-6:-4])
    if not (1 <= month <= 12 and (1 <= day <= 31 or 61 <= day <= 91)):
        return ""
    if _like_phone(match[0]) or _groups(match[0]) == [6, 6]:
        return ""
    return "coordination_number" if day > 60 else "personal_number"


# --- dates of birth ----------------------------------------------------------------------------------
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
    rf"|according to \w{{2,15}}))"
    rf"{{0,3}}[ :.,;=(\-–]{{0,3}}(?:(?:den|the) )?{DATE}"
    rf"|\b(?:född|fött|föddes|fyll(?:er|de)(?: \d{{1,2}})?|was born){_FILLER} den {DATE}",
    _I,
)
# Nobody writes the day of an event of long ago in words.
BIRTH_IN_WORDS: Final = re.compile(rf"\b{SAID_DAY} (?:i |of )?{MONTHS},? (?:19\d\d|200\d)(?!\d)", _I)
LONG_AGO: Final = re.compile(r"(?<!\d)(?:19\d\d|200\d)(?!\d)")
# The word stands behind: "1985-03-12 (födelsedatum)".
BIRTH_BEHIND: Final = re.compile(
    rf"(?<![\d\-])(?:{YEAR}-\d\d-\d\d|\d{{6}})(?!\d),? ?\(?(?:är )?(?:födelsedat|födelsedag"
    rf"|date of birth|dob\b)",
    _I,
)
