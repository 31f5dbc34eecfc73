"""*Min sida*: what waits for me, each row one link."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from agencies.models import Region
from cases.actions.cases import confirm_year
from cases.readings import note_list
from desk.my_page import boxes_for, button_for, unconfirmed_regions, year_to_close


@require_GET
def my_page(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access
    boxes = boxes_for(access)
    if access.may(May.VIEW_CASE) or access.may(May.VIEW_CALL) or access.may(May.NOTIFY):
        note_list(access, "case", sum(len(box.rows) for box in boxes), how="my_page")
    context = {
        "button": button_for(access),
        "boxes": boxes,
        "regions": sorted(access.names.values(), key=str),
        "unconfirmed": unconfirmed_regions(access),
        "year": year_to_close(access.today),
    }
    return render(request, "desk/my_page.html", context)


@require_POST
def confirm(request: AuthenticatedRequest, region: str) -> HttpResponse:
    """A coordinator says that a region's year is complete. Saying it twice is saying it once."""
    own = get_object_or_404(Region.objects.filter(code__in=request.access.regions), code=region)
    year = year_to_close(request.access.today)
    confirm_year(region=own, year=year, by=request.access)
    text = _("Thank you. Region %(region)s has confirmed that all cases for %(year)d are registered.")
    messages.success(request, text % {"region": own, "year": year})
    return redirect("desk:my_page")
