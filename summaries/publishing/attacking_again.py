"""What is frozen is attacked again when the attack has become stricter, once for each version of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from datetime import datetime
from itertools import takewhile
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from audit.writer import System, record
from sealing.secrecy import NotOpened
from summaries.counting.reference import Reference
from summaries.protection import audit
from summaries.publishing.after_models import AttackResult
from summaries.publishing.gate import counted
from summaries.publishing.models import Publication
from summaries.publishing.protecting import CALLS, package_of, sealed_before
from summaries.publishing.public_calls import at_all_steps
from summaries.tables import Table, TableError

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
