"""What casework runs outside the request, such as counting who has opened unusually many cases in a day.

That is shown on a page, to that person and to the data protection officer, and in no e-mail. The days are
counted from the audit log, each once, when it is over.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy

from accounts.models import User
from accounts.roles import May
from audit.models import Event
from audit_pages.filter import since_day
from cases import drafts, export_files
from cases.actions.sharing import hand_back
from cases.models import ReadingDay, SentLate
from cases.views.files import calls_of, selection
from exchange.limits import Refused
from exchange.models import ExportFile
from jobs.kinds import JobRefused, Run, hourly, job, minutely

MIN_CASES: Final = 60  # cases a day; fewer are nothing to tell of
TIMES: Final = 2  # as many as on the busiest day before
FIRST: Final = timedelta(days=30)  # somebody new has no busiest day yet
MAX_DAYS: Final = 31  # days made up for, when the worker was away
READINGS: Final = ("case.read", "person.read", "case.history", "case.extract")


def is_unusual(cases: int, busiest: int, known_for: timedelta) -> bool:
    """Twice the busiest day, from MIN_CASES on, not in the first month."""
    return cases >= MIN_CASES and cases >= TIMES * busiest and known_for >= FIRST


@hourly
def count_days(at: datetime) -> int:
    """Count every day that is over and has not been counted. Return how many rows were made."""
    yesterday = timezone.localdate(at) - timedelta(days=1)
    never = yesterday - timedelta(days=1)
    last = ReadingDay.objects.aggregate(last=Max("day", default=never))["last"]
    first = max(last + timedelta(days=1), yesterday - timedelta(days=MAX_DAYS))
    days = [first + timedelta(days=n) for n in range((yesterday - first).days + 1)]
    return sum(_count(day) for day in days)


@transaction.atomic
def _count(day: date) -> int:
    """One day. The rows of a day stand together or not at all."""
    opened = opened_on(day)
    readers = User.objects.in_bulk(opened, field_name="email")
    before = ReadingDay.objects.filter(reader__in=readers.values(), day__lt=day)
    busiest = dict(before.values_list("reader").annotate(most=Max("cases")))
    rows = []
    for email, reader in sorted(readers.items()):
        cases, known_for = len(opened[email]), since_day(day) - reader.date_joined
        unusual = is_unusual(cases, busiest.get(reader.pk, 0), known_for)
        rows.append(ReadingDay(reader=reader, day=day, cases=cases, unusual=unusual))
    ReadingDay.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def opened_on(day: date) -> dict[str, set[str]]:
    """The numbers of the cases that each opened, by e-mail address. A person's number begins with the
    case's."""
    found: dict[str, set[str]] = defaultdict(set)
    events = Event.objects.filter(at__gte=since_day(day), at__lt=since_day(day + timedelta(days=1)))
    for actor, label in events.filter(action__in=READINGS).values_list("actor", "target_label").iterator():
        found[actor].add(label.partition("-P")[0])
    return found


minutely(hand_back)


@hourly
def forget(at: datetime) -> None:
    """Drafts, and forms sent late, after a day."""
    drafts.purge(at)
    SentLate.objects.expired(at).delete()


@job("export.rows", title=gettext_lazy("Writing the file"), may=May.EXPORT_ROWS, start="cases:list")
def export(run: Run) -> dict[str, Any]:
    """One transaction: stopped at any place, there is no file. The scope is the owner's when the run
    starts."""
    file = ExportFile.objects.visible_to(run.access).filter(code=run.params["file"]).first()
    if file is None:
        raise JobRefused(_("The file has expired. Make it again."))

    query = QueryDict(mutable=True)
    query.update(file.query)
    chosen = (calls_of if file.kind == export_files.CALLS else selection)(query, run.access)
    # Persons have more rows than one each: the last step waits.
    steps = chosen.rows.order_by().count() // 1_000

    def report(rows: int) -> None:
        run.tell(min(rows // 1_000, steps), steps)

    try:
        in_words = run.params.get("in_words", False)
        export_files.make(file, chosen, by=run.access, in_words=in_words, report=report)
    except Refused as refused:
        raise JobRefused(refused.in_words(_)) from None
    return {"url": file.get_absolute_url()}
