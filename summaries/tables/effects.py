"""What an exemption would show, and what would follow of it in other tables: before anybody answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import get_language, gettext as _

from accounts.access import Access
from accounts.roles import May
from audit.writer import Target, record
from jobs.kinds import JobRefused
from libs.suppression.tables import Key, ProtectedTable, Status
from summaries.catalogue import PERSONS_PUBLISHED
from summaries.release.frozen import Shown, protected_tables, words_of
from summaries.release.models import Exemption, Publication
from summaries.tables.protection import (
    SECONDS,
    exempted,
    protect_year,
    public_tables,
    sealed_before,
)
from summaries.tables.public_tables import figures

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
    small: list[tuple[str, int]] = field(default_factory=list)
    others: int = 0
    hidden: list[tuple[str, list[str]]] = field(default_factory=list)
    shown: list[tuple[str, list[str]]] = field(default_factory=list)
    known: bool = False
    passes: bool = False


def effect_of(access: Access, draft: Publication, exemption: Exemption, title: str) -> Effect:
    """Counts the year: a second, for one table."""
    tables = {table.name: table for table in protected_tables(draft.tables)}
    words = words_of([*tables.values()], get_language() or "sv")
    small, others = _told_anew(access, draft, exemption.table, tables, words)
    found = exemption.effect
    known = bool(draft.digest) and found.get("draft") == draft.digest
    named = lambda cells: _named(cells, tables, words)  # noqa: E731
    return Effect(
        exemption,
        title,
        small,
        others,
        named(found.get("hidden", {})) if known else [],
        named(found.get("shown", {})) if known else [],
        known,
        bool(found.get("passed")),
    )


def _told_anew(
    access: Access, draft: Publication, name: str, tables: dict[str, ProtectedTable], words: dict[str, Any]
) -> tuple[list[tuple[str, int]], int]:
    table = tables.get(name)
    if table is None:
        return [], 0
    exempt = frozenset({*exempted(draft.year), name})
    public = public_tables(access, draft.year, draft.steps, sealed_before(draft.year), exempt=exempt)
    entry, true = PERSONS_PUBLISHED[name], figures(public.deep)
    small, others = [], 0
    for cell in table:
        if cell.status is Status.SHOWN:
            continue
        known = true.get(public.figure(entry, cell.key))
        value = known.value or 0 if known else 0
        if 1 <= value < draft.k:
            small.append((Shown(table, words).name_of(cell.key), value))
        else:
            others += 1
    return small, others


def try_exemption(
    *,
    exemption: Exemption,
    by: Access,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> None:
    """Protects the draft's year as if it were approved, and keeps which cells of other tables would be hidden
    or shown then. No value is kept. Long: run it as a job."""
    by.require(May.PUBLISH, May.APPROVE_EXCEPTION)
    year = exemption.year or 0
    draft = Publication.objects.drafts().filter(year=year).first()
    if draft is None or not draft.digest:
        raise JobRefused(_("There is no protected draft of the year: protect the tables first."))
    exempt = frozenset({*exempted(year), exemption.table})
    found = protect_year(
        by,
        year,
        draft.steps,
        seconds=SECONDS,
        exempt=exempt,
        progress=progress,
        cancelled=cancelled,
    )
    changed = _changed(protected_tables(draft.tables), found.flat, but=exemption.table)
    effect = {"draft": draft.digest, "passed": found.passed, **changed}
    with transaction.atomic():
        Exemption.objects.filter(pk=exemption.pk).update(effect=effect)
        record(by, "exemption.try", Target("summaries.exemption", str(exemption.pk), str(exemption)))


def _changed(
    before: Iterable[ProtectedTable], after: Iterable[ProtectedTable], *, but: str
) -> dict[str, Cells]:
    """Return which cells are hidden or shown afterwards and were not before, of all tables but one."""
    now, then = _statuses(before), _statuses(after)
    others = [place for place in now.keys() & then.keys() if place[0] != but]
    changed = sorted(place for place in others if now[place] != then[place])
    return {
        "hidden": _by_table(place for place in changed if then[place] is Status.HIDDEN),
        "shown": _by_table(place for place in changed if then[place] is Status.SHOWN),
    }


def _statuses(tables: Iterable[ProtectedTable]) -> dict[tuple[str, Key], Status]:
    return {(table.name, cell.key): cell.status for table in tables for cell in table}


def _by_table(places: Iterable[tuple[str, Key]]) -> Cells:
    found: Cells = {}
    for name, key in places:
        found.setdefault(name, []).append([*key])
    return found


def _named(
    cells: Cells, tables: dict[str, ProtectedTable], words: dict[str, Any]
) -> list[tuple[str, list[str]]]:
    return [
        (str(words["titles"][name]), [Shown(tables[name], words).name_of(tuple(key)) for key in keys])
        for name, keys in cells.items()
        if name in tables
    ]
