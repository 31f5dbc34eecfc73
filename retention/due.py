"""What is due for disposal, by kind: how many rows, and since when. Never which rows, nor whose.

Nothing is due without a rule, which is a decision with a name. What the register clears away by itself, such
as drafts, stands beside: of that there should be none.

How long a case is kept, in a sentence that stands on its page: collected by `cases.views.case`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Exists, F, Max, OuterRef, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _, ngettext

from accounts.models import User, open_accounts
from audit.models import Event, Segment
from cases.choices import CLOSED_STATES, Decision, NotificationState, RequestAnswer
from cases.models import (
    Call,
    Case,
    Draft,
    DuplicateReview,
    Exploitation,
    Identification,
    Measure,
    Notification,
    Person,
    PersonIndicator,
    Reminder,
    SentLate,
    Transfer,
)
from exchange.limits import DRAFT_HOURS, EXPORT_DAYS, UPLOAD_MINUTES
from exchange.models import ExportFile, ImportRun, ImportUpload
from jobs.models import Job
from retention.ages import together, years_after, years_before
from retention.models import IN_PACKAGES, Retention, RetentionKind, Trigger

UNDECIDED: Final = (Decision.OPEN, Decision.UNSURE)
# Kept: simple-history makes a class of manager each time that it is asked.
HISTORIES: Final[tuple[type[Any], ...]] = tuple(
    part.history.model for part in (Identification, Exploitation, Measure, PersonIndicator)
)
ARCHIVED: Final = "register.archive"  # the action of the audit log when the package of a year is made


@dataclass(frozen=True, slots=True)
class DueRow:
    """A row that is due by its day; the year in whose package it is, or of its day where there are none."""

    key: int
    at: datetime
    year: int
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Due:
    """`kept`: how long, as a duration of ISO 8601; empty where nobody has decided. `since`: the first day on
    which anything of it was due. `to_archive`: years whose packages are made first."""

    kind: str
    title: str
    kept: str = ""
    rule: Retention | None = None
    rows: int = 0
    since: date | None = None
    to_archive: tuple[int, ...] = ()


def due_on(day: date) -> list[Due]:
    """Each kind, those without a rule too; a constant number of queries, however many rows there are."""
    rules = Retention.objects.in_bulk(field_name="kind")
    archived = {*archived_at()}
    ruled = [_by_rule(kind, rules.get(kind), day, archived) for kind in RetentionKind]
    return [*ruled, *(_by_itself(kind, day) for kind in BY_ITSELF)]


def _by_rule(kind: RetentionKind, rule: Retention | None, day: date, archived: set[int]) -> Due:
    due = Due(kind.value, str(kind.label), rule=rule)
    if rule is None or rule.years is None:
        return due
    rows = found_by(rule, day)
    first = min((row.at for row in rows), default=None)
    packages = {row.year for row in rows} if rule.archive_first and kind in IN_PACKAGES else set()
    return replace(
        due,
        kept=f"P{rule.years}Y",
        rows=sum(row.rows for row in rows),
        since=years_after(timezone.localdate(first), rule.years) if first else None,
        to_archive=tuple(sorted(packages - archived)),
    )


def found_by(rule: Retention, day: date) -> list[DueRow]:
    """Return the rows that are due on a day by a rule that has years."""
    before = midnight(years_before(day, rule.years or 0) + timedelta(days=1))
    return FINDERS[RetentionKind(rule.kind)](Trigger(rule.trigger), before)


def archived_at() -> dict[int, datetime]:
    """When the package of a year was made last."""
    rows = Event.objects.filter(action=ARCHIVED).order_by().values_list("target_id")
    return {int(year): at for year, at in rows.annotate(last=Max("at"))}


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone())


def waiting() -> tuple[tuple[str, QuerySet[Any]], ...]:
    """Return what may wait in the case of the outer query, in words and as rows. Meanwhile it is not due."""
    case = OuterRef("pk")
    pairs = DuplicateReview.objects.filter(decision__in=UNDECIDED)
    return (
        (_("reminders"), Reminder.objects.filter(case=case, done_at=None)),
        (_("transfers"), Transfer.objects.filter(person__case=case, answer=RequestAnswer.PENDING)),
        (
            _("calls to follow up"),
            Call.objects.filter(case=case, followed_up_at=None, follow_up_due__isnull=False),
        ),
        (_("possible duplicates"), pairs.filter(first__case=case)),
        (_("possible duplicates"), pairs.filter(second__case=case)),
    )


# What a rule finds are rows whose day lies before a moment.
def _cases(trigger: Trigger, before: datetime) -> list[DueRow]:
    """By the last change of anything in them. One in which something waits is not due."""
    waits = (~Exists(rows) for _words, rows in waiting())
    rows = Case.objects.filter(*waits, updated_at__lt=before)
    if trigger == Trigger.CLOSED:
        rows = rows.filter(state__in=CLOSED_STATES)
    rows = rows.annotate(last=last_change()).filter(last__lt=before)
    found = {key: DueRow(key, at, day.year) for key, at, day in rows.values_list("pk", "last", "opened_on")}
    twice = Person.objects.exclude(same_as=None).exclude(same_as__case=F("case"))
    return [*together(found, twice.values_list("case_id", "same_as__case_id")).values()]


def last_change() -> Combinable:
    return Greatest(
        F("updated_at"),
        _newest(Person.objects.all(), "case", "updated_at"),
        _newest(Call.objects.all(), "case", "updated_at"),
        _newest(Notification.objects.all(), "case", "updated_at"),
        *(_newest(model.objects.all(), "person__case", "history_date") for model in HISTORIES),
    )


def _newest(rows: QuerySet[Any], case: str, moment: str) -> Combinable:
    newest = rows.filter(**{case: OuterRef("pk")}).order_by().values(case).annotate(newest=Max(moment))
    return Coalesce(Subquery(newest.values("newest")), F("updated_at"))


def _calls(trigger: Trigger, before: datetime) -> list[DueRow]:
    """Those that led to a case go with it, and so do those that one of them follows up."""
    field = {Trigger.RECEIVED: "received_at"}.get(trigger, "updated_at")
    rows = Call.objects.filter(case=None, **{f"{field}__lt": before})
    rows = rows.filter(follow_up_due=None) | rows.exclude(followed_up_at=None)
    found = {key: DueRow(key, at, day.year) for key, at, day in rows.values_list("pk", field, "received_on")}
    followed = Call.objects.exclude(follow_up_of=None).values_list("pk", "follow_up_of_id")
    return [*together(found, followed).values()]


def _notifications(trigger: Trigger, before: datetime) -> list[DueRow]:
    field = {Trigger.RECEIVED: "sent_at"}.get(trigger, "updated_at")
    rows = Notification.objects.filter(case=None, state=NotificationState.CLOSED, **{f"{field}__lt": before})
    return [
        DueRow(key, at, timezone.localdate(sent).year)
        for key, at, sent in rows.values_list("pk", field, "sent_at")
    ]


def _events(_trigger: Trigger, before: datetime) -> list[DueRow]:
    """Whole years, as they are disposed of."""
    return [
        DueRow(year.pk, at, year.year, rows=year.last - year.first + 1)
        for year in Segment.objects.filter(disposed_at=None)
        if (at := midnight(date(year.year, 12, 31))) < before
    ]


def _of(rows: QuerySet[Any], field: str, before: datetime) -> list[DueRow]:
    found = rows.filter(**{f"{field}__lt": before}).values_list("pk", field)
    return [DueRow(key, at, timezone.localdate(at).year) for key, at in found]


FINDERS: Final[dict[RetentionKind, Callable[[Trigger, datetime], list[DueRow]]]] = {
    RetentionKind.CALL: _calls,
    RetentionKind.CASE: _cases,
    RetentionKind.NOTIFICATION: _notifications,
    RetentionKind.IMPORT: lambda _trigger, before: _of(ImportRun.objects.all(), "at", before),
    RetentionKind.JOB: lambda _trigger, before: _of(Job.objects.all(), "ended_at", before),
    RetentionKind.ACCOUNT: lambda _trigger, before: _of(
        User.objects.exclude(open_accounts()).annotate(last=Coalesce("last_login", "date_joined")),
        "last",
        before,
    ),
    RetentionKind.EVENT: _events,
}


@dataclass(frozen=True, slots=True)
class ByItself:
    """What the register clears away by itself.

    `field`: the moment from which it counts; `after`: how long after it a row may still be there.
    """

    kind: str
    model: Any
    field: str
    after: timedelta
    kept: str

    @property
    def title(self) -> str:
        return str(self.model._meta.verbose_name_plural)


BY_ITSELF: Final = (
    ByItself("draft", Draft, "updated_at", timedelta(hours=DRAFT_HOURS), f"PT{DRAFT_HOURS}H"),
    ByItself("sent_late", SentLate, "sent_at", timedelta(hours=DRAFT_HOURS), f"PT{DRAFT_HOURS}H"),
    ByItself("upload", ImportUpload, "expires_at", timedelta(), f"PT{UPLOAD_MINUTES}M"),
    ByItself("export", ExportFile, "expires_at", timedelta(), f"P{EXPORT_DAYS}D"),
)


def _by_itself(one: ByItself, day: date) -> Due:
    """What should have been gone before the day began."""
    rows = _of(one.model.objects.all(), one.field, midnight(day) - one.after)
    first = min((row.at for row in rows), default=None)
    since = timezone.localdate(first + one.after) if first else None
    return Due(one.kind, one.title, kept=one.kept, rows=len(rows), since=since)


def of_case(case: Case) -> str:
    """One query for the rule, and one for the day where it has come to that. What else has to be so may make
    it later, never sooner."""
    rule = Retention.objects.filter(kind=RetentionKind.CASE).first()
    if rule is None:
        return _("No retention period is set. The case is kept.")
    if rule.years is None:
        return _("Kept for good, by {decision}.").format(decision=rule.decision)
    if rule.trigger == Trigger.CLOSED and case.state not in CLOSED_STATES:
        return ngettext(
            "May be disposed of {n} year after closing at the earliest, with its whole year, by {decision}.",
            "May be disposed of {n} years after closing at the earliest, with its whole year, by {decision}.",
            rule.years,
        ).format(n=rule.years, decision=rule.decision)
    changed = Case.objects.annotate(last=last_change()).values_list("last", flat=True).get(pk=case.pk)
    day = years_after(timezone.localdate(changed), rule.years)
    return _("May be disposed of on {day} at the earliest, with its whole year, by {decision}.").format(
        day=date_format(day, "SHORT_DATE_FORMAT"), decision=rule.decision
    )


OF_CASE: Final[dict[str, Callable[[Case], str]]] = {"disposal": of_case}
