"""Who stands in a row, as people write it: "3 kvinnor", "flicka 15 år", "M/34", "20-25", "<18". Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Final, NamedTuple

from cases.rules.values import AGES, years_of
from legacy_import.sheets.vocabulary import LISTS, NUMBERS

CLASSES: Final = {ages: years_of(ages) for ages in AGES}
MAX_PERSONS: Final = 200  # persons in one row
ADULT: Final = "no?"  # what "kvinna" says of age where nothing else does
NOUNS: Final = {
    word: (sex, child)
    for (sex, _sign, child), words in (
        (value.partition(":"), words) for value, words in LISTS["noun"].items()
    )
    for word in words
}
_LETTERS: Final = {"k": ("F", ADULT), "m": ("M", ADULT), "p": ("M", "yes"), "u": ("U", ""), "b": ("U", "yes")}
_COUNT: Final = "|".join((r"\d{1,3}", *NUMBERS))
_PART: Final = re.compile(
    rf"(?:ca\.? )?(?:(?P<count>{_COUNT})\s*"
    r"(?:st\.?|stycken|x|\*|förmodade?|unga|yngre|vuxna|vuxen|okända)?\s+)?"
    r"(?:(?:ung|yngre|äldre|vuxen|okänd|förmodad)\s+)?"
    rf"(?P<tight>\d{{1,3}})?(?P<noun>[a-zåäöé?/-]+)\.?(?:\s*[x*]\s*(?P<times>\d{{1,3}})|\s+(?P<pieces>\d{{1,3}})\s*st\b\.?)?"
    r"(?:\s*\(\s*(?P<within>\d{1,3})\s*(?:st)?\s*\))?(?P<rest>.*)"
)
_WITHIN: Final = re.compile(
    rf"(?P<count>{_COUNT})\s+(?P<noun>[a-zåäö]+)\s*\((?P<ages>[^()]*(?:,|och|&|/)[^()]*)\)"
)
_LETTERS_IN_A_ROW: Final = re.compile(r"\d{1,2} ?[kmfpb](?: \d{1,2} ?[kmfpb])+")
_FAMILY: Final = re.compile(
    rf"(?:familj|sällskap|grupp)(?: (?:på|om|med))? (?P<count>{_COUNT})(?: pers(?:oner)?)?"
)
_DECADE: Final = re.compile(r"\bi (?:den )?(\d)0[- ]?års ?åldern")
_JOIN: Final = re.compile(r"\s*(?:\+|,|;|&|\boch\b|\bsamt\b|\bo\b|\n|\bmed\b(?= \d))\s*")
_AGE: Final = re.compile(
    r"[ (/,:.-]*(?:ca\.? ?|cirka |ålder )?(?P<age>[<>]?\d{1,2}(?:\s*[-/–]\s*\d{1,2})?)\s*"
    r"(?:år(?:ig|iga)?|åring|å|y|yrs)?\.?[ )?]*"
)


class Who(NamedTuple):
    """So many alike. `child`: yes, no, "" or ADULT."""

    many: int
    sex: str
    child: str
    age: str = ""


class Age(NamedTuple):
    klass: str  # "" where it says only whether the person is a child
    child: str
    sure: float = 1.0


def _class_of(low: int, high: int) -> str:
    return next((ages for ages, (a, b) in CLASSES.items() if a <= low and high <= b), "unknown")


_BEHIND: Final = {  # what words behind a noun say of age
    "": "",
    **dict.fromkeys(("under 18", "under 18 år", "<18", "minderårig", "(barn)", "barn", "/barn"), "yes"),
    **dict.fromkeys(("över 18", "över 18 år", "vuxen", "vuxna", "(vuxen)", "/vuxen"), "no"),
}
_AGE_WORDS: Final = {
    **dict.fromkeys(("barn", "minderårig", "child", "minor", "bebis", "spädbarn", "omyndig"), Age("", "yes")),
    **dict.fromkeys(("vuxen", "vuxna", "adult", "myndig", "medelålders", "äldre"), Age("", "no")),
    **dict.fromkeys(("ung vuxen", "unga vuxna"), Age(_class_of(18, 24), "no", 0.9)),
}


def who(text: str, letters: Collection[str] = ()) -> list[Who]:
    """Empty where it cannot be read. `letters`: the single letters that the column uses, by which F is a
    girl or a woman."""
    plain = _plain(text)
    if len(plain) > 120:
        return []
    parts = (one for one in _JOIN.split(plain) if one)
    found: list[Who] = []
    ages: list[str] = []
    for part in parts:
        age_alone = _AGE.fullmatch(part)
        if found and age_alone:
            ages.append(age_alone["age"])
        elif read := _part(part, letters):
            found.append(read[0])
            ages += read[1]
        else:
            return []
    return _aged(found, ages)


def _plain(text: str) -> str:
    """In small letters, with a comma between those who stand on lines of their own or without one between:
    "2K 1M", "2 kvinnor (22 och 24 år)"."""
    lines = (" ".join(line.split()) for line in text.casefold().splitlines())
    plain = ", ".join(line for line in lines if line).strip(" .,")
    plain = _DECADE.sub(r"\g<1>0-\g<1>9", _WITHIN.sub(_each_with_age, plain))
    if family := _FAMILY.fullmatch(plain):
        return f"{family['count']} personer"
    return re.sub(r"(?<=[kmfpb]) ", ", ", plain) if _LETTERS_IN_A_ROW.fullmatch(plain) else plain


def _each_with_age(match: re.Match[str]) -> str:
    """One for each age, where there are as many."""
    ages = re.findall(r"\d{1,2}", match["ages"])
    if _number(match["count"]) != len(ages):
        return match[0]
    return ", ".join(f"1 {match['noun']} {age}" for age in ages)


def _number(text: str) -> int:
    return NUMBERS.get(text) or int(text)


def _part(part: str, letters: Collection[str]) -> tuple[Who, list[str]] | None:
    """Return who stands in a part, with the age that stands behind; None where it cannot be read."""
    match = _PART.fullmatch(part)
    if not match:
        return None
    noun = match["noun"].strip("/-")
    said = NOUNS.get(noun) or _letter(noun, letters)
    count = _count(match)
    behind = match["rest"].strip()
    age = None if behind in _BEHIND else _AGE.fullmatch(behind)
    if not said or not count or not (age or behind in _BEHIND):
        return None
    sex, child = said
    return Who(count, sex, _BEHIND.get(behind) or child), [age["age"]] if age else []


def _count(part: re.Match[str]) -> int:
    """Return how many a part tells of; 0 where it counts twice, or too many."""
    counts = [one for one in part.group("count", "tight", "times", "pieces", "within") if one]
    if len(counts) > 1:
        return 0
    count = _number(next(iter(counts), "1"))
    return count if count <= MAX_PERSONS else 0


def _letter(letter: str, letters: Collection[str]) -> tuple[str, str] | None:
    if letter == "f":
        return ("F", "yes") if {"k", "p"} & {*letters} else ("F", ADULT)
    return _LETTERS.get(letter)


def _aged(found: list[Who], ages: list[str]) -> list[Who]:
    """Ages go to whom they stand behind: to each of several alike, or one to each."""
    if not ages:
        return found
    if len(found) == 1 and found[0].many == len(ages):
        return [found[0]._replace(many=1, age=age) for age in ages]
    if len(found) == len(ages):
        return [one._replace(age=age) for one, age in zip(found, ages, strict=True)]
    return []


def encode(people: Sequence[Who]) -> str:
    return "+".join(f"{person.many}:{person.sex}:{person.child}:{person.age}" for person in people)


def decode(text: str) -> list[Who]:
    parts = (part.split(":") for part in (one for one in text.split("+") if one))
    return [Who(int(count), sex, child, age) for count, sex, child, age in parts]


_BORN: Final = re.compile(r"(?:ca|cirka|f|född)?\.? ?((?:19|20)\d\d)(?:\D.*|\d{4}(?:\D.*|\d{4})?)?")
_KEPT_AGE: Final = {"yes": "barn", "no": "vuxen"}  # what is kept in place of a year of birth
_ENDS_IN_AGE: Final = re.compile(r"(?:^|, )(barn|vuxen)$")


def child_of_birth(text: str, year: int) -> str:
    """Return whether who was born then is a child in a year: "" in the year of the eighteenth birthday."""
    if kept := _ENDS_IN_AGE.search(text):
        return {"barn": "yes", "vuxen": "no"}[kept[1]]
    born = _BORN.fullmatch(text.strip().casefold())
    years = year - int(born[1]) if born and year else 18
    return "no" if years > 18 else "yes" if 0 <= years < 18 else ""


def without_age(text: str) -> str:
    return _ENDS_IN_AGE.sub("", text)


def with_age(word: str, text: str, year: int) -> str:
    """Return the word that stands for an identity, with all that is kept of the birth: child or adult."""
    age = _KEPT_AGE.get(child_of_birth(text, year), "")
    return ", ".join(one for one in (word, age) if one) or "okänt"


# How an age is written, and the span of years that its numbers mean.
_SPANS: Final[tuple[tuple[str, Callable[..., tuple[int, int]]], ...]] = (
    (r"(\d{1,3})(?:[.,]\d)?", lambda age: (age, age)),
    (r"(\d{1,2})\s*(?:-|/|till|el\.?|eller|–)\s*(\d{1,2})", lambda *ends: (min(ends), max(ends))),
    (r"(\d)0\s*(?:-?(?:tal(?:et)?|årsåldern|års åldern|\s*års?))", lambda ten: (10 * ten, 10 * ten + 9)),
    (r"(?:<|under|yngre än|u) ?(\d{1,2})", lambda above: (0, above - 1)),
    (r"(?:>|över|äldre än|ö) ?(\d{1,2})", lambda below: (below, 120)),
    (r"(\d{1,2})(?:\+| och äldre| eller äldre| och uppåt)", lambda below: (below, 120)),
)


def age(text: str) -> Age | None:
    """Return what an age says, by year, span, decade or word."""
    plain = re.sub("[\u2010-\u2015\u2212]", "-", text.strip().casefold())
    plain = re.sub(r"^(?:ca|cirka|omkring|runt|ungefär|uppsk\.?|uppskattad|c:a)\.? ?", "", plain)
    above = "+" if re.search(r"\d\s*\+", plain) else ""
    plain = re.sub(r"\s*(?:år(?:ig)?(?: gammal)?|åring|å\.?|yrs?|years?)\s*$", "", plain)
    plain = plain.rstrip(" ?.+").strip() + above
    for pattern, span in _SPANS:
        if match := re.fullmatch(pattern, plain):
            return _of_span(*span(*(int(group) for group in match.groups())))
    if re.fullmatch(r"\d{1,2} ?(?:mån(?:ader)?|mån\.|veckor|v|dagar|m)", plain):
        return Age(_class_of(0, 6), "yes")
    return _AGE_WORDS.get(plain)


def _of_span(low: int, high: int) -> Age | None:
    if low > 120:
        return None
    return Age(_class_of(low, high), "yes" if high < 18 else "no" if low >= 18 else "")
