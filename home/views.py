"""*Min sida*: what waits for me, each row one link; all of a kind; what has come since I was last here.

The guide at *Help*: a chapter of it, the part that belongs to a form, the keys, the lists of words.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.access import Access, AuthenticatedRequest, bypass_policies, lead_on, posted
from accounts.notices import page_language
from accounts.roles import May
from accounts.transactions import number_of
from agencies.models import Region
from cases.access_log import note_list
from cases.forms.fields import Lists
from cases.inbox.kinds import InboxKind
from cases.inbox.own import SINCE, WAITED
from cases.models import Call, Case, YearConfirmation
from cases.views.fetch import form_view
from home.boxes import Box, counts_of, page_of
from home.guide import LISTS, first_day, guide_read, own_first, put_away, section_called, words_of
from home.line_notes import LineNoteForm, end_note, write_note
from home.models import LineNote, Visit
from home.my_page import (
    NOTHING_WAITS,
    boxes_for,
    buttons_for,
    by_region,
    kind_called,
    most_urgent,
    number_waiting,
)

GAP: Final = timedelta(hours=1)  # away longer, and it is a new visit
NOTED: Final = timedelta(minutes=5)  # how exactly it is known when somebody was last there
DECEMBER: Final = 12  # from when it is asked whether the year that goes on is ready
A_PAGE: Final = 25


def visited(access: Access) -> datetime | None:
    """When the visit before this one ended; None at the first. Writes down that somebody is here: at most two
    queries."""
    visit = Visit.objects.filter(user=access.user).first()
    if visit is None:
        Visit.objects.bulk_create([Visit(user=access.user, seen=access.at)], ignore_conflicts=True)
        return None
    away = access.at - visit.seen
    since = visit.seen if away > GAP else visit.since
    if away >= NOTED:
        Visit.objects.filter(pk=visit.pk).update(seen=access.at, since=since)
    return since


def kinds_since(since: datetime | None, access: Access) -> list[InboxKind]:
    """What may have come since a visit; nothing where there was none."""
    return [make(since) for right, make in SINCE if since and access.may(right)]


def news(since: datetime | None, access: Access) -> list[Box]:
    """What has come since, without what there is none of. One query."""
    kinds = kinds_since(since, access)
    counts = counts_of(kinds, access)
    boxes = [
        Box(kind.titled(access), count, url=reverse("home:since", args=[kind.key]))
        for kind, count in zip(kinds, counts, strict=True)
    ]
    return [box for box in boxes if box.count]


def years_of(access: Access) -> list[tuple[Model, list[tuple[int, YearConfirmation | None]]]]:
    """Own regions, each with the last year that is over and, in December, the one that goes on; and what
    stands of each year, if anything. One query, none for who has no region."""
    years = [access.today.year - 1, *([access.today.year] if access.today.month == DECEMBER else [])]
    rows = YearConfirmation.objects.standing().filter(region__in=access.regions, year__in=years)
    # "ready" before "closed": the decision is what stands.
    latest = rows.select_related("by").order_by("-step")
    found = {(row.region_id, row.year): row for row in latest}
    regions = sorted(access.names.values(), key=str)
    return [(region, [(year, found.get((region.pk, year))) for year in years]) for region in regions]


@bypass_policies("totals")
def work_by_region(access: Access) -> list[Region]:
    """Return all regions, each with how many cases are `open`, calls overdue for `follow_ups`, and referred
    calls `untaken` for too long: counts, and never a row. One query."""
    if not access.may(May.VIEW_OVERVIEW):
        return []
    calls = Call.objects.totals_for(access)
    late = calls.filter(follow_up_due__lt=access.today, followed_up_at=None)
    untaken = calls.to_take_over().filter(created_at__lt=access.at - WAITED)
    rows = Region.objects.annotate(
        open=_number(Case.objects.totals_for(access).open(), "region"),
        follow_ups=_number(late, "referred_region"),
        untaken=_number(untaken, "referred_region"),
    )
    return list(rows.order_by("name_sv"))


def _number(rows: QuerySet[Any], region: str) -> Coalesce:
    counted = rows.filter(**{region: OuterRef("pk")}).order_by().values(region).annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


@require_GET
def my_page(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access
    boxes, since = boxes_for(access), visited(access)
    rows = most_urgent(boxes)
    _note_shown(access, len(rows))
    context = {
        "buttons": buttons_for(access),
        "boxes": boxes,
        "work": by_region(rows, access),
        "others": sum(box.count for box in boxes if box.listed) - len(rows),
        "nothing": next((NOTHING_WAITS.get(one) for one in NOTHING_WAITS if access.may(one)), ""),
        "first_day": first_day(access),
        "since": since,
        "news": news(since, access),
        "line_notes": _line_notes(access),
        "open_cases": work_by_region(access),
        "regions": years_of(access),
    }
    return render(request, "home/my_page.html", context)


@require_POST
def first_day_over(request: AuthenticatedRequest) -> HttpResponse:
    put_away(request.access)
    return lead_on(
        request, _("The list of the first day is hidden. The guide stays at Help."), "home:my_page"
    )


def _note_shown(access: Access, rows: int) -> None:
    if access.may(May.VIEW_CASE, May.VIEW_CALL, May.NOTIFY):
        note_list(access, "case", rows, how="my_page")


@require_safe
def number(request: AuthenticatedRequest) -> JsonResponse:
    """How many things wait: every page asks for it once it is shown, so that none waits for the answer."""
    return JsonResponse({"waiting": number_waiting(request.access)})


@require_safe
def waiting(request: AuthenticatedRequest, key: str) -> HttpResponse:
    return _listed(request, kind_called(key, request.access))


@require_safe
def since(request: AuthenticatedRequest, key: str) -> HttpResponse:
    """What has come since the last visit, a kind of it."""
    last = Visit.objects.filter(user=request.access.user).values_list("since", flat=True).first()
    kinds = {kind.key: kind for kind in kinds_since(last, request.access)}
    return _listed(request, kinds.get(key))


def _listed(request: AuthenticatedRequest, kind: InboxKind | None) -> HttpResponse:
    if kind is None:
        raise Http404
    access, number = request.access, max(1, number_of(request.GET, "page"))
    rows, count = page_of(kind, access, (number - 1) * A_PAGE, A_PAGE)
    if number > 1 and not rows:
        return redirect(request.path)
    _note_shown(access, len(rows))
    title = kind.titled(access)
    context = {
        "title": title,
        "rows": rows,
        "count": count,
        "previous": f"?page={number - 1}" if number > 1 else "",
        "next": f"?page={number + 1}" if number * A_PAGE < count else "",
        "breadcrumbs": [(_("My page"), reverse("home:my_page")), (title, "")],
    }
    return render(request, "home/waiting.html", context)


def _line_notes(access: Access) -> list[LineNote]:
    if not access.may(May.LOG_CALL):
        return []
    return list(LineNote.objects.current(access.today).select_related("written_by"))


@form_view
def write_line_note(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access.require(May.LOG_CALL)
    form = LineNoteForm(posted(request), lists=Lists(access.today))
    if form.ready():
        write_note(text=form.cleaned_data["text"], until=form.cleaned_data["until"], by=access)
        return lead_on(request, _("The note is shown to everybody who answers the line."), "home:my_page")
    title, back = _("Note for the next person on the line"), reverse("home:my_page")
    context = {
        "form": form,
        "title": title,
        "help": _("Everybody who answers the support line sees it until its last day."),
        "back": back,
        "breadcrumbs": [(_("My page"), back), (title, "")],
    }
    return render(request, "cases/form.html", context)


@require_POST
def end_line_note(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    request.access.require(May.LOG_CALL)
    end_note(note=get_object_or_404(LineNote, code=code), by=request.access)
    return lead_on(request, _("The note is not shown any more."), "home:my_page")


@require_POST
def confirm(request: AuthenticatedRequest, region: str) -> HttpResponse:
    """Leads to the page on which a coordinator closes the last year that is over; closes nothing."""
    own = get_object_or_404(Region.objects.filter(code__in=request.access.regions), code=region)
    return redirect("cases:year", request.access.today.year - 1, own.code)


@require_safe
def guide(request: AuthenticatedRequest, chapter: str) -> HttpResponse:
    """Everybody may read what the others do: nothing in it is secret."""
    marked = own_first(request.access, page_language())
    for one, _own in marked:
        if one.key == chapter:
            guide_read(request.access, one)
            return render(request, "home/guide.html", {"chapter": one, "chapters": marked})
    raise Http404


@require_safe
def how_to(request: AuthenticatedRequest, key: str) -> HttpResponse:
    """The section that belongs to a form: for its place there, or as a page of its own."""
    found = section_called(key, page_language())
    if found is None:
        raise Http404
    chapter, section = found
    there = f"{reverse('home:guide', args=[chapter.key])}#{section.key}"
    if "part" not in request.GET:
        part = replace(chapter, title=section.title, html=section.html, sections=())
        chapters = own_first(request.access, page_language())
        return render(request, "home/guide.html", {"chapter": part, "chapters": chapters})
    more = format_html('<p><a href="{}">{}</a></p>', there, _("Read more in the guide"))
    return HttpResponse(format_html('<div class="prose guide">{}</div>{}', section.html, more))


@require_safe
def keys(request: AuthenticatedRequest) -> HttpResponse:
    """What "?" opens over any page."""
    return render(request, "home/_keys_dialog.html")


@require_safe
def code_list(request: AuthenticatedRequest, name: str) -> HttpResponse:
    """The words of one list that forms choose from, with what each means."""
    if name not in LISTS:
        raise Http404
    context = {"name": name, "title": LISTS[name], "words": words_of(name), "lists": LISTS.items()}
    return render(request, "home/code_list.html", context)
