"""Coarse and fine categories of one fact as a tree, so that the attack test knows that children are girls and
boys.

A category is written as its path from the coarsest level: girls are ((section, children), (group, girls)). A
level that tells nothing more (women are the only group in their section) is left out, so that one figure has
one name. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, product

from summaries.tables import TOTAL, Cell, Dimension, Key, Table

Path = tuple[tuple[str, str], ...]
Chain = tuple[str, ...]  # categories from the coarsest level to the finest; may end early
Figure = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Family:
    """`levels`: names of dimensions, coarsest first. `chains`: every way from coarse to fine."""

    levels: tuple[str, ...]
    chains: tuple[Chain, ...]

    @classmethod
    def of(cls, levels: Iterable[str], chains: Iterable[Iterable[str]]) -> Family:
        return cls(tuple(levels), tuple(dict.fromkeys(map(tuple, chains))))

    def cut(self, used: Collection[str]) -> Family:
        """Without the levels below the finest that is used."""
        depth = max((at + 1 for at, level in enumerate(self.levels) if level in used), default=0)
        return Family.of(self.levels[:depth], (one[:depth] for one in self.chains))

    def path(self, one: Chain) -> Path:
        kept = one[: len(self.levels)]
        if kept not in self._paths:
            self._paths[kept] = tuple(
                (level, category)
                for at, (level, category) in enumerate(zip(self.levels, kept, strict=False))
                if at == 0 or self._children[kept[:at]] > 1
            )
        return self._paths[kept]

    def place(self, level: str, category: str) -> Path:
        """The path of one category; a category with several parents stands alone."""
        if (level, category) not in self._places:
            self._places[level, category] = self._placed(level, category)
        return self._places[level, category]

    def _placed(self, level: str, category: str) -> Path:
        at = self.levels.index(level)
        found = {one[: at + 1] for one in self.chains if len(one) > at and one[at] == category}
        return self.path(found.pop()) if len(found) == 1 else ((level, category),)

    def loose(self, one: Chain) -> Iterator[Path]:
        """Categories of the chain that have several parents, alone."""
        for level, category in zip(self.levels, one, strict=False):
            if len(alone := self.place(level, category)) == 1 and alone[0][0] == level != self.levels[0]:
                yield alone

    def categories(self, level: str, figures: Iterable[Figure] = ()) -> tuple[str, ...]:
        """Of the chains, and of figures that were published when the chains were others."""
        at = self.levels.index(level)
        known = (one[at] for one in self.chains if len(one) > at)
        return tuple(
            dict.fromkeys((*known, *(c for figure in figures for name, c in figure if name == level)))
        )

    @cached_property
    def _children(self) -> Counter[Chain]:
        """Parent → how many it has, itself among them where a chain ends there."""
        longer = {(one[:at], one[: at + 1]) for one in self.chains for at in range(len(self.levels))}
        return Counter(parent for parent, _child in longer)

    @cached_property
    def _paths(self) -> dict[Chain, Path]:
        return {}

    @cached_property
    def _places(self) -> dict[tuple[str, str], Path]:
        return {}


Placed = tuple[tuple[Chain, ...], int]  # a chain for each family, number of persons


def deep_table(
    name: str,
    families: tuple[Family, ...],
    facts: Iterable[Placed],
    *,
    possible: Iterable[tuple[Chain, ...]] = (),
    standing: Iterable[Figure] = (),
    totals: Mapping[Figure, int] | None = None,
    pinned: Figure = frozenset(),
    exempt: bool = False,
) -> Table:
    """Every figure of some facts that anybody is in, and at 0 those of `possible`, which nobody outside knows
    to be empty, and of `standing`.

    With `totals` the first family's categories overlap: totals over it are given, not added. `pinned`: what
    all of the facts share, where they are not everybody's.
    """
    levels = tuple(chain.from_iterable(family.levels for family in families))
    counts: Counter[Figure] = Counter(dict.fromkeys(standing, 0))
    for chains, n in chain(facts, ((one, 0) for one in possible)):
        for figure in _figures(families, chains):
            counts[figure] += n
    overlapping = set(families[0].levels)
    if totals is not None:
        counts = Counter({f: n for f, n in counts.items() if any(level in overlapping for level, _ in f)})
        counts.update({f: n for f, n in totals.items() if {level for level, _ in f} <= set(levels)})
    counts = Counter({figure: n for figure, n in counts.items() if figure >= pinned})
    cells = tuple(Cell(_key(levels, figure), n) for figure, n in sorted(counts.items(), key=_order))
    # All that there are, not only those that stand here: what is left out is no zero that anybody may take
    # for granted.
    dimensions = tuple(
        Dimension(level, family.categories(level, counts)) for family in families for level in family.levels
    )
    return Table(name, "", dimensions, cells, additive=totals is None, exempt=exempt)


def _figures(families: tuple[Family, ...], chains: tuple[Chain, ...]) -> set[Figure]:
    ways = [
        [*_prefixes(family.path(one)), *family.loose(one)]
        for family, one in zip(families, chains, strict=True)
    ]
    return {frozenset(chain.from_iterable(chosen)) for chosen in product(*ways)}


def _prefixes(path: Path) -> list[Path]:
    return [path[:length] for length in range(len(path) + 1)]


def _key(levels: tuple[str, ...], figure: Figure) -> Key:
    named = dict(figure)
    return tuple(named.get(level, TOTAL) for level in levels)


def _order(item: tuple[Figure, int]) -> list[tuple[str, str]]:
    return sorted(item[0])
