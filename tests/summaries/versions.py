"""What two versions of a year tell of one correction to somebody who knows of all the others.

Read from the two printed files alone, by what they say that categories are made of. Nothing of the program is
used: neither its figures, nor which of them it hides, nor why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any, Final

Json = Mapping[str, Any]
Codes = Mapping[str, str]  # fact → base code of somebody
Correction = tuple[Codes | None, Codes | None]  # as somebody was counted, and is by now
Made = frozenset[tuple[str, frozenset[str]]]  # fact and base codes of who is in a cell
TOTAL: Final = "*"
GROUP: Final = "sex_child"  # the fact that the headline tells


def cells(tables: Iterable[Json]) -> dict[Made, int | None]:
    """Return what tables of persons print, by what their cells are made of; None of a hidden one."""
    found: dict[Made, int | None] = {}
    for table in tables:
        of_calls = table["name"].startswith("calls_")
        if not (of_calls or table["rules"]["several"] or table["left_out"]):
            found |= {_made(table, cell["key"]): cell["value"] for cell in table["cells"]}
    return found


def _made(table: Json, key: Iterable[str]) -> Made:
    found = {fact: frozenset(codes) for fact, codes in table["of"].items()}
    for dimension, category in zip(table["dimensions"], key, strict=True):
        for fact, codes in dimension["made_of"][category].items() if category != TOTAL else ():
            found[fact] = found.get(fact, frozenset(codes)) & frozenset(codes)
    return frozenset(found.items())


def _counts(made: Made, who: Codes | None) -> int:
    return int(who is not None and all(who.get(fact) in codes for fact, codes in made))


@dataclass
class Versions:
    """`steps`: by how much each cell that both versions show has changed, beside what the intruder knows.

    `codes`: fact → base codes, one of those that no cell tells apart. `nobody`: the cells that are 0 in both.
    """

    codes: Mapping[str, list[str]]
    nobody: list[Made]
    never: list[Mapping[str, list[str]]]
    steps: Mapping[Made, int]

    @classmethod
    def of(cls, before: Json, after: Json, known: Iterable[Correction]) -> Versions:
        """Of tables that stand nothing is learned but what the headline says."""
        one, known = cells(before["tables"]), list(known)
        other = cells(table for table in after["tables"] if not table.get("version"))
        told = [m for m in other if None not in (one.get(m), other[m])]
        steps = {made: (other[made] or 0) - (one[made] or 0) - _effect(made, known) for made in told}
        every = [*cells(after["tables"])]
        codes = {fact: _apart(fact, some, every) for fact, some in after["facts"].items() if _in(fact, every)}
        nobody = [made for made, value in cells(after["tables"]).items() if value == one.get(made) == 0]
        return cls(codes, nobody, after["never"], steps)

    def persons(self, group: str, *, come: bool) -> Iterator[Correction]:
        """Give those of a group who may have come, or gone, and nobody else."""
        somebody = {GROUP: group}
        left = sorted(self.codes.keys() - {GROUP})
        yield from self._ways(None, somebody, left) if come else self._ways(somebody, None, left)

    def corrected(self, group: str, fact: str) -> Iterator[Correction]:
        """Give the ways in which somebody of a group may have had another code of a fact, as far as the cells
        by these two alone tell."""
        for gone, come in permutations(self.codes[fact], 2):
            way = ({GROUP: group, fact: gone}, {GROUP: group, fact: come})
            if self._fits(*way):
                yield way

    def values(self, group: str, fact: str) -> list[str]:
        """Return the codes of a fact that somebody of a group may have: no cell says that nobody has."""
        persons: list[Codes] = [{GROUP: group, fact: code} for code in self.codes[fact]]
        return [who[fact] for who in persons if not any(_counts(made, who) for made in self.nobody)]

    def corrected_persons(self, group: str, fact: str) -> Iterator[Correction]:
        """Give the same ways of everybody it may have been, as far as all cells tell."""
        left = sorted(self.codes.keys() - {GROUP, fact})
        for gone, come in self.corrected(group, fact):
            yield from self._ways(gone, come, left)

    def _ways(self, gone: Codes | None, come: Codes | None, left: list[str]) -> Iterator[Correction]:
        if not self._fits(gone, come):
            return
        if not left:
            yield gone, come
            return
        for code in self.codes[left[0]]:
            before, after = (who if who is None else {**who, left[0]: code} for who in (gone, come))
            yield from self._ways(before, after, left[1:])

    def _fits(self, gone: Codes | None, come: Codes | None) -> bool:
        """Return whether a correction, of which not all facts are said, may explain the cells by these."""
        persons = [who for who in (gone, come) if who is not None]
        if any(_counts(frozenset(_sets(one)), who) for one in self.never for who in persons):
            return False
        told = (made for made in self.steps if {fact for fact, _codes in made} <= persons[0].keys())
        return all(_effect(made, [(gone, come)]) == self.steps[made] for made in told)


def _effect(made: Made, corrections: Iterable[Correction]) -> int:
    return sum(_counts(made, come) - _counts(made, gone) for gone, come in corrections)


def _in(fact: str, every: Iterable[Made]) -> bool:
    return any(fact == name for made in every for name, _codes in made)


def _apart(fact: str, some: Iterable[str], every: Iterable[Made]) -> list[str]:
    """Return one code of those that the same cells count."""
    sets = [codes for made in every for name, codes in made if name == fact]
    return list({tuple(code in codes for codes in sets): code for code in some}.values())


def _sets(one: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, frozenset[str]]]:
    return ((fact, frozenset(codes)) for fact, codes in one.items())
