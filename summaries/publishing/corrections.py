"""Corrections that cannot be protected beside what was published: they wait, everybody is told that there is
an error, and each night it is tried again what could be published instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from accounts.access import Access
from audit.writer import Actor, System, Target, record
from summaries.catalogue import PUBLISHED, PUBLISHED_BY_NAME
from summaries.classifying import LEFT_OUT
from summaries.counting.build import of_the_register
from summaries.publishing.after_models import WaitingCorrection
from summaries.publishing.former import NotCompleted
from summaries.publishing.models import Publication
from summaries.publishing.protecting import HEADLINE, Protected, protect_year
from summaries.publishing.workbench import pending

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
        try:
            ways = ways_out(steps, lambda tried: protect_year(access, year, tried, seconds=SECONDS), progress)
        except NotCompleted:
            ways = {"coarser": {}}  # beside what cannot be read, the headline alone
    with transaction.atomic():
        _tried(row, access.at, ways, ended=over)
        record(by, "correction.try", Target("summaries.publication", "", str(year)), at=access.at)


def ways_out(
    steps: Steps, protect: Protect, progress: Callable[[int, int], None] | None = None
) -> dict[str, Any]:
    """`now`: the correction can be published as it is. `coarser`: with these steps of tables; none where only
    the headline can be revised."""
    say = progress or (lambda _done, _of: None)
    now, found = dict(steps), protect(dict(steps))
    if found.passed:
        return {"now": True}
    for done in range(MOST_ROUNDS):
        say(done, 2 * MOST_ROUNDS)
        more = _coarser(found.open, now) or _coarser(PUBLISHED_BY_NAME, now)
        if not more:
            return {"coarser": {}}
        now |= more
        found = protect(now)
        if found.passed:
            break
    if not found.passed or is_headline_alone(now):
        return {"coarser": {}}
    changed = [name for name, step in now.items() if step != steps.get(name, 0)]
    for done, name in enumerate(changed):
        say(MOST_ROUNDS + done * MOST_ROUNDS // len(changed), 2 * MOST_ROUNDS)
        finer = {**now, name: steps.get(name, 0)}
        if len(changed) > 1 and protect(finer).passed:
            now = finer
    coarser = {name: now[name] for name in changed if now[name] != steps.get(name, 0)}
    return {"coarser": coarser, "steps": now}


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
