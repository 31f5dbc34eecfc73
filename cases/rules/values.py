"""Words as people type them, read into the values that are stored.

Every reader takes one cell: "" means not asked and gives "", None or (); a word that is not known raises
NotAllowed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from cases.rules.dates import DASHES, day as day, month as month
from cases.rules.faults import NotAllowed

# In years. This alone names the age classes: all else that knows them reads it.
AGES: Final = ("0-6", "7-12", "13-15", "16-17", "18-24", "25-34", "35-49", "50+")
AGE_CLASSES: Final = (*AGES, "unknown")
STATUSES: Final = ("under_assessment", "presumed", "declined", "identified", "not_victim")

MAX_AGE: Final = 120

_PUNCTUATION: Final = re.compile(r"[^\w+]|_")  # all but letters, figures and plus
_AGE: Final = re.compile(r"(0|[1-9][0-9]?|1[01][0-9])(?:år|years?|y)?")  # no zero before: 06 may be 0-6


def fold(text: str) -> str:
    """A key that forgets case, accents, spaces and punctuation: "Västra  Götalands län" ->
    "vastragotalandslan"."""
    plain = text.casefold()
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return _PUNCTUATION.sub("", plain)


def bare(key: str) -> str:
    """A code without the prefix of its list: "purpose:labour" -> "labour"."""
    return key.rpartition(":")[2]


def _words(**words: str) -> dict[str, str]:
    return {fold(word): value for value, text in words.items() for word in (value, *text.split("|"))}


_ANSWERS: Final = _words(
    yes="ja|y|j|true|sant", no="nej|n|false|falskt", unknown="okänt|okänd|vet ej|ej känt"
)
_SEXES: Final = _words(
    F="female|woman|women|girl|kvinna|kvinnor|flicka|k",
    M="male|man|men|boy|män|pojke",
    O="other|annat|annan|annat kön|other sex",
    U="unknown|not recorded|okänt|okänd|ej noterat|ej registrerat|ej känt|uppgift saknas",
)
_STATUSES: Final = _words(
    under_assessment="presumed victim, under assessment|presumed, under assessment"
    "|förmodat offer, bedömning pågår|bedömning pågår|under bedömning",
    presumed="presumed victim|presumed, criteria judged met|förmodat offer|förmodad"
    "|förmodat offer, kriterier bedöms uppfyllda",
    declined="declined formal identification|presumed, declined formal identification"
    "|har avböjt formell identifiering|avböjt formell identifiering"
    "|förmodat offer, avböjt formell identifiering|avböjt",
    identified="identified victim|identifierat offer|identifierad",
    not_victim="judged not a victim|not a victim|bedömd ej vara offer|ej offer|inte offer",
)


def answer(text: str) -> str:
    """yes, no or unknown; "" when empty."""
    return named(text, _ANSWERS, code="not_allowed", allowed="yes, no, unknown")


def sex(text: str) -> str:
    """F, M, O (other) or U (not recorded). A girl is F: whether the person is a child is another fact."""
    return named(text, _SEXES, code="not_allowed", allowed="F, M, O, U")


def status(text: str) -> str:
    return named(bare(text), _STATUSES, code="not_allowed", allowed=", ".join(STATUSES))


def years_of(ages: str) -> tuple[int, int]:
    """Return the lowest and the highest age of a class such as "18-24" or "50+"."""
    lowest, dash, highest = ages.rstrip("+").partition("-")
    return int(lowest), int(highest) if dash else MAX_AGE


def span_of(ages: str, spans: Iterable[str]) -> str:
    """Return which of several wider classes a class belongs to."""
    lowest, _highest = years_of(ages)
    return next(span for span in spans if lowest <= years_of(span)[1])


def age_class(text: str) -> str:
    """One of AGE_CLASSES, from hyphen, en dash or minus, with or without spaces and "år"; of an exact age the
    class that it lies in."""
    plain = DASHES.sub("-", unicodedata.normalize("NFKC", text)).replace(" ", "").casefold()
    if not plain:
        return ""
    if (named := plain.removesuffix("år")) in AGE_CLASSES:
        return named
    if exact := _AGE.fullmatch(plain):
        return span_of(exact[1], AGES)
    if _ANSWERS.get(fold(text)) == "unknown":
        return "unknown"
    raise NotAllowed("not_allowed", text.strip(), allowed=", ".join(AGE_CLASSES))


def several(text: str) -> tuple[str, ...]:
    """The values of one cell, parted by | or ; in the order typed, each once."""
    parts = (one.strip() for one in re.split(r"[|;]", text))
    return tuple(dict.fromkeys(part for part in parts if part))


@dataclass(frozen=True, slots=True)
class MeasureFact:
    """`kind` as typed, without prefix; `month` is its first day."""

    kind: str
    month: date


def measure(text: str) -> MeasureFact | None:
    """`kind:2018-07`, with or without the prefix `measure:`; kind and month may be parted by a blank. Raises
    NotAllowed."""
    if not text.strip():
        return None
    part = ":" if ":" in text else " "
    before, _part, when = text.strip().rpartition(part)
    kind = bare(before).strip()
    first = month(when) if kind and (part == ":" or when[:1].isdecimal()) else None
    if first is None:
        raise NotAllowed("measure_format", text.strip())
    return MeasureFact(kind, first)


@lru_cache(maxsize=8192)
def name_folded(name: str) -> str:
    """`fold` of a name in a list, of which there are some thousand. What somebody types is not kept."""
    return fold(name)


def index(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names to values, by folded name, for `named`: pairs of (name, value). A name of two values is left
    out."""
    found: dict[str, str] = {}
    doubtful = {""}
    for name, value in pairs:
        key = name_folded(name)
        if found.setdefault(key, value) != value:
            doubtful.add(key)
    for key in doubtful:
        found.pop(key, None)
    return found


def named(text: str, names: Mapping[str, str], *, code: str = "unknown_name", **params: object) -> str:
    """The value that `names` (made by `index`) has for what is typed. Raises NotAllowed `code`."""
    if not text.strip():
        return ""
    if fold(text) not in names:
        raise NotAllowed(code, text.strip(), **params)
    return names[fold(text)]


def code(text: str, names: Mapping[str, str]) -> str:
    """A member of a code list, with or without its prefix, by code or label. Raises NotAllowed
    `unknown_code`."""
    if fold(text) in names:
        return names[fold(text)]
    without_prefix = bare(text)
    if text.strip() and not without_prefix.strip():
        raise NotAllowed("unknown_code", text.strip())
    return named(without_prefix, names, code="unknown_code")
