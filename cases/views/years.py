"""A region's year: what is incomplete or undecided of it, who has closed it and when, and the way back.

Years that came from spreadsheets, with whether what their persons lack counts as incomplete.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Any, Final

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy

from accounts.access import Access, AuthenticatedRequest, bypass_policies, lead_on, posted, turn_back
from accounts.approvals import AlreadyAnswered
from accounts.roles import May
from agencies.models import Region
from cases.access_log import note_list
from cases.actions.years import closed_of, confirm_year, decide_imported_year, reopen_year, step_for
from cases.choices import Decision, YearStep
from cases.concerns import EXCUSED, INCOMPLETE, LACKING
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
from cases.querysets import PersonQuerySet
from cases.views.case import PersonLine
from cases.views.fetch import crumbs, form_view, with_facts

LEFT: Final = itemgetter("lacking", "undecided", "transfers", "notifications")  # what a closing asks about
SHOWN: Final = 25  # rows of a kind; how many there are is said beside, and where the rest is


CONFIRMED: Final = {
    YearStep.CLOSED: gettext_lazy(
        "Region %(region)s has closed %(year)d. It can be taken back with a reason."
    ),
    YearStep.READY: gettext_lazy(
        "Region %(region)s is ready so far with %(year)d. It is closed from 1 January."
    ),
}


class YearOfRegion:
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
        return min(standing, key=lambda row: row.step != YearStep.CLOSED, default=None)

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
    def counts(self) -> dict[str, int]:
        """How many there are of each. `excused`: from a spreadsheet, and lacking something that is not asked
        for in this year. `transfers`: to the region or from it, without an answer."""
        of_persons = {"lacking": Count("pk", filter=INCOMPLETE), "excused": Count("pk", filter=EXCUSED)}
        persons = self._persons.with_main().order_by().aggregate(persons=Count("pk"), **of_persons)
        notifications = Notification.objects.waiting_for(self.access).filter(region=self.region)
        notifications = notifications.filter(sent_at__year=self.year)
        cases = Case.objects.changeable_by(self.access).open().opened_in(self.year)
        return {
            **persons,
            "undecided": self._pairs.count(),
            "transfers": self._pending_transfers,
            "notifications": notifications.count(),
            "open_cases": cases.filter(region=self.region).count(),
        }

    @property
    def _pending_transfers(self) -> int:
        """Of persons of the year, who are another region's still if they are to come here."""
        pending = Transfer.objects.visible_to(self.access).filter(answer="pending")
        here_or_there = Q(from_region=self.region) | Q(to_region=self.region)
        with bypass_policies("transfer"):
            return pending.filter(here_or_there, person__first_year=self.year).count()

    @cached_property
    def incomplete(self) -> list[PersonLine]:
        rows = with_facts(self._persons).filter(INCOMPLETE).select_related("case")
        return [PersonLine(row, self.access) for row in rows.order_by("case__number", "position")[:SHOWN]]

    @property
    def _pairs(self) -> QuerySet[DuplicateReview]:
        own = self._persons.order_by().values("pk")
        rows = DuplicateReview.objects.visible_to(self.access)
        return rows.filter(
            Q(first__in=own) | Q(second__in=own), decision__in=[Decision.OPEN, Decision.UNSURE]
        )

    @cached_property
    def alike(self) -> list[DuplicateReview]:
        rows = self._pairs.select_related("first", "second")
        return list(rows.order_by("-similarity", "pk")[:SHOWN])

    @cached_property
    def late(self) -> list[Person]:
        """Registered after the year was closed: counted all the same, and as late."""
        if not self.closed or self.stands is None:
            return []
        rows = self._persons.filter(created_at__gt=self.stands.at).select_related("case")
        return list(rows.order_by("-created_at", "-pk")[:SHOWN])

    @property
    def left(self) -> tuple[int, ...]:
        return LEFT(self.counts)


@form_view
def year_of_region(request: AuthenticatedRequest, year: int, region: str) -> HttpResponse:
    access = request.access
    own = get_object_or_404(Region.objects.filter(code__in=access.regions), code=region)
    access.require(May.CONFIRM_YEAR)
    if year > access.today.year:
        raise Http404
    page, lists = YearOfRegion(own, year, access), Lists(access.today)
    back = request.POST.get("go") == "back"
    sent = posted(request)
    close = CloseYearForm(None if back else sent, left=page.left, lists=lists)
    reopen = ReopenYearForm(sent if back else None, lists=lists)
    if sent and _is_done(request, page, reopen if back else close):
        return redirect(request.path)
    note_list(access, "case", len(page.incomplete) + len(page.alike) + len(page.late), how="year")
    context = {"page": page, "close": close, "reopen": reopen, "shown": SHOWN, **crumbs(f"{own} {year}")}
    return render(request, "cases/year.html", context)


def _is_done(request: AuthenticatedRequest, page: YearOfRegion, form: CloseYearForm | ReopenYearForm) -> bool:
    """Do what a form asks for, and return whether nothing is wrong with it that the page has to show."""
    reopens = isinstance(form, ReopenYearForm)
    if not (page.may_reopen if reopens else page.may_confirm):
        return True  # somebody else was faster: the page says who
    if not form.ready():
        return False
    if reopens and page.stands:
        _reopen(request, page.stands, form.cleaned_data["reason"])
    else:
        row = confirm_year(region=page.region, year=page.year, by=request.access)
        text = CONFIRMED[YearStep(row.step)] % {"region": page.region, "year": page.year}
        messages.success(request, text)
    return True


def warn_of_closed(request: AuthenticatedRequest, persons: Iterable[Person]) -> None:
    """Whoever has just registered these persons is told where their year is closed already."""
    for row in closed_of(person for person in persons if person.counted):
        message = _(
            "Region %(region)s has closed %(year)d. Who is registered now is counted, and marked as late. "
            "The analysts are notified."
        )
        messages.warning(request, message % {"region": row.region, "year": row.year})


def _reopen(request: AuthenticatedRequest, row: YearConfirmation, reason: str) -> None:
    try:
        reopen_year(confirmation=row, reason=reason, by=request.access)
    except AlreadyAnswered:
        messages.warning(request, _("Somebody else has taken it back already."))
    else:
        messages.success(request, _("It is taken back. Who did it, when and why stays on the page."))


ANSWERS: Final = {
    "yes": gettext_lazy("In %(year)d, imported persons must be complete before the year is closed."),
    "no": gettext_lazy("In %(year)d, the year can be closed although imported persons are incomplete."),
}


@form_view
def imported_years(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access.require(May.DECIDE_IMPORTED_YEARS)
    years = _years(access)
    if request.method == "POST":
        return _decided(request, [row["first_year"] for row in years])
    decisions = TakenOverYear.objects.select_related("by").in_bulk(field_name="year")
    lines = [{**row, "said": decisions.get(row["first_year"])} for row in years]
    return render(request, "cases/imported_years.html", {"lines": lines})


@bypass_policies("totals")
def _years(access: Access) -> list[Any]:
    """Of each year who was imported and is counted, and who of them lacks something. One query."""
    rows = Person.objects.totals_for(access).filter(taken_over=True).counted().with_main().order_by()
    counted = rows.values("first_year").annotate(persons=Count("pk"), lacking=Count("pk", filter=LACKING))
    return list(counted.order_by("-first_year"))


def _decided(request: AuthenticatedRequest, years: list[int]) -> HttpResponse:
    year, answer = request.POST.get("year", ""), request.POST.get("complete", "")
    if year not in (str(year) for year in years) or answer not in ANSWERS:
        return turn_back(request, _("Choose a year in the table."), request.path)
    decide_imported_year(year=int(year), must_be_complete=answer == "yes", by=request.access)
    return lead_on(request, ANSWERS[answer] % {"year": int(year)}, request.path)
