"""What can be run, what a run may ask and tell while it goes on, and how it is asked for and stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise

from accounts.access import Access
from accounts.roles import May
from audit.writer import record
from jobs.models import Job

Found = TypeVar("Found")


class RunCancelled(Exception):
    """The owner has asked the run to stop, or was told that it was dead."""


class JobRefused(Exception):
    """The run cannot be done; the message is one sentence for its owner."""


def needed(found: Found | None, sentence: str) -> Found:
    """Return what was found. Raises JobRefused with the sentence where nothing was."""
    if found is None:
        raise JobRefused(sentence)
    return found


def refuse(*faults: tuple[bool, str], kind: type[Exception] = JobRefused) -> None:
    """Raise JobRefused, or an error of `kind`, with the sentence of the first fault that holds, if any."""
    for holds, sentence in faults:
        if holds:
            raise kind(sentence)


@contextmanager
def refused_by(kind: type[Exception]) -> Iterator[None]:
    """Within it an error of `kind` ends the run, with its own sentence."""
    try:
        yield
    except kind as refused:
        raise JobRefused(str(refused)) from None


@dataclass(frozen=True)
class Run:
    """`params` as enqueued; `access` is the owner's at the start of the run, not at the time of asking."""

    job: Job
    access: Access
    told: list[int] = field(default_factory=list)  # step and steps, for the thread that writes them

    @property
    def params(self) -> dict[str, Any]:
        return self.job.params

    def progress(self, step: int, steps: int) -> None:
        """Tell how far the run is. Raises RunCancelled when the owner has asked to stop. One short write."""
        Job.objects.filter(pk=self.job.pk).update(step=step, steps=steps)
        if self.cancelled():
            raise RunCancelled

    def tell(self, step: int, steps: int) -> None:
        """The same from inside a transaction, of which nobody sees what it writes: by another connection."""
        self.told[:] = [step, steps]
        if self.cancelled():
            raise RunCancelled

    def cancelled(self) -> bool:
        """Also where it was taken for dead: its owner was told so, and may have begun anew."""
        ended = Q(cancel_asked=True) | Q(state=Job.State.FAILED)
        return Job.objects.filter(ended, pk=self.job.pk).exists()


Work = Callable[[Run], dict[str, Any]]
Phases = tuple[tuple[float, str | Promise], ...]
Start = str | Callable[[dict[str, Any]], str]


@dataclass(frozen=True)
class JobKind:
    """`title` for the page; `may` is asked again when the run starts. `work` returns the result: `url` leads
    on, `said` is told there. `start` is the name of the page to begin again from, when it came to nothing, or
    gives its address from the parameters. `phases` say what is being done from which share of the steps on;
    -1 is before any step is told."""

    name: str
    title: str | Promise
    may: May | tuple[May, ...]  # any of them
    work: Work
    start: Start = ""
    phases: Phases = ()

    def doing(self, job: Job) -> str:
        """What a running job is at; empty where its kind has no words for it."""
        share = job.step / job.steps if job.steps else -1
        begun = [words for start, words in ((-1, ""), *self.phases) if start <= share]
        return str(begun[-1])

    def again(self, job: Job) -> str:
        """The address to begin again from; empty where there is none."""
        if callable(self.start):
            return self.start(job.params)
        return reverse(self.start) if self.start else ""

    @property
    def rights(self) -> tuple[May, ...]:
        return self.may if isinstance(self.may, tuple) else (self.may,)


def every_percent(progress: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """`progress` that is called for each per cent only, where the work reports many thousand steps."""
    told = -1

    def tell(step: int, steps: int) -> None:
        nonlocal told
        percent = 100 * step // max(steps, 1)
        if percent != told:
            told = percent
            progress(step, steps)

    return tell


KINDS: dict[str, JobKind] = {}
Tidying = Callable[[datetime], Any]
HOURLY: list[Tidying] = []
MINUTELY: list[Tidying] = []


def minutely(work: Tidying) -> Tidying:
    """Register what the worker does about every minute, of its own accord. Runs wait for it: it is short."""
    MINUTELY.append(work)
    return work


def hourly(work: Tidying) -> Tidying:
    """Register what the worker does about every hour, of its own accord; it is given the time."""
    HOURLY.append(work)
    return work


def job(
    name: str, *, title: str | Promise, may: May | tuple[May, ...], start: Start = "", phases: Phases = ()
) -> Callable[[Work], Work]:
    """Registers a function as the work of the kind `name`; it must be safe to stop at any place."""

    def register(work: Work) -> Work:
        KINDS[name] = JobKind(name, title, may, work, start, phases)
        return work

    return register


@transaction.atomic
def enqueue(kind: str, *, by: Access, **params: Any) -> Job:
    by.require(*KINDS[kind].rights)
    job = Job.objects.create(kind=kind, owner=by.user, params=params)
    record(by, "job.ask", job, search_kind=kind)
    return job


@transaction.atomic
def cancel(job: Job, *, by: Access) -> None:
    """A run that waits is cancelled at once; one under way stops at its next step."""
    Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(state=Job.State.CANCELLED, ended_at=by.at)
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_asked=True)
    record(by, "job.cancel", job, search_kind=job.kind)
