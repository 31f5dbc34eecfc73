"""The coordinator directory: the right number in one step."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from agencies.directory import directory as duties
from agencies.directory import duty_in
from agencies.middleware import AuthenticatedRequest
from agencies.models import County, Region
from agencies.roles import May


@require_GET
def directory(request: AuthenticatedRequest) -> HttpResponse:
    """All regions, or the one of a county or region that was chosen."""
    request.access.require(May.VIEW_DIRECTORY)
    county, region = request.GET.get("county", ""), request.GET.get("region", "")
    found = [
        duty
        for duty in duties(request.access.today)
        if (not county or any(row.code == county for row in duty.counties)) and region in {"", duty.region.code}
    ]
    context = {"duties": found, "counties": County.objects.order_by("name_sv"), "regions": Region.objects.all()}
    return render(request, "agencies/directory.html", {**context, "county": county, "region": region})


@require_GET
def duty(request: AuthenticatedRequest) -> HttpResponse:
    """The card that the call page fills in when a county is chosen."""
    request.access.require(May.VIEW_DIRECTORY)
    county = request.GET.get("caller_county", "")
    return render(request, "agencies/_duty.html", {"duty": duty_in(county, request.access.today), "county": county})
