"""A region's year: what is incomplete or undecided of it, who has closed it and when, and the way back.

What came from spreadsheets: possible duplicates in the order of what they change; and years, with whether
what their persons lack counts as incomplete.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Access
from accounts.approvals import AlreadyAnswered
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from accounts.row_context import beyond
from accounts.transactions import code_of
from agencies.models import Region
from audit.writer import record
from cases.access_log import note_list
from cases.actions.years import closed_of, confirm_year, decide_taken_over, reopen_year, step_for
from cases.choices import Decision, YearStep
from cases.concerns import EXCUSED, INCOMPLETE, LACKING
from cases.duplicates.comparison import ORDER, pairs, why
from cases.forms.acts import CloseYearForm, ReopenYearForm
from cases.forms.fields import Lists
from cases.models import (
    Case,
    DisposedYear,
    DuplicateReview,
    Notification,
    Person,
    TakenOverYear,
    Transfer,
    YearConfirmation,
)
from cases.pages import COUNT_TO, count_to, page
from cases.querysets import PersonQuerySet
from cases.views.case import PersonLine
from cases.views.fetch import with_facts

SHOWN: Final = 25  # rows of a kind; how many there are is said beside, and where the rest is


class YearOfRegion:
    """What the page shows, from a constant few queries."""

    def __init__(self, region: Region, year: int, access: Access) -> None:
        self.region, self.year, self.access = region, year, access
        self.step = step_for(year, access)

    @cached_property
    def said(self) -> list[YearConfirmation]:
        """All that was ever said of it, the latest first, taken back or not."""
        rows = YearConfirmation.objects.filter(region=self.region, year=self.year)
        return list(rows.select_related("by", "taken_back_by").order_by("-at", "-pk"))

    @property
    def stands(self) -> YearConfirmation | None:
        """That the year is closed, or ready so far: the decision before the readiness."""
        standing = [row for row in self.said if row.taken_back_at is None]
        return next((row for row in standing if row.step == YearStep.CLOSED), next(iter(standing), None))

    @property
    def closed(self) -> bool:
        return self.stands is not None and self.stands.step == YearStep.CLOSED

    @property
    def may_confirm(self) -> bool:
        open_still = self.stands is None or (self.step == YearStep.CLOSED and not self.closed)
        return open_still and not self.disposed

    @property
    def may_reopen(self) -> bool:
        return self.stands is not None and not self.disposed

    @cached_property
    def disposed(self) -> str:
        """What has to be said where rows of the year are gone; else empty."""
        gone = DisposedYear.objects.filter(year=self.year).first()
        return gone.said if gone else ""

    @property
    def _persons(self) -> PersonQuerySet:
        rows = Person.objects.in_own_region(self.access).counted().identified_in(self.year)
        return rows.filter(responsible_region=self.region)

    @cached_property
    def persons(self) -> int:
        return self._persons.count()

    @cached_property
    def lacking(self) -> int:
        return self._persons.with_main().filter(INCOMPLETE).count()

    @cached_property
    def excused(self) -> int:
        """Taken over from a spreadsheet, and lacking something that is not asked for in this year."""
        return self._persons.with_main().filter(EXCUSED).count()

    @cached_property
    def incomplete(self) -> list[PersonLine]:
        rows = with_facts(self._persons).filter(INCOMPLETE).select_related("case")
        return [PersonLine(row) for row in rows.order_by("case__number", "position")[:SHOWN]]

    @property
    def _pairs(self) -> QuerySet[DuplicateReview]:
        own = self._persons.order_by().values("pk")
        rows = DuplicateReview.objects.visible_to(self.access)
        return rows.filter(
            Q(first__in=own) | Q(second__in=own), decision__in=[Decision.OPEN, Decision.UNSURE]
        )

    @cached_property
    def undecided(self) -> int:
        return self._pairs.count()

    @cached_property
    def alike(self) -> list[DuplicateReview]:
        rows = self._pairs.select_related("first", "second")
        return list(rows.order_by("-similarity", "pk")[:SHOWN])

    @cached_property
    def transfers(self) -> int:
        """To the region or from it, without an answer."""
        rows = Transfer.objects.visible_to(self.access).filter(answer="pending")
        return rows.filter(Q(from_region=self.region) | Q(to_region=self.region)).count()

    @cached_property
    def notifications(self) -> int:
        return Notification.objects.waiting_for(self.access).filter(region=self.region).count()

    @cached_property
    def open_cases(self) -> int:
        rows = Case.objects.changeable_by(self.access).open().opened_in(self.year)
        return rows.filter(region=self.region).count()

    @cached_property
    def late(self) -> list[Person]:
        """Registered after the year was closed: counted all the same, and as late."""
        if not self.closed or self.stands is None:
            return []
        rows = self._persons.filter(created_at__gt=self.stands.at).select_related("case")
        return list(rows.order_by("-created_at", "-pk")[:SHOWN])

    @property
    def left(self) -> tuple[int, ...]:
        return self.lacking, self.undecided, self.transfers, self.notifications


@require_http_methods(["GET", "HEAD", "POST"])
def year_of_region(request: AuthenticatedRequest, year: int, region: str) -> HttpResponse:
    access = request.access
    own = get_object_or_404(Region.objects.filter(code__in=access.regions), code=region)
    access.require(May.CONFIRM_YEAR)
    if year > access.today.year:
        raise Http404
    page, lists = YearOfRegion(own, year, access), Lists(access.today)
    back = request.POST.get("go") == "back"
    posted = request.POST if request.method == "POST" else None
    close = CloseYearForm(None if back else posted, left=page.left, lists=lists)
    reopen = ReopenYearForm(posted if back else None, lists=lists)
    if posted and (answer := _answer_of(request, page, reopen if back else close)):
        return answer
    note_list(access, "case", len(page.incomplete) + len(page.alike) + len(page.late), how="year")
    context = {"page": page, "close": close, "reopen": reopen, "shown": SHOWN}
    context["breadcrumbs"] = [(_("Cases"), reverse("cases:list")), (f"{own} {year}", "")]
    return render(request, "cases/year.html", context)


def _answer_of(
    request: AuthenticatedRequest, page: YearOfRegion, form: CloseYearForm | ReopenYearForm
) -> HttpResponse | None:
    """Return where a form that was sent leads to, or None where the page shows what is wrong with it."""
    reopens = isinstance(form, ReopenYearForm)
    if not (page.may_reopen if reopens else page.may_confirm):
        return redirect(request.path)  # somebody else was faster: the page says who
    if not form.ready():
        return None
    if not reopens:
        return _confirmed(request, page)
    return _reopened(request, page.stands, form.cleaned_data["reason"]) if page.stands else None


def warn_of_closed(request: AuthenticatedRequest, persons: Iterable[Person]) -> None:
    """Whoever has just registered these persons is told where their year is closed already."""
    for row in closed_of(person for person in persons if person.counted):
        said = _(
            "Region %(region)s has closed %(year)d. Who is registered now is counted, as late. "
            "The analysts are told."
        )
        messages.warning(request, said % {"region": row.region, "year": row.year})


def _confirmed(request: AuthenticatedRequest, page: YearOfRegion) -> HttpResponse:
    row = confirm_year(region=page.region, year=page.year, by=request.access)
    said = (
        _("Region %(region)s has closed %(year)d. It can be taken back with a reason.")
        if row.step == YearStep.CLOSED
        else _("Region %(region)s is ready so far with %(year)d. It is closed from 1 January.")
    )
    messages.success(request, said % {"region": page.region, "year": page.year})
    return redirect(request.path)


def _reopened(request: AuthenticatedRequest, row: YearConfirmation, reason: str) -> HttpResponse:
    try:
        reopen_year(confirmation=row, reason=reason, by=request.access)
    except AlreadyAnswered:
        messages.warning(request, _("Somebody else has taken it back already."))
    else:
        messages.success(request, _("It is taken back. Who did it, when and why stays on the page."))
    return redirect(request.path)


ANSWERS = {"yes": True, "no": False}


@require_http_methods(["GET", "HEAD", "POST"])
def taken_over_years(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access
    access.require(May.DECIDE_TAKEN_OVER)
    years = _years(access)
    if request.method == "POST":
        return _decided(request, [row["first_year"] for row in years])
    said = {row.year: row for row in TakenOverYear.objects.select_related("by")}
    lines = [{**row, "said": said.get(row["first_year"])} for row in years]
    return render(request, "cases/taken_over_years.html", {"lines": lines})


@beyond("totals")
def _years(access: Access) -> list[Any]:
    """Of each year who was taken over and is counted, and who of them lacks something. One query."""
    rows = Person.objects.totals_for(access).filter(taken_over=True).counted().with_main().order_by()
    counted = rows.values("first_year").annotate(persons=Count("pk"), lacking=Count("pk", filter=LACKING))
    return list(counted.order_by("-first_year"))


@require_safe
@beyond("duplicates")
def taken_over_duplicates(request: AuthenticatedRequest) -> HttpResponse:
    """What waits for a judgement, in the order of what it changes. Across regions only that there is
    something: the page of the own record asks."""
    access = request.access
    access.require(May.REVIEW_DUPLICATE)
    rows = pairs(access)

    def at(name: str) -> DuplicateReview | None:
        code = code_of(request.GET.get(name))
        return rows.filter(code=code).first() if code else None

    found = page(rows, ORDER, after=at("after"), before=at("before"))
    count = count_to(rows)
    record(access, "duplicate.list", rows=len(found.rows), search_kind="taken_over")
    context = {
        "lines": [(row, why(row)) for row in found.rows],
        "count": count,
        "more": COUNT_TO if count > COUNT_TO else 0,
        "previous": f"?before={found.previous.code}" if found.previous else "",
        "next": f"?after={found.next.code}" if found.next else "",
        "breadcrumbs": [(_("Possible duplicates"), reverse("cases:duplicates")), (_("Taken over"), "")],
    }
    return render(request, "cases/taken_over_duplicates.html", context)


def _decided(request: AuthenticatedRequest, years: list[int]) -> HttpResponse:
    asked, answer = request.POST.get("year", ""), ANSWERS.get(request.POST.get("complete", ""))
    year = next((one for one in years if str(one) == asked), None)
    if year is None or answer is None:
        messages.warning(request, _("Choose a year in the table."))
        return redirect(request.path)
    decide_taken_over(year=year, must_be_complete=answer, by=request.access)
    said = (
        _("In %(year)d, who was taken over must be complete before the year is closed.")
        if answer
        else _("In %(year)d, what those lack who were taken over does not stop the closing.")
    )
    messages.success(request, said % {"year": year})
    return redirect(request.path)
