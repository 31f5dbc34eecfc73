"""One cell to the facts that it tells, with how sure that is. Pure.

Facts are texts by name: `on` (a day, month or year), `who` (see `people.encode`), `count`, `women` and the
like, and the register's own names of columns. Nothing that identifies a person is ever among them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from cases import scanner
from cases.rules.values import fold
from exchange.pages import UNCALCULATED
from lifecycle.takeover import dates, people, words
from lifecycle.takeover.vocabulary import PERHAPS, Vocabulary

SURE: Final = 0.85  # from here on nobody is asked
COUNTS: Final = ("women", "men", "girls", "boys", "children", "unknown")
_JOIN: Final = re.compile(r"\s*(?:[/,;+&|\n]|\boch\b|\bsamt\b)\s*")
_NUMBER: Final = re.compile(r"(\d{1,4})(?:\.0)?(?: ?(?:st|pers|personer|barn))?\.?")
_LISTED: Final = ("citizenship", "status", "offence", "channel", "sector")
_OPEN: Final = {  # what "not known" says in a column
    "citizenship": {"citizenship": "ZZ"},
    "main_purpose": {"main_purpose": "purpose:unknown"},
    "sex": {"who": "1:U::"},
    "child": {"child": "unknown"},
    "age_class": {"age_class": "unknown"},
}
_LIKE_A_NAME: Final = re.compile(r"[A-ZÅÄÖÉ][^\W\d_]+(?:[ -]+[A-ZÅÄÖÉ][^\W\d_]+){1,4}")
_YES, _NO = ({fold(word) or word for word in some} for some in (words.YES, words.NO))
_EMPTY, _UNKNOWN = frozenset(words.EMPTY), frozenset(words.UNKNOWN)

Facts = Mapping[str, str]


class Said(NamedTuple):
    """What a cell says. Not `sure`: proposals, the likeliest first, of which somebody takes one."""

    facts: Facts
    sure: float = 1.0
    others: tuple[Facts, ...] = ()


NOTHING: Final = Said({})
UNREAD: Final = Said({}, 0.0)


@dataclass(frozen=True)
class Around:
    """What is known of a column before its cells are read: the single letters that it uses, the year of its
    sheet and its month, and whether months stand before days."""

    letters: frozenset[str] = frozenset()
    year: int | None = None
    month_first: bool = False
    month: int | None = None


_MARKS: Final = re.compile(r"\(\s*•[\s•]*\)|•")  # of names that have been left behind


def key_of(text: str) -> str:
    """By which an answer to a cell is kept: without case, blanks and signs."""
    return fold(text) or text.strip()


@dataclass
class Reader:
    """Reads cells by the concept of their column; what has been answered before is taken first."""

    vocabulary: Vocabulary
    answered: Mapping[str, Mapping[str, Facts]] = field(default_factory=dict)
    memo: dict[tuple[str, str, Around], Said] = field(default_factory=dict)

    def read(self, concept: str, text: str, around: Around) -> Said:
        if concept.startswith("drop:") or not text:
            return NOTHING
        known = self.answered.get(concept, {}).get(key_of(text))
        if known is not None:
            return Said(known)
        if concept in {"case", "person"}:
            return _reference(concept, text)
        memo = concept, text, around
        if memo not in self.memo:
            if len(self.memo) > 50_000:
                self.memo.clear()
            self.memo[memo] = self._read(concept, text, around)
        return self.memo[memo]

    def _read(self, concept: str, text: str, around: Around) -> Said:
        text = " ".join(_MARKS.sub(" ", text).split()) or text  # a mark alone may say yes
        plain = text.strip().casefold()
        if plain in _EMPTY:
            return NOTHING
        if plain == UNCALCULATED:
            return UNREAD
        if concept.startswith("mark:"):
            return _mark(concept.removeprefix("mark:"), plain)
        if plain in _UNKNOWN and not (concept in self._special and self._exact(concept, text)):
            return Said(_OPEN.get(concept, {}))
        return self._by_concept[concept](text, around)

    _special = frozenset({"status", "sector", "channel"})

    def _exact(self, concept: str, text: str) -> str:
        return self.vocabulary.names[concept].exact(text)

    @cached_property
    def _by_concept(self) -> Mapping[str, Callable[[str, Around], Said]]:
        return {
            "identified_on": _day,
            "year": _day,
            "month": _month,
            "sex": _who,
            "child": _child,
            "age_class": _age,
            "count": _count,
            "accompanying": _accompanying,
            "agency": self._agency,
            "county": self._place("county", "municipality", "region"),
            "municipality": self._place("municipality", "county", "region"),
            "region": self._place("region", "county", "municipality"),
            "main_purpose": self._purposes,
            "purposes": self._purposes,
            "total": lambda text, around: _number("total", text),
            **{name: self._listed(name) for name in _LISTED},
            **{name: _number_of(name) for name in COUNTS},
        }

    def _listed(self, concept: str) -> Callable[[str, Around], Said]:
        def read(text: str, around: Around) -> Said:
            return _ranked(concept, self.vocabulary.near(concept, text))

        return read

    def _agency(self, text: str, around: Around) -> Said:
        """With the municipality that stands behind, such as "soc Malmö"."""
        said = _ranked("agency", self.vocabulary.near("agency", text))
        place = self.vocabulary.near("municipality", text)
        if (
            said.sure >= SURE
            and place
            and place[0][1] >= SURE
            and said.facts["agency"] in {"social", "coordinator"}
        ):
            return Said({**said.facts, "municipality": place[0][0]}, said.sure)
        return said

    def _place(self, *concepts: str) -> Callable[[str, Around], Said]:
        """By the list of the column first; then by the others, which people write in its place."""

        def read(text: str, around: Around) -> Said:
            ranked = [(c, *one) for c in concepts for one in self.vocabulary.near(c, text)]
            if not ranked:
                return UNREAD
            sure = [one for one in ranked if one[2] >= SURE]
            exact = [one for one in ranked if one[2] == 1.0]
            best = (exact or sure or sorted(ranked, key=lambda one: -one[2]))[0]
            others = [one for one in ranked if one != best][:3]
            return Said(self._of_place(*best[:2]), best[2], tuple(self._of_place(*one[:2]) for one in others))

        return read

    def _of_place(self, concept: str, value: str) -> Facts:
        if concept == "municipality":
            return {"municipality": value, "county": self.vocabulary.counties[value]}
        return {concept: value}

    def _purposes(self, text: str, around: Around) -> Said:
        """The first is the main one."""
        ranked = self.vocabulary.near("main_purpose", text)
        parts = [part for part in _JOIN.split(text) if part]
        if (ranked and ranked[0][1] == 1.0) or len(parts) < 2:
            said = _ranked("main_purpose", ranked)
            return said if said.sure >= SURE else self._trade(text) or said
        found = [self.vocabulary.near("main_purpose", part) for part in parts]
        if not all(found):
            return _ranked("main_purpose", ranked, most=PERHAPS)
        values = list(dict.fromkeys(one[0][0] for one in found))
        sure = min(one[0][1] for one in found)
        facts = {"main_purpose": values[0]} | ({"purposes": "|".join(values[1:])} if values[1:] else {})
        return Said(facts, sure, tuple({"main_purpose": value} for value in values))

    def _trade(self, text: str) -> Said | None:
        """Of who is exploited in a trade the purpose is labour."""
        near = self.vocabulary.near("sector", text)
        told = near and near[0][1] >= SURE and near[0][0] not in {"sector:other", "sector:unknown"}
        return Said({"main_purpose": "purpose:labour", "sector": near[0][0]}, near[0][1]) if told else None


def _ranked(concept: str, ranked: list[tuple[str, float]], most: float = 1.0) -> Said:
    if not ranked:
        return UNREAD
    others = tuple({concept: value} for value, _sure in ranked[1:])
    return Said({concept: ranked[0][0]}, min(ranked[0][1], most), others)


def _reference(concept: str, text: str) -> Said:
    """What identifies somebody is no reference."""
    plain = text.strip()
    if plain.casefold() in _EMPTY | _UNKNOWN:
        return NOTHING
    if _LIKE_A_NAME.fullmatch(plain):
        return NOTHING
    many = sum(map(str.isdigit, plain)) >= 6 or "@" in plain
    if many and _has_identity(plain):
        return NOTHING
    return Said({concept: plain[:60]})


def identifies(text: str) -> bool:
    """Whether a cell seems to tell who somebody is: it is never shown."""
    return scanner.named(text) or any(found.kind != "birth_date" for found in scanner.find(text))


def _has_identity(text: str) -> bool:
    return any(found.reason in IDENTIFYING for found in scanner.find(text))


IDENTIFYING: Final = {"personal_number", "coordination_number", "masked_number", "email"}


def _day(text: str, around: Around) -> Said:
    found = dates.read(text, year=around.year, month=around.month, month_first=around.month_first)
    return Said({"on": found.on}, found.sure) if found else UNREAD


def _month(text: str, around: Around) -> Said:
    plain = text.strip().removesuffix(".0")
    month = int(plain) if plain.isdigit() else dates.month_of(plain)
    if 1 <= month <= 12:
        return Said({"month": str(month)})
    return _day(text, around)


def _who(text: str, around: Around) -> Said:
    found = people.who(text, around.letters)
    return Said({"who": people.encode(found)}) if found else UNREAD


def _child(text: str, around: Around) -> Said:
    key = key_of(text)
    if key in _YES or key == "b":
        return Said({"child": "yes"})
    if key in _NO or key == "v":
        return Said({"child": "no"})
    if (age := people.age(text)) and age.child and not text.strip().isdigit():
        return Said({"child": age.child} | ({"age_class": age.klass} if age.klass else {}))
    if (found := people.who(text)) and len(found) == 1:
        child = found[0].child.rstrip("?")
        return Said({"child": child}) if child else UNREAD
    if age and text.strip().isdigit():
        return Said({"child": age.child, "age_class": age.klass}, 0.7)
    return UNREAD


def _age(text: str, around: Around) -> Said:
    if found := people.age(text):
        facts = {"age_class": found.klass, "child": found.child}
        return Said({name: value for name, value in facts.items() if value}, found.sure)
    alone = people.who(text, around.letters)
    return Said({"child": alone[0].child.rstrip("?")}, 0.9) if len(alone) == 1 and alone[0].child else UNREAD


def _number(name: str, text: str) -> Said:
    match = _NUMBER.fullmatch(text.strip().casefold())
    if match:
        return Said({name: match[1].lstrip("0")} if int(match[1]) else {})
    if text.strip().casefold() in words.NUMBERS:
        return Said({name: str(words.NUMBERS[text.strip().casefold()])})
    return UNREAD


def _number_of(name: str) -> Callable[[str, Around], Said]:
    """A number, or a mark for one."""

    def read(text: str, around: Around) -> Said:
        said = _number(name, text)
        return Said({name: "1"}) if said is UNREAD and key_of(text) in _YES else said

    return read


def _count(text: str, around: Around) -> Said:
    said = _number("count", text)
    return _who(text, around) if said is UNREAD else said


def _accompanying(text: str, around: Around) -> Said:
    said = _number("accompanying", text)
    if said is UNREAD and key_of(text) in _NO:
        return NOTHING
    if said is UNREAD and (found := people.who(text)):
        return Said({"accompanying": str(sum(one.many for one in found))})
    return said


def _mark(fact: str, plain: str) -> Said:
    """A column that is one value, with a cross where it holds."""
    name, _sign, value = fact.partition("=")
    if key_of(plain) in _YES:
        return Said({name: value})
    return NOTHING if key_of(plain) in _NO or plain in _UNKNOWN else UNREAD
