"""Files of exactly the list one sees: what it is for and how many rows."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Access
from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from cases.exporting import files
from cases.exporting import htcds as standard
from cases.exporting.files import rarest
from cases.exporting.forms import CaseworkExportForm
from cases.exporting.rows import persons_of
from cases.forms.lists import Lists
from cases.readings import note_list
from cases.views.call_list import CallList
from cases.views.case_filter import CaseList
from exchange.files import attached
from exchange.models import ExportFile
from exchange.refusals import Refused
from exchange.writing import BOM, csv_text
from jobs.actions import enqueue
from jobs.models import Job

both = require_http_methods(["GET", "HEAD", "POST"])


def calls_of(query: QueryDict, access: Access) -> files.Selection:
    """The calls that the list shows at this address, in its order."""
    listed = CallList(query, access, shown=False)
    chosen = {**listed.chosen, "sort": str(listed.sort)}
    page = reverse("calls:list") + listed.address()
    return files.Selection(listed.rows, listed.order, chosen, of_calls=True, page=page)


def selection(query: QueryDict, access: Access) -> files.Selection:
    """The persons in scope of the cases that the list shows at this address, in its order."""
    listed = CaseList(query, access, shown=False)
    chosen = {**listed.chosen, "sort": str(listed.sort)}
    page = reverse("cases:list") + listed.address()
    return files.Selection(persons_of(listed.rows, access), listed.order, chosen, page=page)


@never_cache
@both
def export(request: AuthenticatedRequest) -> HttpResponse:
    return _export(request, _("Export the selection"))


@never_cache
@both
def htcds(request: AuthenticatedRequest) -> HttpResponse:
    return _export(request, _("Export as HTCDS"), htcds=True)


def _export(request: AuthenticatedRequest, title: str, *, htcds: bool = False) -> HttpResponse:
    access = request.access
    access.require(May.EXPORT_ROWS)
    chosen = selection(request.GET, access)
    fewest, persons = rarest(chosen.rows), chosen.rows.order_by().count()
    note_list(access, "person", persons, how="export")
    form = CaseworkExportForm(request.POST or None, rarest=fewest, rows=not htcds, lists=Lists(access.today))
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_make(chosen, persons, form.cleaned_data, access))
        except Refused as refused:
            form.add_error("format", refused.told(_))
    listed = CaseList(request.GET, access)
    back = reverse("cases:list")
    context = {
        "form": form,
        "persons": persons,
        "rarest": fewest,
        "listed": listed,
        "title": title,
        "fields": _empty_fields() if htcds else [],
        "attribution": standard.ATTRIBUTION,
        "back": back + listed.address(),
        "breadcrumbs": [(_("Cases"), back), (title, "")],
    }
    return render(request, "cases/export.html", context)


@never_cache
@both
def calls(request: AuthenticatedRequest) -> HttpResponse:
    """No rarest combination: a call is no person, and says of its persons only how many there are."""
    access, title = request.access, _("Export the selection")
    access.require(May.VIEW_CALL)
    access.require(May.EXPORT_ROWS)
    chosen = calls_of(request.GET, access)
    count = chosen.rows.order_by().count()
    note_list(access, "call", count, how="export")
    form = CaseworkExportForm(request.POST or None, htcds=False, lists=Lists(access.today))
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_make(chosen, count, form.cleaned_data, access))
        except Refused as refused:
            form.add_error("format", refused.told(_))
    listed = CallList(request.GET, access)
    back = reverse("calls:list")
    context = {
        "form": form,
        "count": count,
        "listed": listed,
        "title": title,
        "back": back + listed.address(),
    }
    return render(request, "cases/export.html", {**context, "breadcrumbs": [(_("Calls"), back), (title, "")]})


@transaction.atomic
def _make(chosen: files.Selection, count: int, facts: dict[str, str], access: Access) -> ExportFile | Job:
    words = {
        "purpose": facts["purpose"],
        "reason": facts.get("reason", ""),
        "language": get_language() or "sv",
    }
    file = files.ask(chosen, by=access, form=facts["format"], **words)
    if count > files.SMALL:
        return enqueue("export.rows", by=access, file=str(file.code))
    files.make(file, chosen, by=access)
    return file


def _empty_fields() -> list[tuple[standard.Field, str]]:
    return [(field, str(standard.WHY[field.why_empty])) for field in standard.fields() if field.why_empty]


@never_cache
@require_safe
def htcds_report(request: AuthenticatedRequest) -> HttpResponse:
    """Which fields of the standard are empty in every export, for which codes the others are, and why."""
    request.access.require(May.EXPORT_ROWS)
    header = [_("Field"), _("Section"), _("Core"), _("Code"), _("Why it is empty")]
    yes = _("yes")
    rows = [[f.name, f.section, yes if f.core else "", "", why] for f, why in _empty_fields()]
    for release in standard.releases()[:1]:
        said = _("HTCDS {release} has no name for it.").format(release=release)
        rows += [[f.name, f.section, yes if f.core else "", code, said] for f, code in standard.gaps(release)]
    text = BOM + csv_text([header, *rows, [standard.ATTRIBUTION]], ";")
    return attached(text.encode(), "htcds-report.csv", "csv")
