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

    `codes`: fact → base codes, one of those that no cell tells apart.
    """

    codes: Mapping[str, list[str]]
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
        return cls(codes, after["never"], steps)

    def persons(self, group: str, *, come: bool) -> Iterator[Codes]:
        """Give those of a group who may have come, or gone, and nobody else."""
        return self._persons({GROUP: group}, sorted(self.codes.keys() - {GROUP}), come=come)

    def corrected(self, group: str, fact: str) -> list[Correction]:
        """Return the ways in which somebody of a group may have had another code of a fact, as far as the
        cells by these two alone tell."""
        told = [made for made in self.steps if {name for name, _codes in made} <= {GROUP, fact}]
        ways = permutations(self.codes[fact], 2)
        found: list[Correction] = [
            ({GROUP: group, fact: one}, {GROUP: group, fact: other}) for one, other in ways
        ]
        return [way for way in found if all(_effect(made, [way]) == self.steps[made] for made in told)]

    def _persons(self, somebody: Codes, left: list[str], *, come: bool) -> Iterator[Codes]:
        if not self._fits(somebody, come=come):
            return
        if not left:
            yield somebody
            return
        for code in self.codes[left[0]]:
            yield from self._persons({**somebody, left[0]: code}, left[1:], come=come)

    def _fits(self, somebody: Codes, *, come: bool) -> bool:
        if any(_counts(frozenset(_sets(one)), somebody) for one in self.never):
            return False
        of: Correction = (None, somebody) if come else (somebody, None)
        told = (made for made in self.steps if {fact for fact, _codes in made} <= somebody.keys())
        return all(_effect(made, [of]) == self.steps[made] for made in told)


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
