"""The public package of a year: deep tables that go through disclosure control, and the flat tables read from
them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from summaries.publishing.facts import REST, Facts
from summaries.publishing.families import Family, Figure, Path, deep_table
from summaries.publishing.layouts import LABOUR, LAYOUTS, NESTED, SCOPES, Layout, Step, chosen
from summaries.tables import (
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
from summaries.tabulate import GROUPS, told_together

# Deep table → its families; the facts of those whose second is "group" are made alike, as are those of
# REPORTED.
DEEP: Mapping[str, tuple[str, ...]] = {
    "groups": ("group",),
    "purpose": ("purpose", "group"),
    "citizenship": ("citizenship", "group"),
    "county": ("county", "group"),
    "organisation": ("organisation", "group"),
    "offence": ("offence", "group"),
    "age": ("age", "group"),
    "measure": ("measure", "group"),
    "sdg": ("sdg", "group"),
    "sector": ("purpose", "sector", "group"),
    "eu_form": ("eu_form", "offence", "eu_status"),
    "eu_organisation": ("organisation", "offence", "eu_status"),
    "eu_age_sex": ("group", "offence", "eu_status"),
    "eu_citizenship": ("citizenship", "offence", "eu_status"),
    "eu_status": ("eu_status", "offence"),
    "links": ("purpose", "sdg", "eu_form"),
    "links_by_section": ("purpose", "sdg", "group"),
    "any_purpose": ("any_purpose", "group"),
    "source": ("source", "group"),
    "status": ("eu_status", "group"),
}
# Levels that a table has even where no public table shows them: they tie others together.
ALWAYS: Mapping[str, set[str]] = {
    "links": {"purpose_class", "main_purpose", "sdg", "eu_form"},
    "links_by_section": {"purpose_class", "main_purpose", "sdg", "section"},
    "sector": {"purpose_class"},
    "groups": {"section", "group"},
    "age": {"age_span", "section"},  # everybody knows which ages are children's
}
REPORTED = (
    "links",
    "links_by_section",
    "eu_form",
    "eu_organisation",
    "eu_age_sex",
    "eu_citizenship",
    "eu_status",
)
OVERLAPPING = ("measure", "any_purpose")  # a person may have several
COARSE = ("eu_organisation", "eu_citizenship")  # read down to the level of that name only
# What a scope counts: trafficking alone, or with exploitation. Everybody is the total.
SCOPE: Mapping[str, Path] = {
    "trafficking": (("act", "thb"), ("offence_class", "trafficking")),
    "with_exploitation": (("act", "thb"),),
}


@dataclass(frozen=True)
class PublicTables:
    """What is published of a year's persons at these `steps` of the ladders. `exempted`: names of tables.

    `together`: those of other sex and those not known are told as one number. `named`: country that is named
    for its size → how many persons everybody knows it has at least.
    """

    facts: Facts
    steps: Mapping[str, int]
    exempted: frozenset[str] = frozenset()
    together: bool = False
    named: Mapping[str, int] = field(default_factory=dict)
    standing: frozenset[Figure] = frozenset()  # published before: kept even at 0
    levels_before: Mapping[str, set[str]] = field(default_factory=dict)
    layouts: tuple[Layout, ...] = LAYOUTS

    def used(self, name: str) -> frozenset[str]:
        """Levels of a deep table that somebody sees, now or in what was published before: no finer ones are
        counted."""
        steps = [self.step(layout) for layout in self.layouts if layout.facts == name]
        seen = {level for step in steps for level in (step.rows, step.columns)} | self.levels_before.get(
            name, set()
        )
        scope = {"act", "offence_class"} if seen & set(NESTED) else set()
        status = {"eu_status"} if "scope_status" in seen else set()
        return frozenset(seen | scope | status | ALWAYS.get(name, set()))

    def step(self, layout: Layout) -> Step:
        return chosen(layout, dict(self.steps))

    @cached_property
    def deep(self) -> tuple[Table, ...]:
        wanted = self._printed | self._still_standing
        names = self._links | {layout.facts for layout in self.layouts}
        return tuple(self._deep(name, wanted) for name in DEEP if name in names) + tuple(
            self._exempt_tables()
        )

    @property
    def _links(self) -> set[str]:
        """Purposes have a name in each standard: for everybody, and for women, men and children where a
        standard's table tells of these."""
        return {"links", "links_by_section"} if "section" in self.used("sdg") else {"links"}

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
    def _printed(self) -> frozenset[Figure]:
        return frozenset().union(*(self._figures(layout) for layout in self.layouts))

    @property
    def _still_standing(self) -> frozenset[Figure]:
        """Without the rest of a group from which other countries are named now."""
        rest = {one[-1] for one in self.facts.families["citizenship"].chains}
        return frozenset(
            f for f in self.standing if all(c in rest or not c.startswith(REST) for _level, c in f)
        )

    def flat(self, deep: Sequence[Table], titles: Mapping[str, str]) -> tuple[ProtectedTable, ...]:
        """The public tables, read from protected deep ones."""
        known = figures(deep)
        return tuple(self._flat(layout, known, titles) for layout in self.layouts)

    def _flat(
        self, layout: Layout, known: Mapping[Figure, Cell], titles: Mapping[str, str]
    ) -> ProtectedTable:
        cells = (self._cell(layout, key, known) for key in self.keys(layout))
        table = ProtectedTable(
            name=layout.name,
            title=titles.get(layout.name, layout.name),
            dimensions=self.dimensions(layout),
            cells=tuple(cells),
            additive=not layout.open and self.step(layout).columns not in NESTED,
            exempt=layout.name in self.exempted,
        )
        return told_together(largest_first(table) if self.step(layout).rows == "citizenship" else table)

    def _cell(self, layout: Layout, key: Key, known: Mapping[Figure, Cell]) -> Cell:
        found = known.get(self.figure(layout, key))
        return Cell(key, 0) if found is None else replace(found, key=key)

    def keys(self, layout: Layout) -> list[Key]:
        first, *others = self.dimensions(layout)
        rows = (*first.categories, TOTAL)
        return (
            [(row, column) for row in rows for column in (*others[0].categories, TOTAL)]
            if others
            else [(row,) for row in rows]
        )

    def dimensions(self, layout: Layout) -> tuple[Dimension, ...]:
        step = self.step(layout)
        rows = Dimension(step.rows, step.only or self._categories(step.rows))
        return (rows, Dimension(step.columns, self._categories(step.columns))) if step.columns else (rows,)

    def figure(self, layout: Layout, key: Key) -> Figure:
        step = self.step(layout)
        places = [
            self._place(level, part) for level, part in zip((step.rows, step.columns), key, strict=False)
        ]
        return frozenset((*layout.pinned, *(pair for place in places for pair in place)))

    def _place(self, level: str, category: str) -> Path:
        if category == TOTAL:
            return ()
        if (level, category) == (GROUP, TOGETHER):
            return self._family("section").place("section", category)
        if level not in NESTED:
            return self._family(level).place(level, category)
        scope, _plus, status = category.partition("+")
        return SCOPE[scope] + (self._family("eu_status").place("eu_status", status) if status else ())

    def _family(self, level: str) -> Family:
        return next(family for family in self.facts.families.values() if level in family.levels)

    def _categories(self, level: str) -> tuple[str, ...]:
        """In the order of the lists."""
        if level in NESTED:
            statuses = self._categories("eu_status") if level == "scope_status" else ()
            return tuple(
                one for scope in SCOPES for one in (scope, *(f"{scope}+{status}" for status in statuses))
            )
        if level == GROUP and self.together:
            return (*(one for one in GROUPS if one not in APART), TOGETHER)
        family = self._family(level)
        at = family.levels.index(level)
        found = dict.fromkeys(one[at] for one in family.chains if len(one) > at)
        return tuple(one for one in found if not one.startswith(REST))

    def _figures(self, layout: Layout) -> frozenset[Figure]:
        return frozenset(self.figure(layout, key) for key in self.keys(layout))

    def _deep(self, name: str, wanted: Iterable[Figure]) -> Table:
        families = tuple(self.facts.families[family].cut(self.used(name)) for family in DEEP[name])
        if name in COARSE:
            families = (families[0].cut({name}), *families[1:])
        levels = {level for family in families for level in family.levels}
        standing = [figure for figure in wanted if figure and {level for level, _ in figure} <= levels]
        if name in OVERLAPPING:
            standing = [figure for figure in standing if any(level == name for level, _ in figure)]
        totals = {figure_of(self._groups, cell.key): cell.value or 0 for cell in self._groups}
        return deep_table(
            name,
            families,
            self._rows(name),
            possible=self.facts.possible(DEEP[name]),
            standing=standing,
            pinned=frozenset(LABOUR) if name == "sector" else frozenset(),
            totals=totals if name in OVERLAPPING else None,
        )

    @cached_property
    def _groups(self) -> Table:
        return deep_table("groups", (self.facts.families["group"],), self.facts.persons())

    def _rows(self, name: str) -> list[tuple[tuple[tuple[str, ...], ...], int]]:
        if name == "groups":
            return self.facts.persons()
        if name == "sector":
            return self.facts.labour_sectors()
        if name in REPORTED:
            return self.facts.by_report(DEEP[name])
        return self.facts.by_group(DEEP[name][0])

    def _exempt_tables(self) -> Iterable[Table]:
        """The named cells once more, marked: a figure is exempt wherever it stands."""
        for layout in self.layouts:
            if layout.name in self.exempted:
                source = self._deep(layout.facts, frozenset())
                kept = (cell for cell in source if self._is_exempt(layout, figure_of(source, cell.key)))
                yield replace(source, name=f"exempt_{layout.name}", cells=tuple(kept), exempt=True)

    def _is_exempt(self, layout: Layout, figure: Figure) -> bool:
        """What the table prints; of the groups their sums too, and not those two of which only the sum is
        told."""
        sums = layout.name == "groups" and not any(category in APART for _level, category in figure)
        return sums or figure in self._figures(layout)


def figures(tables: Iterable[Table]) -> dict[Figure, Cell]:
    return {figure_of(table, cell.key): cell for table in tables for cell in table}


def figure_of(table: Table, key: Key) -> Figure:
    return frozenset((d.name, part) for d, part in zip(table.dimensions, key, strict=True) if part != TOTAL)
