"""What passes between regions: transfers and access, asked of own regions and by them.

Records of persons that wait: those that lack something before the year is closed, and pairs that may
be one person.

Messages to an own side of a notification, a referred call or a transfer, which nobody of it has read.

Notifications: those that own regions are to answer, and how far an officer's own have come.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Case, CharField, F, Model, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse, reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext as _, gettext_lazy, pgettext

from accounts.access import Access
from cases.choices import Decision, NotificationState, RequestAnswer, Urgency
from cases.inbox.kinds import InboxKind, InboxLine, InboxRow, Press, dotted, name, opened
from cases.messages import PAGES
from cases.models import AccessGrant, DuplicateReview, Message, Notification, Person, Transfer
from cases.querysets import DuplicateReviewQuerySet

LATELY: Final = timedelta(days=7)  # how long an answer stands on My page


def _recent(access: Access) -> Q:
    """What still waits, and answers of the last week."""
    return Q(answer=RequestAnswer.PENDING) | Q(answered_at__gt=access.at - LATELY)


def _to_answer(row: InboxRow, url: str, hint: str) -> InboxLine:
    answer = Press(pgettext("verb", "Answer"), url, post=False)
    return InboxLine(row.one, url, hint, at=row.at, acts=(answer,))


def _answered(row: InboxRow, model: type[Model], access: Access) -> str:
    """Waiting for an answer; Declined 16:16: the reason."""
    text = str(RequestAnswer(row.two).label)
    if row.two == RequestAnswer.PENDING:
        return text
    text, reason = f"{text} {row.time(access.today)}".strip(), opened(model, "answer_reason", row)
    return f"{text}: {reason}" if reason else text


def _take_back(row: InboxRow, name: str) -> tuple[Press, ...]:
    """Of a question that waits for its answer."""
    if row.two != RequestAnswer.PENDING:
        return ()
    return (Press(_("Take back"), reverse(name, args=[row.code])),)


def _asked_transfer(row: InboxRow, access: Access) -> InboxLine:
    hint = dotted(_("to %(region)s") % {"region": row.three}, _answered(row, Transfer, access))
    acts = _take_back(row, "cases:withdraw_transfer")
    return InboxLine(row.one, reverse("cases:transfer", args=[row.code]), hint, acts=acts)


TRANSFERS: Final = InboxKind(
    "transfers", gettext_lazy("Transfers to answer"), Transfer.objects.waiting_for,
    lambda _access: {
        "code": F("code"), "at": F("asked_at"), "one": F("person__number"), "two": name("from_region"),
        "region": F("to_region"),
    },
    lambda row, _access: _to_answer(
        row, reverse("cases:transfer", args=[row.code]), _("from %(region)s") % {"region": row.two}
    ),
    order=("row_at",), bypass="transfer", mark=gettext_lazy("Transfer"),
)  # fmt: skip
ASKED_TRANSFERS: Final = InboxKind(
    "asked-transfers", gettext_lazy("Your transfer requests"),  # or a colleague
    lambda access: Transfer.objects.visible_to(access).filter(
        _recent(access), from_region__in=access.regions,
    ),
    lambda _access: {
        "code": F("code"), "at": F("answered_at"), "one": F("person__number"), "two": F("answer"),
        "three": name("to_region"), "encrypted": F("answer_reason"),
    },
    _asked_transfer, order=("-asked_at",), waits=False, detailed=True, bypass="transfer",
)  # fmt: skip


def _asked_access(row: InboxRow, access: Access) -> InboxLine:
    if row.two == RequestAnswer.ACCEPTED and row.at:
        granted = _("granted until %(time)s") if row.at > access.at else _("granted, ended %(time)s")
        hint = granted % {"time": row.time(access.today)}
    else:
        hint = _answered(row, AccessGrant, access)
    acts = _take_back(row, "cases:withdraw_access")
    return InboxLine(row.one, reverse("cases:grant", args=[row.code]), hint, acts=acts)


GRANTS: Final = InboxKind(
    "access", gettext_lazy("Access asked for"), AccessGrant.objects.waiting_for,
    lambda _access: {
        "code": F("code"), "at": F("asked_at"), "one": F("case_number"), "two": F("asked_by__name"),
        "region": F("region"),
    },
    lambda row, _access: _to_answer(
        row, reverse("cases:grant", args=[row.code]), _("from %(name)s") % {"name": row.two}
    ),
    order=("row_at",), mark=gettext_lazy("Access"),
)  # fmt: skip
ASKED_GRANTS: Final = InboxKind(
    "asked-access", gettext_lazy("Access that you have asked for"),
    lambda access: AccessGrant.objects.asked_by_oneself(access).filter(
        _recent(access) | Q(until__gt=access.at)
    ),
    lambda _access: {
        "code": F("code"), "at": Coalesce("until", "answered_at"), "one": F("case_number"),
        "two": F("answer"), "encrypted": F("answer_reason"),
    },
    _asked_access, order=("-asked_at",), waits=False, detailed=True,
)  # fmt: skip


def year_to_close(today: date) -> int:
    """The year whose cases are being completed: last year until June, then this one."""
    return today.year if today.month > 6 else today.year - 1


def incomplete(access: Access) -> QuerySet[Any]:
    year = year_to_close(access.today)
    return Person.objects.in_own_region(access).counted().identified_in(year).incomplete()


INCOMPLETE: Final = InboxKind(
    "incomplete",
    lambda access: _("Records for %(year)d that lack facts") % {"year": year_to_close(access.today)},
    incomplete,
    lambda _access: {"code": F("code"), "one": F("number")},
    lambda row, _access: InboxLine(row.one, reverse("cases:person", args=[row.code])),
    order=("case_id", "position"), waits=False, url=format_lazy("{}?complete=no", reverse_lazy("cases:list")),
)  # fmt: skip


def open_pairs(access: Access) -> DuplicateReviewQuerySet:
    """Not assessed yet, of two records in scope."""
    return DuplicateReview.objects.visible_to(access).filter(decision=Decision.OPEN)


def _pair(row: InboxRow, _access: Access) -> InboxLine:
    return InboxLine(f"{row.one} – {row.two}", reverse("cases:duplicate", args=[row.code]))


QUESTIONS: Final = InboxKind(
    "questions", gettext_lazy("Questions from other regions"), DuplicateReview.objects.waiting_for,
    lambda _access: {"code": F("code"), "at": F("asked_at"), "region": F("asked_region")},
    lambda row, _access: InboxLine(
        _("Is it the same person?"), reverse("cases:duplicate", args=[row.code]), at=row.at
    ),
    order=("row_at",), mark=gettext_lazy("Question"),
)  # fmt: skip
# Another region may have the person: the page of the own record asks it.
HINTS: Final = InboxKind(
    "hints", gettext_lazy("Another region may have the same person"), DuplicateReview.objects.hints_for,
    lambda _access: {"code": F("second__code"), "at": F("found_at"), "one": F("second__number")},
    lambda row, _access: InboxLine(row.one, reverse("cases:person", args=[row.code]), at=row.at),
    order=("-similarity",), waits=False,
)  # fmt: skip
# What nobody of own regions has judged of a pair that is of two regions now stands here for a week.
JUDGED_ELSEWHERE: Final = InboxKind(
    "judged-elsewhere", gettext_lazy("Judged by another region"),
    lambda access: DuplicateReview.objects.judged_across(access).filter(at__gt=access.at - LATELY)
        .exclude(by__assignments__region__in=access.regions),
    lambda access: {
        "code": F("code"), "at": F("at"), "two": F("decision"),
        "one": Case(When(first__responsible_region__in=access.regions, then=F("first__number")),
                    default=F("second__number")),
    },
    lambda row, access: InboxLine(
        row.one, reverse("cases:duplicate", args=[row.code]),
        f"{Decision(row.two).label} {row.time(access.today)}".strip(),
    ),
    order=("-at",), waits=False, bypass="duplicates",
)  # fmt: skip
PAIRS: Final = InboxKind(
    "duplicates", gettext_lazy("Possible duplicates to assess"),
    lambda access: open_pairs(access).of_registered(),
    lambda _access: {"code": F("code"), "one": F("first__number"), "two": F("second__number")},
    _pair, order=("-similarity",), waits=False, url=reverse_lazy("cases:duplicates"),
)  # fmt: skip
IMPORTED_PAIRS: Final = InboxKind(
    "taken_over", gettext_lazy("Possible duplicates among imported persons"),
    lambda access: open_pairs(access).of_taken_over(),
    PAIRS.columns, _pair, order=("-similarity",), url=reverse_lazy("cases:taken_over_duplicates"),
    waits=False,
)  # fmt: skip


def _columns(_access: Access) -> dict[str, Any]:
    """Of what it is about the kind and what tells it from others; of the other side its name. Of a call the
    line is the only one who hands over."""
    kinds = (When(**{f"{kind}__isnull": False, "then": Value(kind)}) for kind in PAGES)
    taker = When(from_side="taker", then=name("region"))
    giver = Coalesce(name("notification__agency"), name("transfer__from_region"), Value(""))
    return {
        "code": Coalesce(F("notification__code"), F("call__code"), F("transfer__code")),
        "at": F("written_at"),
        "urgent": Q(notification__urgency=Urgency.ACUTE) | Q(call__urgency=Urgency.ACUTE),
        "one": Case(*kinds, output_field=CharField()),
        "two": Case(taker, default=giver, output_field=CharField()),
        "three": Coalesce(F("notification__receipt"), name("call__caller_county"), Value("")),
        "four": F("from_side"),
    }


def _line(row: InboxRow, access: Access) -> InboxLine:
    """Notification ABCDE-FGHJK · 16:16, from West."""
    texts = {"notification": _("Notification"), "call": _("Call"), "transfer": _("Transfer of a person")}
    label = dotted(texts[row.one], row.three, row.time(access.today))
    whose = row.two or (_("The support line") if row.one == "call" else "")
    hint = _("from %(side)s") % {"side": whose} if whose else ""
    return InboxLine(label, reverse(PAGES[row.one], args=[row.code]), hint, row.urgent, row.at)


MESSAGES: Final = InboxKind(
    "messages", gettext_lazy("Messages to you"), Message.objects.waiting_for,
    _columns, _line, order=("-row_urgent", "row_at"), mark=gettext_lazy("Message"),
)  # fmt: skip


def _notification_columns(_access: Access) -> dict[str, Any]:
    return {
        "code": F("code"),
        "at": F("sent_at"),
        "urgent": Q(urgency=Urgency.ACUTE),
        "one": F("receipt"),
        "two": name("agency"),
        "three": name("county"),
        "four": F("state"),
        "region": F("region"),
    }


def _notification_line(row: InboxRow, access: Access) -> InboxLine:
    """Police authority, Skåne · 16:16."""
    sender = ", ".join(one for one in (row.two, row.three) if one)
    label = dotted(sender, row.when(access.today))
    hint = dotted(row.one, str(NotificationState(row.four).label))
    take = Press(_("Take over"), reverse("cases:take_notification", args=[row.code]))
    acts = (take,) if row.four == NotificationState.RECEIVED else ()
    url = reverse("cases:notification", args=[row.code])
    return InboxLine(label, url, hint, row.urgent, row.at, acts=acts)


NOTIFICATIONS: Final = InboxKind(
    "notifications", gettext_lazy("Notifications to answer"), Notification.objects.waiting_for,
    _notification_columns, _notification_line, order=("-row_urgent", "row_at"),
    mark=gettext_lazy("Notification"),
)  # fmt: skip
OWN_NOTIFICATIONS: Final = InboxKind(
    "my-notifications", gettext_lazy("My notifications"),
    Notification.objects.visible_to, _notification_columns,
    lambda row, access: InboxLine(
        dotted(row.one, row.three, row.when(access.today)),
        reverse("cases:notification_messages", args=[row.code]), str(NotificationState(row.four).label),
    ),
    order=("-row_at",), waits=False, listed=True, url=reverse_lazy("cases:notifications"),
    mark=NOTIFICATIONS.mark,
)  # fmt: skip
