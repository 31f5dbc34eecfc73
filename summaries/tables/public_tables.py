"""The public package of a year: deep tables that go through disclosure control, and the flat tables read from
them.

The figures that readers come for: these are the last to be hidden.

The calls of a year: another population than its persons, protected with all that was published of them
before.

A version may print them finer than the one before it, or coarser. Then both say one thing in two words, so
that what an earlier version told at another step goes through disclosure control too, and is printed nowhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Final

from cases.rules.persons import GROUPS
from libs.suppression import Figure as CellFigure, LedgerEntry, Package
from libs.suppression.figures import Words
from libs.suppression.tables import (
    APART,
    GROUP,
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
from summaries.classifications import LEFT_OUT, PART, Codes, Entry, Step
from summaries.counting.build import Counted, table_of
from summaries.counting.tabulate import told_together
from summaries.coverage import HEADLINE, Telling
from summaries.tables.cell_index import REST, PlacedYear
from summaries.tables.hierarchies import Family, Figure, Path, deep_table, levels_of
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
    columns = [tree for step in entry.ladder if step.columns for tree in CATALOGUE.trees_of(step.columns)]
    return tuple(dict.fromkeys((*shared, *rows, *columns)))


PUBLISHED, COMMON = tuple(PERSONS_PUBLISHED.values()), tuple(COMMON_TABLES.values())


@dataclass(frozen=True)
class PublicTables:
    """What is published of a year's persons at these `steps` of the ladders. `exempted`: names of tables.

    `telling`: of whom any table but the headline tells; all counts are of these alone.
    `together`: those of other sex and those not known are told as one number. `named`: country that is named
    for its size → how many persons everybody knows it has at least. `named_from`: from how many on others
    are; 0 where nothing follows from a row that is not there.
    """

    facts: PlacedYear
    steps: Mapping[str, int]
    telling: Telling
    exempted: frozenset[str] = frozenset()
    together: bool = False
    named: Mapping[str, int] = field(default_factory=dict)
    named_from: int = 0
    standing: frozenset[Figure] = frozenset()  # published before: kept even at 0
    levels_before: Mapping[str, set[str]] = field(default_factory=dict)
    entries: tuple[Entry, ...] = PUBLISHED

    def used(self, name: str) -> frozenset[str]:
        """Levels of a deep table that somebody sees, now or in what was published before: no finer ones are
        counted."""
        entries = self._entries(name)
        steps = [self.step(entry) for entry in entries]
        seen = {level for step in steps for level in (step.rows, step.columns)}
        seen |= self.levels_before.get(name, set()) | self._never(name)
        nested = [CATALOGUE.classifications[level] for level in seen & NESTED]
        of_nested = {level for one in nested for level, _category in one.nested.values()}
        where = {entry.where[0] for entry in entries if entry.where}
        return frozenset(seen | of_nested | where | {one.crossed for one in nested})

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
        nevers = [dict(sorted(never)) for never in sorted(CATALOGUE.never, key=sorted)]
        trees = [set(map(CATALOGUE.tree, never)) for never in nevers]
        of = [
            never for never, its in zip(nevers, trees, strict=True) if its <= set(self.trees[name]) - pinned
        ]
        return {level for never in of for level in never}

    def step(self, entry: Entry) -> Step:
        return self.telling.step(entry.name, entry.step(self.steps.get(entry.name, 0)))

    @property
    def of_all_steps(self) -> PublicTables:
        """With the figures of every row that a table has at any step."""
        levels = {name: set(seen) for name, seen in self.levels_before.items()}
        for entry in self.entries:
            levels.setdefault(deep_name(entry), set()).update(step.rows for step in entry.ladder)
        return replace(self, levels_before=levels)

    @cached_property
    def deep(self) -> tuple[Table, ...]:
        if [entry.name for entry in self.entries] == [HEADLINE]:
            return (self._alone,)
        wanted = self._printed | self._still_standing
        names = set(map(deep_name, self.entries))
        return tuple(self._deep(name, wanted) for name in self.trees if name in names) + tuple(
            self._exempt_tables()
        )

    @cached_property
    def veiled(self) -> frozenset[Figure]:
        """Those of the deep tables that stand in no public one: they only tie these together."""
        return frozenset(figures(self.deep)) - self._printed

    @property
    def least(self) -> Mapping[Figure, int]:
        """What everybody knows of figures whose size decided that they are told."""
        family = self.facts.families["citizenship"]
        return {frozenset(family.place("citizenship", country)): n for country, n in self.named.items()}

    @cached_property
    def words(self) -> Words:
        """What its figures are made of, and what is known of countries that have no row."""
        by_size = (
            {
                step.rows
                for step in map(self.step, self.entries)
                if CATALOGUE.classifications[step.rows].by_size
            }
            if self.named_from
            else ()
        )
        codes, named = self.facts.codes, self.facts.countries
        bounds = [unnamed(codes, level, named, self.named_from) for level in by_size]
        return words(codes, self.facts.found.year, figures(self.deep), self.facts.reported, bounds)

    @cached_property
    def _printed(self) -> frozenset[Figure]:
        return frozenset().union(*(self._figures(entry) for entry in self.entries))

    @property
    def _still_standing(self) -> frozenset[Figure]:
        """Without the rest of a group from which other countries are named now."""
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
        told = (cell for cell in self._groups if figure_of(self._groups, cell.key) in self._printed)
        return replace(self._groups, cells=tuple(told), exempt=HEADLINE in self.exempted)

    def _flat(self, entry: Entry, known: Mapping[Figure, Cell], titles: Mapping[str, str]) -> ProtectedTable:
        title = titles.get(entry.name, entry.name)
        if entry.name == HEADLINE in self.exempted:
            return self.telling.headline(title, together=self.together)
        cells = (self._cell(entry, key, known) for key in self.keys(entry))
        table = ProtectedTable(
            name=entry.name,
            title=title,
            dimensions=self.dimensions(entry),
            cells=tuple(cells),
            additive=not entry.open and self.step(entry).columns not in NESTED,
            exempt=entry.name in self.exempted,
            left_out=self.telling.left_out if entry.name != HEADLINE else 0,
        )
        return told_together(largest_first(table) if self.step(entry).rows == "citizenship" else table)

    def _check_counted(self, deep: Sequence[Table], known: Mapping[Figure, Cell]) -> None:
        """What stands in no deep table is nobody only where one has all its levels, of the same persons."""
        counted = [
            ({d.name for d in table.dimensions}, frozenset.intersection(*figures([table]) or [frozenset()]))
            for table in deep
        ]
        for figure in self._printed - known.keys():
            levels = levels_of(figure)
            if not any(levels <= of and figure >= shared for of, shared in counted):
                raise ValueError(f"No table counts {', '.join(sorted(levels))}.")

    def _cell(self, entry: Entry, key: Key, known: Mapping[Figure, Cell]) -> Cell:
        found = known.get(self.figure(entry, key))
        return Cell(key, 0) if found is None else replace(found, key=key)

    def keys(self, entry: Entry) -> list[Key]:
        first, *others = self.dimensions(entry)
        rows = (*first.categories, TOTAL)
        return (
            [(row, column) for row in rows for column in (*others[0].categories, TOTAL)]
            if others
            else [(row,) for row in rows]
        )

    def dimensions(self, entry: Entry) -> tuple[Dimension, ...]:
        step = self.step(entry)
        rows = Dimension(step.rows, step.only or self._categories(step.rows))
        return (rows, Dimension(step.columns, self._categories(step.columns))) if step.columns else (rows,)

    def figure(self, entry: Entry, key: Key) -> Figure:
        step = self.step(entry)
        return self.figure_at(entry, (step.rows, step.columns), key)

    def figure_at(self, entry: Entry, levels: Sequence[str], key: Key) -> Figure:
        """Of a table with these rows and columns, whatever the steps are now."""
        places = [self._place(level, part) for level, part in zip(levels, key, strict=False)]
        return frozenset((*filter(None, [entry.where]), *(pair for place in places for pair in place)))

    def _place(self, level: str, category: str) -> Path:
        if category == TOTAL:
            return ()
        if (level, category) == (GROUP, TOGETHER):
            return self._family("section").place("section", category)
        if level not in NESTED:
            return self._family(level).place(level, category)
        one, (scope, _plus, part) = CATALOGUE.classifications[level], category.partition(PART)
        places = [one.nested[scope], *([(one.crossed, part)] if part else [])]
        return tuple(pair for place in places for pair in self._family(place[0]).place(*place))

    def _family(self, level: str) -> Family:
        return next(family for family in self.facts.families.values() if level in family.all_levels)

    def _categories(self, level: str) -> tuple[str, ...]:
        """In the order of the lists."""
        return tuple(one for one in self._listed(level) if self.telling.has(level, one))

    def _listed(self, level: str) -> tuple[str, ...]:
        if level in NESTED:
            return self.facts.codes.categories(level)
        if level == GROUP and self.together:
            return (*(one for one in GROUPS if one not in APART), TOGETHER)
        return tuple(one for one in self._family(level).listed(level) if not one.startswith(REST))

    def _figures(self, entry: Entry) -> frozenset[Figure]:
        return frozenset(self.figure(entry, key) for key in self.keys(entry))

    def _deep(self, name: str, wanted: Iterable[Figure]) -> Table:
        families = tuple(self.facts.families[family].cut(self.used(name)) for family in self.trees[name])
        where = next((entry.where for entry in self._entries(name)), None)
        overlaps = CATALOGUE.fact_of_tree(self.trees[name][0]).several
        levels = {level for family in families for level in family.all_levels}
        needed = {name} if overlaps else set()
        return deep_table(
            name,
            families,
            self.facts.counted(self.trees[name], where),
            possible=self.facts.possible(self.trees[name]),
            standing=[figure for figure in wanted if figure and needed <= levels_of(figure) <= levels],
            count=self._count,
            pinned=frozenset(filter(None, [where])),
            totals=self._group_totals if overlaps else None,
        )

    def _count(self, figure: Figure) -> int:
        """Return how many persons are in a figure, by what its categories are made of."""
        return self.facts.number([made_of(self.facts.codes, *pair) for pair in sorted(figure)])

    @cached_property
    def _groups(self) -> Table:
        return deep_table("groups", (self.facts.families[GROUP],), self.facts.counted((GROUP,)))

    @property
    def _group_totals(self) -> dict[Figure, int]:
        return {figure_of(self._groups, cell.key): cell.value or 0 for cell in self._groups}

    def _exempt_tables(self) -> Iterable[Table]:
        """The named cells once more, marked: a figure is exempt wherever it stands."""
        for entry in self.entries:
            if entry.name in self.exempted:
                source = self._deep(deep_name(entry), frozenset())
                kept = (cell for cell in source if self._is_exempt(entry, figure_of(source, cell.key)))
                yield replace(source, name=f"exempt_{entry.name}", cells=tuple(kept), exempt=True)

    def _is_exempt(self, entry: Entry, figure: Figure) -> bool:
        """What the table prints; of the groups their sums too, and not those two of which only the sum is
        told."""
        sums = entry.name == "groups" and not any(category in APART for _level, category in figure)
        return sums or figure in self._figures(entry)


def figures(tables: Iterable[Table]) -> dict[Figure, Cell]:
    return {figure_of(table, cell.key): cell for table in tables for cell in table}


def figure_of(table: Table, key: Key) -> Figure:
    return frozenset((d.name, part) for d, part in zip(table.dimensions, key, strict=True) if part != TOTAL)


ROWS: Final = ("groups", "main_purpose", "region")  # tables of which every row's total is one
COUNTRIES: Final = 5  # those with most persons
DEAR: Final = 2000.0  # to hide one costs more than all that a table could show beside it


def dear(public: PublicTables) -> dict[CellFigure, float]:
    """What it costs to hide each of them: where one has to be, it is the smallest."""
    values = figures(public.deep)
    known = ((figure, values[figure].value or 0) for figure in key_totals(public) if figure in values)
    return {figure: DEAR * (1 + math.log1p(value) / 5) for figure, value in known}


def key_totals(public: PublicTables) -> frozenset[CellFigure]:
    """Of the year: the groups, the purposes, the regions and the largest countries, by the rows of its
    tables."""
    return frozenset(public.figure(entry, key) for entry in public.entries for key in _keys(public, entry))


def _keys(public: PublicTables, entry: Entry) -> Iterator[Key]:
    step = public.step(entry)
    if entry.name in ROWS:
        rows = public.dimensions(entry)[0].parts
    elif entry.name == "citizenship":
        rows = largest(public)
    else:
        return
    yield from ((row, TOTAL) if step.columns else (row,) for row in rows)


def largest(public: PublicTables) -> tuple[str, ...]:
    """The countries that are named and have most persons."""
    number = public.facts.found.of("citizenship")
    named = public.dimensions(PERSONS_PUBLISHED["citizenship"])[0].categories
    return tuple(sorted(named, key=lambda country: (-number[country], country))[:COUNTRIES])


def call_tables(found: Counted, steps: Mapping[str, int]) -> tuple[Table, ...]:
    """As they are printed."""
    return tuple(
        table_of(found, entry, entry.step(step))
        for entry in CALLS_PUBLISHED.values()
        if (step := steps.get(entry.name, 0)) != LEFT_OUT
    )


def package_of_calls(
    found: Counted, tables: Sequence[Table], k: int, ledger: Sequence[LedgerEntry]
) -> Package:
    """`tables`: those that are printed, which come first in it."""
    before = set(map(_levels, chain.from_iterable(entry.tables for entry in ledger)))
    standing = tuple(_standing(found, before - set(map(_levels, tables))))
    together = (*tables, *standing)
    told = figures(together)
    # Which calls there are is not said: any that fit all figures will do (`libs.suppression.latent`).
    made = replace(words(found.reference.codes, found.year, told, ()), held=None)
    return Package(
        k,
        f"{found.year} calls",
        together,
        tuple(ledger),
        veiled=frozenset(told) - figures(tables).keys(),
        words=made,
    )


def at_all_steps(package: Package, codes: Codes) -> Package:
    """With the figures that the calls of each version have at the steps of every other one, as far as these
    are sums of its own: what was frozen before they were kept hangs together with others by them."""
    year, ledger = int(package.population.partition(" ")[0]), list(package.ledger)
    told = [package.tables, *(one.tables for one in package.ledger)]
    steps = dict.fromkeys(_levels(table) for tables in told for table in tables)
    for number, tables in enumerate(told):
        sums = [one for levels in steps for one in _sums(tables, levels, codes)]
        if sums:
            whole = (*tables, *sums)
            made = replace(words(codes, year, figures(whole), ()), held=None)
            nothing = frozenset(figures(whole))  # it tells nothing more: its figures are those of the version
            name = f"the same calls, {number}"
            ledger.append(LedgerEntry(package.population, name, whole, nothing, words=made))
    return replace(package, ledger=tuple(ledger))


def _sums(tables: Sequence[Table], levels: tuple[str, ...], codes: Codes) -> Iterator[Table]:
    """A table at other levels of which each row is a sum of rows that the version has."""
    if levels in map(_levels, tables) or len(levels) != 1 or CATALOGUE.fact(levels[0]).several:
        return
    (level,) = levels
    for table in tables:
        if len(table.dimensions) != 1 or CATALOGUE.fact(table.dimensions[0].name) != CATALOGUE.fact(level):
            continue
        rows = _parts(table.dimensions[0], level, codes)
        if rows is not None:
            cells = [Cell((row,), sum(filter(None, map(table.value, rows[row])))) for row in rows]
            yield replace(
                table,
                name=f"{table.name} by {level}",
                dimensions=(Dimension(level, tuple(rows)),),
                cells=(*cells, table[(TOTAL,)]),
            )
            return


def _parts(finer: Dimension, level: str, codes: Codes) -> dict[str, list[str]] | None:
    """Return the finer categories of which each category of a level is the sum. None where one is no sum."""
    fact = CATALOGUE.fact(level).name
    made = {category: codes.made_of(finer.name, category)[fact] for category in finer.categories}
    parts: dict[str, list[str]] = {}
    for category in codes.categories(level):
        whole = codes.made_of(level, category)[fact]
        parts[category] = [part for part, some in made.items() if some <= whole]
        if frozenset().union(*(made[part] for part in parts[category])) != whole:
            return None
    return parts


def _standing(found: Counted, before: Iterable[tuple[str, ...]]) -> Iterator[Table]:
    """At steps that are not printed now."""
    wanted = set(before)
    for entry in CALLS_PUBLISHED.values():
        for step in entry.ladder:
            levels = tuple(filter(None, (step.rows, step.columns)))
            if levels in wanted:
                yield replace(table_of(found, entry, step), name=f"{entry.name} by {' and '.join(levels)}")


def _levels(table: Table) -> tuple[str, ...]:
    return tuple(dimension.name for dimension in table.dimensions)
