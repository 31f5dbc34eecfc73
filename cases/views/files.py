"""Files of exactly the list one sees: what it is for and how many rows.

The *registerutdrag* of one case: page and PDF file. Making one is recorded.

What the columns of a file of persons take: where each message of an import leads.
"""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Access, AuthenticatedRequest, bypass_policies, posted, turn_back
from accounts.roles import May
from audit.writer import record
from cases import export_files, htcds as standard
from cases.access_log import note_list
from cases.export_files import FORMATS, OF_STANDARD, CaseworkExportForm, Formats, Selection, ask, make, rarest
from cases.export_rows import persons_of
from cases.extract import Extract, PdfMissing, extract_pdf
from cases.forms.fields import Lists
from cases.importing.codes import Lookups, columns
from cases.models import Case
from cases.scope import READING
from cases.views.call import CallList
from cases.views.case_filter import CaseList
from cases.views.fetch import CASE_ROWS, crumbs, form_view
from cases.views.list_page import Listing
from exchange.downloads import attached
from exchange.limits import Refused
from exchange.models import ExportFile
from exchange.writer import BOM, csv_text
from jobs.kinds import enqueue
from jobs.models import Job

# What a file holds: its kind in the audit log, its list, and what the page of the export calls its number.
OF_CALLS: Final = ("call", CallList, "count")
OF_PERSONS: Final = ("person", CaseList, "persons")


def calls_of(query: QueryDict, access: Access) -> Selection:
    """The calls that the list shows at this address, in its order."""
    listed = CallList(query, access, shown=False)
    return _selected(listed, listed.rows)


def selection(query: QueryDict, access: Access) -> Selection:
    """The persons in scope of the cases that the list shows at this address, in its order."""
    listed = CaseList(query, access, shown=False)
    return _selected(listed, persons_of(listed.rows, access))


def _selected(listed: Listing, rows: QuerySet[Any]) -> Selection:
    page = reverse(listed.url) + listed.address()
    query = {**listed.chosen, "sort": listed.sort}
    return Selection(rows, listed.order, query, of_calls=isinstance(listed, CallList), page=page)


@never_cache
@form_view
def export(request: AuthenticatedRequest) -> HttpResponse:
    return _export_persons(request, _("Export the selection"), FORMATS + OF_STANDARD)


@never_cache
@form_view
def htcds(request: AuthenticatedRequest) -> HttpResponse:
    return _export_persons(request, _("Export as HTCDS"), OF_STANDARD)


def _export_persons(request: AuthenticatedRequest, title: str, formats: Formats) -> HttpResponse:
    request.access.require(May.EXPORT_ROWS)
    chosen = selection(request.GET, request.access)
    form = {"rarest": rarest(chosen.rows), "formats": formats}
    more = {"fields": _empty_fields(), "attribution": standard.ATTRIBUTION} if formats == OF_STANDARD else {}
    return _export(request, title, chosen, form, **more)


@never_cache
@form_view
def calls(request: AuthenticatedRequest) -> HttpResponse:
    """No rarest combination: a call is no person, and says of its persons only how many there are."""
    request.access.require(May.VIEW_CALL)
    request.access.require(May.EXPORT_ROWS)
    chosen = calls_of(request.GET, request.access)
    return _export(request, _("Export the selection"), chosen, {})


def _export(
    request: AuthenticatedRequest, title: str, chosen: Selection, offered: dict[str, Any], **more: Any
) -> HttpResponse:
    """Ask what a file of the chosen rows is for, and make it. `offered`: which formats the form offers."""
    access, count = request.access, chosen.rows.order_by().count()
    kind, listing, counted = OF_CALLS if chosen.of_calls else OF_PERSONS
    note_list(access, kind, count, how="export")
    form = CaseworkExportForm(posted(request), lists=Lists(access.today), **offered)
    if form.is_valid():
        try:
            return redirect(_make(chosen, count, form.cleaned_data, access))
        except Refused as refused:
            form.add_error("format", refused.in_words(_))
    context = {
        "form": form,
        counted: count,
        "listed": listing(request.GET, access),
        "title": title,
        "back": chosen.page,
        "breadcrumbs": [(listing.title, reverse(listing.url)), (title, "")],
    }
    return render(request, "cases/export.html", context | more)


@transaction.atomic
def _make(chosen: Selection, count: int, facts: dict[str, Any], access: Access) -> ExportFile | Job:
    words = {"purpose": facts["purpose"], "reason": facts.get("reason", "")}
    in_words = facts.get("in_words", False)
    file = ask(chosen, by=access, form=facts["format"], language=get_language() or "sv", **words)
    if count > export_files.SMALL:
        return enqueue("export.rows", by=access, file=str(file.code), in_words=in_words)
    make(file, chosen, by=access, in_words=in_words)
    return file


def _empty_fields() -> list[tuple[standard.Field, str]]:
    return [(field, str(standard.WHY[field.why_empty])) for field in standard.fields() if field.why_empty]


@never_cache
@require_safe
def htcds_report(request: AuthenticatedRequest) -> HttpResponse:
    """Which fields of the standard are empty in every export, for which codes the others are, and why."""
    request.access.require(May.EXPORT_ROWS)
    header = [_("Field"), _("Section"), _("Core"), _("Code"), _("Why it is empty")]
    core = {True: _("yes"), False: ""}
    rows = [[f.name, f.section, core[f.core], "", why] for f, why in _empty_fields()]
    message = _("HTCDS {release} has no name for it.").format(release=standard.RELEASE)
    rows += [[f.name, f.section, core[f.core], code, message] for f, code in standard.gaps()]
    text = BOM + csv_text([header, *rows, [standard.ATTRIBUTION]], ";")
    return attached(text.encode(), "htcds-report.csv", "csv")


EXTRACTS: Final = (May.EXTRACT_CASE, May.EXTRACT_ANY_CASE)


@require_POST
@bypass_policies("extract")
def find(request: AuthenticatedRequest) -> HttpResponse:
    """By POST: the number is no part of an address."""
    access = request.access.require(*EXTRACTS)
    number = request.POST.get("number", "")[:20].replace("\0", "").strip()
    case = Case.objects.for_extract(access).filter(number__iexact=number).first() if number else None
    if case is None:
        record(access, "case.find", search_kind="extract", rows=0)
        return turn_back(
            request, _("No case of yours has exactly that number or reference."), "audit_pages:audit"
        )
    return redirect("cases:extract", case.code)


@never_cache
@require_safe
@bypass_policies("extract")
def page(request: AuthenticatedRequest, code: uuid.UUID) -> HttpResponse:
    extract = _extract(request.access, code)
    context = {"extract": extract, **_crumbs(extract.case, request.access)}
    record(request.access, "case.extract", extract.case, search_kind="page")
    return render(request, "cases/extract.html", context)


@never_cache
@require_safe
@bypass_policies("extract")
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
    read = Case.objects.visible_to(access).filter(code=code)
    if not access.may(*EXTRACTS):
        get_object_or_404(read)
        access.require(*EXTRACTS)
    case = Case.objects.for_extract(access).filter(code=code).select_related(*CASE_ROWS).first()
    if case is None:
        get_object_or_404(read)
        raise PermissionDenied(str(READING))
    return Extract(case, access)


def _crumbs(case: Case, access: Access) -> dict[str, Any]:
    if access.may(May.VIEW_CASE):
        return crumbs(_("Extract"), case)
    return {"breadcrumbs": [(_("Audit log"), reverse("audit_pages:audit")), (_("Extract"), "")]}


@require_safe
def import_codes(request: AuthenticatedRequest) -> HttpResponse:
    request.access.require(May.IMPORT_PERSONS)
    steps = [(_("Cases"), reverse("cases:list")), (_("Import persons"), reverse("cases:import"))]
    context = {"columns": columns(Lookups.load()), "breadcrumbs": [*steps, (_("What the columns take"), "")]}
    return render(request, "cases/import_codes.html", context)
