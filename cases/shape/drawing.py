"""Invented rows of a shape: drawn from how often alone. Pure."""

from __future__ import annotations

import random
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from cases.shape.cells import Words
from cases.shape.fitting import DAY
from cases.shape.rows import (
    AGAIN,
    AGES,
    CHAIN,
    CHILDREN,
    LABOUR,
    LATER,
    NEAR,
    NO,
    OTHER,
    SAME,
    UNKNOWN,
    YES,
    CaseRow,
    Later,
    PersonRow,
    Rows,
    allowed,
)
from cases.shape.shape import Shape

GAPS: Final = {"sex": "U", "citizenship": "", "main_purpose": "purpose:unknown"}


@dataclass(frozen=True, slots=True)
class Lists:
    """All words that a fact may have, whoever has them, and the region of each county. From the code lists,
    never from the rows: what is rare is drawn from these."""

    words: Mapping[str, Words]
    regions: Mapping[str, str]

    def of(self, fact: str, shape: Shape) -> Words:
        if fact in self.words:
            return self.words[fact]
        columns = shape.crossing(fact).columns.values()
        return tuple(sorted({word for column in columns for word in column.counts})) or ("",)


def draw(shape: Shape, lists: Lists, *, seed: int, persons: int | None = None) -> Rows:
    """About as many persons as the shape's register has, or `persons`."""
    if not shape.crossing("year").columns:
        return Rows(())
    rng = random.Random(seed)  # noqa: S311 - invented data, not secrets
    return _Drawing(shape, lists, rng).rows(shape.persons if persons is None else persons)


class _Drawing:
    def __init__(self, shape: Shape, lists: Lists, rng: random.Random) -> None:
        self._shape, self._rng, self._regions = shape, rng, lists.regions
        kinds = sorted(name for name in shape.crossings if name.startswith("measure "))
        self._words = {fact: lists.of(fact, shape) for fact in (*CHAIN, *LATER, *kinds)}
        self._kinds = kinds

    def rows(self, persons: int) -> Rows:
        cases: list[CaseRow] = []
        again: list[tuple[PersonRow, PersonRow]] = []
        left = persons
        while left > 0:
            case = self._case(min(self._shape.spread("persons").draw(self._rng), left))
            cases.append(case)
            left -= len(case.persons)
            again += [
                (one, self.second(one)) for one in case.persons if self._told("again", (NO, YES)) == YES
            ]
        return Rows(tuple(cases), tuple(again))

    def second(self, first: PersonRow) -> PersonRow:
        """The same person, as somebody else would write it."""
        facts = dict(first.facts)
        across = self._told("again region", (SAME, OTHER)) == OTHER
        for fact in AGAIN:
            among = (SAME, NEAR, OTHER, UNKNOWN) if fact == "age_class" else (SAME, OTHER, UNKNOWN)
            facts[fact] = self._otherwise(fact, facts[fact], self._told(f"again {fact}", among))
        facts["age_class"] = _agreeing(facts)
        if facts["main_purpose"] not in LABOUR:
            facts["sector"] = ""
        if facts["further_purpose"] == facts["main_purpose"]:
            facts["further_purpose"] = ""
        facts["county"] = self._county(first, facts["county"], across=across)
        facts["agency"] = self._word("later_agency", facts, LATER["later_agency"])
        facts["channel"], facts["call"] = self._word("channel", facts), NO
        on = first.on + timedelta(days=self._shape.spread("again").draw(self._rng))
        facts["year"], facts["month"] = str(on.year), f"{on.month:02}"
        return replace(
            first, facts=facts, on=on, delay=self._delay(), region=self._regions.get(facts["county"], ""),
            later=(), measures={}, reason=0,
        )  # fmt: skip

    def _case(self, size: int) -> CaseRow:
        first = self._person(None)
        persons = (first, *(self._person(first) for _step in range(size - 1)))
        noted = self._told("note", (NO, YES)) == YES
        return CaseRow(
            persons,
            note=self._shape.spread("note").draw(self._rng) if noted else 0,
            accompanying=self._shape.spread("accompanying").draw(self._rng),
        )

    def _person(self, first: PersonRow | None) -> PersonRow:
        """A further person of a case has what the event has in common with the first."""
        facts: dict[str, str] = {}
        for fact in CHAIN:
            common = first is not None and (fact in ("year", "month", "call") or self._common(fact))
            word = first.word(fact) if first is not None and common else ""
            if not (common and word in allowed(fact, facts, (word,))):
                word = self._word(fact, facts)
            facts[fact] = word
        same_day = first is not None and self._common(DAY)
        on = first.on if first is not None and same_day else self._day(facts)
        reasoned = self._told("reason", (NO, YES), (facts["status"],)) == YES
        return PersonRow(
            facts,
            on,
            delay=self._delay(),
            region=self._regions.get(facts["county"], ""),
            later=tuple(self._later(facts) for _step in range(int(facts["later"] or 0))),
            measures={
                kind.partition(" ")[2]: word for kind in self._kinds if (word := self._measure(kind, facts))
            },
            reason=self._shape.spread("reason").draw(self._rng) if reasoned else 0,
        )

    def _common(self, fact: str) -> bool:
        return self._rng.random() < self._shape.alike.get(fact, 0.0)

    def _word(self, fact: str, facts: Mapping[str, str], beside: tuple[str, ...] | None = None) -> str:
        others = tuple(facts[other] for other in (CHAIN[fact] if beside is None else beside))
        among = allowed(fact, facts, self._words[fact]) or self._words[fact]
        return self._shape.crossing(fact).draw(others, among, self._rng)

    def _told(self, name: str, among: Words, beside: Words = ()) -> str:
        """A word of few: the first where nothing is known."""
        crossing = self._shape.crossing(name)
        return crossing.draw(beside, among, self._rng) if crossing.columns else among[0]

    def _measure(self, kind: str, facts: Mapping[str, str]) -> str:
        return self._shape.crossing(kind).draw((facts["child"],), self._words[kind], self._rng)

    def _later(self, facts: Mapping[str, str]) -> Later:
        elsewhere = self._told("later_county", (SAME, OTHER)) == OTHER
        return Later(
            self._shape.spread("later").draw(self._rng),
            self._word("later_agency", facts, LATER["later_agency"]),
            self._rng.choice(self._words["county"]) if elsewhere else facts["county"],
        )

    def _day(self, facts: Mapping[str, str]) -> date:
        year, month = int(facts["year"]), int(facts["month"])
        return date(year, month, self._rng.randint(1, monthrange(year, month)[1]))

    def _delay(self) -> int:
        return self._shape.spread("delay").draw(self._rng)

    def _otherwise(self, fact: str, word: str, how: str) -> str:
        if how == UNKNOWN:
            return GAPS.get(fact, UNKNOWN)
        if how == NEAR and word in AGES:
            place = AGES.index(word)
            return self._rng.choice([AGES[at] for at in (place - 1, place + 1) if 0 <= at < len(AGES)])
        if how == SAME:
            return word
        everybody = self._shape.crossing(fact).columns.get(())
        others = {one: n for one, n in everybody.counts.items() if one != word} if everybody else {}
        return self._rng.choices(list(others), list(others.values()))[0] if others else word

    def _county(self, first: PersonRow, county: str, *, across: bool) -> str:
        """One of another region where the second record is there."""
        if across == (self._regions.get(county, "") != first.region):
            return county
        fit = [one for one in self._words["county"] if (self._regions.get(one, "") != first.region) == across]
        if not across and first.word("county") in fit:
            return first.word("county")
        return self._rng.choice(fit) if fit else county


def _agreeing(facts: Mapping[str, str]) -> str:
    """The age class, where it says the same as whether it is a child."""
    age, child = facts["age_class"], facts["child"]
    if age not in AGES or child == (YES if age in CHILDREN else NO):
        return age if child != UNKNOWN or age == "" else UNKNOWN
    return UNKNOWN
