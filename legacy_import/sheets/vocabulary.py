"""The lists of the register, and the word among them that is nearest to what somebody typed. Pure.

What people call the columns of their spreadsheets, and how they write what stands in them: in
`reference/spreadsheet_words.csv`, and of a code in its own line (`agencies.code_words`).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import cached_property, lru_cache
from itertools import product, repeat
from pathlib import Path
from typing import Final

from agencies.code_words import country_words, sheet_words
from cases.rules.values import fold

_FILE: Final = Path(__file__).resolve().parents[1] / "reference" / "spreadsheet_words.csv"


def _read() -> dict[str, dict[str, tuple[str, ...]]]:
    found = {name: dict(forms) for name, forms in sheet_words().items()}
    with _FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["list"], {})[row["value"]] = tuple(row["words"].split("|"))
    return found


# list → value → words: heading, purpose, agency, offence, channel, sector, status, colour, county,
# municipality.
LISTS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = _read()

TOTALS: Final = (
    r"(?:summa|(?:grand )?total(?:t|en|summa)?|sum|sammanlagt|delsumma|subtotal|s:a|tot|antal totalt"
    r"|totalt antal|hela året|helår(?:et)?|året)\b|antal(?: personer| offer)?\s*:"
)
# What says that the words beside it do not hold.
_NEGATED: Final = re.compile(r"\b(?:inte|ej|icke|inget|ingen|aldrig|utan|not|no|never)\b", re.IGNORECASE)
# A part of what stands above.
OF_THESE: Final = r"(?:varav|därav|av (?:dessa|vilka|dem)|(?:kvartal|tertial|halvår|kv\.?|q) ?\d)\b"
_WORDS: Final = ("empty", "unknown", "ditto", "yes", "no", "months")
EMPTY, UNKNOWN, DITTO, YES, NO, MONTHS = (LISTS["word"][one] for one in _WORDS)
NUMBERS: Final = {
    **{"en": 1, "ett": 1, "två": 2, "tva": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "åtta": 8},
    **{"nio": 9, "tio": 10, "elva": 11, "tolv": 12},
}


EXACT: Final = 1.0
PART: Final = 0.92  # a known word within what is typed
SIMILAR: Final = 0.9  # nearly a known word, and no other as near
PERHAPS: Final = 0.6  # to be proposed, never taken unasked
DOUBTED: Final = 0.5  # a word beside "inte": asked about
_LONG_ENOUGH: Final = 5  # letters of a word that is found though it is misspelled
_SHORT: Final = 4
_CUTOFF: Final = 0.84
_SMALL: Final = {
    *("av", "i", "om", "hos", "en", "ett", "på", "till", "via", "och", "som", "den", "för", "med", "från")
}
_INTERNATIONAL: Final = re.compile(r"se-?[a-z]{1,2}", re.IGNORECASE)  # SE-X: "sex" is no county
_COUNTS_NOT: Final = re.compile("status=not_victim|dropped=")
_BETWEEN: Final = re.compile(r"[^\w+]|_")
_WORD: Final = re.compile(r"[^\W_]+(?:[-.:][^\W_]+)*")

Ranked = list[tuple[str, float]]  # values with how sure they are, the surest first


def surest_first(found: Iterable[tuple[str, float]]) -> Ranked:
    """Return each value once, as sure as it ever is."""
    surest: dict[str, float] = {}
    for value, sure in found:
        surest[value] = max(surest.get(value, 0), sure)
    return sorted(surest.items(), key=lambda one: one[1], reverse=True)


@dataclass(frozen=True)
class CodeNames:
    of: Mapping[str, str]
    parts: bool = False  # a word of the cell is enough
    stems: bool = False  # and so is how it begins

    @classmethod
    def made(cls, *sources: Iterable[tuple[str, str]], parts: bool = False, stems: bool = False) -> CodeNames:
        """Names keep their accents, by which mån and män differ; without them a longer one is known too."""
        found: dict[str, str] = {}
        pairs = [one for source in sources for one in source]
        for name, value in pairs:
            found.setdefault(_key(name), value)
        for name, value in pairs:
            if len(name) > _SHORT:
                found.setdefault(fold(name), value)
        found.pop("", None)
        return cls(found, parts, stems)

    def exact(self, text: str) -> str:
        return self.of.get(_key(text), "") or self.of.get(fold(text), "")

    def near(self, text: str) -> Ranked:
        """Return at most four values; beside a negation none of them is surer than a question."""
        if value := self.exact(text):
            return [(value, EXACT)]
        within = self._within(text) if self.parts else ()
        ranked = surest_first([*within, *self._alike(_key(text))])[:4]
        if _NEGATED.search(text):
            return [(value, min(sure, DOUBTED)) for value, sure in ranked]
        if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < 0.001:
            # Two that are as near, such as Litauen and Lettland, are both only proposed.
            return [(value, min(sure, PERHAPS + 0.1)) for value, sure in ranked]
        return ranked

    def _alike(self, key: str) -> Iterator[tuple[str, float]]:
        if len(key) < 3:
            return
        for name in get_close_matches(key, self.of, n=6, cutoff=0.6):
            likeness = SequenceMatcher(None, key, name).ratio()
            near = min(len(key), len(name)) >= _LONG_ENOUGH and likeness >= _CUTOFF
            yield self.of[name], SIMILAR + likeness / 100 - 0.01 if near else likeness * PERHAPS

    def _within(self, text: str) -> Iterator[tuple[str, float]]:
        """Known words in what is typed; the first counts for more. A short one is meant where it stands
        first, or in capitals."""
        typed = _WORD.findall(text)
        keys = [_key(one) for one in typed]
        for place, key in enumerate(keys):
            both = key + keys[place + 1] if place + 1 < len(keys) else ""
            alone = self.exact(typed[place]) if _counts(typed, place) else ""
            if found := self.of.get(both, "") or alone:
                yield found, PART - place / 100
                continue
            if stem := self._stem(key):
                yield self.of[stem], PART - 0.01 - place / 100

    def _stem(self, key: str) -> str:
        """Return the longest name with which a word begins, where such names are enough; else ""."""
        names = self.of if self.stems else ()
        return max(
            (name for name in (name for name in names if key.startswith(name)) if len(name) >= 4),
            key=len,
            default="",
        )


def _counts(typed: list[str], place: int) -> bool:
    word = typed[place]
    if len(word) < 2 or word.casefold() in _SMALL:
        return False
    return len(word) > 3 or word.isupper() or place == 0


def _key(text: str) -> str:
    """Without case, blanks and signs. Question marks say something where they stand alone."""
    plain = _BETWEEN.sub("", unicodedata.normalize("NFC", text).casefold())
    return plain or ("?" if set(text.strip()) == {"?"} else "")


def of_words(kind: str, prefix: str = "") -> list[tuple[str, str]]:
    """Name and value of a list of the shipped words."""
    return [(name, prefix + value) for value, names in LISTS[kind].items() for name in names]


@dataclass(frozen=True)
class Vocabulary:
    """`names`: by concept. `regions`: county to region. `counties`: of municipalities, by their name."""

    names: Mapping[str, CodeNames]
    regions: Mapping[str, str]
    counties: Mapping[str, str]
    headings: CodeNames

    @cached_property
    def near(self) -> Callable[[str, str], Ranked]:
        """Return what finds the values of a concept that a text may mean."""
        return lru_cache(50_000)(lambda concept, text: self.names[concept].near(text))

    def left_out(self, note: str) -> str:
        """Return the fact of a note that says nothing but that a row does not count, as "utgår, ej MH"."""
        facts = {self.names["colour"].exact(one) for one in re.split(r"[,;.:!/]\s+", note.strip())}
        return facts.pop() if len(facts) == 1 and all(_COUNTS_NOT.match(fact) for fact in facts) else ""

    def region_named(self, text: str) -> str:
        """The one region that words of a text name, or a county of it, as "NMT Väst 2018, slut". "" where
        none or several are."""
        typed = _WORD.findall(text.replace("_", " "))
        starts = [place for place, word in enumerate(typed) if word[0].isupper()]
        told = {" ".join(typed[place : place + size]) for place, size in product(starts, (1, 2, 3))}
        counties = (self.names["county"].exact(one) for one in told)
        regions = (
            *(self.names["region"].exact(one) for one in told),
            *(self.regions.get(county) for county in counties),
        )
        found = {region for region in regions if region}
        return found.pop() if len(found) == 1 else ""


def build(
    names: Mapping[str, Mapping[str, str]],
    municipalities: Iterable[tuple[str, str]],
    regions: Iterable[tuple[str, str]],
    region_of_county: Mapping[str, str],
) -> Vocabulary:
    """`names`: of the register, by the kind of a fact: purpose, agency, county, country, offence, sector,
    channel. `municipalities`: name and county. `regions`: name and code."""
    counties_of = dict(municipalities)
    counties = of_words("county")
    lists = {
        kind: CodeNames.made(of_words(kind), names.get(kind, {}).items(), parts=True, stems=True)
        for kind in ("agency", "purpose", "offence", "channel", "sector")
    }
    lists |= {
        "county": CodeNames.made(
            counties,
            [item for item in names.get("county", {}).items() if not _INTERNATIONAL.fullmatch(item[0])],
            [(f"{name} län", code) for name, code in counties],
            parts=True,
        ),
        "region": CodeNames.made(regions, [(f"region {name}", code) for name, code in regions]),
        "municipality": CodeNames.made(
            zip(counties_of, counties_of, strict=True),
            of_words("municipality"),
            [(f"{name}s kommun", name) for name in counties_of],
            parts=True,
        ),
        "citizenship": CodeNames.made(_peoples(), names.get("country", {}).items(), parts=True),
        "status": CodeNames.made(of_words("status")),
        "colour": CodeNames.made(
            of_words("status", "status="), of_words("colour"), of_words("county", "county="), parts=True
        ),
    }
    lists["main_purpose"] = lists["purposes"] = lists.pop("purpose")
    return Vocabulary(lists, dict(region_of_county), counties_of, CodeNames.made(of_words("heading")))


def _peoples() -> Iterable[tuple[str, str]]:
    for code, forms in country_words().items():
        for form in (code, *forms):
            plain = form.rstrip(".")
            yield plain, code
            if len(plain) > 4:
                yield from ((plain + ending, code) for ending in ("a", "t", "er", "are", "en", "n"))
    unknown = ("okänt", "okänd", "?", "vet ej", "oklart", "unknown", "uppgift saknas", "ej känt")
    yield from zip(unknown, repeat("ZZ"), strict=False)
