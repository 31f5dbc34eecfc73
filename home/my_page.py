"""*Min sida*: one list of work by urgency, and quiet lines below it, by what somebody may do. A constant
number of queries: all that is handed from one to another in two, whatever waits.

How many things wait for somebody: the number beside *My page* in the menu of every page, and in the e-mail
of the day.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeVar
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from accounts import db_cache
from accounts.access import Access
from accounts.approvals import ACTS
from accounts.invitations import due, is_alone
from accounts.models import Approval, Notice, User, open_accounts
from accounts.notices import notices_of, words
from accounts.roles import May
from agencies.directory import directory
from agencies.models import Region
from agencies.stand_ins import waiting_for
from audit_pages.filter import since_day
from audit_pages.proof import chain_words, last_verified
from audit_pages.scope import audit_log_for
from cases.duplicates.records import most
from cases.inbox import own, regions
from cases.inbox.kinds import InboxKind, InboxLine, InboxRow
from cases.models import ReadingDay, YearConfirmation
from cases.wording import minute
from home import figures
from home.boxes import SHOWN, Box, Boxes, BoxRow, boxes_of, counts_of, quiet, until
from jobs.models import Heartbeat
from jobs.worker import silence
from summaries.release.models import Announcement

MAX_NAMED: Final = 5  # people who are named
AHEAD: Final = timedelta(days=30)  # before its last day an account's end is shown


def refusals(access: Access) -> Boxes:
    """For the data protection officer: who was refused something in the last week."""
    first = access.today - timedelta(days=7)
    events = audit_log_for(access).filter(action__startswith="refused", at__gte=since_day(first))
    url = f"{reverse('audit_pages:audit')}?action=refused&from={first}"
    return quiet(_("Refusals in the last week"), events.count(), url)


def failed_attempts(access: Access) -> Boxes:
    """For the data protection officer: the accounts at which many attempts have failed within a day."""
    yesterday = access.today - timedelta(days=1)
    url = f"{reverse('audit_pages:audit')}?action=user.sign_in_refused&from={yesterday}"
    rows = [
        BoxRow(str(row.user), url, _("%(n)d attempts") % {"n": row.count}, mark=_("Failed sign-in"))
        for row in db_cache.much_tried(access.at)
    ]
    return [Box(_("Many failed attempts to sign in within a day"), len(rows), rows, url)]


def tries(access: Access) -> Boxes:
    """For the data protection officer: how often persons were typed that are compared with everybody's."""
    message = _("%(tries)d comparisons of %(persons)d persons")
    first = access.today - timedelta(days=7)
    rows = [
        BoxRow(one.name, f"{reverse('audit_pages:audit')}?by={one.by}&from={first}",
               message % {"tries": one.times, "persons": one.persons})
        for one in most(access.at)[:MAX_NAMED]
    ]  # fmt: skip
    return [Box(_("Most comparisons of persons, last 7 days"), len(rows), rows, waits=False, listed=False)]


def chain(access: Access) -> Boxes:
    """For the data protection officer: whether anybody has proven the audit log whole lately."""
    message, when, proven = _("The audit log has not been checked yet."), "", False
    if state := last_verified():
        message, when = chain_words(state), _("checked %(time)s") % {"time": minute(state.at)}
        proven = state.whole and state.at > access.at - timedelta(days=30)
    row = BoxRow(message, reverse("audit_pages:audit"), when, mark=_("Audit log"))
    return [Box(_("Check the audit log"), int(not proven), [row])]


def worker(access: Access) -> Boxes:
    """That the process for runs has fallen silent. Whether any waits for it only their owners know."""
    last = Heartbeat.objects.of(Heartbeat.WORKER)
    text = silence(last) if last else ""
    return [
        Box(_("Background runs do not start"), int(bool(text)), [BoxRow(text, "", mark=_("Background runs"))])
    ]


# What is shown to somebody for some weeks. Nothing of it waits.
NOTICES: Final = InboxKind(
    "notices", gettext_lazy("To know"), notices_of,
    lambda _access: {"at": F("at"), "one": F("kind"), "two": F("link"), "three": F("label")},
    lambda row, _access: InboxLine(
        words(Notice(kind=row.one)) + ":" * bool(row.three), row.two,
        ", ".join(one for one in (row.three, row.moment) if one),
    ),
    order=("-row_at",), waits=False, listed=True, mark=gettext_lazy("Notice"),
)  # fmt: skip


def unusual(access: Access) -> QuerySet[ReadingDay]:
    """Of the last month: one's own, and all for who watches over the audit log."""
    since = access.today - timedelta(days=30)
    return ReadingDay.objects.visible_to(access).filter(unusual=True, day__gte=since)


def _unusual(row: InboxRow, access: Access) -> InboxLine:
    """For the reader, and for who watches over the audit log."""
    watches = access.may(May.VIEW_AUDIT_LOG)
    label = _("%(cases)d cases opened on %(day)s") % {"cases": int(row.two), "day": row.three}
    asked = urlencode({"by": row.four, "from": row.three, "to": row.three})
    if not watches:
        return InboxLine(label, "", _("Was it you?"))
    return InboxLine(label, f"{reverse('audit_pages:audit')}?{asked}", row.one)


UNUSUAL: Final = InboxKind(
    "unusual", gettext_lazy("An unusual number of opened cases"), unusual,
    lambda _access: {"one": F("reader__name"), "two": F("cases"), "three": F("day"), "four": F("reader")},
    _unusual, order=("-day",), mark=gettext_lazy("Reading"),
)  # fmt: skip


RELEASES: Final = InboxKind(
    "releases", gettext_lazy("Announced releases"),
    lambda access: Announcement.objects.coming(access.at),
    lambda _access: {"due": TruncDate("at"), "one": F("year")},
    lambda row, _access: InboxLine(
        _("Publication of %(year)s") % {"year": row.one},
        reverse("summaries:publication", args=[int(row.one)]), due=row.due,
    ),
    order=("at",), waits=False, listed=True, mark=gettext_lazy("Release"),
)  # fmt: skip


def own_end(access: Access) -> Boxes:
    """That the own account ends soon. No query: the row of who asks is here."""
    day = access.user.ends_on
    if day is None or day > access.today + AHEAD:
        return []
    message = _("Your account ends. Ask the administrator if you work here after that.")
    row = BoxRow(message, reverse("account"), until(day), day=day, mark=_("My account"))
    return [Box(_("Your account ends soon"), 1, [row])]


def ending(access: Access) -> Boxes:
    """The accounts whose last day comes soon."""
    rows = User.objects.filter(open_accounts(), ends_on__lte=access.today + AHEAD).exclude(pk=access.user.pk)
    return quiet(_("Accounts that end soon"), rows.count(), reverse("admin:accounts_user_changelist"))


def to_review(access: Access) -> Boxes:
    """The accounts that nobody has looked through for a year."""
    return quiet(_("Accounts to review"), due(access).count(), reverse("agencies:review"))


Maker = Callable[[Access], Boxes]
E = TypeVar("E")  # an entry of the table


def boxes_for(access: Access) -> list[Box]:
    """What waits for somebody, in the order of the table, without the boxes in which nothing does."""
    made: dict[Maker | InboxKind, Boxes] = {make: make(access) for make in _allowed(MAKERS, access)}
    made.update(boxes_of(_allowed(KINDS, access), access).items())
    boxes = itertools.chain.from_iterable(made[entry] for entry in sorted(made, key=ORDER.index))
    return [box for box in boxes if box.count]


def _allowed(table: Mapping[E, Sequence[May]], access: Access) -> list[E]:
    """The entries of a table that somebody has a right to."""
    return [entry for entry, rights in table.items() if access.may(*rights)]


def kind_called(key: str, access: Access) -> InboxKind | None:
    """The kind of that name, None where there is none. Raises PermissionDenied for who has no such box."""
    kind = CALLED.get(key)
    if kind is not None:
        access.require(*KINDS[kind])
    return kind


@dataclass(frozen=True, slots=True)
class Button:
    right: May
    label: str | Promise
    name: str  # of the address

    @property
    def url(self) -> str:
        return reverse(self.name)


def buttons_for(access: Access) -> list[Button]:
    """The first of the table that somebody may press: the page begins with one of them."""
    return [button for button in BUTTONS if access.may(button.right)][:PRESSED]


def most_urgent(boxes: Sequence[Box]) -> list[BoxRow]:
    """Return the lines of the list of work: what is urgent or late, then what waits, then what comes; the
    day that is nearest or longest ago first."""
    rows = itertools.chain.from_iterable(box.rows for box in boxes if box.listed)
    return sorted(rows, key=lambda row: (row.part, not row.urgent, row.day or date.max))[:SHOWN]


def by_region(rows: Sequence[BoxRow], access: Access) -> list[tuple[str, date | None, list[BoxRow]]]:
    """Return the own lines, then those of each region that is stood in for, with its name and the last
    day."""
    deputy = dict(access.deputy)
    regions: dict[str, list[BoxRow]] = {code: [] for code in ("", *deputy)}
    for row in rows:
        regions.get(row.region, regions[""]).append(row)
    return [
        (str(access.names.get(code, "")), deputy.get(code), found) for code, found in regions.items() if found
    ]


def _unconfirmed(access: Access) -> Boxes:
    """For those who read totals: which regions may still have cases of the last year that is over."""
    year = access.today.year - 1
    closed = YearConfirmation.objects.closed(year).values("region")
    title = _("Regions that have not closed %(year)d yet") % {"year": year}
    url = reverse("summaries:quality", args=[year])
    return quiet(title, Region.objects.exclude(code__in=closed).count(), url)


def _gaps(access: Access) -> Boxes:
    """Regions for which nobody is on duty, in one line."""
    names = ", ".join(str(duty.region) for duty in directory(access.today) if not duty.on_duty)
    row = BoxRow(names, reverse("agencies:directory"), mark=_("No coordinator"))
    return [Box(_("Regions without a coordinator"), int(bool(names)), [row])]


def _questions(access: Access) -> Boxes:
    """What others have asked for and this person answers."""
    rows = waiting_for(access)
    shown = [
        BoxRow(
            str(ACTS[row.act].title),
            ACTS[row.act].page(row) or reverse("agencies:approval", args=[row.code]), row.target_label,
            day=timezone.localdate(row.asked_at), mark=_("To approve"),
        )
        for row in rows[:SHOWN]
    ]  # fmt: skip
    return [Box(_("Requests that wait for your answer"), len(rows), shown, reverse("agencies:approvals"))]


def _alone(access: Access) -> Boxes:
    """That the register has one administrator, and what follows from it."""
    message = _(
        "You are the only administrator who can sign in. If you lose access, nobody can open your account, "
        "and what you ask only the manager can answer. Ask for a second one."
    )
    row = BoxRow(message, reverse("admin:accounts_user_add"), mark=_("Account"))
    return [Box(_("One administrator"), int(is_alone()), [row])]


def _own_questions(access: Access) -> Boxes:
    """What this person has asked for: what still waits, and answers of the last week."""
    recent = Q(answer="pending") | Q(answered_at__gt=access.at - timedelta(days=7))
    rows = Approval.objects.filter(recent, asked_by=access.user, act__in=ACTS)
    return quiet(_("Your questions"), rows.count(), reverse("agencies:approvals"))


PRESSED: Final = 2
# What is handed to somebody first, then what they have asked for, then what they are to keep up.
BOXES: Final[tuple[tuple[May, Maker | InboxKind], ...]] = (
    (May.VIEW_PUBLISHED, own.SENT_LATE),
    (May.VIEW_PUBLISHED, own_end),
    (May.VIEW_CASE, UNUSUAL),
    *((right, regions.MESSAGES) for right in (May.NOTIFY, May.LOG_CALL, May.EDIT_CASE)),
    (May.NOTIFY, regions.OWN_NOTIFICATIONS),
    (May.EDIT_CASE, own.REFERRED),
    (May.EDIT_CASE, own.TAKEN_OVER),
    (May.EDIT_CASE, own.FROM_THE_LINE),
    (May.EDIT_CASE, regions.NOTIFICATIONS),
    (May.TRANSFER, regions.TRANSFERS),
    (May.GRANT, regions.GRANTS),
    (May.REVIEW_DUPLICATE, regions.QUESTIONS),
    (May.REVIEW_DUPLICATE, regions.JUDGED_ELSEWHERE),
    (May.TRANSFER, regions.ASKED_TRANSFERS),
    (May.GRANT, regions.ASKED_GRANTS),
    (May.EDIT_CASE, own.ENDING),
    (May.VIEW_CASE, own.REMINDERS),
    (May.VIEW_CALL, own.FOLLOW_UPS),
    (May.VIEW_CASE, own.COMING_REMINDERS),
    (May.VIEW_CALL, own.COMING_FOLLOW_UPS),
    (May.LOG_CALL, own.NOBODYS),
    (May.LOG_CALL, own.NOBODYS_CASES),
    (May.LOG_CALL, own.DRAFTS),
    (May.LOG_CALL, own.OF_TODAY),
    (May.REVIEW_DUPLICATE, regions.PAIRS),
    (May.REVIEW_DUPLICATE, regions.IMPORTED_PAIRS),
    (May.REVIEW_DUPLICATE, regions.HINTS),
    (May.EDIT_CASE, regions.INCOMPLETE),
    *((right, figures.open_versions) for right in (May.PUBLISH, May.APPROVE_EXCEPTION)),
    (May.PUBLISH, figures.drafts),
    (May.PUBLISH, figures.to_be_sent),
    (May.APPROVE_EXCEPTION, figures.exemptions),
    (May.VIEW_OVERVIEW, figures.newest_year),
    (May.VIEW_TOTALS, _unconfirmed),
    (May.VIEW_TOTALS, RELEASES),
    *((right, _questions) for right in (May.COORDINATE, May.LET_IN, May.ADMINISTER, May.PUBLISH)),
    *((right, _own_questions) for right in (May.ADMINISTER, May.PUBLISH)),
    (May.WATCH_RUNS, worker),
    (May.ADMINISTER, _gaps),
    (May.ADMINISTER, _alone),
    (May.ADMINISTER, ending),
    (May.REVIEW_ACCOUNTS, to_review),
    (May.VIEW_AUDIT_LOG, chain),
    (May.VIEW_AUDIT_LOG, failed_attempts),
    (May.VIEW_AUDIT_LOG, refusals),
    (May.VIEW_AUDIT_LOG, UNUSUAL),
    (May.VIEW_AUDIT_LOG, tries),
    *((right, NOTICES) for right in (May.COORDINATE, May.ADMINISTER, May.VIEW_AUDIT_LOG, May.PUBLISH)),
)
# The entries in their order, each once, with the rights by which somebody has it.
RIGHTS: Final = {entry: [right for right, one in BOXES if one is entry] for _right, entry in BOXES}
ORDER: Final = list(RIGHTS)
KINDS: Final = {one: rights for one, rights in RIGHTS.items() if isinstance(one, InboxKind)}
MAKERS: Final = {one: rights for one, rights in RIGHTS.items() if not isinstance(one, InboxKind)}
CALLED: Final = {kind.key: kind for kind in KINDS}
# The makers of which nothing waits.
QUIET: Final = (
    figures.newest_year, figures.drafts, _unconfirmed, _own_questions, ending, to_review, refusals, tries,
)  # fmt: skip
WAITING_MAKERS: Final = {make: rights for make, rights in MAKERS.items() if make not in QUIET}
WAITING_KINDS: Final = {kind: rights for kind, rights in KINDS.items() if kind.waits}
BUTTONS: Final = (
    Button(May.LOG_CALL, gettext_lazy("New call"), "calls:new"),
    Button(May.OPEN_CASE, gettext_lazy("Register case"), "cases:new"),
    Button(May.IMPORT_PERSONS, gettext_lazy("Import persons"), "cases:import"),
    Button(May.VIEW_TOTALS, gettext_lazy("Statistics"), "summaries:start"),
    Button(May.PUBLISH, gettext_lazy("Publishing"), "summaries:publications"),
    Button(May.APPROVE_EXCEPTION, gettext_lazy("Publishing"), "summaries:publications"),
    Button(May.NOTIFY, gettext_lazy("Notify"), "cases:notify"),
    Button(May.ADMINISTER, gettext_lazy("Invite a user"), "admin:accounts_user_add"),
    Button(May.ADMINISTER, gettext_lazy("Administration"), "admin:index"),
    Button(May.VIEW_AUDIT_LOG, gettext_lazy("Read the audit log"), "audit_pages:audit"),
)
# What somebody may begin with when nothing waits.
NOTHING_WAITS: Final = {
    May.LOG_CALL: gettext_lazy(
        "When the phone rings, begin with New call. Your calls of today are then listed here."
    ),
    May.EDIT_CASE: gettext_lazy(
        "What the support line and the agencies hand over to your region comes here."
    ),
    May.NOTIFY: gettext_lazy(
        "If you meet somebody who may be a victim, notify the region. The answer comes here."
    ),
    May.VIEW_TOTALS: gettext_lazy("What needs an answer before a year is published comes here."),
    May.ADMINISTER: gettext_lazy("Requests that need a second administrator are shown here."),
    May.VIEW_AUDIT_LOG: gettext_lazy("Refusals, and anything that looks unusual, come here."),
}


def number_waiting(access: Access) -> int:
    """What others wait for and what is late, added up. One query for what is handed over, and those of the
    other boxes of the role; what never waits is not read."""
    boxes = itertools.chain.from_iterable(make(access) for make in _allowed(WAITING_MAKERS, access))
    handed_over = counts_of(_allowed(WAITING_KINDS, access), access)
    return sum(handed_over) + sum(box.count for box in boxes if box.waits)
