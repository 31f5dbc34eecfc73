"""Digits that are written as letters or as words, to the digits that they stand for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_AS_DIGITS: Final = str.maketrans("OoQDlI|!SsBZz", "0000111155822")
# A run of digits in which letters stand that look like digits.
_MIXED: Final = re.compile(
    r"(?<!\w)(?![A-Z]-"
    r"|\d{6,8}[|!]\d{4}(?!\w))(?=(?:[^\d\n]{0,6}\d){5})[\dOoQDlI|!SsBZz][\dOoQDlI|!SsBZz \-+.]{8,20}(?!\w)"
)
_UNITS: Final = (
    ("noll", "zero", "nolla"),
    ("ett", "en", "one", "etta"),
    ("två", "two", "tva", "tvåa"),
    ("tre", "three", "trea"),
    ("fyra", "four"),
    ("fem", "five", "femma"),
    ("sex", "six", "sexa"),
    ("sju", "seven", "sjua"),
    ("åtta", "eight", "atta"),
    ("nio", "nine", "nia"),
    ("tio", "ten"),
    ("elva", "eleven"),
    ("tolv", "twelve"),
    ("tretton", "thirteen"),
    ("fjorton", "fourteen"),
    ("femton", "fifteen"),
    ("sexton", "sixteen"),
    ("sjutton", "seventeen"),
    ("arton", "eighteen"),
    ("nitton", "nineteen"),
)
_TENS: Final = (
    ("tjugo", "twenty"),
    ("trettio", "thirty"),
    ("fyrtio", "forty"),
    ("femtio", "fifty"),
    ("sextio", "sixty"),
    ("sjuttio", "seventy"),
    ("åttio", "eighty", "attio"),
    ("nittio", "ninety"),
)


def _said() -> dict[str, str]:
    """The digits of a word: "tjugotre" is 23, "fem" is 5."""
    words = {word: str(n) for n, same in enumerate(_UNITS) for word in same}
    for tens, same in enumerate(_TENS, start=2):
        for ten in same:
            words[ten] = f"{tens}0"
            for one, units in enumerate(_UNITS[1:10], start=1):
                words |= {f"{ten}{glue}{unit}": f"{tens}{one}" for unit in units for glue in ("", "-")}
    return words


SAID: Final = _said()
_UNIT: Final = "|".join(sorted((word for word in SAID if "-" not in word), key=len, reverse=True))
_GLUED: Final = re.compile(rf"(?:{_UNIT}){{2,8}}")  # "tolvtrettiofyra", "nollsjutre"
_STARTS: Final = frozenset(word[:2] for word in SAID)
_ONE_UNIT: Final = re.compile(_UNIT)
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?|\d+")
_ARTICLES: Final = frozenset({"en", "ett"})
MOST: Final = 24  # words of a number
_FEW: Final = 8  # digits that no number worth finding has fewer of


def _digits_of(word: str) -> str:
    """The digits that a word stands for, or none."""
    if word.isdecimal():
        return word
    plain = word.casefold()
    if plain in SAID:
        return SAID[plain]
    if plain[:2] not in _STARTS or not 5 < len(plain) < 48 or not _GLUED.fullmatch(plain):
        return ""
    return "".join(SAID[unit] for unit in _ONE_UNIT.findall(plain))


def with_digits(plain: str) -> str:
    """As long as the text: with the digits that letters in a number stand for."""
    return (
        _MIXED.sub(lambda run: run[0].translate(_AS_DIGITS), plain) if any(map(str.isdigit, plain)) else plain
    )


def spelled(plain: str) -> Iterator[tuple[int, int, str]]:
    """Where a number of eight digits and more is written in words, or in part, and its digits."""
    run: list[re.Match[str]] = []
    digits: list[str] = []
    for found in _WORD.finditer(plain):
        said = _digits_of(found[0])
        goes_on = bool(run) and not plain[run[-1].end() : found.start()].strip(" ,.-–/")
        if not said or not goes_on or len(run) == MOST:
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
    if sum(map(len, digits)) < _FEW:
        return False
    words = [found[0].casefold() for found in run if not found[0].isdecimal()]
    if len(words) > 3 or any(word not in SAID for word in words):
        return True
    return run[-1][0].isdecimal() and not _ARTICLES.issuperset(words)
