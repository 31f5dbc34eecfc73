"""What each step of a table would print, and how much of it is too small to be shown: counted, nothing is
protected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from accounts.access import Access
from summaries.catalogue import CALLS_PUBLISHED
from summaries.classifying import LEFT_OUT, Entry
from summaries.protection import Figure
from summaries.publishing.actions import draft_of
from summaries.publishing.forms import step_names
from summaries.publishing.protecting import public_tables, sealed_before, threshold
from summaries.publishing.public_calls import call_tables
from summaries.publishing.public_tables import PublicTables, figures
from summaries.publishing.words import public_titles
from summaries.tables import Cell


@dataclass(frozen=True, slots=True)
class StepCost:
    """Of one step: how many figures that hold somebody it prints, and how many of these are `small`. These
    are hidden at least; others may have to protect them."""

    name: str
    figures: int
    small: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class TablePreview:
    title: str
    choices: tuple[StepCost, ...]
    left_out: bool


def previews(access: Access, year: int) -> list[TablePreview]:
    """Of every table that is published; none where nobody is registered. For the inside."""
    ledger, draft = sealed_before(year), draft_of(year)
    steps, titles, k = (draft.steps if draft else {}), public_titles(), threshold(ledger)
    public = public_tables(access, year, {}, ledger)
    if not public.facts.found.number:
        return []
    known = figures(public.of_all_steps.deep)
    found = [(entry, _of_persons(public, entry, known)) for entry in public.entries]
    found += [(entry, _of_calls(public, entry)) for entry in CALLS_PUBLISHED.values()]
    return [
        TablePreview(
            titles[entry.name],
            tuple(_choices(values, steps.get(entry.name, 0), k)),
            steps.get(entry.name) == LEFT_OUT,
        )
        for entry, values in found
    ]


def _choices(of_steps: Iterable[list[int]], at: int, k: int) -> Iterator[StepCost]:
    listed = list(of_steps)
    for step, (name, values) in enumerate(zip(step_names(len(listed)), listed, strict=True)):
        yield StepCost(name, len(values), sum(value < k for value in values), step == at)


def _of_persons(public: PublicTables, entry: Entry, known: Mapping[Figure, Cell]) -> Iterator[list[int]]:
    """By step, the figures that hold somebody; where they are exempt none is too small."""
    for step in range(len(entry.ladder)):
        one = replace(public, steps={**public.steps, entry.name: step})
        cells = (known.get(one.figure(entry, key)) for key in one.keys(entry))
        yield [cell.value for cell in cells if cell and cell.value]


def _of_calls(public: PublicTables, entry: Entry) -> Iterator[list[int]]:
    for step in range(len(entry.ladder)):
        tables = call_tables(public.facts.found, {entry.name: step})
        yield [cell.value for table in tables if table.name == entry.name for cell in table if cell.value]
