"""What is somebody's own: reminders, days in a calendar, drafts, and what was sent too late.

Reminders and what ends are lists, with the acts that take something off them. The calendar (RFC 5545, whole
days) says that there is something on a day, and never what. Drafts are asked for by static/nmt/draft.js and
do not keep a session alive: see `accounts.sessions`. What somebody sent when their session had ended has a
button that sends it again.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Access, AuthenticatedRequest, lead_on, posted
from accounts.models import CalendarAddress
from accounts.notices import address_for, end_address, hash_of, reader_of, renew_address
from accounts.roles import May
from accounts.transactions import code_of, idempotent, own_transactions, token_of, transaction_of
from cases.access_log import note_list
from cases.actions import cases as actions
from cases.drafts import FREE, KINDS, LATE, TooLong, fields_of, forget, keep, latest, pairs_of
from cases.forms.acts import ReminderForm
from cases.forms.fields import Lists
from cases.models import Measure, Reminder, SentLate
from cases.pages import steps_from
from cases.timeline import AHEAD, days_in_words, ending, in_red, remembered, running, to_remember
from cases.views.fetch import case_with_own_persons, editable_person, form_page, form_view
from cases.wording import LABELS, clock, minute

END: Final = "\r\n"
MAX_OCTETS: Final = 75  # octets of a line
A_PAGE: Final = 50
WORDS: Final = {"note": gettext_lazy("Note"), **LABELS}


def calendar(days: Iterable[date], *, words: str, link: str, secret: str, at: datetime) -> str:
    """An event a day, which says `words` and leads to `link`. `secret` makes the events' identifiers the same
    each time, and nobody else's."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//NMT//NMT register//EN", "METHOD:PUBLISH"]
    for day in sorted(set(days)):
        mark = hashlib.sha256(f"{secret}:{day:%Y%m%d}".encode()).hexdigest()[:32]
        lines += [
            "BEGIN:VEVENT",
            f"UID:{mark}@nmt-register",
            f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(words)}",
            f"DESCRIPTION:{_text(link)}",
            f"URL:{link}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}{END}" for line in lines)


def _text(words: str) -> str:
    for sign in "\\;,":
        words = words.replace(sign, f"\\{sign}")
    return words.replace("\n", "\\n")


def _folded(line: str) -> str:
    """In pieces of at most 75 octets, none of which parts a letter."""
    pieces: list[str] = []
    piece = ""
    for letter in line:
        if len((piece + letter).encode()) > MAX_OCTETS - bool(pieces):
            pieces.append(piece)
            piece = ""
        piece += letter
    return f"{END} ".join([*pieces, piece])


@own_transactions
@login_not_required
@never_cache
@require_safe
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """For a calendar that knows the secret address and signs in to nothing. Of each day it learns that there
    is something; a wrong address and an ended account look alike. No reading is recorded: nothing is read."""
    reader = reader_of(key)
    if reader is None:
        raise Http404
    access = Access.of(reader)
    if not access.may(May.VIEW_CASE, May.VIEW_CALL):
        raise Http404
    with transaction_of(access, writes=False):
        days = [day for day, _kind, _key in to_remember(access)]
    with translation.override(reader.reading_language):
        words = _("Reminder in the register")
    link = address_for(request) + reverse("cases:reminders")
    text = calendar(days, words=words, link=link, secret=hash_of(key), at=access.at)
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")


@never_cache
@require_POST
def new_calendar(request: AuthenticatedRequest) -> HttpResponse:
    """The address is shown this once."""
    access = request.access.require(May.VIEW_CASE, May.VIEW_CALL)
    key = renew_address(by=access)
    address = address_for(request) + reverse("cases:calendar", args=[key])
    title = _("Your calendar's address")
    steps = [(_("Reminders and follow-ups"), reverse("cases:reminders")), (title, "")]
    return render(request, "cases/calendar.html", {"address": address, "title": title, "breadcrumbs": steps})


@require_POST
def end_calendar(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access.require(May.VIEW_CASE, May.VIEW_CALL)
    end_address(by=access)
    return lead_on(request, _("The address of your calendar no longer works."), "cases:reminders")


@form_view
def remind(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    case = case_with_own_persons(access, code, May.VIEW_CASE)
    form = ReminderForm(posted(request), lists=Lists(access.today))
    if form.ready():
        facts = form.cleaned_data
        make = partial(actions.remind, case=case, day=facts["day"], text=facts["text"], by=access)
        idempotent(token_of(request.POST), make, Reminder.objects.visible_to(access), by=access)
        return lead_on(request, _("You are reminded on {day}.").format(day=facts["day"]), case)
    return form_page(
        request,
        form,
        _("Remind me"),
        case,
        help=_(
            "The reminder is shown to you alone: in the case, in your list, and among what waits for you "
            "from its day on. It belongs to the case: an extract of the case holds it. If another region "
            "gets the case, or you leave, it goes to the coordinator of the region."
        ),
        back=case.get_absolute_url(),
    )


@require_safe
def reminders(request: AuthenticatedRequest) -> HttpResponse:
    """Own reminders and follow-ups of calls, the earliest day first."""
    access = request.access.require(May.VIEW_CASE, May.VIEW_CALL)
    page = Paginator(to_remember(access), A_PAGE).get_page(request.GET.get("page"))
    lines = remembered(page.object_list, access)
    note_list(access, "case", len(lines), how="reminders")
    context = {
        "lines": lines,
        "calendar": CalendarAddress.objects.filter(user=access.user).first(),
        "count": page.paginator.count,
        **steps_from(page),
    }
    return render(request, "cases/reminders.html", context)


@require_POST
def finish(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    access = request.access
    reminder = get_object_or_404(Reminder.objects.visible_to(access).select_related("case"), code=code)
    actions.finish_reminder(reminder=reminder, by=access)
    messages.success(request, _("The reminder is marked as done."))
    return redirect(reminder.case) if "case" in request.POST else redirect("cases:reminders")


@require_safe
def what_ends(request: AuthenticatedRequest) -> HttpResponse:
    """Reflection periods and permits that end or have ended, or all that run, the earliest first."""
    access = request.access.require(May.EDIT_CASE)
    every = request.GET.get("all") == "yes"
    rows = (running if every else ending)(access).select_related("kind", "person__case")
    page = Paginator(rows.order_by("ends_on", "pk"), A_PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.words, row.red = days_in_words(row.ends_on, access.today), in_red(row.ends_on, access.today)
    note_list(access, "person", len(page.object_list), how="ending")
    steps = steps_from(page, "all=yes&" if every else "")
    context = {"rows": page.object_list, "ahead": AHEAD, "every": every, **steps}
    return render(request, "cases/ending.html", context)


@require_POST
def deal_with(request: AuthenticatedRequest, code: uuid.UUID, pk: int) -> HttpResponse:
    access = request.access
    person = editable_person(access, code)
    measure = get_object_or_404(Measure.objects.in_own_region(access).filter(person=person), pk=pk)
    actions.deal_with_end(measure=measure, by=access)
    return lead_on(request, _("It is dealt with, and is no longer listed."), "cases:ending")


def _permit(request: AuthenticatedRequest, kind: str) -> None:
    if kind not in KINDS:
        raise Http404
    request.access.require(KINDS[kind])


@require_safe
def offer(request: AuthenticatedRequest, kind: str) -> HttpResponse:
    """The draft that waits, if any. `subject` asks for that of one row."""
    _permit(request, kind)
    subject = code_of(request.GET.get("subject"))
    if subject is None and "subject" in request.GET:
        raise Http404
    draft = latest(kind, request.access, subject=subject)
    if draft is None:
        return JsonResponse({})
    time = clock(draft.updated_at, request.access.today)
    return JsonResponse({"subject": str(draft.subject), "time": time, "fields": fields_of(draft)})


@require_POST
def save(request: AuthenticatedRequest, kind: str, subject: uuid.UUID) -> HttpResponse:
    _permit(request, kind)
    try:
        refused = keep(kind, subject, dict(request.POST.lists()), by=request.access)
    except TooLong:
        text = _("The text is too long for a draft. What you write now is not kept until you save.")
        return JsonResponse({"refused": [], "text": text}, status=413)
    message = _("Draft saved {time}, without what may not be kept") if refused else _("Draft saved {time}")
    text = message.format(time=clock(request.access.at, request.access.today))
    return JsonResponse({"refused": refused, "text": text})


@require_POST
def discard(request: AuthenticatedRequest, kind: str, subject: uuid.UUID) -> HttpResponse:
    _permit(request, kind)
    forget(kind, subject, by=request.access)
    return JsonResponse({"text": _("The draft is discarded.")})


@never_cache
@require_safe
def sent_late(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(SentLate.objects.visible_to(request.access), code=code)
    sent = pairs_of(row)
    # What was written, for the one who wrote it to know it again; codes and numbers say little.
    texts = [
        (_label(name), value) for name, value in sent if name.rpartition("-")[2] in FREE and value.strip()
    ]
    context = {
        "row": row,
        "when": minute(row.sent_at),
        "sent": sent,
        "texts": texts,
        "left_out": [_label(one) for one in row.left_out],
        "late": LATE,
        "breadcrumbs": [(_("Sent, and not done"), "")],
    }
    return render(request, "cases/sent_late.html", context)


@require_POST
def discard_sent_late(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    get_object_or_404(SentLate.objects.visible_to(request.access), code=code).delete()
    return lead_on(
        request, _("What you had sent is thrown away. Nothing of it was saved."), settings.LOGIN_REDIRECT_URL
    )


def _label(name: str) -> str | Promise:
    last = name.rpartition("-")[2]
    return WORDS.get(last, last.replace("_", " "))
