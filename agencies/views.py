"""The coordinator directory: the right number in one step. What it says of oneself one keeps oneself."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import Access
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from agencies.directory import directory as duties
from agencies.directory import duty_in
from agencies.forms import CardForm, OwnAgencyForm
from agencies.letting_in import deputies_to_stop, may_appoint
from agencies.models import Agency, Coordinator, County, Region
from exchange.list_rows import save_row


@require_GET
def directory(request: AuthenticatedRequest) -> HttpResponse:
    """All regions, or the one of a county or region that was chosen."""
    request.access.require(May.VIEW_DIRECTORY)
    county, region = request.GET.get("county", ""), request.GET.get("region", "")
    found = [
        duty
        for duty in duties(request.access.today)
        if (not county or any(row.code == county for row in duty.counties))
        and region in {"", duty.region.code}
    ]
    access = request.access
    context = {
        "duties": found,
        "counties": County.objects.order_by("name_sv"),
        "regions": Region.objects.all(),
        "agencies": Agency.objects.members_on(access.today),
        "own_card": access.may(May.EDIT_OWN_CONTACT),
        "appoints": bool(may_appoint(access)),
        "stops": deputies_to_stop(access).select_related("region").order_by("region", "valid_from"),
        "own_agency": access.may(May.EDIT_OWN_AGENCY),
    }
    return render(request, "agencies/directory.html", {**context, "county": county, "region": region})


@require_GET
def duty(request: AuthenticatedRequest) -> HttpResponse:
    """The card that the call page fills in when a county is chosen."""
    request.access.require(May.VIEW_DIRECTORY)
    county = request.GET.get("caller_county", "")
    return render(
        request, "agencies/_duty.html", {"duty": duty_in(county, request.access.today), "county": county}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def own_card(request: AuthenticatedRequest) -> HttpResponse:
    """How oneself is reached as a coordinator, on every card of today and of days to come."""
    access = request.access
    access.require(May.EDIT_OWN_CONTACT)
    cards = list(Coordinator.objects.own(access.user, access.today))
    form = CardForm(request.POST or None, initial=model_to_dict(cards[0])) if cards else None
    if form is not None and request.method == "POST" and form.is_valid():
        _save_cards(cards, form.cleaned_data, access)
        messages.success(request, _("The contact card is saved."))
        return redirect("agencies:directory")
    context = {"form": form, "cards": cards, "breadcrumbs": _crumbs(_("My contact card"))}
    return render(request, "agencies/own_card.html", context)


def _crumbs(title: str) -> list[tuple[str, str]]:
    return [(_("Coordinators"), reverse("agencies:directory")), (title, "")]


@transaction.atomic
def _save_cards(cards: list[Coordinator], facts: dict[str, str], access: Access) -> None:
    for card in cards:
        changed = [name for name, value in facts.items() if getattr(card, name) != value]
        for name in changed:
            setattr(card, name, facts[name])
        if changed:
            save_row(row=card, by=access, right=May.EDIT_OWN_CONTACT, fields=changed)


@require_http_methods(["GET", "HEAD", "POST"])
def own_agency(request: AuthenticatedRequest) -> HttpResponse:
    """Whom other agencies turn to at one's own, and since when it takes part."""
    access = request.access
    access.require(May.EDIT_OWN_AGENCY)
    agency = access.user.agency
    form = OwnAgencyForm(request.POST or None, instance=agency) if agency else None
    if form is not None and request.method == "POST" and form.is_valid():
        save_row(row=form.instance, by=access, right=May.EDIT_OWN_AGENCY, fields=form.changed_data)
        messages.success(request, _("The facts about your agency are saved."))
        return redirect("agencies:directory")
    context = {"form": form, "agency": agency, "breadcrumbs": _crumbs(_("My agency's contact"))}
    return render(request, "agencies/own_agency.html", context)
