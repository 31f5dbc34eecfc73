"""An estimate of the dark figure for chosen years and lists: made once for the same data, kept, and asked
again. At last the estimates of the demonstration."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from accounts.access import Access, bypass_policies
from accounts.models import User
from accounts.roles import May
from audit.writer import Target, record
from cases.actions.duplicates import kept_records
from libs import capture_recapture
from libs.capture_recapture import CaptureTable, Refusal
from libs.capture_recapture.report import interval, to_json
from libs.capture_recapture.results import Sensitivity
from summaries.counting.summary import OPEN, pairs_of
from summaries.estimates.source import Known, default_grouping, known_persons
from summaries.models import Estimate

REPLICATES = 1000
WAY = "2"  # of estimating: what was made in an earlier way is kept, and no answer to a question of today
KNOWN = ("first_found", "earlier", "on_no_list", "counted", "referred")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class EstimateQuestion:
    """Which years, and on which list each agency (by code) stands; an agency left out is on none."""

    first: int
    last: int
    grouping: Mapping[str, str]
    replicates: int = REPLICATES
    seed: int = 1

    @property
    def years(self) -> str:
        return f"{self.first}–{self.last}"

    def known(self, access: Access) -> Known:
        return known_persons(self.first, self.last, grouping=self.grouping, access=access)

    def facts(self, table: CaptureTable) -> dict[str, Any]:
        """By which its answer is found; the digest is of the data and of the way of estimating."""
        return {
            "first_year": self.first,
            "last_year": self.last,
            "digest": hashlib.sha256(f"{WAY} {table.digest()}".encode()).hexdigest(),
            "replicates": self.replicates,
            "seed": self.seed,
        }


def earlier(question: EstimateQuestion, table: CaptureTable) -> Estimate | None:
    """What was answered before to the same question of the same data."""
    return Estimate.objects.filter(**question.facts(table)).first()


def answer(
    question: EstimateQuestion, *, by: Access, progress: Progress, cancelled: Callable[[], bool]
) -> Estimate:
    """The stored estimate, made now if there is none. Raises EstimateCancelled."""
    from libs.capture_recapture import estimation  # numpy, here and below only where it is needed

    by.require(May.ESTIMATE)
    known = question.known(by)
    table = known.table
    if found := earlier(question, table):
        return found
    options: dict[str, Any] = {"replicates": question.replicates, "seed": question.seed}
    result = estimation.estimate(table, **options, progress=progress, cancelled=cancelled)
    other = estimation.sensitivity(table, result, seed=question.seed, cancelled=cancelled)
    facts = to_json(result) | {
        "sensitivity": _variations(other),
        "duplicates": _if_resolved(question, by),
        "known": {name: getattr(known, name) for name in KNOWN},
    }
    return _keep(question, table, facts, by=by)


@transaction.atomic
def _keep(question: EstimateQuestion, table: CaptureTable, facts: dict[str, Any], *, by: Access) -> Estimate:
    made = {"grouping": dict(question.grouping), "verdict": facts["verdict"], "result": facts}
    made |= {"by": by.user, "at": by.at}
    row, _created = Estimate.objects.get_or_create(**question.facts(table), defaults=made)
    target = Target("summaries.estimate", str(row.pk), question.years)
    record(by, "dark_figure.estimate", target, rows=facts["observed"])
    return row


def _variations(sensitivity: Sensitivity) -> dict[str, Any]:
    lists = [{"kind": one.kind, "names": list(one.names), **_short(one.result)} for one in sensitivity.lists]
    recall = [
        {"recall": one.recall, "estimate": one.estimate, "interval": interval(one.interval)}
        for one in sensitivity.recall
    ]
    return {"lists": lists, "recall": recall}


def _short(result: capture_recapture.Estimate | Refusal) -> dict[str, Any]:
    if isinstance(result, Refusal):
        first = result.reasons[0]
        return {"estimate": None, "interval": None, "reasons": {"sv": first.sv, "en": first.en}}
    return {"estimate": result.estimate, "interval": interval(result.wald), "reasons": None}


@bypass_policies("totals")
def _if_resolved(question: EstimateQuestion, by: Access) -> dict[str, Any]:
    """How many possible duplicates of these years are open, as the page of their quality counts them, and the
    estimate if every one of them turned out to be one person."""
    from libs.capture_recapture import estimation

    pairs = list(pairs_of(by, question.first, question.last, OPEN).values_list("first", "second"))
    if not pairs:
        return {"open": 0, "estimate": None}
    same = kept_records(pairs)
    known = known_persons(
        question.first, question.last, grouping=question.grouping, access=by, also_same=same
    )
    result = estimation.estimate(known.table, replicates=0, seed=question.seed)
    return {"open": len(pairs), **_short(result)}


ASKED: Final = ((2016, 2018), (2018, 2018))  # one that may go out, one that is too uncertain


def estimate(analyst: User, today: date) -> None:
    """Of the invented years, as the page asks, the day before."""
    at = timezone.make_aware(datetime.combine(today - timedelta(days=1), time(11)))
    by = Access.of(analyst, at=at)
    for first, last in ASKED:
        question = EstimateQuestion(first, last, default_grouping())
        answer(question, by=by, progress=lambda _done, _of: None, cancelled=lambda: False)
