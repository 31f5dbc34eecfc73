"""The *registerutdrag* of one case: page and PDF file. Making one is recorded."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Access
from accounts.acting import beyond
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from audit.writer import record
from cases.extract import Extract
from cases.extract_pdf import PdfMissing, extract_pdf
from cases.models import Case
from cases.scope import READING

EXTRACTS: Final = (May.EXTRACT_CASE, May.EXTRACT_ANY_CASE)


@require_POST
@beyond("extract")
def find(request: AuthenticatedRequest) -> HttpResponse:
    """By POST: the number is no part of an address."""
    access = request.access
    access.require(*EXTRACTS)
    number = request.POST.get("number", "")[:20].replace("\0", "").strip()
    case = Case.objects.for_extract(access).filter(number__iexact=number).first() if number else None
    if case is None:
        record(access, "case.find", search_kind="extract", rows=0)
        messages.warning(request, _("No case of yours has exactly that number or reference."))
        return redirect("trail:audit")
    return redirect("cases:extract", case.code)


@never_cache
@require_safe
@beyond("extract")
def page(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    extract = _extract(request.access, code)
    response = render(
        request, "cases/extract.html", {"extract": extract, **_crumbs(extract.case, request.access)}
    )
    record(request.access, "case.extract", extract.case, search_kind="page")
    return response


@never_cache
@require_safe
@beyond("extract")
def pdf(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    """The file is called the same for every case: a number in a file name would leave the register."""
    extract = _extract(request.access, code)
    try:
        made = extract_pdf(extract, {"demo": settings.DEMO, "LANGUAGE_CODE": request.LANGUAGE_CODE})
    except PdfMissing:
        messages.error(request, _("PDF files cannot be made on this server. Print the page instead."))
        return redirect("cases:extract", code)
    record(request.access, "case.extract", extract.case, search_kind="pdf")
    headers = {"Content-Disposition": 'attachment; filename="registerutdrag.pdf"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _extract(access: Access, code: uuid.UUID) -> Extract:
    """404 out of scope. Whoever reads the case but makes no extracts of it is refused with 403."""
    if not access.may(*EXTRACTS):
        get_object_or_404(Case.objects.visible_to(access), code=code)
        access.require(*EXTRACTS)
    rows = Case.objects.for_extract(access).select_related(
        "region", "channel", "close_reason", "responsible", "opened_by"
    )
    case = rows.filter(code=code).first()
    if case is None:
        if Case.objects.visible_to(access).filter(code=code).exists():
            raise PermissionDenied(str(READING))
        raise Http404
    return Extract(case, access)


def _crumbs(case: Case, access: Access) -> dict[str, Any]:
    if access.may(May.VIEW_CASE):
        above = [(_("Cases"), reverse("cases:list")), (case.number, case.get_absolute_url())]
    else:
        above = [(_("Audit trail"), reverse("trail:audit"))]
    return {"breadcrumbs": [*above, (_("Extract"), "")]}
