"""A draft as its makers see it: how far it has come, why cells are hidden, and what is proposed.

Of an exemption it is told what it would show, and what would follow in other tables, before anybody answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.notices import page_language
from accounts.roles import May
from audit.writer import record
from jobs.kinds import needed
from libs.suppression import COARSER_ABOVE, Concentration, concentrated_rows, hidden_share
from libs.suppression.tables import NOBODY, TOTAL, Cell, Key, ProtectedTable, Status
from summaries.catalogue import PERSONS_PUBLISHED, PUBLISHED_BY_NAME
from summaries.release.frozen import Shown, ShownRow, protected_tables, words_of
from summaries.release.models import Exemption, Publication
from summaries.site.sdg import YEARS as SERIES
from summaries.tables.gate import DERIVABLE
from summaries.tables.priority import KEY_TABLES
from summaries.tables.protection import (
    AskStop,
    Progress,
    exempted,
    protect_year,
    public_tables,
    values_before,
)
from summaries.tables.public_tables import NESTED, figures

State = Publication.State
MAKING: Final = (State.DRAFT, State.PROTECTED, State.TESTED)
RIBBON: Final = (*MAKING, State.PRELIMINARY, State.FINAL)
REVISION: Final = (*MAKING, State.REVISED)


@dataclass(frozen=True)
class Loss:
    """What readers of a year do not see: `hidden` of `figures` that are not 0, `totals` of key rows, and how
    many `persons` stand in these."""

    year: int
    figures: int
    hidden: int
    totals: int
    persons: int

    @property
    def percent(self) -> int:
        return round(100 * self.hidden / max(self.figures, 1))


def loss_of(publication: Publication) -> Loss:
    """Return what the tables of a version or draft do not show."""
    tables = protected_tables(publication.tables)
    cells = [cell for table in tables for cell in table]
    hidden = sum(cell.status is Status.HIDDEN for cell in cells)
    figures_shown = sum(bool(cell.value) for cell in cells)
    key_tables = [table for table in tables if table.name in KEY_TABLES]
    totals = sum(len(_hidden_rows(table)) for table in key_tables)
    persons = max((_persons_hidden(table) for table in key_tables if table.additive), default=0)
    return Loss(publication.year, hidden + figures_shown, hidden, totals, persons)


def _row_totals(table: ProtectedTable) -> list[Cell]:
    return [cell for cell in table if cell.key[0] != TOTAL and set(cell.key[1:]) <= {TOTAL}]


def _hidden_rows(table: ProtectedTable) -> list[str]:
    """Return the rows whose total is suppressed."""
    return [cell.key[0] for cell in _row_totals(table) if cell.status is Status.HIDDEN]


def _persons_hidden(table: ProtectedTable) -> int:
    """Return how many persons stand in rows whose total is suppressed: what the shown rows leave."""
    if not _hidden_rows(table):
        return 0
    everybody = table.value(*[TOTAL] * len(table.dimensions)) or 0
    return max(0, everybody - sum(cell.number for cell in _row_totals(table)))


def key_totals_hidden(tables: Iterable[Bench]) -> list[str]:
    """Return the names of the key rows whose total a draft suppresses."""
    found = []
    for bench in tables:
        table = bench.shown.table
        if table.name in KEY_TABLES:
            found += [str(bench.shown.label(table.dimensions[0], row)) for row in _hidden_rows(table)]
    return found


@dataclass(frozen=True)
class Bench:
    """One table of the draft. `reasons`: of hidden cells, by their keys."""

    shown: Shown
    reasons: dict[str, int]
    step: int

    @property
    def mostly_hidden(self) -> bool:
        return hidden_share(self.shown.table) > COARSER_ABOVE

    @property
    def hidden(self) -> int:
        return sum(cell.status is Status.HIDDEN for cell in self.shown.table)

    @property
    def derivable(self) -> list[str]:
        """The names of cells that are suppressed but derivable."""
        return [self._cell(key) for key, reason in self.reasons.items() if reason == DERIVABLE]

    def _cell(self, key: str) -> str:
        parts = zip(self.shown.table.dimensions, key.split("|"), strict=True)
        return " · ".join(self.shown.label(*part) for part in parts)

    @property
    def proposed(self) -> int | None:
        """The step that would hide less, where much is suppressed, or can be derived all the same. None of
        a table that stands."""
        coarser = self.step + 1
        is_last = coarser >= len(PUBLISHED_BY_NAME[self.shown.table.name].ladder)
        hides_too_much = self.mostly_hidden or self.derivable
        return coarser if hides_too_much and not is_last and not self.shown.table.version else None

    @property
    def rows(self) -> Iterator[tuple[ShownRow, list[tuple[Cell, int]]]]:
        for row in self.shown.rows:
            yield row, [(cell, self.reasons.get("|".join(cell.key), 0)) for cell in row.cells]

    @property
    def concentrated(self) -> list[str]:
        """Rows of which almost everybody is in one cell: their names. Not where a cell is part of the one
        beside it."""
        if not NESTED.isdisjoint(self.shown.table.levels):
            return []
        return list(
            dict.fromkeys(
                self._name(concentrated_row) for concentrated_row in concentrated_rows(self.shown.table)
            )
        )

    def _name(self, one: Concentration) -> str:
        names = self.shown.words["categories"]
        pairs = zip(self.shown.table.dimensions, one.cell, strict=True)
        return " · ".join(names[dimension.name][part] for dimension, part in pairs if part != TOTAL)


def benches(draft: Publication) -> list[Bench]:
    tables = protected_tables(draft.tables)
    words = words_of(tables, page_language())
    reasons = draft.true_values().get("reasons", {})
    return [
        Bench(
            Shown(table, words, draft.so_far),
            reasons.get(table.name, {}),
            int(draft.steps.get(table.name, 0)),
        )
        for table in tables
    ]


def ribbon(draft: Publication | None, newest: Publication | None) -> list[tuple[str, str]]:
    """(name, done, now or later) of each state on the way."""
    state = State(draft.state if draft else newest.state if newest else State.DRAFT)
    final = newest is not None and newest.state in (State.FINAL, State.REVISED)
    steps = REVISION if final and (draft or state == State.REVISED) else RIBBON
    marks = chain(repeat("done", steps.index(state)), ["now"], repeat("later"))
    return [(str(one.label), mark) for one, mark in zip(steps, marks, strict=False)]


def keepers_of(version: Publication) -> list[int]:
    """Return the years whose series over ten years was frozen with the totals of this version.

    No withdrawal changes them.
    """
    after = range(version.year + 1, version.year + SERIES)
    later = Publication.objects.standing().filter(year__in=after, published_at__gte=version.published_at)
    newer = Publication.objects.published().filter(year=version.year, version__gt=version.version)
    if (first := newer.order_by("version").first()) is not None:
        later = later.filter(published_at__lt=first.published_at)
    return sorted(set(later.values_list("year", flat=True)))


Cells = dict[str, list[list[str]]]


@dataclass(frozen=True)
class Effect:
    """Of one exemption that waits.

    `small`: figures of 1 to k−1 that everybody would see, by name. `others`: how many more of its figures.
    `hidden` and `shown`: cells of other tables, by title, that would be so then. `known`: whether these are
    worked out of the draft as it is. `passes`: whether the attack test would.
    """

    exemption: Exemption
    title: str
    small: list[tuple[str, int]]
    others: int
    hidden: list[tuple[str, list[str]]]
    shown: list[tuple[str, list[str]]]
    known: bool
    passes: bool


def effect_of(access: Access, draft: Publication, exemption: Exemption, title: str) -> Effect:
    """Return what an exemption would show. Counts the year: a second, for one table."""
    tables = {table.name: table for table in protected_tables(draft.tables)}
    words = words_of([*tables.values()], page_language())
    small, others = _newly_derivable(access, draft, exemption.table, tables, words)
    found = exemption.effect
    known = found.get("draft", "") == draft.digest != ""
    hidden, shown = (_named(found[way] if known else {}, tables, words) for way in ("hidden", "shown"))
    return Effect(exemption, title, small, others, hidden, shown, known, bool(found.get("passed")))


def _newly_derivable(
    access: Access, draft: Publication, name: str, tables: dict[str, ProtectedTable], words: dict[str, Any]
) -> tuple[list[tuple[str, int]], int]:
    table = tables.get(name)
    if table is None:
        return [], 0
    exempt = frozenset({*exempted(draft.year), name})
    public = public_tables(access, draft.year, draft.steps, values_before(draft.year), exempt=exempt)
    entry, true = PERSONS_PUBLISHED[name], figures(public.deep)
    small, others = [], 0
    for cell in table:
        if cell.status is Status.SHOWN:
            continue
        value = true.get(public.figure(entry, cell.key), NOBODY).number
        if 1 <= value < draft.k:
            small.append((Shown(table, words).name_of(cell.key), value))
        else:
            others += 1
    return small, others


def try_exemption(
    *, exemption: Exemption, by: Access, progress: Progress = None, cancelled: AskStop = None
) -> None:
    """Protect the draft's year as if the exemption were approved, and keep what that would change elsewhere.

    Kept is which cells of other tables would be hidden or shown then, and no value. This takes long: it is
    run as a job.
    """
    by.require(May.PUBLISH, May.APPROVE_EXCEPTION)
    year = exemption.year or 0
    drafts = Publication.objects.drafts().filter(year=year).exclude(digest="")
    draft = needed(drafts.first(), _("There is no protected draft of the year: protect the tables first."))
    exempt = frozenset({*exempted(year), exemption.table})
    protected = protect_year(by, year, draft.steps, exempt=exempt, progress=progress, cancelled=cancelled)
    changed = _changed(protected_tables(draft.tables), protected.flat, but=exemption.table)
    effect = {"draft": draft.digest, "passed": protected.passed, **changed}
    with transaction.atomic():
        Exemption.objects.filter(pk=exemption.pk).update(effect=effect)
        record(by, "exemption.try", exemption)


def _changed(
    before: Iterable[ProtectedTable], after: Iterable[ProtectedTable], *, but: str
) -> dict[str, Cells]:
    """Return which cells are hidden or shown afterwards and were not before, of all tables but one."""
    now, then = _statuses(before), _statuses(after)
    found: dict[Status, Cells] = {status: defaultdict(list) for status in Status}
    for place, status in sorted(then.items() - now.items()):
        name, key = place
        if place in now and name != but:
            found[status][name].append([*key])
    return {"hidden": found[Status.HIDDEN], "shown": found[Status.SHOWN]}


def _statuses(tables: Iterable[ProtectedTable]) -> dict[tuple[str, Key], Status]:
    return {(table.name, cell.key): cell.status for table in tables for cell in table}


def _named(
    cells: Cells, tables: dict[str, ProtectedTable], words: dict[str, Any]
) -> list[tuple[str, list[str]]]:
    return [
        (str(words["titles"][name]), [Shown(tables[name], words).name_of(tuple(key)) for key in keys])
        for name, keys in cells.items()
        if name in tables
    ]
