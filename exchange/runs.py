"""A file is read, planned and carried out, whatever its importer: one transaction, one audit event."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from accounts.access import Access
from audit.writer import Target, record
from exchange import apart
from exchange.importer import Between, Importer, PlanWords
from exchange.limits import APART_LATER
from exchange.models import ImportRun, ImportUpload
from exchange.plan import Plan
from exchange.reading import ReadSheet
from sealing.sealed import as_bytes


@dataclass(frozen=True)
class Choice:
    """`good_rows`: leave out the rows with an error. `shown`: the fingerprint of the plan that was confirmed.
    `trial`: only plan. `code`: of the file that waited, which its run takes over; `name`: of the file."""

    good_rows: bool = False
    shown: str = ""
    trial: bool = False
    code: UUID | None = None
    name: str = ""


@dataclass(frozen=True)
class Done:
    """`run` is None where nothing was written."""

    plan: Plan
    sheet: ReadSheet
    words: PlanWords
    run: ImportRun | None = None


class Stale(Exception):
    """What was shown no longer holds: somebody changed something in the meantime. `now` is what holds, if
    the file can still be planned."""

    def __init__(self, now: Done | None = None) -> None:
        super().__init__("the plan no longer holds")
        self.now = now


class _Back(Exception):
    """Rolls back what was written."""


def target_of(row: ImportUpload | ImportRun, importer: Importer) -> ImportUpload | ImportRun | Target:
    """What the audit trail names."""
    return Target(importer.kind, str(row.code), str(importer.title)) if importer.kind else row


def import_file(
    file: bytes | apart.ReadFile,
    importer: Importer,
    *,
    by: Access,
    choice: Choice | None = None,
    between: Between = lambda rows: None,
) -> Done:
    """Nothing is written where a row has an error, unless only the good rows are asked for.

    What has not been read yet is, before the transaction begins.

    Raises Refused, PermissionDenied, or Stale when `choice.shown` no longer holds.
    """
    importer.require(by)
    choice = choice or Choice()
    file = apart.read(file, importer.known, within=APART_LATER) if isinstance(file, bytes) else file
    sheet = file.sheet()
    stale = False
    try:
        with _scope(importer, choice):
            if not choice.trial:
                importer.lock(by)
            bringing = importer.begin(sheet, by)
            plan = bringing.plan(between)
            stale = bool(choice.shown) and choice.shown != plan.fingerprint()
            if choice.trial or stale or (plan.errors and not choice.good_rows):
                raise _Back
            run = _keep(importer, by, plan, bringing.write(between), file.digest, choice)
            return Done(plan, sheet, bringing.words, run)
    except _Back:
        done = Done(plan, sheet, bringing.words)
    if stale:
        raise Stale(done)
    return done


def _scope(importer: Importer, choice: Choice) -> AbstractContextManager[Any]:
    """A trial that only reads keeps nobody from writing."""
    return nullcontext() if choice.trial and not importer.plans_by_writing else transaction.atomic()


def _keep(
    importer: Importer, by: Access, plan: Plan, journal: dict[str, Any], digest: str, choice: Choice
) -> ImportRun:
    run = ImportRun.objects.create(
        code=choice.code or uuid4(),
        name=choice.name,
        importer=importer.name,
        by=by.user,
        at=by.at,
        digest=digest,
        journal=as_bytes(journal),
        **plan.counts(),
    )
    on, name = target_of(run, importer), importer.name
    record(by, f"import.{name}", on, rows=plan.to_write, digest=run.digest, fields=plan.fields)
    return run
