"""The list of calls: by date, county, region, who took it and follow-up. State is in the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.access import Access
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from audit.writer import record
from cases.models import Call, LastList
from cases.paging import Order
from cases.querysets import CallQuerySet
from cases.views.columns import Chosen
from cases.views.listing import ANY, FilterForm, Listing, Select, Words, by

ORDERS: Final = {
    "received": Order(("received_at", "pk")),
    "caller": Order(("caller_group_id", "received_at", "pk")),
    "taken": Order(("taken_by_id", "received_at", "pk")),
}
DUE, PLANNED, DONE = "due", "planned", "done"


class CallFilterForm(FilterForm):
    """By date, county, region, responsible and follow-up only: never by what is sensitive."""

    field_order = ("year", "from", "to", "county", "region", "taken", "follow_up")
    since, until = _("Received from"), _("Received to")

    taken = forms.ChoiceField(label=_("Taken by"), required=False, choices=[ANY, ("me", _("Me"))])
    follow_up = forms.ChoiceField(
        label=_("Follow-up"),
        required=False,
        choices=[ANY, (DUE, _("Due")), (PLANNED, _("Planned")), (DONE, _("Done"))],
    )

    def __init__(self, data: QueryDict | None, words: Words | None) -> None:
        super().__init__(data, words)
        self.fields["region"].label = _("Referred to region")


def _followed(calls: CallQuerySet, state: str, access: Access) -> QuerySet[Any]:
    if state == DUE:
        return calls.to_follow_up(access.today)
    if state == PLANNED:
        return calls.filter(follow_up_due__isnull=False, followed_up_at__isnull=True)
    return calls.filter(followed_up_at__isnull=False)


class CallList(Listing):
    """The calls that one address asks for, the latest first."""

    model, orders, first = Call, ORDERS, "-received"
    filters: ClassVar[Mapping[str, Select]] = {
        "year": lambda calls, year, access: calls.received_in(year),
        "from": by("received_on__gte"),
        "to": by("received_on__lte"),
        "county": by("caller_county"),
        "region": by("referred_region"),
        "taken": lambda calls, who, access: calls.filter(taken_by=access.user),
        "follow_up": _followed,
    }

    def filter_form(self, data: QueryDict | None) -> FilterForm:
        return CallFilterForm(data, self.words)


@require_safe
def call_list(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access
    access.require(May.VIEW_CALL)
    listed = CallList(request.GET, access)
    rows = listed.rows.select_related("caller_group", "caller_county", "referred_region", "taken_by")
    found = listed.page(rows.prefetch_related("topics"))
    chosen = Chosen(listed, LastList.CALLS, (), access)
    rights = {"may_log": access.may(May.LOG_CALL), "may_export": access.may(May.EXPORT_ROWS)}
    context = {"calls": found.rows, **listed.paged(found), **rights, "offered": chosen.offered}
    response = render(request, "cases/call_list.html", {**context, "today": access.today})
    chosen.remember()
    record(access, "call.list", rows=context["count"], search_kind=",".join(listed.chosen))
    return response
