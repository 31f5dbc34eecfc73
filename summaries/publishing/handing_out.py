"""Figures of a year that leave the house beside its versions: protected as one with all that was told of it,
and kept, so that every later version is tested against them as if they had been published."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace

from django.db import transaction

from accounts.access import Access
from audit.writer import System, Target, record
from summaries.counting.tabulate import told_together
from summaries.protection import Package, Protection, audit, protect
from summaries.publishing.after_models import HandedOut
from summaries.publishing.consistency import Beside, beside_published
from summaries.publishing.former import NotCompleted
from summaries.publishing.models import Publication
from summaries.publishing.protecting import PERSONS, Protected
from summaries.tables import ProtectedTable, Table

Told = tuple[tuple[ProtectedTable, ...], Protected]  # as printed; as it is kept


class Unsafe(RuntimeError):
    """Disclosure control could not protect the tables; nothing may leave the register."""


def hand_out(access: Access, year: int, seconds: float) -> tuple[ProtectedTable, ...]:
    """The year's common tables for the outside. Of a correction that has to wait, the exempt groups alone.

    Raises Unsafe where they cannot be protected though nothing was told before, or where the attack of today
    cannot read what was.
    """
    try:
        one = beside_published(access, year)
    except NotCompleted as error:
        raise Unsafe(str(error)) from None
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
