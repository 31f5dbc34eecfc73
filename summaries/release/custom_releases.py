"""Figures of a year that leave the house beside its versions: protected as one with all that was told of it,
and kept, so that every later version is tested against them as if they had been published."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from django.db import transaction

from accounts.access import Access
from audit.writer import System, Target, record
from libs.suppression import Package, Protection, Verdict, audit, name_of, protect
from libs.suppression.tables import (
    TOTAL,
    Cell,
    Key,
    ProtectedTable,
    Status,
    Table,
    protected,
)
from summaries.catalogue import CATALOGUE, COMMON_TABLES
from summaries.classifications import Entry, Step
from summaries.counting.build import table_of
from summaries.counting.reference import NO_COUNTRY
from summaries.counting.tabulate import put_together, told_together
from summaries.coverage import HEADLINE, SECTION
from summaries.release.models import HandedOut, Publication
from summaries.tables.hierarchies import Figure
from summaries.tables.protection import (
    PERSONS,
    Protected,
    entries,
    public_tables,
    sealed_before,
    threshold,
)
from summaries.tables.public_tables import COMMON, PublicTables, figure_of, figures

# --- consistency ---
# The common tables of a year beside what was published of it: protected as one, whatever their
# categories. Their figures are written as paths of the same trees as those of the publication, so that
# the attack knows that the counties of a region, the girls and boys of the children and the countries of
# a group add up to what was published.

FAILED: Final = (Verdict.UNDER, Verdict.RECOVERED)
LARGEST: Final = 10**9
COLUMNS: Final = ("section", "group")
Path = tuple[tuple[str, str], ...]
Place = tuple[Path, Path]  # row, column


@dataclass(frozen=True)
class Beside:
    """`tables`: the common ones with true values. `package`: what the attack is run on, with every version
    known."""

    tables: tuple[Table, ...]
    public: PublicTables
    package: Package

    def protected(self, seconds: float) -> Protection:
        """A published total bounds its parts, and zeros tell how few they are: around what the attack finds,
        nothing is told of the parts, not even which are 0. The caller looks at the audit: it may not have
        passed."""
        package, left = self.package, LARGEST
        found = protect(package, seconds=seconds)
        while (
            not found.audit.passed and (faults := found.audit.recovered + found.audit.under_protected) < left
        ):
            left = faults
            failed = {one.figure for one in found.intervals if one.verdict in FAILED}
            package = replace(package, veiled=package.veiled | _veil(package, failed))
            found = protect(package, seconds=seconds)
        return found

    def read(self, protection: Protection) -> tuple[ProtectedTable, ...]:
        """The common tables, from the protected ones. What is veiled is marked as missing.

        Where the attack has not passed, as with a correction that has to wait, only what is exempt is told: a
        published figure that is left out because it has changed would tell that it has, and so would the row
        of a country.
        """
        known, veiled, tables = figures(protection.tables), protection.package.veiled, self.tables
        if not protection.audit.passed:
            tables = tuple(map(_without_rows_by_size, tables))
            exempt = figures(table for table in protection.tables if table.exempt)
            known = {figure: exempt.get(figure, Cell(("",), None, Status.HIDDEN)) for figure in known}
            veiled = frozenset(known)
        return tuple(self._read(table, known, veiled) for table in tables)

    def as_told(self, told: Iterable[Table]) -> tuple[Package, tuple[ProtectedTable, ...]]:
        """The package and its tables where the common ones were told as they are in `told`: whatever these do
        not say is veiled."""
        said = {self.figure(table, c.key): c for table in told for c in table if c.status != Status.MISSING}
        package = replace(self.package, veiled=frozenset(figures(self.package.tables)) - said.keys())
        return package, tuple(_with_statuses(table, said) for table in package.tables)

    def _read(self, table: Table, known: Mapping[Figure, Cell], veiled: Set[Figure]) -> ProtectedTable:
        cells = (self._cell(one, self.figure(table, one.key), known, veiled) for one in table)
        return told_together(protected(replace(table, cells=tuple(cells))))

    def _cell(self, true: Cell, figure: Figure, known: Mapping[Figure, Cell], veiled: Set[Figure]) -> Cell:
        found = known[figure]
        if found.status is not Status.SHOWN:
            return Cell(true.key, None, Status.MISSING if figure in veiled else Status.HIDDEN)
        if found.value != true.value:
            raise ValueError(f"{name_of(figure)} of {self.package.population} is counted in two ways.")
        return true

    @property
    def known(self) -> tuple[Table, ...]:
        """What the headline says by section, where the other tables are by section."""
        if not self.public.telling.by_section or self.public.telling.alone:
            return ()
        groups = COMMON_TABLES[HEADLINE]
        table = public_table(self.public, groups, Step(SECTION))
        return (replace(table, name="sections", exempt=True),)

    def printed(self, told: Iterable[ProtectedTable]) -> tuple[ProtectedTable, ...]:
        """With everybody in the headline, and in the others how many they leave out."""
        telling, together = self.public.telling, self.public.together
        return tuple(
            telling.headline(one.title, together=together)
            if one.name == HEADLINE
            else replace(one, left_out=telling.left_out)
            for one in told
        )

    def figure(self, table: Table, key: Key) -> Figure:
        return self.public.figure(COMMON_TABLES[table.name], key)


def beside_published(access: Access, year: int) -> Beside:
    """With every version of the year, and whatever else was told of it. Its tables are of those persons of
    whom more than the headline tells."""
    sealed = sealed_before(year)
    coarse = public_tables(access, year, {}, sealed, exempt=frozenset({HEADLINE}))
    every_country = frozenset(coarse.facts.found.of("citizenship"))
    facts = replace(coarse.facts, countries=coarse.facts.countries | every_country)
    common = tuple(entry for entry in COMMON if entry.name == HEADLINE) if coarse.telling.alone else COMMON
    listed = dict.fromkeys(every_country - {*NO_COUNTRY}, 1)  # each has its row for being there at all
    public = replace(coarse, facts=facts, entries=common, named=listed, named_from=1)
    tables = tuple(public_table(public, entry) for entry in common)
    wanted = frozenset(
        public.figure(COMMON_TABLES[table.name], cell.key) for table in tables for cell in table
    )
    public = replace(public, standing=public.standing | wanted)
    package = Package(
        threshold(sealed),
        str(year),
        public.deep,
        entries(sealed, PERSONS),
        public.veiled - wanted,
        public.least,
        public.words,
    )
    return Beside(tables, public, package)


def public_table(public: PublicTables, entry: Entry, step: Step | None = None) -> Table:
    """A common table with true values, in the columns that it may have."""
    table = table_of(public.facts.found, entry, step or public.step(entry))
    table = public.telling.columns(put_together(table) if public.together else table)
    return replace(table, left_out=0) if entry.name == HEADLINE else table


def _without_rows_by_size(table: Table) -> Table:
    """Whose rows say of nobody that he is there."""
    dimensions = tuple(
        replace(one, categories=CATALOGUE.classifications[one.name].unnamed)
        if CATALOGUE.classifications[one.name].by_size
        else one
        for one in table.dimensions
    )
    kept = [{*one.categories, TOTAL} for one in dimensions]
    cells = (cell for cell in table if all(part in of for part, of in zip(cell.key, kept, strict=True)))
    return replace(table, dimensions=dimensions, cells=tuple(cells))


def _with_statuses(true: Table, said: Mapping[Figure, Cell]) -> ProtectedTable:
    """With those of `said`; what is not said there is hidden."""
    found = [(cell, said.get(figure_of(true, cell.key))) for cell in true]
    shown = [
        cell if one and one.status is Status.SHOWN else replace(cell, value=None, status=Status.HIDDEN)
        for cell, one in found
    ]
    return protected(replace(true, cells=tuple(shown)))


def _veil(package: Package, failed: Set[Figure]) -> frozenset[Figure]:
    """More of the package than is veiled already, by the smallest of these that has any."""
    before = {figure for entry in package.ledger for figure in figures(entry.tables).keys() - entry.veiled}
    ways: tuple[Callable[[Mapping[Figure, Place]], Iterator[Figure]], ...] = (
        lambda places: _near(places, failed, before),
        lambda places: _all(places) if failed & places.keys() else iter(()),
        _all,
    )
    tables = [_places(table) for table in package.tables if not table.exempt]
    found = (frozenset(chain.from_iterable(map(way, tables))) - package.veiled - before for way in ways)
    return next((more for more in found if more), frozenset())


def _near(places: Mapping[Figure, Place], failed: Set[Figure], published: Set[Figure]) -> Iterator[Figure]:
    """Around a failed figure: its parts where it was published, else all of what it is one part of."""
    for figure in failed & places.keys():
        of = places[figure]
        is_one_part = figure not in published and max(map(len, of)) > 1
        is_near = _is_beside if is_one_part else _is_part
        yield from (other for other, place in places.items() if is_near(place, of))


def _is_beside(place: Place, of: Place) -> bool:
    """Whether both are parts of one figure: by columns where these have several levels, else by rows."""
    (row, column), (of_row, of_column) = place, of
    if len(of_column) > 1:
        return _below(row, of_row) and len(column) > 1 and column[:-1] == of_column[:-1]
    return _below(row, of_row[:-1]) and len(row) >= len(of_row)


def _is_part(place: Place, of: Place) -> bool:
    return place != of and _below(place[0], of[0]) and _below(place[1], of[1])


def _below(path: Path, of: Path) -> bool:
    return path[: len(of)] == of


def _all(places: Mapping[Figure, Place]) -> Iterator[Figure]:
    yield from (figure for figure, (row, _column) in places.items() if row)


def _places(table: Table) -> dict[Figure, Place]:
    return {figure_of(table, cell.key): _place(table, cell.key) for cell in table}


def _place(table: Table, key: Key) -> Place:
    pairs = [(d.name, part) for d, part in zip(table.dimensions, key, strict=True) if part != TOTAL]
    return tuple(p for p in pairs if p[0] not in COLUMNS), tuple(p for p in pairs if p[0] in COLUMNS)


# --- handing out ---
Told = tuple[tuple[ProtectedTable, ...], Protected]  # as printed; as it is kept


class Unsafe(RuntimeError):
    """Disclosure control could not protect the tables; nothing may leave the register."""


def hand_out(access: Access, year: int, seconds: float) -> tuple[ProtectedTable, ...]:
    """The year's common tables for the outside. Of a correction that has to wait, the exempt groups alone.

    Raises Unsafe where they cannot be protected though nothing was told before.
    """
    one = beside_published(access, year)
    told = None if one.package.ledger else _told_first(one, seconds)
    if told is None:
        found = one.protected(seconds)
        if not found.audit.passed and not one.package.ledger:
            raise Unsafe(f"{found.audit.recovered} recovered, {found.audit.under_protected} under-protected")
        told = one.read(found), _as_told(found)
    tables, known = one.printed(told[0]), replace(told[1], left=one.public.telling.decided)
    _keep(access, year, one.tables, tables, known)
    return tables


def _told_first(one: Beside, seconds: float) -> Told | None:
    """Where nothing was told of the year, its tables by themselves hide least. None where somebody who knows
    how categories add up learns more from them."""
    package = Package(one.package.k, one.package.population, (*one.known, *one.tables))
    alone = protect(package, seconds=seconds)
    if not alone.audit.passed:
        raise Unsafe(f"{alone.audit.recovered} recovered, {alone.audit.under_protected} under-protected")
    told = alone.tables[len(one.known) :]
    package, tables = one.as_told(told)
    found = audit(package, tables)
    if found.recovered or found.under_protected:
        return None
    return tuple(map(told_together, told)), _protected(package, tables)


def told_for_the_first_time(year: int) -> bool:
    """Whether nothing was told of the year but what was handed out last, however often."""
    published = Publication.objects.published().filter(year=year).exists()
    return not published and HandedOut.objects.filter(year=year).count() < 2


@transaction.atomic
def _keep(
    access: Access, year: int, true: Iterable[Table], told: tuple[ProtectedTable, ...], known: Protected
) -> None:
    """Once for the same figures, whoever asks for them again."""
    digest = _digest((*true, *told))
    if HandedOut.objects.filter(year=year, digest=digest).exists():
        return
    row = HandedOut(year=year, at=access.at, by=access.actor, digest=digest)
    row.tables = [table.to_json() for table in told]
    row.seal(known.sealed())
    row.save()
    target = Target("summary", str(year), str(year))
    record(System(), "summary.give_out", target, rows=len(told), digest=digest, at=access.at)


def _as_told(found: Protection) -> Protected:
    """In the form of a version's. Where the attack has not passed, nothing but the exempt tables was told."""
    package, tables = found.package, found.tables
    if not found.audit.passed:
        tables = tuple(table for table in tables if table.exempt)
        kept = {table.name for table in tables}
        package = replace(
            package,
            tables=tuple(table for table in package.tables if table.name in kept),
            least={},
            words=package.words and replace(package.words, bounds=()),
        )
    return _protected(package, tables)


def _protected(package: Package, tables: tuple[ProtectedTable, ...]) -> Protected:
    package = replace(package, ledger=())
    return Protected({PERSONS: package}, {PERSONS: tables}, flat=(), audit={}, reasons={})


def _digest(tables: Iterable[Table | ProtectedTable]) -> str:
    """In whatever language they are told."""
    text = json.dumps([{**table.to_json(), "title": ""} for table in tables], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
