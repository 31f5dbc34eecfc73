"""The next version of a year as its public file, made without being kept.

It may be made as if public files had been published before it: what they show is known, and what they hide
stays hidden. The register's own ledger holds the true values of a version. A file does not: a figure that it
hides is taken to be what it is now.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils.translation import override

from accounts.access import Access
from jobs.kinds import JobRefused, refuse
from libs.suppression import Figure, figure_of
from libs.suppression.tables import GROUP, NOBODY, TOGETHER, TOTAL, Cell, Key, Status, Table
from summaries.catalogue import CALLS_PUBLISHED, CATALOGUE, PERSONS_PUBLISHED, PUBLISHED_BY_NAME
from summaries.classifications import SECTIONS
from summaries.counting.summary import confirmed_regions, number_of_regions
from summaries.coverage import HEADLINE
from summaries.release import frozen
from summaries.release.actions import next_version, states_open
from summaries.release.corrections import headline_steps
from summaries.release.models import Publication
from summaries.site.files import json_bytes
from summaries.site.versions import headline
from summaries.tables.protection import (
    CALLS,
    FEW_FIGURES,
    PERSONS,
    SECONDS,
    UNFINISHED,
    CountedNow,
    Protected,
    counted_now,
    protect_year,
    public_tables,
    refuse_disposed,
    values_before,
)
from summaries.tables.public_tables import PublicTables, deep_name
from summaries.tables.suggestion import suggested

LARGEST: Final = 10**9
LARGEST_FILE: Final = 20_000_000  # bytes
OTHERS: Final = "others"  # the categories beside one, whatever they are
Json = dict[str, Any]
Known = tuple[str, int | None, str, bool, int]  # deep table, value, status, whether its parts add up, at most


def read(path: str, year: int) -> Json:
    """Return the document of a public file of the year. Raises JobRefused where it is none."""
    try:
        found = json.loads(_bytes(path))
        tables = [Table.from_json(one) for one in found["tables"]]
        k, of = int(found["k"]), found["year"]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        text = f"{path} is no public file of a year: it is the tables.json of one version."
        raise JobRefused(text) from None
    refuse((of != year, f"{path} is of another year than {year}."))
    return {**found, "k": k, "read": tables}


def _bytes(path: str) -> bytes:
    """Return the content. Raises ValueError where there is more than a year has."""
    with Path(path).open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise ValueError
    return content


def ledger_of(access: Access, year: int, files: Sequence[Json]) -> list[Json]:
    """What the versions were made of, in the shape of their encrypted part, as far as it is known."""
    stubs = [_named_in(file, year) for file in files]
    public = public_tables(access, year, {}, stubs)
    now = counted_now(public, stubs)
    true_values = [_with_true(file, year, public, now) for file in files]
    return [{**one, "told": number} for number, one in enumerate(true_values, start=1)]


def _named_in(file: Json, year: int) -> Json:
    """Return so much that the countries of the file are named again, and its threshold holds."""
    tables = [{**table.to_json(), "cells": []} for table in file["read"] if table.name == "citizenship"]
    shown = {PERSONS: tables, CALLS: []}
    return _shape(file, year, shown, shown)


def _with_true(file: Json, year: int, public: PublicTables, now: CountedNow) -> Json:
    true: dict[str, list[Json]] = {PERSONS: [], CALLS: []}
    published: dict[str, list[Json]] = {PERSONS: [], CALLS: []}
    for population, told_of in _by_population(file, public).items():
        values = _guessed(told_of, now[population])
        for figure, (name, value, status, additive, _most) in told_of.items():
            true[population].append(_alone(name, figure, values[figure], "shown", additive=additive))
            published[population].append(_alone(name, figure, value, status, additive=additive))
    return _shape(file, year, true, published)


def _by_population(file: Json, public: PublicTables) -> dict[str, dict[Figure, Known]]:
    found: dict[str, dict[Figure, Known]] = {PERSONS: {}, CALLS: {}}
    for table in file["read"]:
        population = CALLS if table.name in CALLS_PUBLISHED else PERSONS
        refuse((table.name not in PUBLISHED_BY_NAME, f"There is no public table {table.name!r}."))
        if table.name == HEADLINE:
            continue  # of everybody, also of those whom no other table tells of
        for figure, told in _figures(table, public, least=int(file.get("version") == 1)):
            before = found[population].get(figure, told)
            is_hidden = before[1] is None
            found[population][figure] = (*told[:4], min(before[4], told[4])) if is_hidden else before
    return found


def _guessed(told: Mapping[Figure, Known], now: Mapping[Figure, Cell]) -> dict[Figure, int]:
    """The value of each figure: what is hidden is what it is now, as far as what it is part of allows."""
    values = {figure: one[1] for figure, one in told.items() if one[1] is not None}
    for figure in sorted(told.keys() - values.keys(), key=lambda one: (len(one), sorted(one))):
        known = now.get(figure, NOBODY)
        most = min((value for whole, value in values.items() if whole < figure), default=LARGEST)
        values[figure] = min(known.value or 1, most, told[figure][4])
    return values


def _at_most(table: Table, least: int) -> dict[Key, int]:
    """What a hidden cell can be beside what its row or column shows, where each hidden one is `least` at
    least. A cell that is more by now has changed: it is not what was hidden."""
    found: dict[Key, int] = {}
    for axis in range(len(table.dimensions) if table.additive else 0):
        for whole, line in _lines(table, axis).items():
            total = table.value(*whole)
            if total is None:
                continue
            hidden = [cell.key for cell in line if cell.status is Status.HIDDEN]
            room = total - sum(cell.number for cell in line) - least * (len(hidden) - 1)
            found |= {key: min(max(room, least), found.get(key, LARGEST)) for key in hidden}
    return found


def _lines(table: Table, axis: int) -> dict[Key, list[Cell]]:
    """Return the parts of each total along a dimension."""
    lines: dict[Key, list[Cell]] = {}
    for cell in table:
        if cell.key[axis] in table.dimensions[axis].parts:
            lines.setdefault((*cell.key[:axis], TOTAL, *cell.key[axis + 1 :]), []).append(cell)
    return lines


def _figures(table: Table, public: PublicTables, *, least: int) -> Iterator[tuple[Figure, Known]]:
    most, levels = _at_most(table, least), table.levels
    entry = PERSONS_PUBLISHED.get(table.name)
    additive = entry is None or not CATALOGUE.fact(entry.ladder[0].rows).several
    for cell in table:
        if cell.status is Status.MISSING:
            continue
        try:
            figure = (
                figure_of(table, cell.key) if entry is None else public.figure_at(entry, levels, cell.key)
            )
        except (StopIteration, ValueError, KeyError):
            raise JobRefused(f"Table {table.name}: {list(cell.key)} is none of its categories.") from None
        name = deep_name(entry) if entry else table.name
        yield figure, (name, cell.value, str(cell.status), additive, most.get(cell.key, LARGEST))


def _alone(name: str, figure: Figure, value: int | None, status: str, *, additive: bool) -> Json:
    """A table of one cell and of others that it does not tell of: values of now and of then need not add
    up."""
    pairs = sorted(figure) or [(GROUP, TOTAL)]
    key = list(dict(pairs).values())
    dimensions = [{"name": d, "categories": [OTHERS] if c == TOTAL else [c, OTHERS]} for d, c in pairs]
    # Marked as missing: that others are nobody is known to nobody, though it be so.
    others = [[*key[:axis], OTHERS, *key[axis + 1 :]] for axis in range(len(figure))]
    cells = [{"key": key, "value": value, "status": status}]
    cells += [{"key": other, "value": None, "status": str(Status.MISSING)} for other in others]
    return {"name": name, "title": "", "additive": additive, "dimensions": dimensions, "cells": cells}


def _shape(file: Json, year: int, true: Mapping[str, list[Json]], told: Mapping[str, list[Json]]) -> Json:
    populations = {PERSONS: str(year), CALLS: f"{year} calls"}
    return {
        "packages": {
            name: {"k": file["k"], "population": of, "tables": true[name], "ledger": []}
            for name, of in populations.items()
        },
        "protected": told,
        "veiled": {
            PERSONS: [sorted(list(one) for one in figure) for figure in FEW_FIGURES]
            if _together(file)
            else []
        },
        "least": {},
        "words": {},  # what it hides is guessed, and need not fit any
        "left": _left(file),
        "flat": file["tables"],
    }


def _together(file: Json) -> bool:
    return any(
        TOGETHER in d.categories for table in file["read"] for d in table.dimensions if d.name == GROUP
    )


def _left(file: Json) -> list[str] | None:
    """The sections that the file tells of in its headline alone: those of fewer than k, by the headline, and
    those that have grown since an earlier version left them out."""
    groups = {table.name: table for table in file["read"]}.get(HEADLINE)
    if groups is None or not groups.dimensions[0].categories:
        return None
    if not any("left_out" in table for table in file["tables"]):
        return []
    number = _by_section(groups)
    few = {section for section, n in number.items() if n < file["k"]}
    grown = max(table.left_out for table in file["read"]) - sum(number[section] for section in few)
    return sorted(few.union(_sections_of(grown, number, sorted(number.keys() - few))))


def _by_section(groups: Table) -> Counter[str]:
    number: Counter[str] = Counter(dict.fromkeys(SECTIONS.values(), 0))
    for category in groups.dimensions[0].parts:
        number[SECTIONS.get(category, category)] += groups.value(category) or 0
    return number


def _sections_of(persons: int, number: Mapping[str, int], sections: Sequence[str]) -> tuple[str, ...]:
    """Return the fewest of these sections that have so many persons together, if any have."""
    for size in range(len(sections) + 1):
        for chosen in combinations(sections, size):
            if sum(number[section] for section in chosen) == persons:
                return chosen
    return ()


FULL: Final[Mapping[str, int]] = {}  # a table that is not named has its finest step


def steps_of(text: str) -> dict[str, int]:
    """Return what was typed as TABLE=N,…; all other tables have their finest step. Raises JobRefused."""
    found = {}
    for part in text.split(","):
        name, _equals, number = part.strip().partition("=")
        entry = PUBLISHED_BY_NAME.get(name)
        if entry is None:
            raise JobRefused(f"There is no public table {name!r}: write TABLE=N, such as ages=1.")
        if number not in (str(one) for one in range(len(entry.ladder))):
            last = len(entry.ladder) - 1
            raise JobRefused(
                f"{number!r} is no step of {name}: it has the steps from 0, the finest, to {last}."
            )
        found[name] = int(number)
    return found


def drafted(
    access: Access,
    year: int,
    steps: Mapping[str, int],
    *,
    seconds: float = SECONDS,
    after: Sequence[Json] = (),
    key: bytes = b"",
) -> Publication:
    """Return a row that nobody has saved, with everything that is printed of it.

    `after`: public files, as if they had been published and nothing else. `key`: see `protect_year`. Raises
    JobRefused.
    """
    ledger = _ledger(access, year, after)
    protected = protect_year(access, year, steps, seconds=seconds, ledger=ledger, key=key)
    return _checked(_publication(access, year, steps, protected, after))


def drafted_as_suggested(
    access: Access, year: int, *, seconds: float = SECONDS, after: Sequence[Json] = (), key: bytes = b""
) -> Publication:
    """Draft with the suggested steps; where not even those may be published, the headline alone."""
    trial = suggested(access, year, _ledger(access, year, after), key=key)
    try:
        return drafted(access, year, trial.steps, seconds=seconds, after=after, key=key)
    except JobRefused:
        return drafted(access, year, headline_steps(), seconds=seconds, after=after, key=key)


def _ledger(access: Access, year: int, after: Sequence[Json]) -> list[Json]:
    refuse_disposed(year)
    return ledger_of(access, year, after) if after else values_before(year)


def printed(draft: Publication, language: str) -> bytes:
    """The bytes of /statistik/YEAR/tables.json, with no time of publishing."""
    draft.release = {"regions": [confirmed_regions(draft.year), number_of_regions()]}
    with override(language):
        return json_bytes(draft, draft.number, None, language)


def _publication(
    access: Access, year: int, steps: Mapping[str, int], protected: Protected, after: Sequence[Json]
) -> Publication:
    version, states = next_version(year), states_open(year)
    if after:
        version, final = len(after) + 1, {file.get("state") for file in after} & {"final", "revised"}
        states = ("revised",) if final else ("preliminary", "final")
    draft = Publication(
        year=year,
        version=version,
        state=states[0 if version == 1 else -1],
        k=protected.packages[PERSONS].k,
        steps=dict(steps),
        tables=[one.to_json() for one in protected.flat],
        audit=protected.audit,
        passed=protected.passed,
        software=settings.VERSION,
        made_at=access.at,
    )
    draft.set_true_values(protected.to_store())
    draft.content = frozen.content(draft)
    return draft


def _checked(draft: Publication) -> Publication:
    audit = draft.audit
    open_to_attack = max(audit["recovered"], audit["under_protected"])
    nobody = f"There are no persons registered for {draft.year}: there is nothing to publish."
    refuse((not headline(draft), nobody))
    if all(table.get("exempt") for table in draft.tables):
        return draft  # the headline alone, which a decision shows whatever else is so
    unfinished = f"The search for what to hide in {draft.year} was not finished: choose coarser steps."
    not_passed = (
        f"The tables of {draft.year} may not be published with these steps: {open_to_attack} figures "
        "could be worked out or are too weakly protected."
    )
    refuse((audit["proof"] == UNFINISHED, unfinished), (open_to_attack > 0, not_passed))
    return draft
