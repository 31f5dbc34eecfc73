"""The public package of a year: deep tables that go through disclosure control, and the flat tables read from
them.

Persons and calls are two populations, each protected with all that was published of it before. A version may
print calls finer than the one before it, or coarser. Then both say one thing in two words, so that what an
earlier version told at another step goes through disclosure control too, and is printed nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Final

from libs.suppression import Figure, LedgerEntry, Package, figure_of
from libs.suppression.figures import Words
from libs.suppression.tables import (
    GROUP,
    NOBODY,
    OTHERS,
    TOGETHER,
    TOTAL,
    Cell,
    Dimension,
    Key,
    ProtectedTable,
    Table,
    largest_first,
)
from summaries.catalogue import CALLS_PUBLISHED, CATALOGUE, COMMON_TABLES, PERSONS_PUBLISHED
from summaries.classifications import LEFT_OUT, PART, Entry, Step
from summaries.counting.build import Counted, table_of
from summaries.counting.tabulate import merged_groups
from summaries.coverage import HEADLINE, SEPARATE, Coverage
from summaries.tables.cell_index import REST, Hierarchy, Path, PlacedYear, deep_table, levels_of
from summaries.tables.labels import made_of, unnamed, words

NESTED: Final = frozenset(one.name for one in CATALOGUE.classifications.values() if one.nested)


def deep_name(entry: Entry) -> str:
    """The deep table that a table is read from: of its rows' tree beside the group, or one of its own."""
    step = entry.ladder[0]
    rows = CATALOGUE.tree(step.rows)
    plain = not step.columns or CATALOGUE.trees_of(step.columns) == [GROUP]
    return rows if plain and rows != GROUP and not entry.where else entry.name


def deep_trees(entry: Entry) -> tuple[str, ...]:
    """The trees of that deep table: what all its persons share, its rows, and its columns at every step."""
    shared = [CATALOGUE.tree(entry.where[0])] if entry.where else []
    rows = [CATALOGUE.tree(entry.ladder[0].rows)]
    columns = (one for one in (step.columns for step in entry.ladder) if one)
    return tuple(
        dict.fromkeys((*shared, *rows, *(one for column in columns for one in CATALOGUE.trees_of(column))))
    )


PUBLISHED, COMMON = tuple(PERSONS_PUBLISHED.values()), tuple(COMMON_TABLES.values())


@dataclass(frozen=True)
class PublicTables:
    """What is published of a year's persons at these `steps` of the ladders. `exempted`: names of tables.

    `telling`: of whom any table but the headline tells; all counts are of these alone.
    `together`: those of other sex and those not known are told as one number. `named`: country that is named
    for its size → how many persons everybody knows it has at least. `named_from`: from how many on others
    are; 0 where nothing follows from a row that is not there. `ranked`: table → its rows in the last
    published year, the largest first.
    """

    facts: PlacedYear
    steps: Mapping[str, int]
    coverage: Coverage
    exempted: frozenset[str] = frozenset()
    together: bool = False
    named: Mapping[str, int] = field(default_factory=dict)
    named_from: int = 0
    standing: frozenset[Figure] = frozenset()  # published before: kept even at 0
    levels_before: Mapping[str, set[str]] = field(default_factory=dict)
    ranked: Mapping[str, Sequence[str]] = field(default_factory=dict)
    entries: tuple[Entry, ...] = PUBLISHED

    def used(self, name: str) -> frozenset[str]:
        """Levels of a deep table that somebody sees, now or in what was published before: no finer ones are
        counted."""
        entries = self._entries(name)
        seen = {one for step in (self.step(entry) for entry in entries) for one in (step.rows, step.columns)}
        seen |= self.levels_before.get(name, set()) | self._never(name)
        nested = [CATALOGUE.classifications[level] for level in seen & NESTED]
        of_nested = {each for one in nested for each in dict(one.nested.values())}
        where = {entry.where[0] for entry in entries if entry.where}
        return frozenset(seen | of_nested | where | {classification.crossed for classification in nested})

    def _entries(self, name: str) -> list[Entry]:
        """Return the tables that are read from a deep one."""
        return [entry for entry in self.entries if deep_name(entry) == name]

    @cached_property
    def trees(self) -> Mapping[str, tuple[str, ...]]:
        """Deep table → its trees."""
        return {deep_name(entry): deep_trees(entry) for entry in (*PUBLISHED, *self.entries, *COMMON)}

    def _never(self, name: str) -> set[str]:
        """Levels that a deep table has even where no public one shows them: of what nobody is in both of,
        everybody knows the rest."""
        pinned = {CATALOGUE.tree(entry.where[0]) for entry in self.entries if entry.where}
        free = set(self.trees[name]) - pinned
        nevers = (levels_of(one) for one in CATALOGUE.never)
        return set[str]().union(
            *(levels for levels in nevers if {CATALOGUE.tree(level) for level in levels} <= free)
        )

    def step(self, entry: Entry) -> Step:
        return self.coverage.step(entry.name, entry.step(self.steps.get(entry.name, 0)))

    @property
    def of_all_steps(self) -> PublicTables:
        """The same with the figures of every row that a table has at any step."""
        levels = {name: set(seen) for name, seen in self.levels_before.items()}
        for entry in self.entries:
            levels.setdefault(deep_name(entry), set()).update(step.rows for step in entry.ladder)
        return replace(self, levels_before=levels)

    @property
    def is_headline_alone(self) -> bool:
        return self.entries == (PERSONS_PUBLISHED[HEADLINE],)

    @cached_property
    def deep(self) -> tuple[Table, ...]:
        if self.is_headline_alone:
            return (self._alone,)
        wanted = self._printed | self._still_standing
        names = {deep_name(entry) for entry in self.entries}
        return (*(self._deep(name, wanted) for name in self.trees if name in names), *self._exempt_tables())

    @cached_property
    def unprinted(self) -> frozenset[Figure]:
        """Figures of the deep tables that stand in no public one: they only tie these together."""
        return frozenset(figures(self.deep)) - self._printed

    @property
    def least(self) -> Mapping[Figure, int]:
        """What everybody knows of figures whose size decided that they are printed."""
        family = self.facts.families["citizenship"]
        return {frozenset(family.place("citizenship", country)): n for country, n in self.named.items()}

    @cached_property
    def words(self) -> Words:
        """What its figures are made of, and what is known of countries that have no row."""
        codes, named = self.facts.codes, self.facts.countries
        rows = {self.step(entry).rows for entry in self.entries} if self.named_from else set()
        bounds = [
            unnamed(codes, level, named, self.named_from)
            for level in rows
            if CATALOGUE.classifications[level].by_size
        ]
        return words(codes, self.facts.found.year, figures(self.deep), self.facts.reported, bounds)

    @cached_property
    def _printed(self) -> frozenset[Figure]:
        return frozenset().union(*(self.figures_of(entry) for entry in self.entries))

    @property
    def _still_standing(self) -> frozenset[Figure]:
        """Earlier figures, without the rest of a group from which other countries are named now."""
        rest = {one[-1] for one in self.facts.families["citizenship"].chains}
        return frozenset(
            f for f in self.standing if all(c in rest or not c.startswith(REST) for _level, c in f)
        )

    def flat(self, deep: Sequence[Table], titles: Mapping[str, str]) -> tuple[ProtectedTable, ...]:
        """The public tables, read from protected deep ones. ValueError where these count no such figure."""
        known = figures(deep)
        self._check_counted(deep, known)
        return tuple(self._flat(entry, known, titles) for entry in self.entries)

    @property
    def _alone(self) -> Table:
        """The headline, where it is all that is printed."""
        published = (cell for cell in self._groups if figure_of(self._groups, cell.key) in self._printed)
        return replace(self._groups, cells=tuple(published), exempt=HEADLINE in self.exempted)

    def _flat(self, entry: Entry, known: Mapping[Figure, Cell], titles: Mapping[str, str]) -> ProtectedTable:
        title = titles.get(entry.name, entry.name)
        if entry.name == HEADLINE in self.exempted:
            return self.coverage.headline(title, together=self.together)
        cells = (self._cell(entry, key, known) for key in self.keys(entry))
        table = ProtectedTable(
            name=entry.name,
            title=title,
            dimensions=self.dimensions(entry),
            cells=tuple(cells),
            additive=not entry.open and self.step(entry).columns not in NESTED,
            exempt=entry.name in self.exempted,
            left_out=self.coverage.left_out if entry.name != HEADLINE else 0,
        )
        return merged_groups(largest_first(table) if self.step(entry).rows == "citizenship" else table)

    def _check_counted(self, deep: Sequence[Table], known: Mapping[Figure, Cell]) -> None:
        """What stands in no deep table is nobody only where one has all its levels, of the same persons."""
        counted = [
            (set(table.levels), frozenset.intersection(*figures([table]) or [frozenset()])) for table in deep
        ]
        for figure in self._printed - known.keys():
            levels = levels_of(figure)
            if not any(levels <= of and figure >= shared for of, shared in counted):
                raise ValueError(f"No table counts {', '.join(sorted(levels))}.")

    def _cell(self, entry: Entry, key: Key, known: Mapping[Figure, Cell]) -> Cell:
        return replace(known.get(self.figure(entry, key), NOBODY), key=key)

    def keys(self, entry: Entry) -> list[Key]:
        return list(product(*((*dimension.categories, TOTAL) for dimension in self.dimensions(entry))))

    def dimensions(self, entry: Entry) -> tuple[Dimension, ...]:
        step = self.step(entry)
        rows = Dimension(step.rows, step.only or self._categories(step.rows))
        return (rows, Dimension(step.columns, self._categories(step.columns))) if step.columns else (rows,)

    def figures_of(self, entry: Entry) -> set[Figure]:
        return {self.figure(entry, one) for one in self.keys(entry)}

    def figure(self, entry: Entry, key: Key) -> Figure:
        step = self.step(entry)
        return self.figure_at(entry, (step.rows, step.columns), key)

    def figure_at(self, entry: Entry, levels: Sequence[str], key: Key) -> Figure:
        """Return the figure of a table with these rows and columns, whatever the steps are now."""
        return frozenset(
            (
                *(one for one in [entry.where] if one),
                *(each for level, one in zip(levels, key, strict=False) for each in self._place(level, one)),
            )
        )

    def _place(self, level: str, category: str) -> Path:
        if category == TOTAL:
            return ()
        if (level, category) == (GROUP, TOGETHER):
            return self._family("section").place("section", category)
        if level not in NESTED:
            return self._family(level).place(level, category)
        classification, (scope, _plus, part) = CATALOGUE.classifications[level], category.partition(PART)
        places = [classification.nested[scope], *([(classification.crossed, part)] if part else [])]
        return tuple(one for place in places for one in self._family(place[0]).place(*place))

    def _family(self, level: str) -> Hierarchy:
        return next(family for family in self.facts.families.values() if level in family.all_levels)

    def _categories(self, level: str) -> tuple[str, ...]:
        """Return the categories of a level in the order of the lists."""
        return tuple(one for one in self._listed(level) if self.coverage.has(level, one))

    def _listed(self, level: str) -> tuple[str, ...]:
        if level in NESTED:
            return self.facts.codes.categories(level)
        if level == GROUP and self.together:
            return (*SEPARATE, TOGETHER)
        return tuple(one for one in self._family(level).listed(level) if not one.startswith(REST))

    def _deep(self, name: str, wanted: Iterable[Figure]) -> Table:
        families = tuple(self.facts.families[family].cut(self.used(name)) for family in self.trees[name])
        where = next((entry.where for entry in self._entries(name)), None)
        overlaps = CATALOGUE.fact_of_tree(self.trees[name][0]).several
        levels = {level for family in families for level in family.all_levels}
        needed, totals = ({name}, self._group_totals) if overlaps else (set(), None)
        return deep_table(
            name,
            families,
            self.facts.counted(self.trees[name], where),
            possible=self.facts.possible(self.trees[name]),
            standing=[figure for figure in wanted if figure and needed <= levels_of(figure) <= levels],
            count=self._count,
            pinned=frozenset(one for one in [where] if one),
            totals=totals,
        )

    def _count(self, figure: Figure) -> int:
        """Return how many persons are in a figure, by what its categories are made of."""
        return self.facts.number(made_of(self.facts.codes, *one) for one in sorted(figure))

    @cached_property
    def _groups(self) -> Table:
        return deep_table("groups", (self.facts.families[GROUP],), self.facts.counted((GROUP,)))

    @property
    def _group_totals(self) -> dict[Figure, int]:
        return {figure: cell.number for figure, cell in figures([self._groups]).items()}

    def _exempt_tables(self) -> Iterable[Table]:
        """The named cells once more, marked: a figure is exempt wherever it stands."""
        for entry in self.entries:
            if entry.name in self.exempted:
                source = self._deep(deep_name(entry), frozenset())
                printed = self.figures_of(entry)
                if entry.name == HEADLINE:  # their sums too, and not those two of which only the sum is told
                    printed |= {f for f in figures([source]) if set(OTHERS).isdisjoint(dict(f).values())}
                cells_shown = (cell for cell in source if figure_of(source, cell.key) in printed)
                yield replace(source, name=f"exempt_{entry.name}", cells=tuple(cells_shown), exempt=True)


def figures(tables: Iterable[Table]) -> dict[Figure, Cell]:
    return {figure_of(table, cell.key): cell for table in tables for cell in table}


def call_tables(counted: Counted, steps: Mapping[str, int]) -> tuple[Table, ...]:
    """Return the tables of calls as they are printed."""
    return tuple(
        table_of(counted, entry, entry.step(step))
        for entry in CALLS_PUBLISHED.values()
        if (step := steps.get(entry.name, 0)) != LEFT_OUT
    )


def calls_of_every_step(found: Counted) -> dict[Figure, Cell]:
    """The figures of every table of calls at every step, printed or not."""
    last = max(len(entry.ladder) for entry in CALLS_PUBLISHED.values())
    at_steps = (call_tables(found, dict.fromkeys(CALLS_PUBLISHED, step)) for step in range(last))
    return figures(one for at_step in at_steps for one in at_step)


def package_of_calls(
    counted: Counted, tables: Sequence[Table], k: int, ledger: Sequence[LedgerEntry]
) -> Package:
    """`tables`: those that are printed, which come first in it."""
    before = {_level(table) for entry in ledger for table in entry.tables}
    together = (*tables, *_standing(counted, before - {_level(table) for table in tables}))
    counted_figures = figures(together)
    return Package(
        k,
        f"{counted.year} calls",
        together,
        tuple(ledger),
        unprinted=frozenset(counted_figures) - figures(tables).keys(),
        words=words(counted.reference.codes, counted.year, counted_figures, reported=None),
    )


def _standing(counted: Counted, levels: Set[str]) -> Iterator[Table]:
    """Give the tables of calls at steps that are not printed now."""
    for entry in CALLS_PUBLISHED.values():
        for step in entry.ladder:
            if step.rows in levels:
                yield replace(table_of(counted, entry, step), name=f"{entry.name} by {step.rows}")


def _level(table: Table) -> str:
    """Return what a table of calls is by: it has one dimension."""
    (dimension,) = table.dimensions
    return dimension.name
