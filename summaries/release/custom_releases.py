"""Figures of a year that leave the register beside its versions: protected as one with all that was told of
it, and kept, so that every later version is tested against them as if they had been published.

The common tables are protected beside what was published, whatever their categories. Their figures are
written as paths of the same trees as those of the publication, so that the attack knows that the counties of
a region, the girls and boys of the children and the countries of a group add up to what was published.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from operator import contains
from typing import Any, Final

from django.db import transaction

from accounts.access import Access
from audit.writer import System, Target, record
from libs.suppression import Figure, Package, Protection, audit, figure_of, name_of, protect
from libs.suppression.figures import Pair
from libs.suppression.tables import TOTAL, Cell, Key, ProtectedTable, Status, Table, largest_first, protected
from summaries.catalogue import CATALOGUE, COMMON_TABLES
from summaries.classifications import Entry, Step
from summaries.counting.build import counted, table_of
from summaries.counting.reference import NO_COUNTRY, titles
from summaries.counting.summary import Source, Summary, core_summary
from summaries.counting.tabulate import may_stand_apart, merged_groups, put_together
from summaries.coverage import HEADLINE, SECTION
from summaries.release.models import HandedOut, Publication
from summaries.tables import gate, revision
from summaries.tables.cell_index import Path
from summaries.tables.gate import IS_EXEMPT
from summaries.tables.protection import (
    PERSONS,
    Protected,
    counted_now,
    coverage_in,
    key_of,
    package_for,
    public_tables,
    standing,
    threshold,
    values_before,
)
from summaries.tables.public_tables import COMMON, PublicTables, figures

COLUMNS: Final = ("section", "group")
Place = tuple[Path, Path]  # row, column


@dataclass(frozen=True)
class CommonProtection:
    """The common tables of a year beside what was published of it.

    `tables`: the common ones with true values. `package`: what the attack is run on, every version known.
    `stands`: what was published stands, since too few persons have changed. `given`: so do the tables that
    were handed out before, as they were.
    """

    tables: tuple[Table, ...]
    public: PublicTables
    package: Package
    stands: bool
    given: tuple[ProtectedTable, ...] = ()

    def protected(self, seconds: float) -> Protection:
        """Protect the package, and print nothing of the parts around what the attack finds.

        A published total bounds its parts, and zeros tell how few they are: so not even it is printed which
        of them are 0. The caller looks at the audit: it may not have passed.
        """
        package, before = self.package, math.inf
        while True:
            found = protect(package, seconds=seconds)
            faults = found.audit.recovered + found.audit.under_protected
            if found.audit.passed or faults >= before:
                return found
            unprinted = _unprinted(package, gate.failed_figures(found))
            package = replace(package, unprinted=package.unprinted | unprinted)
            before = faults

    def read(self, protection: Protection) -> tuple[ProtectedTable, ...]:
        """The common tables, from the protected ones. What is unprinted is marked as missing.

        Where the attack has not passed, or what was published stands, only what is exempt is shown: a
        published figure that is left out because it has changed would disclose that it has, and so would the
        row of a country.
        """
        known, unprinted, tables = figures(protection.tables), protection.package.unprinted, self.tables
        if self.tells_exempt_alone(protection):
            tables = tuple(_without_rows_by_size(table) for table in tables)
            exempt = figures(table for table in protection.tables if IS_EXEMPT(table))
            known = dict.fromkeys(known, Cell(("",), None, Status.HIDDEN)) | exempt
            unprinted = frozenset(known)
        return tuple(self._read(table, known, unprinted) for table in tables)

    def tells_exempt_alone(self, protection: Protection) -> bool:
        return self.stands or bool(self.given) or not protection.audit.passed

    def as_published(self, told: Iterable[Table]) -> tuple[Package, tuple[ProtectedTable, ...]]:
        """Return the package and its tables where the common ones were published as they are in `told`.

        Whatever these do not say is not printed.
        """
        said = {self.figure(table, c.key): c for table in told for c in table if c.status != Status.MISSING}
        package = replace(self.package, unprinted=frozenset(figures(self.package.tables)) - said.keys())
        return package, tuple(_with_statuses(table, said) for table in package.tables)

    def _read(self, table: Table, known: Mapping[Figure, Cell], unprinted: Set[Figure]) -> ProtectedTable:
        cells = (self._cell(one, self.figure(table, one.key), known, unprinted) for one in table)
        return merged_groups(protected(replace(table, cells=tuple(cells))))

    def _cell(self, true: Cell, figure: Figure, known: Mapping[Figure, Cell], unprinted: Set[Figure]) -> Cell:
        found = known[figure]
        if found.status is not Status.SHOWN:
            return Cell(true.key, None, Status.MISSING if figure in unprinted else Status.HIDDEN)
        if found.value != true.value:
            raise ValueError(f"{name_of(figure)} of {self.package.population} is counted in two ways.")
        return true

    @property
    def known(self) -> tuple[Table, ...]:
        """What the headline says by section, where the other tables are by section."""
        if not self.public.coverage.by_section or self.public.coverage.alone:
            return ()
        table = public_table(self.public, COMMON_TABLES[HEADLINE], Step(SECTION))
        return (replace(table, name="sections", exempt=True),)

    def printed(self, told: Iterable[ProtectedTable]) -> tuple[ProtectedTable, ...]:
        """Return the tables with everybody in the headline, and in the others how many they leave out."""
        coverage, together = self.public.coverage, self.public.together
        told = self.given or told
        return tuple(
            coverage.headline(one.title, together=together)
            if one.name == HEADLINE
            else replace(one, left_out=coverage.left_out)
            for one in told
        )

    def figure(self, table: Table, key: Key) -> Figure:
        return self.public.figure(COMMON_TABLES[table.name], key)


def protected_with_published(access: Access, year: int) -> CommonProtection:
    """With every version of the year, and whatever else was told of it. Its tables are of those persons of
    whom more than the headline tells."""
    true_values = values_before(year)
    coarse = public_tables(access, year, {}, true_values, exempt=frozenset({HEADLINE}))
    every_country = frozenset(coarse.facts.found.of("citizenship"))
    facts = replace(coarse.facts, countries=coarse.facts.countries | every_country)
    common = (COMMON_TABLES[HEADLINE],) if coarse.coverage.alone else COMMON
    listed = dict.fromkeys(every_country - {*NO_COUNTRY}, 1)  # each has its row for being there at all
    public = replace(coarse, facts=facts, entries=common, named=listed, named_from=1)
    tables = tuple(public_table(public, one) for one in common)
    now = counted_now(coarse, true_values)
    stands = standing(coarse, true_values, now)[PERSONS].stand
    given = revision.given_again(true_values, now[PERSONS], threshold(true_values))
    wanted = frozenset(
        public.figure(COMMON_TABLES[table.name], cell.key) for table in tables for cell in table
    )
    public = replace(public, standing=public.standing | wanted)
    package = package_for(public, true_values, key_of(year, true_values), counted_now(public, true_values))
    package = replace(package, unprinted=public.unprinted - wanted, weights={})
    return CommonProtection(tables, public, package, stands, _given_tables(given))


def _given_tables(given: Mapping[str, Any] | None) -> tuple[ProtectedTable, ...]:
    """Return the tables that were handed out, in the words of today's reader."""
    tables = [Table.from_json(table) for table in given["given"]] if given else []
    return tuple(protected(replace(table, title=str(titles()[table.name]))) for table in tables)


def public_table(public: PublicTables, entry: Entry, step: Step | None = None) -> Table:
    """A common table with true values, in the columns that it may have."""
    table = table_of(public.facts.found, entry, step or public.step(entry))
    table = public.coverage.columns(put_together(table) if public.together else table)
    return replace(table, left_out=0) if entry.name == HEADLINE else table


def _without_rows_by_size(table: Table) -> Table:
    """Whose rows say of nobody that he is there."""
    by_size = {name: one.unnamed for name, one in CATALOGUE.classifications.items() if one.by_size}
    dimensions = tuple(
        replace(one, categories=by_size.get(one.name, one.categories)) for one in table.dimensions
    )
    remaining = [{*dimension.categories, TOTAL} for dimension in dimensions]
    cells = (
        cell
        for cell in table
        if all(contains(one, each) for one, each in zip(remaining, cell.key, strict=False))
    )
    return replace(table, dimensions=dimensions, cells=tuple(cells))


def _with_statuses(true: Table, said: Mapping[Figure, Cell]) -> ProtectedTable:
    """Return the table with the statuses of `said`; what is not said there is hidden."""
    shown = {figure for figure, cell in said.items() if cell.status is Status.SHOWN}
    cells = (
        cell if figure_of(true, cell.key) in shown else replace(cell, value=None, status=Status.HIDDEN)
        for cell in true
    )
    return protected(replace(true, cells=tuple(cells)))


def _unprinted(package: Package, failed: Set[Figure]) -> frozenset[Figure]:
    """Return more figures not to print, none of them printed before: around what failed, else the tables that
    have it, else everything."""
    before = _published(package)
    tables = [_places(table) for table in package.tables if not IS_EXEMPT(table)]
    near = [{*_near(places, failed, before)} for places in tables]
    whole = [{figure for figure, (row, _column) in places.items() if row} for places in tables]
    with_failed = [one for one, places in zip(whole, tables, strict=True) if failed & places.keys()]
    known = package.unprinted | before
    unions = (frozenset[Figure]().union(*way) - known for way in (near, with_failed, whole))
    return next((union for union in unions if union), frozenset())


def _published(package: Package) -> set[Figure]:
    return set().union(*(figures(entry.tables).keys() - entry.unprinted for entry in package.ledger))


def _near(places: Mapping[Figure, Place], failed: Set[Figure], published: Set[Figure]) -> Iterator[Figure]:
    """Around a failed figure: its parts where it was published, else all of what it is one part of."""
    for figure in failed & places.keys():
        of = places[figure]
        is_one_part = figure not in published and max(len(one) for one in of) > 1
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


def _places(table: Table) -> dict[Figure, Place]:
    found: dict[Figure, Place] = {}
    for cell in table:
        pairs = [(d.name, part) for d, part in zip(table.dimensions, cell.key, strict=True) if part != TOTAL]
        row, column = (
            (pair for pair in pairs if not _is_column(pair)),
            (pair for pair in pairs if _is_column(pair)),
        )
        found[frozenset(pairs)] = tuple(row), tuple(column)
    return found


def _is_column(pair: Pair) -> bool:
    return pair[0] in COLUMNS


Released = tuple[tuple[ProtectedTable, ...], Protected]  # as printed; as it is kept


class Unsafe(RuntimeError):
    """Disclosure control could not protect the tables; nothing may leave the register."""


def hand_out(access: Access, year: int, seconds: float) -> tuple[ProtectedTable, ...]:
    """The year's common tables for the outside. Of what cannot be protected beside what was
    published, the exempt groups alone.

    Raises Unsafe where they cannot be protected though nothing was told before.
    """
    common = protected_with_published(access, year)
    published = None if common.package.ledger else _published_first(common, seconds)
    if published is None:
        found = common.protected(seconds)
        if not found.audit.passed and not common.package.ledger:
            raise Unsafe(f"{found.audit.recovered} recovered, {found.audit.under_protected} under-protected")
        published = common.read(found), _as_published(found, exempt_alone=common.tells_exempt_alone(found))
    tables, known = common.printed(published[0]), replace(published[1], left=common.public.coverage.decided)
    _keep(access, year, common.tables, tables, known)
    return tables


def _published_first(one: CommonProtection, seconds: float) -> Released | None:
    """Where nothing was told of the year, its tables by themselves hide least. None where somebody who knows
    how categories add up learns more from them."""
    package = Package(one.package.k, one.package.population, (*one.known, *one.tables), key=one.package.key)
    alone = protect(package, seconds=seconds)
    if not alone.audit.passed:
        raise Unsafe(f"{alone.audit.recovered} recovered, {alone.audit.under_protected} under-protected")
    published = alone.tables[len(one.known) :]
    package, tables = one.as_published(published)
    found = audit(package, tables)
    if (found.recovered, found.under_protected) != (0, 0):
        return None
    return tuple(merged_groups(one) for one in published), _protected(package, tables)


def first_publication(year: int) -> bool:
    """Whether nothing was told of the year but what was handed out last, however often."""
    published = Publication.objects.published().filter(year=year).exists()
    return not published and HandedOut.objects.filter(year=year).count() < 2


@transaction.atomic
def _keep(
    access: Access, year: int, true: Iterable[Table], told: tuple[ProtectedTable, ...], known: Protected
) -> None:
    """Keep the same figures once, whoever asks for them again."""
    digest = _digest((*true, *told))
    if HandedOut.objects.filter(year=year, digest=digest).exists():
        return
    row = HandedOut(year=year, at=access.at, by=access.actor, digest=digest)
    row.tables = [one.to_json() for one in told]
    row.set_true_values(known.to_store())
    row.save()
    target = Target("summary", str(year), str(year))
    record(System(), "summary.give_out", target, rows=len(told), digest=digest, at=access.at)


def _as_published(found: Protection, *, exempt_alone: bool) -> Protected:
    """In the form of a version's. `exempt_alone`: nothing but the exempt tables was given out."""
    package, tables = found.package, found.tables
    if exempt_alone:
        tables = tuple(table for table in tables if IS_EXEMPT(table))
        package = replace(
            package,
            tables=tuple(table for table in package.tables if IS_EXEMPT(table)),
            least={},
            words=package.words and replace(package.words, bounds=()),
        )
    return _protected(package, tables)


def _protected(package: Package, tables: tuple[ProtectedTable, ...]) -> Protected:
    package = replace(package, ledger=())
    return Protected({PERSONS: package}, {PERSONS: tables}, flat=(), audit={}, reasons={})


def _digest(tables: Iterable[Table | ProtectedTable]) -> str:
    """Return the digest of tables in whatever language they are printed."""
    text = json.dumps([{**table.to_json(), "title": ""} for table in tables], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def protected_summary(
    access: Access, year: int, *, seconds: float = 30
) -> tuple[Summary, tuple[ProtectedTable, ...]]:
    """The summary for the outside and its tables. What was published before the register is public already.

    Protected as one with all that was told of the year, and kept as told. Persons of a section of few are
    told of in the headline alone, whatever has been decided of exemptions. Raises Unsafe where the attack
    finds anything.
    """
    summary = core_summary(access, year)
    if summary.source is not Source.REGISTER:
        tables = tuple(protected(table) for table in summary.tables)
    else:
        tables = tuple(
            largest_first(table, NO_COUNTRY) if table.name == "citizenship" else table
            for table in hand_out(access, year, seconds)
        )
    return replace(summary, tables=tables), tables


def headline(access: Access, year: int) -> tuple[ProtectedTable, ...]:
    """The tables of a year that are public whatever else is: exempt from disclosure control, or published
    before."""
    summary = core_summary(access, year)
    if summary.source is not Source.REGISTER:
        return tuple(protected(table) for table in summary.tables if IS_EXEMPT(table))
    coverage = coverage_in(counted(access, year, year, calls=False)[year], values_before(year))
    return (coverage.headline(titles()[HEADLINE], together=not may_stand_apart(coverage.groups, coverage.k)),)
