"""A draft as its makers see it: the ribbon, each table with why its cells are hidden, and what is
proposed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.utils.translation import get_language

from accounts.access import Access
from cases.models import DisposedYear
from libs.suppression import COARSER_ABOVE, Concentration, concentrated_rows, hidden_share
from libs.suppression.tables import TOGETHER, TOTAL, Cell, Table
from summaries.catalogue import PUBLISHED_BY_NAME
from summaries.classifications import SECTIONS
from summaries.coverage import HEADLINE, Alone, Telling
from summaries.release.frozen import Shown, ShownRow, protected_tables, words_of
from summaries.release.models import Publication
from summaries.site.sdg import YEARS as SERIES
from summaries.tables.gate import EARLIER, TOLD
from summaries.tables.protection import PERSONS, public_tables, veiled
from summaries.tables.public_tables import NESTED, PUBLISHED, figure_of

State = Publication.State
MAKING: Final = (State.DRAFT, State.PROTECTED, State.TESTED)
RIBBON: Final = (*MAKING, State.PRELIMINARY, State.FINAL)
REVISION: Final = (*MAKING, State.REVISED)


@dataclass(frozen=True)
class Bench:
    """One table of the draft. `proposed`: the step that would hide less, where more than half is hidden."""

    shown: Shown
    reasons: dict[str, int]
    step: int
    earlier: dict[str, int | str] = field(default_factory=dict)

    @property
    def mostly_hidden(self) -> bool:
        return hidden_share(self.shown.table) > COARSER_ABOVE

    @property
    def hidden(self) -> int:
        return len(self.reasons)

    @property
    def told(self) -> list[str]:
        """Cells that are hidden in vain: their names."""
        return [self._cell(key) for key, reason in self.reasons.items() if reason == TOLD]

    @property
    def told_earlier(self) -> list[tuple[str, int | None]]:
        """Cells that something earlier tells: their names, and the version; none where it was handed out."""
        return [(self._cell(key), by if isinstance(by, int) else None) for key, by in self.earlier.items()]

    def _cell(self, key: str) -> str:
        parts = zip(self.shown.table.dimensions, key.split("|"), strict=True)
        return " · ".join(self.shown.label(dimension, part) for dimension, part in parts)

    @property
    def proposed(self) -> int | None:
        entry = PUBLISHED_BY_NAME.get(self.shown.table.name)
        last = len(entry.ladder) - 1 if entry else 0
        return (
            self.step + 1 if (self.mostly_hidden or self.told or self.earlier) and self.step < last else None
        )

    @property
    def rows(self) -> Iterator[tuple[ShownRow, list[tuple[Cell, int]]]]:
        for row in self.shown.rows:
            yield row, [(cell, self.reasons.get("|".join(cell.key), 0)) for cell in row.cells]

    @property
    def concentrated(self) -> list[str]:
        """Rows of which almost everybody is in one cell: their names. Not where a cell is part of the one
        beside it."""
        if any(dimension.name in NESTED for dimension in self.shown.table.dimensions):
            return []
        first = self.shown.table.dimensions[0]
        return list(dict.fromkeys(self._name(first.name, one) for one in concentrated_rows(self.shown.table)))

    def _name(self, dimension: str, one: Concentration) -> str:
        names = self.shown.words["categories"]
        dimensions = [d.name for d in self.shown.table.dimensions]
        return " · ".join(
            names[d][part] for d, part in zip(dimensions, one.cell, strict=True) if part != TOTAL
        )


def benches(draft: Publication) -> list[Bench]:
    tables = protected_tables(draft.tables)
    words = words_of(tables, get_language() or "sv")
    sealed = draft.unsealed()
    reasons, earlier = sealed.get("reasons", {}), sealed.get("earlier", {})
    return [
        Bench(
            Shown(table, words, draft.so_far),
            reasons.get(table.name, {}),
            int(draft.steps.get(table.name, 0)),
            earlier.get(table.name, {}),
        )
        for table in tables
    ]


def told_in(draft: Publication) -> int:
    """How many cells are hidden in vain."""
    reasons: dict[str, dict[str, int]] = draft.unsealed().get("reasons", {})
    return sum(reason in (TOLD, EARLIER) for one in reasons.values() for reason in one.values())


def ribbon(draft: Publication | None, newest: Publication | None) -> list[tuple[str, str]]:
    """(name, done, now or later) of each state on the way."""
    state = State(draft.state if draft else newest.state if newest else State.DRAFT)
    final = newest is not None and newest.state in (State.FINAL, State.REVISED)
    steps = REVISION if final and (draft or state == State.REVISED) else RIBBON
    at = steps.index(state)
    return [
        (str(one.label), "now" if place == at else "done" if place < at else "later")
        for place, one in enumerate(steps)
    ]


def keepers_of(version: Publication) -> list[int]:
    """The years whose series over ten years was frozen with the totals of this version, which no withdrawal
    changes."""
    after = range(version.year + 1, version.year + SERIES)
    later = Publication.objects.standing().filter(year__in=after, published_at__gte=version.published_at)
    newer = (
        Publication.objects.published()
        .filter(year=version.year, version__gt=version.version)
        .order_by("version")
    )
    if (first := newer.first()) is not None:
        later = later.filter(published_at__lt=first.published_at)
    return sorted(set(later.values_list("year", flat=True)))


def pending(access: Access, newest: Publication) -> int:
    """How many figures of the newest version are others in the register now. For the inside: never told
    outside."""
    if DisposedYear.objects.filter(year=newest.year).exists():
        return 0  # nothing is left to hold it against
    sealed: dict[str, Any] = newest.unsealed()
    unprinted = veiled(sealed, PERSONS)
    public = public_tables(access, newest.year, newest.steps, [sealed])
    fuller = replace(public, telling=replace(public.telling, alone=Alone.NOTHING_LESS), entries=PUBLISHED)
    now = {table.name: table for table in fuller.deep}
    before = [Table.from_json(table) for table in sealed["packages"][PERSONS]["tables"]]
    told = [
        (table, cell) for table in before for cell in table if figure_of(table, cell.key) not in unprinted
    ]
    others = sum(_differs(now.get(table.name), cell, table) for table, cell in told)
    return others + _of_those_left(fuller.telling, newest)


def _of_those_left(told_of: Telling, newest: Publication) -> int:
    """Of the headline, those figures that stand in no package."""
    tables = (one for one in protected_tables(newest.tables) if one.name == HEADLINE and one.exempt)
    now = {**told_of.groups, TOGETHER: told_of.number(TOGETHER)}
    return sum(
        cell.value is not None and cell.value != now.get(cell.key[0], 0)
        for table in tables
        for cell in table
        if SECTIONS.get(cell.key[0], cell.key[0]) in told_of.left
    )


def _differs(now: Table | None, cell: Cell, before: Table) -> bool:
    if now is None:
        return False
    named = dict(zip([d.name for d in before.dimensions], cell.key, strict=True))
    key = tuple(named.get(d.name, TOTAL) for d in now.dimensions)
    other = now.by_key.get(key)
    return (other.value if other else 0) != cell.value
