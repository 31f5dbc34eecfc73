"""Coarse and fine categories of one fact as a tree, so that the attack test knows that children are girls and
boys.

A category is written as its path from the coarsest level: girls are ((section, children), (group, girls)). A
level that tells nothing more (women are the only group in their section) is left out, so that one figure has
one name. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, product, repeat

from libs.suppression import Figure
from libs.suppression.tables import TOTAL, Cell, Dimension, Key, Table
from summaries.classifications import remembered

Path = tuple[tuple[str, str], ...]
Chain = tuple[str, ...]  # categories from the coarsest level to the finest; may end early
Above = Mapping[str, Mapping[str, Chain]]  # level → category → the categories of the coarsest level in it


@dataclass(frozen=True)
class Hierarchy:
    """`levels`: names of dimensions, coarsest first. `chains`: every way from coarse to fine. `above`: levels
    that put categories of the coarsest one together; what is a single one of these has its name. `unused`:
    those of which no table prints a row: only totals of them are counted, for later versions."""

    levels: tuple[str, ...]
    chains: tuple[Chain, ...]
    above: Above = field(default_factory=dict)
    unused: frozenset[str] = frozenset()

    @property
    def all_levels(self) -> tuple[str, ...]:
        return (*self.above, *self.levels)

    def cut(self, used: Collection[str]) -> Hierarchy:
        """Return the family without levels below the finest one used. Those above stay with the coarsest."""
        unused = frozenset(self.above) - set(used)
        depths = (at + 1 for at, level in enumerate(self.levels) if level in used)
        depth = max(depths, default=1 if unused < self.above.keys() else 0)
        chains = dict.fromkeys(one[:depth] for one in self.chains)
        return Hierarchy(self.levels[:depth], tuple(chains), self.above if depth else {}, unused)

    def path(self, one: Chain) -> Path:
        return tuple(
            (level, category)
            for at, (level, category) in enumerate(zip(self.levels, one, strict=False))
            if at == 0 or self._children[one[:at]] > 1
        )

    @remembered
    def place(self, level: str, category: str) -> Path:
        """The path of one category; a category with several parents stands alone."""
        if level in self.above:
            (first, *others) = self.above[level][category]
            return ((level, category),) if others else self.place(self.levels[0], first)
        at = self.levels.index(level)
        found = {one[: at + 1] for one in self.chains if one[at : at + 1] == (category,)}
        return self.path(found.pop()) if len(found) == 1 else ((level, category),)

    @remembered
    def ways(self, one: Chain) -> tuple[Path, ...]:
        """Return what somebody at the chain is in: everybody, levels of the path, and what stands alone."""
        path = self.path(one)
        return (*(path[:length] for length in range(len(path) + 1)), *self.loose(one))

    def loose(self, one: Chain) -> Iterator[Path]:
        """Categories of the chain that have several parents, alone; so are those above that it is part of."""
        for level, above in self.above.items():
            yield from (
                ((level, category),)
                for category, parts in above.items()
                if one[0] in parts and len(parts) > 1
            )
        for level, category in zip(self.levels, one, strict=False):
            if len(alone := self.place(level, category)) == 1 and alone[0][0] == level != self.levels[0]:
                yield alone

    def categories(self, level: str, figures: Iterable[Figure]) -> tuple[str, ...]:
        """All that there are, also under another name: one alone would be taken for everybody. And those of
        figures that were published when the chains were others."""
        published = filter(None, (dict(figure).get(level) for figure in figures))
        return tuple(dict.fromkeys((*self.listed(level), *published)))

    def listed(self, level: str) -> Iterable[str]:
        """Return all categories of a level."""
        if level in self.above:
            return self.above[level]
        at = self.levels.index(level)
        return dict.fromkeys(chain.from_iterable(one[at : at + 1] for one in self.chains))

    @cached_property
    def _children(self) -> Counter[Chain]:
        """Parent → how many it has, itself among them where a chain ends there."""
        longer = {(one[:at], one[: at + 1]) for one in self.chains for at in range(len(self.levels))}
        return Counter(parent for parent, _child in longer)


Placed = tuple[tuple[Chain, ...], int]  # a chain for each family, number of persons


def deep_table(
    name: str,
    families: tuple[Hierarchy, ...],
    facts: Iterable[Placed],
    *,
    possible: Iterable[tuple[Chain, ...]] = (),
    standing: Iterable[Figure] = (),
    count: Callable[[Figure], int] = lambda figure: 0,
    totals: Mapping[Figure, int] | None = None,
    pinned: Figure = frozenset(),
) -> Table:
    """Every figure of some facts that anybody is in, and at 0 those of `possible`, which nobody outside knows
    to be empty, and those of `standing`. `count` says how many persons are in one of these that no chain of
    today has: an earlier version called it by other levels, or somebody has come to be in it since.

    With `totals` the first family's categories overlap: totals over it are given, not added. `pinned`: what
    all of the facts share, where they are not everybody's.
    """
    levels = tuple(chain.from_iterable(family.all_levels for family in families))
    counts = _counts(families, chain(facts, zip(possible, repeat(0), strict=False)))
    counts.update({figure: count(figure) for figure in standing if figure not in counts})
    if totals is not None:
        counts = _with_totals(counts, totals, set(families[0].all_levels), set(levels))
    counts = Counter({figure: n for figure, n in counts.items() if figure >= pinned})
    ordered = sorted(counts.items(), key=lambda counted: sorted(counted[0]))
    cells = tuple(Cell(_key(levels, figure), n) for figure, n in ordered)
    # All that there are, not only those that stand here: what is left out is no zero that anybody may take
    # for granted.
    dimensions = tuple(
        Dimension(level, family.categories(level, counts))
        for family in families
        for level in family.all_levels
    )
    return Table(name, "", dimensions, cells, additive=totals is None)


def _counts(families: tuple[Hierarchy, ...], facts: Iterable[Placed]) -> Counter[Figure]:
    unused = frozenset().union(*(family.unused for family in families))
    counts = Counter[Figure]()
    for chains, n in facts:
        counts.update(dict.fromkeys(_figures(families, chains, unused), n))
    return counts


def _with_totals(
    counts: Counter[Figure], totals: Mapping[Figure, int], overlapping: set[str], levels: set[str]
) -> Counter[Figure]:
    """Return the counts of figures at overlapping levels, and of all others these totals."""
    found = Counter({f: n for f, n in counts.items() if not overlapping.isdisjoint(levels_of(f))})
    found.update({f: n for f, n in totals.items() if levels_of(f) <= levels})
    return found


def levels_of(figure: Figure) -> set[str]:
    return {level for level, _category in figure}


def _figures(families: Sequence[Hierarchy], chains: Sequence[Chain], unused: frozenset[str]) -> set[Figure]:
    ways = (family.ways(one) for family, one in zip(families, chains, strict=True))
    found = {frozenset(chain.from_iterable(chosen)) for chosen in product(*ways)}
    if not unused:
        return found
    return {one for one in found if len(one) == 1 or unused.isdisjoint(levels_of(one))}


def _key(levels: tuple[str, ...], figure: Figure) -> Key:
    named = dict(figure)
    return tuple(named.get(level, TOTAL) for level in levels)
