"""When the tables of a published year are made anew: not for fewer than k persons ([ADR 73]).

A figure that changes by 1 to k - 1 may not be printed, and one that does not change may: so two versions side
by side show whom a correction was about. Until at least k persons have changed, the tables stand as they were
published, beside the new headline. Then all are made anew together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from libs.suppression import Figure, figure_of
from libs.suppression.figures import Made, Pair, Words
from libs.suppression.programme import WHO, draw
from libs.suppression.tables import Cell, ProtectedTable, Status, Table, of_calls, protected
from summaries.catalogue import CATALOGUE
from summaries.classifications import LEFT_OUT, Entry
from summaries.coverage import HEADLINE
from summaries.tables.cell_index import REST, levels_of
from summaries.tables.public_tables import figures

PERSONS: Final = "persons"
CALLS: Final = "calls"
Json = Mapping[str, Any]
Codes = Mapping[str, str]


@dataclass(frozen=True)
class Standing:
    """The tables that stand as they were published. `before`: what had been published before them."""

    tables: tuple[ProtectedTable, ...] = ()
    before: Sequence[Json] = ()
    stand: bool = False


def standing(
    ledger: Sequence[Json], population: str, now: Mapping[Figure, Cell], k: int, *, asked: bool
) -> Standing:
    """Return what stands of a population: tables from which fewer than k persons, or calls, differ by now.

    No version whose tables were ever public may be told apart from the next one by fewer than k, withdrawn
    ones too; but these do not stand. Tables that a later version says stand do so also where nobody differs:
    new ones would say that nobody does any more. `asked`: nothing but the headline is to be made anew.
    """
    made = _made(ledger, population)
    stood = {table.get("version") for later in ledger for table in later.get("flat", ())}
    few = [
        at for at in made if int(ledger[at]["told"] not in stood) <= changed(ledger[at], population, now) < k
    ]
    same = few or (made if asked else [])
    if not same:
        return Standing()
    shown = [at for at in same if not ledger[at].get("withdrawn")]
    if not shown:
        return Standing(stand=True)
    version = ledger[shown[-1]]
    marked = (replace(table, version=version["told"]) for table in _tables_of(version, population))
    return Standing(tuple(protected(one) for one in marked), ledger[: shown[-1]], stand=True)


def given_again(ledger: Sequence[Json], now: Mapping[Figure, Cell], k: int) -> Json | None:
    """Return the newest figures that were handed out and from which fewer than k persons differ by now.

    They are handed out again as they were: others would show whom a correction was about.
    """
    few = (one for one in reversed(ledger) if _tells_more(one) and changed(one, PERSONS, now) < k)
    return next(few, None)


def _tells_more(release: Json) -> bool:
    """Return whether figures that were handed out are more than the headline."""
    if "given" not in release:
        return False
    tables = [Table.from_json(table) for table in release["packages"][PERSONS]["tables"]]
    return any(not table.exempt for table in tables)


def is_same(
    ledger: Sequence[Json],
    population: str,
    now: Mapping[Figure, Cell],
    wanted: Mapping[Entry, int],
    exempt: Set[str],
) -> bool:
    """Return whether tables at these steps are those that were made last, of the same figures.

    They stand then, as where few differ: so nobody outside sees which it is.
    """
    version = last_made(ledger, population)
    if version is None or version.get("withdrawn") or changed(version, population, now):
        return False
    printed = {table.name: table.exempt for table in _tables_of(version, population)}
    same_steps = list(steps_of(version, wanted).values()) == list(wanted.values())
    return (
        same_steps
        and {one for one, kept in zip(printed, printed.values(), strict=False) if kept}
        == exempt & printed.keys()
    )


def last_made(ledger: Sequence[Json], population: str) -> Json | None:
    """Return the newest version that made the tables of a population; None where none did."""
    made = _made(ledger, population)
    return ledger[made[-1]] if made else None


def _made(ledger: Sequence[Json], population: str) -> list[int]:
    """Return the places of the versions that made the tables of a population."""
    return [at for at, version in enumerate(ledger) if any(_tables_of(version, population))]


def _tables_of(version: Json, population: str) -> Iterator[Table]:
    """The tables that a version made, as they were printed: the headline and what stood already are none."""
    for table in (Table.from_json(one) for one in version.get("flat", ())):
        made_anew = (of_calls(table.name), table.version) == (population == CALLS, 0)
        if made_anew and table.name != HEADLINE:
            yield table


def steps_of(version: Json, entries: Iterable[Entry]) -> dict[str, int]:
    """Return the step that each table was printed at; those that were not printed are left out."""
    printed = {table.name: table for table in (Table.from_json(one) for one in version["flat"])}
    return {entry.name: _step_of(entry, printed.get(entry.name)) for entry in entries}


def _step_of(entry: Entry, table: Table | None) -> int:
    if table is None:
        return LEFT_OUT
    levels, steps = table.levels, enumerate(entry.ladder)
    return next(
        (at for at, step in steps if levels == tuple(one for one in (step.rows, step.columns) if one)), 0
    )


def changed(version: Json, population: str, now: Mapping[Figure, Cell]) -> int:
    """Return how many persons, or calls, differ by now at least from those that a version counted: one where
    anything differs, and no more where nobody can say.

    Everybody stands in one of the figures of the same levels. Whoever is new, or has gone, or stands in
    another one by now is one more in one of them, or one fewer.
    """
    steps = _steps(version, population, now)
    most = int(any(steps.values()))
    for sign in (1, -1):
        number = Counter[frozenset[str]]()
        for figure, step in steps.items():
            if not any(_may_overlap(*one) for one in figure):
                number[frozenset(levels_of(figure))] += max(sign * step, 0)
        most = max([most, *number.values()])
    return most


def _steps(version: Json, population: str, now: Mapping[Figure, Cell]) -> dict[Figure, int]:
    """Return by how much each figure differs from what a version counted."""
    before = figures(Table.from_json(one) for one in version["packages"][population]["tables"])
    return {figure: now[figure].number - before[figure].number for figure in before.keys() & now.keys()}


def decoys(
    ledger: Sequence[Json],
    population: str,
    now: Mapping[Figure, Cell],
    *,
    words: Words | None,
    printed: Set[Figure],
    key: bytes,
    k: int,
) -> frozenset[Figure]:
    """Return what tables that are made anew hide beside what must be hidden: the figures that the last
    version hid, and those of k invented persons in each group in which somebody has changed.

    A figure is newly hidden because somebody in it was corrected. Whoever sees which are, and knows of all
    corrections but one, sees that one among k that never were. The headline shows in which groups they are.
    What was handed out last is a version too: whoever holds it reads the next version beside it.
    """
    given = [one for one in ledger if population == PERSONS and _tells_more(one)]
    versions = [one for one in (last_made(ledger, population), *given[-1:]) if one is not None]
    hidden = (_decoys_beside(one, population, now, words, printed, key, k) for one in versions)
    return frozenset[Figure]().union(*hidden)


def _decoys_beside(
    version: Json,
    population: str,
    now: Mapping[Figure, Cell],
    words: Words | None,
    printed: Set[Figure],
    key: bytes,
    k: int,
) -> frozenset[Figure]:
    steps = _steps(version, population, now)
    if not any(steps.values()):
        return _decoys_of(version, population) if "given" in version else frozenset()
    hidden = _hidden_in(version, population)
    if words is None:
        return hidden
    key += str(version["told"]).encode()
    of_changed = set[Pair]().union(*(step for step, kept in zip(steps, steps.values(), strict=False) if kept))
    groups = {one for one in of_changed if _is_of_whom(one)}
    made = {figure: words.of(figure) for figure in printed}
    hidden |= _of_drawn_rows(made, groups, key, k)
    for group in sorted(groups & words.made_of.keys()):
        hidden |= _invented(words, words.made_of[group], made, key, k)
    return hidden


def _decoys_of(version: Json, population: str) -> frozenset[Figure]:
    """Return what figures that were handed out hid for invented persons: whatever comes next hides it too."""
    return frozenset(
        frozenset(tuple(one) for one in figure) for figure in version["decoys"].get(population, ())
    )


def _hidden_in(version: Json, population: str) -> frozenset[Figure]:
    return frozenset(
        figure_of(table, cell.key)
        for table in (Table.from_json(one) for one in version["protected"][population])
        for cell in table
        if cell.status is Status.HIDDEN
    )


def _invented(
    words: Words, group: Made, made: Mapping[Figure, Made | None], key: bytes, k: int
) -> set[Figure]:
    """Return the figures of k persons of a group that the key draws, of whom no two are in the same ones.

    They have the facts of persons there are, whatever their group: some that nobody of this one has, too.
    """
    own = {fact: min(codes) for fact, codes in group.items()}
    somebody = {frozenset({**dict(codes), **own}.items()) for codes, _number in words.held or ()}
    found = set[frozenset[Figure]]()
    for codes in (dict(each) for each in sorted(somebody, key=lambda one: draw(key, "decoy", one))):
        counts = partial(_counts, codes=codes)
        if len(found) < k and not any(counts(one) for one in words.never):
            found.add(frozenset(figure for figure, of in made.items() if counts(of)))
    return set[Figure]().union(*found)


def _of_drawn_rows(made: Mapping[Figure, Made | None], groups: Set[Pair], key: bytes, k: int) -> set[Figure]:
    """Return the figures of k drawn rows of the tables in which somebody may be in several rows."""
    overlapping = {figure for figure, of in made.items() if of is None}
    rows = {frozenset(one for one in figure if not _is_of_whom(one)) for figure in overlapping}
    drawn = sorted(rows, key=lambda row: draw(key, "decoy", row))[:k]
    return {figure for figure in overlapping for row in drawn if row <= figure <= row | groups}


def _is_of_whom(pair: Pair) -> bool:
    return pair[0] in WHO


def _counts(made: Made | None, codes: Codes) -> bool:
    """Return whether a figure that is made of these codes counts somebody with those."""
    return made is not None and all(codes.get(fact) in some for fact, some in made.items())


def _may_overlap(level: str, category: str) -> bool:
    """Return whether somebody may stand in several categories, or in another one as soon as a country is
    named."""
    return category.startswith(REST) or CATALOGUE.fact(level).several
