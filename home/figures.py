"""What *Min sida* shows those who read and publish totals: what waits for an answer, drafts, the newest
year.

What somebody's own work comes to, in a line of figures on *Min sida*: what is theirs to see, counted. All
figures of a role are asked for in one query.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from accounts.access import Access, bypass_policies
from accounts.models import User
from accounts.roles import May
from agencies.models import Coordinator, Region
from audit.writer import Target, record
from audit_pages.filter import since_day
from audit_pages.scope import audit_log_for
from cases import timeline
from cases.choices import NotificationState
from cases.models import Call, Case, Notification, Person, YearConfirmation
from cases.timeline import running
from home.boxes import Box, BoxRow, counted
from summaries.counting.counts import persons
from summaries.coverage import so_far
from summaries.release.corrections import found_open
from summaries.release.models import Exemption, Publication
from summaries.release.questionnaires import due
from summaries.tables.labels import public_titles
from summaries.year_words import named

MINUS = "\u2212"


def exemptions(access: Access) -> list[Box]:
    """Those that wait for a manager; nobody answers an own one."""
    titles = public_titles()
    asked = Exemption.objects.asked().exclude(asked_by=access.user)
    rows = [
        BoxRow(f"{titles.get(one.table, one.table)}, {one.year}", _publication(one.year), one.reason)
        for one in asked.order_by("asked_at")
    ]
    return [Box(_("Exemptions that wait for an answer"), len(rows), rows)]


def to_be_sent(access: Access) -> list[Box]:
    """Figures that others ask for by a day."""
    year = due(access.today)
    if year is None:
        return []
    hint = _("to the European Commission by 30 September")
    row = BoxRow(_("Article 19a, %(year)s") % {"year": year}, reverse("summaries:publications"), hint)
    return [Box(_("Figures to send"), 1, [row])]


def drafts(access: Access) -> list[Box]:
    """What is being made ready, and what differs from the register since it came out, as of last night."""
    ready = Q(version=None) | Q(differing__gt=0)
    rows = Publication.objects.filter(ready).exclude(state=Publication.State.WITHDRAWN)
    made, differing = [], []
    for row in rows.order_by("-year").only("year", "state", "version", "differing"):
        if row.version is None:
            made.append(BoxRow(str(row.year), _publication(row.year), row.get_state_display()))
        else:
            message = ngettext("{n} figure differs", "{n} figures differ", row.differing)
            differing.append(BoxRow(_version(row), _publication(row.year), message.format(n=row.differing)))
    title = _("Published versions that differ from the register")
    return [Box(_("Drafts to publish"), len(made), made), Box(title, len(differing), differing)]


def open_versions(access: Access) -> list[Box]:
    """What stands though the attack test of today finds something in it."""
    rows = [
        BoxRow(
            _version(result.publication),
            _publication(result.publication.year),
            _("withdraw it, or revise it")
            if result.readable
            else _("it cannot be read by the attack test of today: contact operations"),
        )
        for result in found_open()
    ]
    return [Box(_("Published versions that are open"), len(rows), rows)]


@bypass_policies("totals")
def newest_year(access: Access) -> list[Box]:
    """How many there were in the newest year with persons, and since the year before where it is over.
    Recorded as any reading is."""
    year = Person.objects.totals_for(access).counted().aggregate(last=Max("first_year", default=0))["last"]
    by_child = persons(access, year - 1, year).values_list("first_year", "child").annotate(n=Count("pk"))
    counts: Counter[Any] = Counter()
    for first_year, child, n in by_child:
        counts[first_year] += n
        counts[first_year, child] += n
    now, before, children = counts[year], counts[year - 1], counts[year, "yes"]
    if not now:
        return []
    record(access, "summary.read", Target("summary", str(year), f"{year} overview"))
    url = reverse("summaries:year", args=[year])
    running = so_far(year, access.today)
    since = _difference(now - before, year - 1) if before and not running else ""
    calls = Call.objects.totals_for(access).received_in(year).count()
    rows = [
        BoxRow(_said(now, ngettext("{n} person", "{n} persons", now)), url, since),
        BoxRow(_said(children, ngettext("{n} child", "{n} children", children)), url),
        BoxRow(_said(calls, ngettext("{n} call", "{n} calls", calls)), url),
    ]
    title = named(_("The year %(year)d in figures") % {"year": year}, running)
    return [Box(title, len(rows), rows, url, figures=True)]


def _said(number: int, words: str) -> str:
    return words.format(n=number_format(number, force_grouping=True))


def _difference(difference: int, year: int) -> str:
    sign = "+" if difference > 0 else MINUS if difference < 0 else ""
    number = sign + number_format(abs(difference), force_grouping=True)
    return _("%(difference)s from %(year)s") % {"difference": number, "year": year}


def _version(publication: Publication) -> str:
    return _("%(year)s, version %(n)s") % {"year": publication.year, "n": publication.version}


def _publication(year: int | None) -> str:
    return reverse("summaries:publication", args=[year])


Rows = QuerySet[Any]
A_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Figure:
    """What is counted of somebody's. `rows` begins with the row access; `url` leads to them, where a list
    shows them; `of`: how many there are at most."""

    label: str | Promise | Callable[[Access], str]
    rows: Callable[[Access], Rows]
    url: Callable[[Access], str] = lambda _access: ""
    of: Callable[[Access], Rows] | None = None


Shown = tuple[str, int, str, int | None]  # label, number, address, and how many there are at most


def figures_for(access: Access) -> list[Shown]:
    """The figures of the first line of the table that somebody has a right to. One query."""
    own = next((figures for right, figures in FIGURES if access.may(right)), ())
    asked = [rows(access) for figure in own for rows in (figure.rows, figure.of) if rows]
    numbers = iter(counted(asked, access))
    return [_shown(figure, next(numbers), next(numbers) if figure.of else None, access) for figure in own]


def _shown(figure: Figure, number: int, of: int | None, access: Access) -> Shown:
    label = figure.label(access) if callable(figure.label) else str(figure.label)
    return label, number, figure.url(access), of


def _to(name: str, **asked: str) -> Callable[[Access], str]:
    """The address of a list that shows what is asked for."""
    return lambda _access: f"{reverse(name)}{'?' if asked else ''}{urlencode(asked)}"


def _since(name: str, day: Callable[[Access], date], **asked: str) -> Callable[[Access], str]:
    return lambda access: f"{reverse(name)}?{urlencode({**asked, 'from': day(access)})}"


def monday(access: Access) -> date:
    return access.today - timedelta(days=access.today.weekday())


def _a_week_ago(access: Access) -> date:
    return access.today - A_WEEK


def _calls(access: Access) -> Rows:
    return Call.objects.visible_to(access).filter(received_on__gte=monday(access))


def _open(access: Access) -> Rows:
    return Case.objects.in_own_region(access).open()


def _notified(access: Access) -> Rows:
    return Notification.objects.visible_to(access).filter(sent_at__year=access.today.year)


def _events(access: Access) -> Rows:
    return audit_log_for(access).filter(at__gte=since_day(_a_week_ago(access)))


FIGURES: Final[tuple[tuple[May, tuple[Figure, ...]], ...]] = (
    (May.LOG_CALL, (
        Figure(gettext_lazy("Calls to the line this week"), _calls, _since("calls:list", monday)),
        Figure(gettext_lazy("of them yours"), lambda access: _calls(access).filter(taken_by=access.user)),
        Figure(gettext_lazy("Follow-ups you have promised"), timeline.follow_ups, _to("cases:reminders")),
        Figure(
            gettext_lazy("Cases you have opened this year"),
            lambda access: Case.objects.visible_to(access).filter(opened_by=access.user)
                .opened_in(access.today.year),
            lambda access: f"{reverse('cases:list')}?year={access.today.year}",
        ),
    )),
    (May.EDIT_CASE, (
        Figure(gettext_lazy("Open cases"), _open, _to("cases:list", state="open")),
        Figure(
            gettext_lazy("of them yours"), lambda access: _open(access).filter(responsible=access.user),
            _to("cases:list", state="open", responsible="me"),
        ),
        Figure(
            lambda access: named(
                _("Persons counted for %(year)d") % {"year": access.today.year}, access.today
            ),
            lambda access: Person.objects.in_own_region(access).counted()
                .identified_in(access.today.year),
        ),
        Figure(
            gettext_lazy("Reflection periods and permits that run"), running,
            _to("cases:ending", all="yes"),
        ),
    )),
    (May.NOTIFY, (
        Figure(gettext_lazy("Your notifications this year"), _notified, _to("cases:notifications")),
        Figure(
            gettext_lazy("of them taken over by a coordinator"),
            lambda access: _notified(access).exclude(state=NotificationState.RECEIVED),
        ),
    )),
    (May.VIEW_TOTALS, (
        Figure(
            lambda access: _("Regions that have closed %(year)d") % {"year": access.today.year - 1},
            lambda access: YearConfirmation.objects.closed(access.today.year - 1),
            lambda access: reverse("summaries:quality", args=[access.today.year - 1]),
            lambda _access: Region.objects.all(),
        ),
        Figure(
            gettext_lazy("Versions that are public"), lambda access: Publication.objects.told(access.at),
            _to("summaries:publications"),
        ),
        Figure(
            gettext_lazy("Drafts"), lambda _access: Publication.objects.drafts(),
            _to("summaries:publications"),
        ),
    )),
    (May.ADMINISTER, (
        Figure(
            gettext_lazy("Accounts that can sign in"), lambda _access: User.objects.able(*May),
            _to("admin:accounts_user_changelist", come="yes"),
        ),
        Figure(
            gettext_lazy("Invited, and not come yet"), lambda _access: User.objects.awaited(*May),
            _to("admin:accounts_user_changelist", come="no"),
        ),
        Figure(
            gettext_lazy("Coordinators and deputies on duty today"),
            lambda access: Coordinator.objects.valid_on(access.today), _to("agencies:directory"),
        ),
    )),
    (May.VIEW_AUDIT_LOG, (
        Figure(
            gettext_lazy("Events in the audit log, last seven days"), _events,
            _since("audit_pages:audit", _a_week_ago),
        ),
        Figure(
            gettext_lazy("of them refusals"),
            lambda access: _events(access).filter(action__startswith="refused"),
            _since("audit_pages:audit", _a_week_ago, action="refused"),
        ),
    )),
)  # fmt: skip
