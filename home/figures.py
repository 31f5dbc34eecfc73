"""What *Min sida* shows those who read and publish totals: what waits for an answer, drafts, the newest
year.

What somebody's own work comes to, in a line of figures on *Min sida*: what is theirs to see, counted. All
figures of a role are asked for in one query.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from accounts.access import Access
from accounts.models import User
from accounts.roles import May
from accounts.row_context import beyond
from agencies.models import Coordinator, Region
from audit.writer import Target, record
from audit_pages.filter import since_day
from audit_pages.scope import trail_for
from cases import timeline
from cases.choices import NotificationState
from cases.models import Call, Case, Notification, Person, YearConfirmation
from cases.timeline import running
from home.boxes import Box, BoxRow, address, counted
from summaries.counting.counts import persons
from summaries.coverage import so_far
from summaries.release.corrections import found_open
from summaries.release.models import Exemption, Publication, WaitingCorrection
from summaries.release.questionnaires import due
from summaries.tables.labels import public_titles
from summaries.year_words import named

MINUS = "\u2212"


def exemptions(access: Access) -> list[Box]:
    """Those that wait for a manager; nobody answers an own one."""
    titles = public_titles()
    asked = Exemption.objects.asked().exclude(asked_by=access.user)
    rows = [
        BoxRow(
            ", ".join(filter(None, [titles.get(one.table, one.table), str(one.year or "")])),
            _publication(one.year),
            one.reason,
        )
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
    found = list(rows.order_by("-year").only("year", "state", "version", "differing"))
    made = [
        BoxRow(str(one.year), _publication(one.year), one.get_state_display())
        for one in found
        if one.version is None
    ]
    others = [
        BoxRow(
            _("%(year)s, version %(n)s") % {"year": one.year, "n": one.version},
            _publication(one.year),
            ngettext("{n} figure differs", "{n} figures differ", one.differing).format(n=one.differing),
        )
        for one in found
        if one.version is not None
    ]
    title = _("Published versions that differ from the register")
    return [Box(_("Drafts to publish"), len(made), made), Box(title, len(others), others)]


def corrections(access: Access) -> list[Box]:
    """Errors that are known and public, and whose correction waits."""
    found = WaitingCorrection.objects.filter(ended_at=None).order_by("since")
    rows = [BoxRow(str(one.year), _publication(one.year), _since_when(one)) for one in found]
    return [Box(_("Corrections that wait"), len(rows), rows)]


def open_versions(access: Access) -> list[Box]:
    """What stands though the attack test of today finds something in it."""
    rows = [
        BoxRow(
            _("%(year)s, version %(n)s") % {"year": one.publication.year, "n": one.publication.version},
            _publication(one.publication.year),
            _("withdraw it, or revise it")
            if one.readable
            else _("it cannot be read by the attack test of today: contact operations"),
        )
        for one in found_open()
    ]
    return [Box(_("Published versions that are open"), len(rows), rows)]


def _since_when(one: WaitingCorrection) -> str:
    if one.ways.get("now"):
        return _("can be published now")
    return _("since %(day)s") % {"day": date_format(timezone.localtime(one.since), "SHORT_DATE_FORMAT")}


@beyond("totals")
def newest_year(access: Access) -> list[Box]:
    """How many there were in the newest year with persons, and since the year before where it is over.
    Recorded as any reading is."""
    year = Person.objects.totals_for(access).counted().aggregate(last=Max("first_year"))["last"] or 0
    counts = persons(access, year - 1, year).values_list("first_year", "child").annotate(n=Count("pk"))
    of = {(first, child): n for first, child, n in counts}
    now, before = (sum(n for (first, _child), n in of.items() if first == one) for one in (year, year - 1))
    if not now:
        return []
    record(access, "summary.read", Target("summary", str(year), f"{year} overview"))
    url = reverse("summaries:year", args=[year])
    running = so_far(year, access.today)
    since = _since(now - before, year - 1) if before and not running else ""
    children, calls = of.get((year, "yes"), 0), Call.objects.totals_for(access).received_in(year).count()
    rows = [
        BoxRow(_said(now, ngettext("{n} person", "{n} persons", now)), url, since),
        BoxRow(_said(children, ngettext("{n} child", "{n} children", children)), url),
        BoxRow(_said(calls, ngettext("{n} call", "{n} calls", calls)), url),
    ]
    title = named(_("The year %(year)d in figures") % {"year": year}, running)
    return [Box(title, len(rows), rows, url, figures=True)]


def _said(number: int, words: str) -> str:
    return words.format(n=number_format(number, force_grouping=True))


def _since(difference: int, year: int) -> str:
    sign = "+" if difference > 0 else MINUS if difference < 0 else ""
    number = sign + number_format(abs(difference), force_grouping=True)
    return _("%(difference)s from %(year)s") % {"difference": number, "year": year}


def _publication(year: int | None) -> str:
    return reverse("summaries:publication", args=[year])


Rows = QuerySet[Any]
A_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Figure:
    """What is counted of somebody's. `rows` begins with the door; `url` leads to them, where a list shows
    them; `of`: how many there are at most."""

    label: str | Promise | Callable[[Access], str]
    rows: Callable[[Access], Rows]
    url: Callable[[Access], str] | None = None
    of: Callable[[Access], Rows] | None = None


@dataclass(frozen=True, slots=True)
class ShownFigure:
    label: str
    number: int
    url: str
    of: int | None


def figures_for(access: Access) -> list[ShownFigure]:
    """The figures of the first line of the table that somebody has a right to. One query."""
    own = next((figures for right, figures in FIGURES if access.may(right)), ())
    asked = [rows(access) for one in own for rows in (one.rows, one.of) if rows]
    numbers = iter(counted(asked, access))
    return [_shown(one, next(numbers), next(numbers) if one.of else None, access) for one in own]


def _shown(one: Figure, number: int, of: int | None, access: Access) -> ShownFigure:
    label = one.label(access) if callable(one.label) else str(one.label)
    return ShownFigure(label, number, one.url(access) if one.url else "", of)


def _asking(name: str, **asked: object) -> str:
    """The address of a list that shows what is asked for."""
    return f"{address(name)}?{urlencode(asked)}"


# --- the line ----------------------------------------------------------------------------------------
def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _calls(access: Access) -> Rows:
    return Call.objects.visible_to(access).filter(received_on__gte=monday(access.today))


def _calls_from(access: Access) -> str:
    return _asking("calls:list", **{"from": monday(access.today)})


def _own_calls(access: Access) -> Rows:
    return _calls(access).filter(taken_by=access.user)


def _opened(access: Access) -> Rows:
    own = Case.objects.visible_to(access).filter(opened_by=access.user)
    return own.opened_in(access.today.year)


# --- regions -----------------------------------------------------------------------------------------
def _open(access: Access) -> Rows:
    return Case.objects.in_own_region(access).open()


def _own(access: Access) -> Rows:
    return _open(access).filter(responsible=access.user)


def _registered(access: Access) -> Rows:
    return Person.objects.in_own_region(access).counted().identified_in(access.today.year)


def _running_from(_access: Access) -> str:
    return _asking("cases:ending", all="yes")


def _cases(**asked: str) -> Callable[[Access], str]:
    return lambda _access: _asking("cases:list", **asked)


# --- agencies ----------------------------------------------------------------------------------------
def _notified(access: Access) -> Rows:
    return Notification.objects.visible_to(access).filter(sent_at__year=access.today.year)


def _seen(access: Access) -> Rows:
    return _notified(access).exclude(state=NotificationState.RECEIVED)


# --- statistics --------------------------------------------------------------------------------------
def _closed(access: Access) -> Rows:
    return YearConfirmation.objects.closed(access.today.year - 1)


def _told(access: Access) -> Rows:
    return Publication.objects.told(access.at)


def _drafts(access: Access) -> Rows:
    return Publication.objects.drafts()


# --- network and trail -------------------------------------------------------------------------------
def _able(_access: Access) -> Rows:
    return User.objects.able(*May)


def _invited(_access: Access) -> Rows:
    return User.objects.awaited(*May)


def _on_duty(access: Access) -> Rows:
    return Coordinator.objects.valid_on(access.today)


def _read(access: Access) -> Rows:
    return trail_for(access).filter(at__gte=since_day(_week_ago(access)))


def _week_ago(access: Access) -> date:
    return access.today - A_WEEK


def _refused(access: Access) -> Rows:
    return _read(access).filter(action__startswith="refused")


FIGURES: Final[tuple[tuple[May, tuple[Figure, ...]], ...]] = (
    (
        May.LOG_CALL,
        (
            Figure(gettext_lazy("Calls to the line this week"), _calls, _calls_from),
            Figure(gettext_lazy("of them yours"), _own_calls),
            Figure(gettext_lazy("Follow-ups you have promised"), timeline.follow_ups,
                   lambda _access: address("cases:reminders")),
            Figure(gettext_lazy("Cases you have opened this year"), _opened,
                   lambda access: _asking("cases:list", year=access.today.year)),
        ),
    ),
    (
        May.EDIT_CASE,
        (
            Figure(gettext_lazy("Open cases"), _open, _cases(state="open")),
            Figure(gettext_lazy("of them yours"), _own,
                   _cases(state="open", responsible="me")),
            Figure(
                lambda access: named(
                    _("Persons counted for %(year)d") % {"year": access.today.year}, access.today
                ),
                _registered,
            ),
            Figure(gettext_lazy("Reflection periods and permits that run"), running, _running_from),
        ),
    ),
    (
        May.NOTIFY,
        (
            Figure(gettext_lazy("Your notifications this year"), _notified,
                   lambda _access: address("cases:notifications")),
            Figure(gettext_lazy("of them taken over by a coordinator"), _seen),
        ),
    ),
    (
        May.VIEW_TOTALS,
        (
            Figure(
                lambda access: _("Regions that have closed %(year)d") % {"year": access.today.year - 1},
                _closed,
                lambda access: address("summaries:quality", access.today.year - 1),
                lambda _access: Region.objects.all(),
            ),
            Figure(gettext_lazy("Versions that are public"), _told,
                   lambda _access: address("summaries:publications")),
            Figure(gettext_lazy("Drafts"), _drafts, lambda _access: address("summaries:publications")),
        ),
    ),
    (
        May.ADMINISTER,
        (
            Figure(gettext_lazy("Accounts that can sign in"), _able,
                   lambda _access: _asking("admin:accounts_user_changelist", come="yes")),
            Figure(gettext_lazy("Invited, and not come yet"), _invited,
                   lambda _access: _asking("admin:accounts_user_changelist", come="no")),
            Figure(gettext_lazy("Coordinators and deputies on duty today"), _on_duty,
                   lambda _access: address("agencies:directory")),
        ),
    ),
    (
        May.VIEW_TRAIL,
        (
            Figure(gettext_lazy("Events in the trail, last seven days"), _read,
                   lambda access: _asking("audit_pages:audit", **{"from": _week_ago(access)})),
            Figure(gettext_lazy("of them refusals"), _refused,
                   lambda access: _asking(
                       "audit_pages:audit", action="refused", **{"from": _week_ago(access)}
                   )),
        ),
    ),
)  # fmt: skip
