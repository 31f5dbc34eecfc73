"""After a release: attacks that are run again, corrections that wait, figures that differ from the register.

What is frozen is attacked again when the attack has become stricter, once for each version of it.

A correction that cannot be protected beside what was published waits. Everybody is told that there is an
error, and each night the register looks for what could be published instead.

By night it is also counted how many figures of what is public the register has otherwise by now. That takes
a count of the whole year, and no figure of it is ever told outside.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.access import Access
from audit.writer import Actor, System, Target, record
from encryption.tokens import NotDecrypted
from libs.suppression import audit
from libs.suppression.tables import Table, TableError
from summaries.catalogue import PUBLISHED, PUBLISHED_BY_NAME
from summaries.classifications import LEFT_OUT
from summaries.counting.build import of_the_register
from summaries.counting.reference import Reference
from summaries.release.models import AttackResult, Publication, WaitingCorrection, shown_by_year
from summaries.release.workbench import pending
from summaries.tables.gate import counted
from summaries.tables.protection import (
    CALLS,
    HEADLINE,
    Progress,
    Protected,
    package_of,
    protect_year,
    values_before,
)
from summaries.tables.public_tables import at_all_steps

log = logging.getLogger(__name__)
ATTACK: Final = 5  # raised with every change that lets the attack find more
# Seconds of one round: the runs that somebody waits for come in between, and what is left the next hour.
ATTACK_SECONDS: Final = 120.0
COUNT_SECONDS: Final = 60.0
NIGHT: Final = range(1, 5)  # hours, when nobody waits for a run
REST: Final = timedelta(hours=12)
SECONDS: Final = 5.0
MOST_ROUNDS: Final = 5
Steps = dict[str, int]
Protect = Callable[[Steps], Protected]


def _within(rows: Iterable[Publication], seconds: float) -> Iterator[Publication]:
    """Give the rows until so many seconds have gone."""
    end = time.monotonic() + seconds
    return takewhile(lambda _row: time.monotonic() < end, rows)


def attack_again(at: datetime) -> int:
    """Attack frozen versions, also withdrawn ones, that the attack of today has not seen. Return how many."""
    seen = AttackResult.objects.filter(attack=ATTACK).values("publication")
    rows = Publication.objects.published().exclude(pk__in=seen).order_by("-year", "-version")
    done = 0
    for row in _within(list(rows), ATTACK_SECONDS):
        _keep(row, at)
        done += 1
    return done


def found_open() -> QuerySet[AttackResult]:
    """Versions that stand though the newest attack finds something in them, or cannot read them."""
    is_open = Q(recovered__gt=0) | Q(under_protected__gt=0) | Q(readable=False)
    rows = AttackResult.objects.filter(is_open, attack=ATTACK).select_related("publication")
    rows = rows.exclude(publication__state=Publication.State.WITHDRAWN)
    return rows.defer("publication__sealed", "publication__content", "publication__tables")


def _keep(row: Publication, at: datetime) -> None:
    found = {"recovered": 0, "under_protected": 0, "readable": True}
    try:
        found["recovered"], found["under_protected"] = _attacked(row)
    except (KeyError, ValueError, TableError, NotDecrypted):
        log.exception("Version %s of %s could not be attacked again", row.version, row.year)
        found["readable"] = False
    with transaction.atomic():
        result, created = AttackResult.objects.get_or_create(
            publication=row, attack=ATTACK, defaults={"at": at, **found}
        )
        if created:
            record(System(), "publication.attack", row, rows=result.open, at=at)


def _attacked(row: Publication) -> tuple[int, int]:
    """Attack a version with all that was published of the year before it, at whatever steps."""
    true_values = row.true_values()
    ledger = list(takewhile(lambda one: one["told"] != row.version, values_before(row.year)))
    recovered = under_protected = 0
    for population in true_values["packages"]:
        package = package_of(true_values, population, ledger)
        if population == CALLS:
            package = at_all_steps(package, Reference.load().codes)
        tables = [Table.from_json(table) for table in true_values["protected"][population]]
        more = counted(package, audit(package, tables).intervals)
        recovered, under_protected = recovered + more[0], under_protected + more[1]
    return recovered, under_protected


def waiting(year: int) -> WaitingCorrection | None:
    return WaitingCorrection.objects.filter(year=year, ended_at=None).first()


def headline_steps() -> Steps:
    """Return the steps of a version that is the headline alone."""
    return {entry.name: LEFT_OUT for entry in PUBLISHED if entry.name != HEADLINE}


def is_headline_alone(steps: Mapping[str, int]) -> bool:
    return steps.items() >= headline_steps().items()


def steps_of_the_last(year: int) -> Steps:
    """Return the steps of the newest version of a year that has more than the headline."""
    versions = Publication.objects.published().filter(year=year).order_by("-version")
    found = (dict(version.steps) for version in versions.only("steps"))
    return next((steps for steps in found if not is_headline_alone(steps)), {})


def steps_for(year: int, instead: str) -> Steps | None:
    """Return the steps of a choice on the page of the year; None where it leaves them as they are."""
    if instead == "headline":
        return headline_steps()
    if instead == "all":
        return steps_of_the_last(year)
    if instead == "coarser" and (row := waiting(year)) and row.ways.get("coarser"):
        return dict(row.ways["steps"])
    return None


def update_waiting(draft: Publication, by: Access) -> bool:
    """Return whether the correction that the draft would be waits from now on.

    A draft that fails though nothing has changed is no correction: its categories are too fine.
    """
    newest, row = Publication.objects.standing().newest(draft.year), waiting(draft.year)
    if newest is None:
        return False
    if not draft.passed and pending(by, newest):
        if row is None:
            WaitingCorrection.objects.create(year=draft.year, since=by.at, tried_at=by.at)
            return True
        _save_attempt(row, by.at, {})
    elif row is not None:
        _save_attempt(row, by.at, {"now": True} if draft.passed else {}, ended=not draft.passed)
    return False


def reopen_waiting(year: int, at: datetime) -> None:
    """Let a correction wait again whose version was called off before its hour."""
    if waiting(year) is None:
        WaitingCorrection.objects.filter(year=year, ended_at=at).update(ended_at=None)


def after_release(row: Publication, at: datetime) -> None:
    """Note of a version that is being frozen that the attack has just been run on it, and that it is true.

    From its hour on no correction waits, and what the register had otherwise is in it.
    """
    AttackResult.objects.create(publication=row, attack=ATTACK, at=at)
    WaitingCorrection.objects.filter(year=row.year, ended_at=None).update(ended_at=row.published_at)
    Publication.objects.filter(year=row.year, differing__gt=0).update(differing=0)


def try_waiting(at: datetime) -> int:
    """Try once a night whatever waits. Return how many were tried."""
    if timezone.localtime(at).hour not in NIGHT:
        return 0
    rows = list(WaitingCorrection.objects.filter(ended_at=None, tried_at__lt=at - REST).order_by("year"))
    for row in rows:
        try_one(row, of_the_register(at), System())
    return len(rows)


def try_one(row: WaitingCorrection, access: Access, by: Actor, progress: Progress = None) -> None:
    """Look whether the correction can be published by now, and if not, with which coarser categories."""
    newest, year = Publication.objects.standing().newest(row.year), row.year
    over = newest is None or not pending(access, newest)
    ways: dict[str, Any] = {}
    if not over:
        draft = Publication.objects.drafts().filter(year=year).first()
        with_tables = draft is not None and not is_headline_alone(draft.steps)
        steps = dict(draft.steps) if draft and with_tables else steps_of_the_last(year)
        ways = ways_out(steps, lambda tried: protect_year(access, year, tried, seconds=SECONDS), progress)
    with transaction.atomic():
        _save_attempt(row, access.at, ways, ended=over)
        record(by, "correction.try", Target("summaries.publication", "", str(year)), at=access.at)


def ways_out(steps: Steps, protect: Protect, progress: Progress = None) -> dict[str, Any]:
    """`now`: the correction can be published as it is. `coarser`: with these steps of tables; none where only
    the headline can be revised."""
    say = progress or (lambda _done, _of: None)
    protected = protect(dict(steps))
    if protected.passed:
        return {"now": True}
    passing = _passing(steps, protected, protect, say)
    if passing is None or is_headline_alone(passing):
        return {"coarser": {}}
    now = _as_fine_as_may_be(passing, steps, protect, say)
    return {"coarser": {name: now[name] for name in _changed(now, steps)}, "steps": now}


def _changed(now: Steps, steps: Steps) -> list[str]:
    return [name for name, step in now.items() if step != steps.get(name, 0)]


def _passing(
    steps: Steps, protected: Protected, protect: Protect, say: Callable[[int, int], None]
) -> Steps | None:
    """Return the first steps that pass, each time coarser where `found` is open. None where none do."""
    now = dict(steps)
    for done in range(MOST_ROUNDS):
        say(done, 2 * MOST_ROUNDS)
        more = _coarser(protected.open, now) or _coarser(PUBLISHED_BY_NAME, now)
        if not more:
            return None
        now |= more
        protected = protect(now)
        if protected.passed:
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


def _save_attempt(row: WaitingCorrection, at: datetime, ways: dict[str, Any], *, ended: bool = False) -> None:
    row.tried, row.tried_at, row.ways = row.tried + 1, at, ways or row.ways
    row.ended_at = at if ended else None
    row.save()


def count_by_night(at: datetime) -> int:
    """Count once a night what differs from the version that the page of each year shows.

    Those come first that were never counted, then those that were counted longest ago. Returns how many were
    counted.
    """
    if timezone.localtime(at).hour not in NIGHT:
        return 0
    known = Publication.objects.public(at).defer("content", "texts", "sealed", "tables")
    shown = shown_by_year(known.order_by("year", "version"))
    others = Publication.objects.filter(differing__gt=0).exclude(pk__in=[row.pk for row in shown])
    others.update(differing=0)
    due = [row for row in shown if row.differing_at is None or row.differing_at < at - REST]
    due.sort(key=lambda row: (row.differing_at is not None, row.differing_at or at, -row.year))
    done = 0
    for row in _within(due, COUNT_SECONDS):
        Publication.objects.filter(pk=row.pk).update(differing=_differing(row, at), differing_at=at)
        done += 1
    return done


def _differing(row: Publication, at: datetime) -> int:
    """Return how many figures differ; 0 where the version cannot be read, which the attacks tell."""
    try:
        return pending(of_the_register(at), row)
    except (KeyError, ValueError, TableError, NotDecrypted):
        log.exception("Version %s of %s could not be compared with the register", row.version, row.year)
        return 0
