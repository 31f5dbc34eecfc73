"""The list of calls: by date, county, region, who took it and follow-up. State is in the address."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from agencies.models import CountyRegion
from audit.writer import record
from cases.models import Call
from cases.paging import Order
from cases.views.listing import ANY, FilterForm, Listing

ORDERS: Final = {
    "received": Order(("received_at", "pk")),
    "caller": Order(("caller_group_id", "received_at", "pk")),
    "taken": Order(("taken_by_id", "received_at", "pk")),
}
NAMES: Final = ("from", "to", "county", "region", "taken", "follow_up")
DUE, PLANNED, DONE = "due", "planned", "done"


class CallFilterForm(FilterForm):
    """By date, county, region, responsible and follow-up only: never by what is sensitive."""

    field_order = NAMES
    since, until = _("Received from"), _("Received to")

    taken = forms.ChoiceField(label=_("Taken by"), required=False, choices=[ANY, ("me", _("Me"))])
    follow_up = forms.ChoiceField(
        label=_("Follow-up"),
        required=False,
        choices=[ANY, (DUE, _("Due")), (PLANNED, _("Planned")), (DONE, _("Done"))],
    )

    def __init__(self, data: Any, places: list[CountyRegion] | None) -> None:
        super().__init__(data, places)
        self.fields["region"].label = _("Referred to region")


class CallList(Listing):
    """The calls that one address asks for, the latest first."""

    model, names, orders, first = Call, NAMES, ORDERS, "-received"

    def filter_form(self, data: QueryDict | None) -> CallFilterForm:
        return CallFilterForm(data, self.places)

    def filtered(self, rows: Any) -> Any:
        facts = self.facts
        plain = {
            "from": "received_on__gte",
            "to": "received_on__lte",
            "county": "caller_county",
            "region": "referred_region",
        }
        rows = rows.filter(**{lookup: facts[name] for name, lookup in plain.items() if name in facts})
        if facts.get("taken"):
            rows = rows.filter(taken_by=self.access.user)
        return followed(rows, facts.get("follow_up", ""), self)


def followed(rows: Any, state: str, listed: CallList) -> Any:
    if state == DUE:
        return rows.to_follow_up(listed.access.today)
    if state == PLANNED:
        return rows.filter(follow_up_due__isnull=False, followed_up_at__isnull=True)
    return rows.filter(followed_up_at__isnull=False) if state == DONE else rows


@require_safe
def call_list(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access
    access.require(May.VIEW_CALL)
    listed = CallList(request.GET, access)
    rows = listed.rows.select_related("caller_group", "caller_county", "referred_region", "taken_by")
    found = listed.page(rows.prefetch_related("topics"))
    rights = {"may_log": access.may(May.LOG_CALL), "may_export": access.may(May.EXPORT_ROWS)}
    context = {"calls": found.rows, **listed.paged(found), **rights}
    record(access, "call.list", rows=context["count"], search_kind=",".join(listed.chosen))
    return render(request, "cases/call_list.html", {**context, "today": access.today})
