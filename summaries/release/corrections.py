"""Corrections that cannot be protected beside what was published: they wait, everybody is told that there is
an error, and each night it is tried again what could be published instead.

What is frozen is attacked again when the attack has become stricter, once for each version of it.

How many figures of what is public the register has otherwise by now: counted by night, since it takes a
count of the whole year. For the inside: no figure of it is ever told outside.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.access import Access
from audit.writer import Actor, System, Target, record
from encryption.tokens import NotOpened
from libs.suppression import audit
from libs.suppression.tables import Table, TableError
from summaries.catalogue import PUBLISHED, PUBLISHED_BY_NAME
from summaries.classifications import LEFT_OUT
from summaries.counting.build import of_the_register
from summaries.counting.reference import Reference
from summaries.release.models import AttackResult, Publication, WaitingCorrection, shown_by_year
from summaries.release.workbench import pending
from summaries.tables.gate import counted
from summaries.tables.protection import CALLS, HEADLINE, Protected, package_of, protect_year, sealed_before
from summaries.tables.public_tables import at_all_steps

log = logging.getLogger(__name__)
ATTACK: Final = 5  # raised with every change that lets the attack find more
PATIENCE: Final = 120.0  # seconds of one round: the runs that somebody waits for come in between


def attack_again(*, at: datetime) -> int:
    """How many frozen versions were attacked that the attack of today had not seen, withdrawn ones too."""
    began, done = time.monotonic(), 0
    for row in _not_attacked():
        _keep(row, at)
        done += 1
        if time.monotonic() - began > PATIENCE:
            break
    return done


def found_open(of: Iterable[Publication] | None = None) -> QuerySet[AttackResult]:
    """Versions that stand though the newest attack finds something in them, or cannot read them."""
    rows = AttackResult.objects.filter(attack=ATTACK).filter(
        Q(recovered__gt=0) | Q(under_protected__gt=0) | Q(readable=False)
    )
    rows = rows.exclude(publication__state=Publication.State.WITHDRAWN)
    if of is not None:
        rows = rows.filter(publication__in=of)
    return rows.select_related("publication").defer(
        "publication__sealed", "publication__content", "publication__tables"
    )


def passed(row: Publication, at: datetime) -> None:
    """Kept of a version that is being frozen: the attack has just been run on it."""
    AttackResult.objects.create(publication=row, attack=ATTACK, at=at)


def _not_attacked() -> list[Publication]:
    seen = AttackResult.objects.filter(attack=ATTACK).values("publication")
    return list(Publication.objects.published().exclude(pk__in=seen).order_by("-year", "-version"))


def _keep(row: Publication, at: datetime) -> None:
    found = {"recovered": 0, "under_protected": 0, "readable": True}
    try:
        found["recovered"], found["under_protected"] = _attacked(row)
    except (KeyError, ValueError, TableError, NotOpened):
        log.exception("Version %s of %s could not be attacked again", row.version, row.year)
        found["readable"] = False
    with transaction.atomic():
        result, created = AttackResult.objects.get_or_create(
            publication=row, attack=ATTACK, defaults={"at": at, **found}
        )
        if created:
            record(System(), "publication.attack", row, rows=result.open, at=at)


def _attacked(row: Publication) -> tuple[int, int]:
    """With all that was told of the year before it, at whatever steps."""
    sealed = row.unsealed()
    ledger = list(takewhile(lambda one: one["told"] != row.version, sealed_before(row.year)))
    recovered = under_protected = 0
    for population in sealed["packages"]:
        package = package_of(sealed, population, ledger)
        if population == CALLS:
            package = at_all_steps(package, Reference.load().codes)
        tables = [Table.from_json(table) for table in sealed["protected"][population]]
        more = counted(package, audit(package, tables).intervals)
        recovered, under_protected = recovered + more[0], under_protected + more[1]
    return recovered, under_protected


NIGHT: Final = range(1, 5)  # hours, when nobody waits for a run
REST: Final = timedelta(hours=12)
SECONDS: Final = 5.0
MOST_ROUNDS: Final = 5
Steps = dict[str, int]
Protect = Callable[[Steps], Protected]


def waiting(year: int) -> WaitingCorrection | None:
    return WaitingCorrection.objects.filter(year=year, ended_at=None).first()


def newest_standing(year: int) -> Publication | None:
    return Publication.objects.standing().filter(year=year).order_by("-version").first()


def headline_steps() -> Steps:
    """Of a version that is the headline alone."""
    return {entry.name: LEFT_OUT for entry in PUBLISHED if entry.name != HEADLINE}


def is_headline_alone(steps: Mapping[str, int]) -> bool:
    return steps.items() >= headline_steps().items()


def steps_of_the_last(year: int) -> Steps:
    """Of its newest version with more than the headline."""
    versions = Publication.objects.published().filter(year=year).order_by("-version")
    found = (dict(one.steps) for one in versions.only("steps"))
    return next((steps for steps in found if not is_headline_alone(steps)), {})


def steps_for(year: int, instead: str) -> Steps | None:
    """Those of a choice on the page of the year; None where it leaves them as they are."""
    if instead == "headline":
        return headline_steps()
    if instead == "all":
        return steps_of_the_last(year)
    if instead == "coarser" and (row := waiting(year)) and row.ways.get("coarser"):
        return dict(row.ways["steps"])
    return None


def noted(draft: Publication, by: Access) -> bool:
    """Whether the correction that the draft would be waits from now on. A draft that fails though nothing
    has changed is none: its categories are too fine."""
    newest, row = newest_standing(draft.year), waiting(draft.year)
    if newest is None:
        return False
    if not draft.passed and pending(by, newest):
        if row is None:
            WaitingCorrection.objects.create(year=draft.year, since=by.at, tried_at=by.at)
            return True
        _tried(row, by.at, {})
    elif row is not None:
        _tried(row, by.at, {"now": True} if draft.passed else {}, ended=not draft.passed)
    return False


def goes_on(year: int, at: datetime) -> None:
    """The version that would have ended it was called off before its hour."""
    if waiting(year) is None:
        WaitingCorrection.objects.filter(year=year, ended_at=at).update(ended_at=None)


def ended(year: int, at: datetime) -> None:
    """A version comes out then: what it says is true."""
    WaitingCorrection.objects.filter(year=year, ended_at=None).update(ended_at=at)


def try_waiting(*, at: datetime) -> int:
    """Once a night, whatever waits. Returns how many were tried."""
    if timezone.localtime(at).hour not in NIGHT:
        return 0
    rows = list(WaitingCorrection.objects.filter(ended_at=None, tried_at__lt=at - REST).order_by("year"))
    for row in rows:
        try_one(row, of_the_register(at), System())
    return len(rows)


def try_one(
    row: WaitingCorrection, access: Access, by: Actor, progress: Callable[[int, int], None] | None = None
) -> None:
    """Looks whether the correction can be published by now, and if not, with which coarser categories."""
    newest, year = newest_standing(row.year), row.year
    over = newest is None or not pending(access, newest)
    ways: dict[str, Any] = {}
    if not over:
        draft = Publication.objects.drafts().filter(year=year).first()
        steps = dict(draft.steps) if draft else steps_of_the_last(year)
        steps = steps_of_the_last(year) if is_headline_alone(steps) else steps
        ways = ways_out(steps, lambda tried: protect_year(access, year, tried, seconds=SECONDS), progress)
    with transaction.atomic():
        _tried(row, access.at, ways, ended=over)
        record(by, "correction.try", Target("summaries.publication", "", str(year)), at=access.at)


def ways_out(
    steps: Steps, protect: Protect, progress: Callable[[int, int], None] | None = None
) -> dict[str, Any]:
    """`now`: the correction can be published as it is. `coarser`: with these steps of tables; none where only
    the headline can be revised."""
    say = progress or (lambda _done, _of: None)
    found = protect(dict(steps))
    if found.passed:
        return {"now": True}
    passing = _passing(steps, found, protect, say)
    if passing is None or is_headline_alone(passing):
        return {"coarser": {}}
    now = _as_fine_as_may_be(passing, steps, protect, say)
    return {"coarser": {name: now[name] for name in _changed(now, steps)}, "steps": now}


def _changed(now: Steps, steps: Steps) -> list[str]:
    return [name for name, step in now.items() if step != steps.get(name, 0)]


def _passing(
    steps: Steps, found: Protected, protect: Protect, say: Callable[[int, int], None]
) -> Steps | None:
    """Return the first steps that pass, each time coarser where `found` is open. None where none do."""
    now = dict(steps)
    for done in range(MOST_ROUNDS):
        say(done, 2 * MOST_ROUNDS)
        more = _coarser(found.open, now) or _coarser(PUBLISHED_BY_NAME, now)
        if not more:
            return None
        now |= more
        found = protect(now)
        if found.passed:
            return now
    return None


def _as_fine_as_may_be(
    passing: Steps, steps: Steps, protect: Protect, say: Callable[[int, int], None]
) -> Steps:
    """Return `passing` with each table at its own step again, where it still passes."""
    now, changed = passing, _changed(passing, steps)
    for done, name in enumerate(changed):
        say(MOST_ROUNDS + done * MOST_ROUNDS // len(changed), 2 * MOST_ROUNDS)
        finer = {**now, name: steps.get(name, 0)}
        if len(changed) > 1 and protect(finer).passed:
            now = finer
    return now


def _coarser(names: Iterable[str], steps: Steps) -> Steps:
    """The next steps of tables; after the coarsest a table is left out. None of those that are already, and
    none of the headline."""
    found = {name: steps.get(name, 0) for name in names if name != HEADLINE}
    return {
        name: step + 1 if step + 1 < len(PUBLISHED_BY_NAME[name].ladder) else LEFT_OUT
        for name, step in found.items()
        if step != LEFT_OUT
    }


def _tried(row: WaitingCorrection, at: datetime, ways: dict[str, Any], *, ended: bool = False) -> None:
    row.tried, row.tried_at, row.ways = row.tried + 1, at, ways or row.ways
    row.ended_at = at if ended else None
    row.save()


COUNT_PATIENCE: Final = 60.0  # seconds of one round: the years that are left come the next hour


def count_by_night(*, at: datetime) -> int:
    """Of each year the version that its page shows, once a night. Returns how many were counted."""
    if timezone.localtime(at).hour not in NIGHT:
        return 0
    began, done = time.monotonic(), 0
    for row in _shown(at):
        if row.differing_at is None or row.differing_at < at - REST:
            Publication.objects.filter(pk=row.pk).update(differing=_differing(row, at), differing_at=at)
            done += 1
        if time.monotonic() - began > COUNT_PATIENCE:
            break
    return done


def forget(year: int) -> None:
    """A version of the year comes out: what differed from the last is in it."""
    Publication.objects.filter(year=year, differing__gt=0).update(differing=0)


def _shown(at: datetime) -> list[Publication]:
    known = (
        Publication.objects.public(at)
        .defer("content", "texts", "sealed", "tables")
        .order_by("year", "version")
    )
    found = shown_by_year(list(known))
    others = Q(differing__gt=0) & ~Q(pk__in=[one.pk for one in found])
    Publication.objects.filter(others).update(differing=0)
    return sorted(found, key=lambda one: (one.differing_at is not None, one.differing_at or at, -one.year))


def _differing(row: Publication, at: datetime) -> int:
    """0 where it cannot be read: that is told by the attacks."""
    try:
        return pending(of_the_register(at), row)
    except (KeyError, ValueError, TableError, NotOpened):
        log.exception("Version %s of %s could not be compared with the register", row.version, row.year)
        return 0
