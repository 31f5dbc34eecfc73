"""A file of a list is planned and written in one pass and one transaction: what is not wanted is rolled back.

A trial writes too, so that it finds what only the database knows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.writer import Target, record
from exchange.journal import Journal
from exchange.models import ListRun
from exchange.planning import ListPlan, Planned, Planner
from exchange.reading import Row, Sheet, read
from exchange.refusals import refuse
from exchange.resource import RegisterResource
from sealing.sealed import seal_json

AT_ONCE: Final = 1_000  # rows in memory at one time
Between = Callable[[int], None]  # told the number of rows done; may raise to stop


class Stale(Exception):
    """What was shown no longer holds: somebody changed something in the meantime. `plan` is what holds
    now."""

    def __init__(self, plan: ListPlan, sheet: Sheet) -> None:
        super().__init__("the plan no longer holds")
        self.plan, self.sheet = plan, sheet


class _Back(Exception):
    """Rolls back what was written."""


@dataclass(frozen=True)
class Choice:
    """`good_rows`: leave out the rows with an error. `shown`: the fingerprint of the plan that was confirmed.
    `code`: of the file that waited, which its run takes over."""

    good_rows: bool = False
    shown: str = ""
    trial: bool = False
    code: UUID | None = None


@dataclass(frozen=True)
class Done:
    """`run` is None where nothing was written."""

    plan: ListPlan
    sheet: Sheet
    run: ListRun | None = None


def import_list(
    data: bytes,
    resource: RegisterResource,
    *,
    choice: Choice | None = None,
    between: Between = lambda rows: None,
) -> Done:
    """Nothing is written where a row has an error, unless only the good rows are asked for.

    Raises Refused, PermissionDenied, or Stale when `choice.shown` no longer holds.
    """
    resource.require_import()
    choice = choice or Choice()
    sheet = read(data, resource.known)
    planner = Planner(resource, sheet.header)
    plan, digest = planner.plan, hashlib.sha256(data).hexdigest()
    try:
        with transaction.atomic():
            journal = _write(planner, sheet, between)
            stale = bool(choice.shown) and choice.shown != plan.fingerprint()
            if choice.trial or stale or (plan.errors and not choice.good_rows):
                raise _Back
            return Done(plan, sheet, _finish(planner, journal, digest, choice.code or uuid4()))
    except _Back:
        if stale:
            raise Stale(plan, sheet) from None
    return Done(plan, sheet)


def _write(planner: Planner, sheet: Sheet, between: Between) -> Journal:
    journal, done = Journal(planner.resource), 0
    for rows in _batches(sheet.rows):
        between(done)
        planned = list(planner.chunk(rows))
        if planned and not _stored(planned, journal):
            for one in planned:
                _alone(one, planner, journal)
        else:
            planner.plan.lines += [one.line for one in planned]
        done += len(rows)
    if not done:
        raise refuse("no_rows")
    planner.plan.lines.sort(key=lambda line: line.row)
    planner.plan.errors.sort(key=lambda said: said.row)
    return journal


def _stored(planned: Sequence[Planned], journal: Journal) -> bool:
    """False when the database refuses one of the rows: none of them is written then."""
    try:
        with transaction.atomic():
            journal.write(planned)
    except IntegrityError:
        for one in planned:
            if one.new and one.given_key:
                one.instance.pk = None
            one.instance._state.adding = one.new
        return False
    journal.note(planned)
    return True


def _alone(one: Planned, planner: Planner, journal: Journal) -> None:
    if _stored([one], journal):
        planner.plan.lines.append(one.line)
    else:
        planner.say(
            one.line.row, "", "", _("The register has such a row already, or the row breaks a rule of it.")
        )


def _batches(rows: Iterator[Row]) -> Iterable[list[Row]]:
    while batch := list(islice(rows, AT_ONCE)):
        yield batch


def _finish(planner: Planner, journal: Journal, digest: str, code: UUID) -> ListRun:
    resource, plan = planner.resource, planner.plan
    run = ListRun.objects.create(
        code=code,
        resource=resource.name,
        by=resource.by.user,
        at=resource.by.at,
        digest=digest,
        journal=seal_json(journal.as_json()),
        **plan.counts(),
    )
    on = Target(resource.model._meta.label_lower, str(run.code), resource.get_display_name())
    names = sorted(set(plan.columns) - set(resource.get_import_id_fields()))
    record(resource.by, f"import.{resource.name}", on, rows=plan.to_write, digest=digest, fields=names)
    return run
