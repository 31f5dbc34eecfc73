"""What a heading names: a column of a known kind, or one value that its cells mark. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from lifecycle.takeover.people import ADULT, NOUNS
from lifecycle.takeover.vocabulary import EXACT, NEAR, Vocabulary

_NUMBER: Final = re.compile(r"-?\d+(?:[.,]\d+)?(?: ?%)?")
_DAY: Final = re.compile(r"\d+(?:[-/.: ]+\d+)+")  # digits alone, which no heading is nearly
_AROUND: Final = re.compile(
    r"[():*?!\"'”]|\b(?:ev|ca|nr|offrets|offer|klientens|personens)\b\.?", re.IGNORECASE
)
_OF_THEM: Final = re.compile(r"(?:antal|ant\.?|#|nr|summa|varav|därav)\s+([a-zåäö]+)\.?")
_MARKED: Final = ("main_purpose", "agency", "channel", "offence")
_WEAK: Final = {"women", "men", "girls", "boys", "children", "unknown", "total"}
_CHILD: Final = re.compile(r"(?:<|\bunder|\bu)\s*18(?:\s*år)?")
_GROWN: Final = re.compile(
    r"(?:>|≥|\böver|\bfrån|\bminst)\s*18(?:\s*år)?|\b18\s*(?:\+|år och (?:över|äldre))"
)
_FILLING: Final = {
    "antal",
    "ant",
    "offer",
    "offret",
    "offrets",
    "år",
    "st",
    "förmodade",
    "varav",
    "därav",
    "number",
    "of",
}
_LETTERS: Final = {"k": "F", "f": "F", "m": "M", "p": "M"}
_GROUPS: Final = {("F", ADULT): "women", ("M", ADULT): "men", ("F", "yes"): "girls", ("M", "yes"): "boys"}


def is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text.strip()))


def heading_key(heading: str) -> str:
    """By which an answer about a heading is kept: without regard to case and blanks."""
    return " ".join(heading.casefold().split())


@dataclass
class Headings:
    """`kept`: what has been answered of headings, by their key."""

    vocabulary: Vocabulary
    kept: dict[str, str] = field(default_factory=dict)
    _memo: dict[str, list[tuple[str, float]]] = field(default_factory=dict)

    def of(self, heading: str) -> list[tuple[str, float]]:
        """Concepts with how sure they are, the surest first."""
        key = heading_key(heading)
        if key in self.kept:
            return [(self.kept[key], 2.0)]
        if key not in self._memo:
            self._memo[key] = self._of(heading)
        return self._memo[key]

    def _of(self, heading: str) -> list[tuple[str, float]]:
        if len(heading) > 80 or is_number(heading) or _DAY.fullmatch(heading.strip()):
            return []
        found: dict[str, float] = {}
        for text, less in self._ways(heading):
            for concept, sure in self.vocabulary.headings.near(text):
                if sure >= 0.55:
                    found[concept] = max(found.get(concept, 0), sure - less)
        if max(found.values(), default=0) < NEAR:
            for concept, sure in self._words(heading):
                found[concept] = max(found.get(concept, 0), sure)
        for concept, sure in self._marks(heading):
            found[concept] = max(found.get(concept, 0), sure)
        return sorted(found.items(), key=lambda one: -one[1])[:5]

    def _ways(self, heading: str) -> Iterable[tuple[str, float]]:
        yield heading, 0.0
        bare = " ".join(_AROUND.sub(" ", heading).split())
        if bare and bare != heading:
            yield bare, 0.03
        before = re.split(r"[(/,–-]", heading)[0].strip()
        if before and before not in {heading, bare}:
            yield before, 0.05

    def _words(self, heading: str) -> Iterable[tuple[str, float]]:
        """Known names within it, the longest: "Datum då offret identifierades" is a day."""
        words = re.findall(r"[^\W_]+", heading.casefold())
        for place in range(len(words)):
            for size in (3, 2, 1):
                part = " ".join(words[place : place + size])
                if len(part) >= 3 and (concept := self.vocabulary.headings.exact(part)):
                    yield concept, 0.86 - place / 50 + (size - 1) / 50 - (0.1 if len(words) > 4 else 0)
                    break

    def _marks(self, heading: str) -> Iterable[tuple[str, float]]:
        word = heading.casefold().strip(" .")
        if (said := NOUNS.get(word)) and said in _GROUPS:
            yield _GROUPS[said], 0.9
        number = _OF_THEM.fullmatch(word)
        if number and (said := NOUNS.get(number[1])) and said in _GROUPS:
            yield _GROUPS[said], EXACT
        if group := _grouped(word):
            yield group, 0.97
        for concept in _MARKED:
            value = self.vocabulary.names[concept].exact(heading)
            if value and len(word) > 2:
                yield f"mark:{concept}={value}", 0.9

    def known(self, texts: Iterable[str]) -> set[str]:
        """The concepts that are surely named; marks count as one."""
        found = set()
        for text in set(texts):
            of = self.of(text)
            if of and of[0][1] >= 0.8:
                found.add(of[0][0].split("=")[0] if of[0][0].startswith("mark:") else of[0][0])
        return found

    def strong(self, texts: Iterable[str]) -> set[str]:
        """Those that are no value too: "Kvinna" and "Polisen" may stand in any row."""
        return {one for one in self.known(texts) if not one.startswith("mark:") and one not in _WEAK}

    def like(self, texts: Iterable[str]) -> float:
        """The share that are named at all."""
        every = list(texts)
        return sum(bool(self.of(text) and self.of(text)[0][1] >= EXACT - 0.25) for text in every) / max(
            len(every), 1
        )


def _grouped(heading: str) -> str:
    """Women, men, girls or boys, where sex and age are each told by a word or letter: "Vuxna K", "Barn (P)",
    "kvinnor >18"; else ""."""
    words = re.findall(r"[^\W\d_]+", _GROWN.sub(" vuxna ", _CHILD.sub(" barn ", heading)))
    said = [NOUNS.get(word) or (_LETTERS.get(word, ""), "") for word in words if word not in _FILLING]
    sexes = {sex for sex, _child in said} - {"U"}
    ages = {child for _sex, child in said} & {"yes", "no"}
    if len(sexes) != 1 or len(ages) != 1 or len(said) < 2:
        return ""
    [sex] = sexes
    return _GROUPS.get((sex, "yes" if ages == {"yes"} else ADULT), "")


def by_letters(headings: Sequence[str]) -> dict[str, str]:
    """What single letters count where K or F stands beside M: P only boys, F girls beside K, else women."""
    letters = {text.strip(" .").casefold() for text in headings}
    if "m" not in letters or not letters & {"k", "f"}:
        return {}
    named = {"k": "women", "m": "men", "p": "boys", "f": "girls" if "k" in letters else "women"}
    return {letter: group for letter, group in named.items() if letter in letters}
