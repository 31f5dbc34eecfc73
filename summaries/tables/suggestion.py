"""The finest steps at which little is hidden: no key total, and less than a third of each table.

Found by search, since what one table hides depends on all others: first every table that hides too much takes
a coarser step, then each one is tried a step finer for as long as that shows more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Final

from django.conf import settings

from accounts.access import Access
from libs.suppression import Cancelled, Figure, Protection, Reason, protect
from libs.suppression.tables import Cell, ProtectedTable, Status
from summaries.catalogue import CALLS_PUBLISHED
from summaries.classifications import LEFT_OUT, Entry
from summaries.tables import gate, revision
from summaries.tables.priority import cannot_be_spared, key_totals, largest
from summaries.tables.protection import (
    UNFINISHED,
    AskStop,
    CountedNow,
    Ledger,
    Progress,
    calls_for,
    counted_now,
    key_of,
    package_for,
    ranked_tables,
    refuse_disposed,
    standing,
)
from summaries.tables.public_tables import PublicTables, call_tables, figures
from summaries.tables.revision import CALLS, PERSONS

THIRD: Final = 1 / 3  # of a table's figures that hold somebody, totals among them
KEY: Final = 1.0  # a key total that is hidden weighs as much as a table of nothing else
OPEN: Final = 10.0  # and what the attack finds more than either
# What is left out last, and what is not left out at all.
LAST: Final = ("country_group", "region", "main_purpose")
ALONE: Final = "groups"
# A table that says what another one says: at the coarse step, as long as that one is printed.
TWICE: Final = {"sdg": "main_purpose"}
SECONDS: Final = 0.5  # of work for each try: a good choice will do
Steps = Mapping[str, int]


@dataclass(frozen=True)
class StepTrial:
    """What `steps` come to: how many figures are `shown`, and how much each table is `over` what it may."""

    steps: Steps
    shown: int
    over: Mapping[str, float]
    safe: bool

    @property
    def good(self) -> bool:
        return self.safe and not self.over


Tried = Callable[[Steps], StepTrial]


class StepSearch:
    """`tried`: what steps come to. No step is tried twice."""

    def __init__(self, printed: Iterable[Entry], tried: Tried) -> None:
        self._last = {entry.name: len(entry.ladder) - 1 for entry in printed}
        self._tried, self._known = tried, dict[tuple[tuple[str, int], ...], StepTrial]()

    def best(self) -> StepTrial:
        finest = dict.fromkeys(self._last, 0)
        finest |= {name: self._last[name] for name, of in TWICE.items() if {name, of} <= finest.keys()}
        return self._finer(self._good_enough(finest))

    def at(self, steps: Steps) -> StepTrial:
        key = tuple(sorted(steps.items()))
        if key not in self._known:
            self._known[key] = self._tried(steps)
        return self._known[key]

    def _good_enough(self, steps: Steps) -> StepTrial:
        trial = self.at(steps)
        while not trial.good and (further := self._coarser(trial)) != trial.steps:
            trial = self.at(further)
        return trial

    def _coarser(self, trial: StepTrial) -> Steps:
        """One step for each table that hides too much, for all where nobody can say which. Some are left out
        when those have no coarser steps."""
        printed = {name: step for name, step in trial.steps.items() if step != LEFT_OUT}
        last = self._last
        further = {name: printed[name] + 1 for name in trial.over or printed if printed[name] < last[name]}
        return {**trial.steps, **(further or dict.fromkeys(_to_leave_out(trial, printed.keys()), LEFT_OUT))}

    def _finer(self, trial: StepTrial) -> StepTrial:
        """Each table as many steps finer as show more and hide no more than they may; those left out too, the
        last first."""
        for name in sorted(trial.steps, key=lambda name: (name not in LAST, name)) if trial.good else ():
            while (step := self._next(name, trial.steps[name])) is not None:
                step_trial = self.at({**trial.steps, name: step})
                if not step_trial.good or step_trial.shown <= trial.shown:
                    break
                trial = step_trial
        return trial

    def _next(self, name: str, step: int) -> int | None:
        return self._last[name] if step == LEFT_OUT else step - 1 if step else None


def _to_leave_out(found: StepTrial, printed: Set[str]) -> Iterable[str]:
    """Return the worst of the tables that hide too much, all others before those that everybody asks for,
    and in the end everything but the headline."""
    others = printed - {ALONE, *LAST}
    worst = found.over.keys() - {ALONE} or printed - {ALONE}
    if not found.over or not worst:
        return worst
    if others and worst <= {*LAST}:
        return others
    return [min(worst, key=lambda name: (name in LAST, -found.over.get(name, 0.0), name))]


def suggested(
    access: Access,
    year: int,
    ledger: Ledger,
    *,
    key: bytes = b"",
    progress: Progress = None,
    cancelled: AskStop = None,
) -> StepTrial:
    """Return the steps that are suggested for the tables of persons and of calls: those of the last version
    where they pass, since categories that change without a reason are hard to follow.

    Deterministic: each try has a budget of its own. Where nothing is `safe`, all that is left out does not
    help. Raises Cancelled.
    """
    refuse_disposed(year)
    public = ranked_tables(access, year, {}, ledger)
    key, now = key or key_of(year, ledger), counted_now(public, ledger)
    stands = standing(public, ledger, now)
    told = partial(_told, count(1), 2 * len(public.entries), progress, cancelled)

    def best(population: str, entries: Sequence[Entry], tried: Tried) -> StepTrial:
        search, version = StepSearch(entries, partial(told, tried)), revision.last_made(ledger, population)
        if version is None:
            return search.best()
        return _like(revision.steps_of(version, entries), search, stand=stands[population].stand)

    persons = best(PERSONS, public.entries, Persons(public, ledger, key, now).tried)
    calls = best(CALLS, tuple(CALLS_PUBLISHED.values()), partial(_calls, public, ledger, key, now))
    return StepTrial(
        {**persons.steps, **calls.steps},
        persons.shown + calls.shown,
        {**persons.over, **calls.over},
        persons.safe and calls.safe,
    )


def _like(before: Steps, search: StepSearch, *, stand: bool) -> StepTrial:
    """Return the steps of the last version if its tables stand, or pass; others if these print as many
    tables. The headline alone if not: then the tables stand."""
    if stand:
        return StepTrial(before, 0, {}, True)
    found = search.at(before)
    if not found.safe:
        found = search.best()
    if ALONE in before and _number(found.steps) < _number(before):
        return StepTrial(dict.fromkeys(before, LEFT_OUT) | {ALONE: 0}, 0, {}, True)
    return found


def _number(steps: Steps) -> int:
    """Return how many tables are printed."""
    return sum(step != LEFT_OUT for step in steps.values())


def _told(
    numbers: Iterator[int], least: int, progress: Progress, cancelled: AskStop, tried: Tried, steps: Steps
) -> StepTrial:
    """Return what steps come to. Each try tells its number, of `least` or more, and stops where asked to."""
    number = next(numbers)
    if cancelled and cancelled():
        raise Cancelled
    if progress:
        progress(number, max(number + 1, least))
    return tried(steps)


class Persons:
    def __init__(self, public: PublicTables, ledger: Ledger, key: bytes, now: CountedNow) -> None:
        self._public, self._package = public, partial(package_for, ledger=ledger, key=key, now=now)
        self._must = {entry.name: self._must_of(entry) for entry in public.entries}
        self._spare = {entry.name: not cannot_be_spared(self._last(entry), entry) for entry in public.entries}

    def tried(self, steps: Steps) -> StepTrial:
        printed = tuple(entry for entry in self._public.entries if steps[entry.name] != LEFT_OUT)
        one = replace(self._public, steps=steps, entries=printed)
        protection = protect(self._package(one), seconds=SECONDS, briefly=True)
        tables = one.flat(protection.tables, {})
        failed = gate.failed_figures(protection)
        lost = {key for key in key_totals(one) if protection.statuses.get(key) is Reason.PROTECTS}
        few = _share(one for table in tables for one in table) < THIRD
        over = {}
        for entry, table in zip(printed, tables, strict=True):
            of_table = one.figures_of(entry)
            is_kept = few and entry.name in LAST and steps[entry.name] == len(entry.ladder) - 1
            hides = _over(table) + KEY * max(0, len(lost & of_table) - self._must[entry.name])
            if self._spare[entry.name]:
                hides += KEY * len(lost & largest(one, entry))
            over[entry.name] = hides * (not is_kept) + OPEN * bool(failed & of_table)
        return _trial(steps, tables, over, protection, failed)

    def _must_of(self, entry: Entry) -> int:
        """How many key totals of a table have to protect others at any step: one, where a coarsest row is too
        small to be shown itself."""
        last = self._last(entry)
        keys = key_totals(last)
        known = figures(last.deep) if keys else {}
        numbers = (known[key].number for key in keys & known.keys())
        return int(any(0 < number < settings.SMALL_CELL_K for number in numbers))

    def _last(self, entry: Entry) -> PublicTables:
        """Return a table at its coarsest step, by itself."""
        steps = {**self._public.steps, entry.name: len(entry.ladder) - 1}
        return replace(self._public, steps=steps, entries=(entry,))


def _calls(public: PublicTables, ledger: Ledger, key: bytes, now: CountedNow, steps: Steps) -> StepTrial:
    tables = call_tables(public.facts.found, steps)
    protection = protect(calls_for(public, tables, ledger, key, now), seconds=SECONDS)
    printed = protection.tables[: len(tables)]
    over = {table.name: _over(table) for table in printed}
    return _trial(steps, printed, over, protection, gate.failed_figures(protection))


def _over(table: ProtectedTable) -> float:
    share = _share(table)
    return share if share >= THIRD else 0.0


def _share(cells: Iterable[Cell]) -> float:
    """Return how much of what holds somebody is hidden."""
    somebody = [cell.status is Status.HIDDEN for cell in cells if cell.status is Status.HIDDEN or cell.value]
    return sum(somebody) / max(len(somebody), 1)


def _trial(
    steps: Steps,
    tables: Sequence[ProtectedTable],
    over: Mapping[str, float],
    protection: Protection,
    failed: Set[Figure],
) -> StepTrial:
    shown = sum(
        bool(cell.value) for cell in (one for table in tables for one in table)
    )  # what is hidden holds no value
    safe = protection.audit.proof != UNFINISHED and not failed
    return StepTrial(steps, shown, {name: much for name, much in over.items() if much}, safe)
