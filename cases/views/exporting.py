"""Files of exactly the list one sees: what it is for, how many rows, the file and the manifest beside it."""

from __future__ import annotations

import csv
import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Access
from agencies.middleware import AuthenticatedRequest
from agencies.roles import May
from audit.writer import record
from cases.exporting import files
from cases.exporting import htcds as standard
from cases.exporting.forms import ExportForm
from cases.exporting.rarity import FEWEST, rarest
from cases.exporting.rows import persons_of
from cases.forms.lists import Lists
from cases.importing.files import BOM
from cases.models import ExportFile
from cases.views.call_list import CallList
from cases.views.case_filter import CaseList
from jobs.actions import enqueue

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
both = require_http_methods(["GET", "HEAD", "POST"])


def calls_of(query: QueryDict, access: Access) -> files.Selection:
    """The calls that the list shows at this address, in its order."""
    listed = CallList(query, access, shown=False)
    return files.Selection(listed.rows, listed.order, {**listed.chosen, "sort": str(listed.sort)}, of_calls=True)


def selection(query: QueryDict, access: Access) -> files.Selection:
    """The persons in scope of the cases that the list shows at this address, in its order."""
    listed = CaseList(query, access, shown=False)
    return files.Selection(persons_of(listed.rows, access), listed.order, {**listed.chosen, "sort": str(listed.sort)})


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
    form = ExportForm(request.POST or None, rarest=fewest, htcds=htcds, lists=Lists(access.today))
    if request.method == "POST" and form.is_valid():
        return redirect(_make(chosen, persons, form.cleaned_data, access))
    listed = CaseList(request.GET, access)
    context = {"form": form, "persons": persons, "rarest": fewest, "few": fewest < FEWEST, "listed": listed}
    context |= {"title": title, "fields": _empty_fields() if htcds else [], "attribution": standard.ATTRIBUTION}
    context |= {"back": reverse("cases:list") + listed.address(), "breadcrumbs": _crumbs(title)}
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
    form = ExportForm(request.POST or None, rarest=None, calls=True, lists=Lists(access.today))
    if request.method == "POST" and form.is_valid():
        return redirect(_make(chosen, count, form.cleaned_data, access))
    listed = CallList(request.GET, access)
    back = reverse("calls:list")
    context = {"form": form, "count": count, "listed": listed, "title": title, "back": back + listed.address()}
    return render(request, "cases/export.html", {**context, "breadcrumbs": [(_("Calls"), back), (title, "")]})


def _make(chosen: files.Selection, count: int, facts: dict[str, str], access: Access) -> Any:
    words = {"purpose": facts["purpose"], "reason": facts.get("reason", ""), "language": get_language() or "sv"}
    file = files.ask(chosen, by=access, form=facts["format"], **words)
    if count > files.SMALL:
        return enqueue("export.rows", by=access, file=str(file.code))
    files.make(file, chosen, by=access)
    return file


def _crumbs(title: str) -> list[tuple[str, str]]:
    return [(_("Cases"), reverse("cases:list")), (title, "")]


def _empty_fields() -> list[tuple[standard.Field, str]]:
    return [(field, str(standard.WHY[field.why_empty])) for field in standard.fields() if field.why_empty]


@never_cache
@require_safe
def htcds_report(request: AuthenticatedRequest) -> HttpResponse:
    """Which fields of the standard are empty in every export, and why."""
    request.access.require(May.EXPORT_ROWS)
    response = _attached("htcds-report.csv", TYPES["csv"])
    response.write(BOM)
    writer = csv.writer(response, delimiter=";")
    writer.writerow([_("Field"), _("Section"), _("Core"), _("Why it is empty")])
    writer.writerows([f.name, f.section, _("yes") if f.core else "", why] for f, why in _empty_fields())
    writer.writerow([standard.ATTRIBUTION])
    return response


def _file(request: AuthenticatedRequest, code: UUID) -> ExportFile:
    files.purge(request.access.at)
    found: ExportFile = get_object_or_404(ExportFile.objects.visible_to(request.access).exclude(manifest={}), code=code)
    request.access.require(May.EXPORT_ROWS)
    return found


@never_cache
@require_safe
def done(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    file = _file(request, code)
    title = _("The file is ready")
    crumbs = [(_("Calls"), reverse("calls:list")), (title, "")] if file.kind == files.CALLS else _crumbs(title)
    context = {"file": file, "manifest": file.manifest, "title": title, "breadcrumbs": crumbs}
    return render(request, "cases/export_file.html", context)


@never_cache
@require_safe
def download(request: AuthenticatedRequest, code: UUID) -> StreamingHttpResponse:
    file = _file(request, code)
    record(request.access, "export.download", file, rows=file.manifest["rows"], digest=file.manifest["sha256"])
    response = StreamingHttpResponse(files.content(file), content_type=TYPES[file.form])
    response["Content-Disposition"] = f'attachment; filename="{files.name(file)}"'
    response["Content-Length"] = file.manifest["bytes"]
    return response


@never_cache
@require_safe
def manifest(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    file = _file(request, code)
    response = _attached(f"{files.name(file)}.manifest.json", TYPES["json"])
    response.write(json.dumps(files.manifest_of(file), ensure_ascii=False, indent=1))
    return response


def _attached(name: str, kind: str) -> HttpResponse:
    return HttpResponse(content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
