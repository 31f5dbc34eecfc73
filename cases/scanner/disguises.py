"""Digits that are written as letters or as words, to the digits that they stand for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_AS_DIGITS: Final = str.maketrans("OoQDlI|!SsBZz", "0000111155822")
# A run of digits in which letters stand that look like digits.
_MIXED: Final = re.compile(
    r"(?<!\w)(?=(?:[^\d\n]{0,6}\d){5})[\dOoQDlI|!SsBZz][\dOoQDlI|!SsBZz \-+.]{8,20}(?!\w)"
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
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?|\d+")
MOST: Final = 24  # words of a number


def with_digits(plain: str) -> str:
    """As long as the text: with the digits that letters in a number stand for."""
    return (
        _MIXED.sub(lambda run: run[0].translate(_AS_DIGITS), plain) if any(map(str.isdigit, plain)) else plain
    )


def spelled(plain: str) -> Iterator[tuple[int, int, str]]:
    """Where a number is written in words, and its digits; of eight digits and more."""
    begin = end = 0
    digits, words = "", 0
    for found in _WORD.finditer(plain):
        said = SAID.get(found[0].casefold(), found[0] if found[0].isdecimal() and words else "")
        if said and (not words or not plain[end : found.start()].strip(" ,.-–/")) and words < MOST:
            begin = begin if words else found.start()
            digits, end, words = digits + said, found.end(), words + 1
            continue
        if words > 3:
            yield begin, end, digits
        digits, words = said, int(bool(said))
        begin, end = found.start(), found.end()
    if words > 3:
        yield begin, end, digits
