"""A region's year: what is incomplete or undecided of it, who has closed it and when, and the way back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Access
from accounts.approvals import AlreadyAnswered
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from agencies.models import Region
from cases.actions.years import closed_of, confirm_year, reopen_year, step_for
from cases.choices import Decision, YearStep
from cases.completeness import EXCUSED, INCOMPLETE
from cases.forms.lists import Lists
from cases.forms.year import CloseYearForm, ReopenYearForm
from cases.models import Case, DisposedYear, DuplicateReview, Notification, Person, Transfer, YearConfirmation
from cases.querysets import PersonQuerySet
from cases.readings import note_list
from cases.views.case_page import PersonLine
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
    if posted and not (page.may_reopen if back else page.may_confirm):
        return redirect(request.path)  # somebody else was faster: the page says who
    if posted and page.stands and back and reopen.ready():
        return _reopened(request, page.stands, reopen.cleaned_data["reason"])
    if posted and not back and close.ready():
        return _confirmed(request, page)
    note_list(access, "case", len(page.incomplete) + len(page.alike) + len(page.late), how="year")
    context = {"page": page, "close": close, "reopen": reopen, "shown": SHOWN}
    context["breadcrumbs"] = [(_("Cases"), reverse("cases:list")), (f"{own} {year}", "")]
    return render(request, "cases/year.html", context)


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
