"""What the columns of a file of persons take: where each message of an import leads."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from cases.importing.codes import columns
from cases.importing.lookups import Lookups


@require_safe
def import_codes(request: AuthenticatedRequest) -> HttpResponse:
    request.access.require(May.IMPORT_PERSONS)
    steps = [(_("Cases"), reverse("cases:list")), (_("Import persons"), reverse("cases:import"))]
    context = {"columns": columns(Lookups.load()), "breadcrumbs": [*steps, (_("What the columns take"), "")]}
    return render(request, "cases/import_codes.html", context)
