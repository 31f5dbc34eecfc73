"""Coarse and fine categories of one fact as a tree, so that the attack test knows that children are girls and
boys; and the counts of a year as facts: for each number of persons, its place in every tree.

A category is written as its path from the coarsest level: girls are ((section, children), (group, girls)). A
level that tells nothing more (women are the only group in their section) is left out, so that one figure has
one name. The counts come from persons by every fact of which everybody has one code, together, in one query.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, product, repeat
from typing import Any, Final, NamedTuple

from django.db.models import Count, FilteredRelation, Q

from accounts.access import Access, bypass_policies
from libs.groups import grouped
from libs.suppression import Figure
from libs.suppression.figures import Made
from libs.suppression.tables import TOTAL, Cell, Dimension, Key, Table
from summaries.catalogue import CATALOGUE, PERSONS_PUBLISHED, TREES
from summaries.classifications import NOT_ASKED, PART, Codes, remembered
from summaries.counting.build import Counted, codes_of, word
from summaries.counting.counts import in_union, known, main_purpose, persons, sector, source
from summaries.counting.reference import SWEDEN

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
        published = (one for one in (dict(figure).get(level) for figure in figures) if one)
        return tuple(dict.fromkeys((*self.listed(level), *published)))

    def listed(self, level: str) -> Iterable[str]:
        """Return all categories of a level."""
        if level in self.above:
            return self.above[level]
        at = self.levels.index(level)
        return dict.fromkeys(each for one in self.chains for each in one[at : at + 1])

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
    levels = tuple(level for family in families for level in family.all_levels)
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
    found = {frozenset(each for one in chosen for each in one) for chosen in product(*ways)}
    if not unused:
        return found
    return {one for one in found if len(one) == 1 or unused.isdisjoint(levels_of(one))}


def _key(levels: tuple[str, ...], figure: Figure) -> Key:
    named = dict(figure)
    return tuple(named.get(level, TOTAL) for level in levels)


class Reported(NamedTuple):
    """`n` persons who share all of these: fact of the catalogue → base code."""

    codes: Mapping[str, str]
    n: int


@bypass_policies("totals")
def reported(access: Access, year: int) -> list[Reported]:
    """Return the persons of a year, counted by all facts at once."""
    rows = persons(access, year, year).annotate(
        main=FilteredRelation("exploitations", condition=Q(exploitations__is_main=True)),
        c_union=in_union(),
        c_offence=known("offence"),
        c_age=known("age_class"),
        c_channel=known("first_channel"),
        c_source=source(),
        c_purpose=main_purpose(),
        c_sector=sector(),
    )
    facts = {
        "sex_child": ("sex", "child"),
        "status": ("status",),
        "offence": ("c_offence",),
        "age": ("c_age",),
        "citizenship": ("citizenship", "c_union"),
        "place": ("first_county", "first_region"),
        "organisation": ("first_agency__code",),
        "channel": ("c_channel",),
        "source": ("c_source",),
        "purpose": ("c_purpose",),
        "sector": ("c_sector",),
    }
    columns = list(chain(*facts.values()))
    grouped = rows.values(*columns).annotate(n=Count("pk")).order_by(*columns)
    return [
        Reported({fact: _code(row.get(one) for one in read) for fact, read in facts.items()}, row["n"])
        for row in grouped
    ]


def _code(parts: Iterable[Any]) -> str:
    """A base code of the catalogue: its parts, less what stands for nothing."""
    first, *others = parts
    return PART.join(one for one in (word(str(part or "")) for part in (first or NOT_ASKED, *others)) if one)


OWN: Final = "sweden"  # a group of one country: nobody is left when it is named, which it always is
REST: Final = "all but "  # of a group of countries, those that are not named
# Trees of which all that is published concerns those of one category alone.
WHERE: Final = {
    CATALOGUE.tree(entry.ladder[0].rows): entry.where for entry in PERSONS_PUBLISHED.values() if entry.where
}
Held = Mapping[str, Sequence[str]]  # fact → base codes that somebody has of it


@dataclass(frozen=True)
class PlacedYear:
    """`countries`: those shown by name beside Sweden; all others only in groups."""

    found: Counted
    reported: Sequence[Reported]
    countries: frozenset[str]

    @property
    def codes(self) -> Codes:
        return self.found.reference.codes

    @cached_property
    def families(self) -> Mapping[str, Hierarchy]:
        """What is known of beforehand comes first: the order of what is found would tell of it."""
        listed = {name: [*self._listed(name)] for name in TREES if name not in ("citizenship", "county")}
        regions = (self._chain(("area", "region"), category) for category in self.codes.categories("region"))
        groups = (self._of_countries(category) for category in self.codes.categories("country_group"))
        own, rests = (*self._of_countries(OWN), SWEDEN), [self._rest(g) for g in self._named if g != OWN]
        listed["county"] = [*regions, *self._occurring("county")]
        listed["citizenship"] = [*groups, own, *self._occurring("citizenship"), *rests]
        return {
            name: Hierarchy(levels, tuple(dict.fromkeys(listed[name])), self._above(name))
            for name, levels in TREES.items()
        }

    def _above(self, name: str) -> dict[str, dict[str, Chain]]:
        coarsest = TREES[name][0]
        found: dict[str, dict[str, Chain]] = {}
        for level in CATALOGUE.above.get(name, ()):
            made = found.setdefault(level, {})
            for part in self.codes.categories(coarsest):
                (category,) = self.codes.of(level, part, since=coarsest)
                made[category] = (*made.get(category, ()), part)
        return found

    def possible(self, names: Sequence[str]) -> Iterable[tuple[Chain, ...]]:
        """Give all ways to be in these trees at once, but for those that everybody knows to be none."""
        by_fact = grouped(names, CATALOGUE.fact_of_tree)
        for way in product(*(self._ways(one) for one in by_fact.values())):
            chains = dict(one for part in way for one in part.items())
            places = (zip(TREES[name], one, strict=False) for name, one in chains.items())
            if self.codes.together(*(one for place in places for one in place)):
                yield tuple(chains[name] for name in names)

    def counted(self, names: Sequence[str], where: tuple[str, str] | None = None) -> list[Placed]:
        """How many persons there are at each way to be in these trees at once. `where`: of one category."""
        facts = {CATALOGUE.fact_of_tree(name).name for name in names}
        facts |= {CATALOGUE.fact(where[0]).name} if where else set()
        found: Counter[tuple[Chain, ...]] = Counter()
        for held, n in self._held(facts):
            if where is None or where[1] in self.codes.of_all(where[0], held[CATALOGUE.fact(where[0]).name]):
                for way in product(*(self._chains(name, held) for name in names)):
                    found[way] += n
        return list(found.items())

    def number(self, made: Iterable[Made]) -> int:
        """Return how many persons have one of the base codes of each of these categories."""
        needed = [each for one in made for each in one.items()]
        held = self._held({fact for fact, _codes in needed})
        return sum(n for has, n in held if not any(codes.isdisjoint(has[fact]) for fact, codes in needed))

    def _held(self, facts: set[str]) -> Iterable[tuple[Held, int]]:
        """How many persons have these base codes together: from one grouping where that has all facts."""
        needed = [CATALOGUE.facts[name] for name in sorted(facts | {"sex_child"})]
        groupings = {CATALOGUE.facts[name].counted for name in facts - {"sex_child"}} or {"status"}
        if len(groupings) > 1:
            return [({name: (row.codes[name],) for name in facts}, row.n) for row in self.reported]
        rows = self.found.persons.get(groupings.pop(), ())
        return [({fact.name: codes_of(fact, row) for fact in needed}, row.n) for row in rows]

    def _chains(self, name: str, held: Held) -> Iterable[Chain]:
        """The chains of somebody in a tree: one, or several where categories overlap, or none."""
        codes = held[CATALOGUE.fact_of_tree(name).name]
        return dict.fromkeys(code for code in (self._at(name, code) for code in codes) if code)

    def _at(self, name: str, code: str) -> Chain:
        return self._citizenship(code) if name == "citizenship" else self._chain(TREES[name], code, "")

    def _chain(self, levels: Sequence[str], category: str, since: str | None = None) -> Chain:
        """From a category of the finest level, or a base code, to what it is part of; empty where it is in
        none."""
        at = levels[-1] if since is None else since
        found = (self.codes.of(level, category, since=at)[:1] for level in levels)
        return tuple(each for one in found for each in one)

    def _listed(self, name: str) -> Iterable[Chain]:
        """A chain for each category of the finest level, in its order."""
        levels = TREES[name]
        for category in self.codes.categories(levels[-1]):
            if self.codes.together((levels[-1], category), *(one for one in [WHERE.get(name)] if one)):
                yield self._chain(levels, category)

    def _occurring(self, name: str) -> Iterable[Chain]:
        fact = CATALOGUE.fact_of_tree(name)
        return [self._at(name, code) for row in self.found.rows(fact) for code in codes_of(fact, row)]

    def _ways(self, names: Sequence[str]) -> Iterable[Mapping[str, Chain]]:
        """Of trees of one fact: of several, only the chains that one base code has together."""
        if len(names) == 1:
            return [{names[0]: one} for one in self.families[names[0]].chains]
        base = self.codes.base(CATALOGUE.fact_of_tree(names[0]).name)
        return [{name: self._at(name, code) for name in names} for code in base]

    def _citizenship(self, code: str) -> Chain:
        """Those of no named country are a figure too: anybody can subtract the named ones from their
        group."""
        (country,), (of,) = self.codes.of("citizenship", code), self.codes.of("country_group", code)
        named = self._named.get(of, ())
        if country in named:
            return *self._of_countries(of), country
        return self._rest(of) if named else self._of_countries(of)

    def _rest(self, group: str) -> Chain:
        return *self._of_countries(group), f"{REST}{'+'.join(self._named[group])}"

    def _of_countries(self, group: str) -> Chain:
        return self._chain(("eu_citizenship", "country_group"), group)

    @cached_property
    def _named(self) -> Mapping[str, Sequence[str]]:
        """The countries that are shown by name, by their group. Sweden always: no rule depends on its
        size."""
        found: dict[str, set[str]] = {OWN: {SWEDEN}}
        fact = CATALOGUE.fact("citizenship")
        for row in self.found.rows(fact):
            (code,) = codes_of(fact, row)
            if row.first in self.countries:
                found.setdefault(self.codes.of("country_group", code)[0], set()).add(row.first)
        return {group: sorted(countries) for group, countries in found.items()}
