"""After a release: attacks that are run again, and figures that differ from the register.

What is frozen is attacked again when the attack has become stricter, once for each version of it.

By night it is also counted how many figures of what is public the register has otherwise by now. That takes
a count of the whole year, and no figure of it is ever told outside.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.writer import System, record
from encryption.tokens import NotDecrypted
from libs.suppression import audit
from libs.suppression.tables import Table, TableError
from summaries.catalogue import PUBLISHED
from summaries.classifications import LEFT_OUT
from summaries.counting.build import of_the_register
from summaries.release.models import AttackResult, Publication, shown_by_year
from summaries.release.movement import pending
from summaries.tables.gate import counted
from summaries.tables.protection import HEADLINE, AskStop, Ledger, package_of, values_before

log = logging.getLogger(__name__)
ATTACK: Final = 6  # raised with every change that lets the attack find more
# Seconds of one round: the runs that somebody waits for come in between, and what is left the next hour.
ATTACK_SECONDS: Final = 120.0
COUNT_SECONDS: Final = 60.0
NIGHT: Final = range(1, 5)  # hours, when nobody waits for a run
REST: Final = timedelta(hours=12)
Steps = dict[str, int]


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


def attacked(row: Publication, ledger: Ledger, cancelled: AskStop = None) -> tuple[int, int]:
    """Attack exactly the tables that go out, or went, with all that was published before.

    Return how many figures can be worked out, and how many are too weakly protected.
    """
    true_values = row.true_values()
    recovered = under_protected = 0
    for population in true_values["packages"]:
        package = package_of(true_values, population, ledger)
        tables = [Table.from_json(true_value) for true_value in true_values["protected"][population]]
        more = counted(package, audit(package, tables, cancelled=cancelled).intervals)
        recovered, under_protected = recovered + more[0], under_protected + more[1]
    return recovered, under_protected


def found_open() -> QuerySet[AttackResult]:
    """Versions that stand though the newest attack finds something in them, or cannot read them."""
    is_open = Q(recovered__gt=0) | Q(under_protected__gt=0) | Q(readable=False)
    rows = AttackResult.objects.filter(is_open, attack=ATTACK).select_related("publication")
    rows = rows.exclude(publication__state=Publication.State.WITHDRAWN)
    return rows.defer("publication__sealed", "publication__content", "publication__tables")


def _keep(row: Publication, at: datetime) -> None:
    found = {"recovered": 0, "under_protected": 0, "readable": True}
    try:
        before = takewhile(lambda one: one["told"] != row.version, values_before(row.year))
        found["recovered"], found["under_protected"] = attacked(row, [*before])
    except (KeyError, ValueError, TableError, NotDecrypted):
        log.exception("Version %s of %s could not be attacked again", row.version, row.year)
        found["readable"] = False
    with transaction.atomic():
        result, created = AttackResult.objects.get_or_create(
            publication=row, attack=ATTACK, defaults={"at": at, **found}
        )
        if created:
            record(System(), "publication.attack", row, rows=result.open, at=at)


def headline_steps() -> Steps:
    """Return the steps of a version that is the headline alone."""
    return {entry.name: LEFT_OUT for entry in PUBLISHED if entry.name != HEADLINE}


def is_headline_alone(steps: Mapping[str, int]) -> bool:
    return steps.items() >= headline_steps().items()


def steps_of_the_last(year: int) -> Steps:
    """Return the steps of the newest version of a year that has more than the headline."""
    versions = Publication.objects.published().filter(year=year).order_by("-version")
    found = (dict(version.steps) for version in versions.only("steps"))
    return next((one for one in found if not is_headline_alone(one)), {})


def steps_for(year: int, instead: str) -> Steps | None:
    """Return the steps of a choice on the page of the year; None where it leaves them as they are."""
    everything = partial(steps_of_the_last, year)
    choices: dict[str, Callable[[], Steps]] = {"headline": headline_steps, "all": everything}
    return choices[instead]() if instead in choices else None


def after_release(row: Publication, at: datetime) -> None:
    """Note of a version that is being frozen that the attack has just been run on it, and that what the
    register had otherwise is in it."""
    AttackResult.objects.create(publication=row, attack=ATTACK, at=at)
    Publication.objects.filter(year=row.year, differing__gt=0).update(differing=0)


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
