"""Import of persons: upload, preview, confirm, what was done, undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.middleware import AuthenticatedRequest
from accounts.roles import May
from cases.importing import telling, undoing, waiting
from cases.importing.applying import Stale
from cases.importing.columns import columns_of
from cases.importing.forms import UploadForm
from cases.importing.reading import read
from cases.models import ImportRun, ImportUpload
from cases.wording import minute
from exchange import files
from exchange.preview import PER_PAGE, ConfirmForm
from exchange.reading import check_size
from exchange.refusals import Refused
from jobs.actions import enqueue
from sealing.sealed import unseal


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: AuthenticatedRequest) -> HttpResponse:
    access = request.access
    access.require(May.IMPORT_PERSONS)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            check_size(file.size)
            with transaction.atomic():  # no file waits without the event of its preview or run
                return _look(request, waiting.put(file.name, file.read(), by=access), file.size)
        except Refused as refused:
            form.add_error("file", telling.refusal(refused))
    runs = ImportRun.objects.visible_to(access).defer("journal")[:10]
    waits = (
        ImportUpload.objects.visible_to(access).defer("content", "preview").order_by("-created_at").first()
    )
    context = {"form": form, "runs": runs, "waits": waits, **_crumbs()}
    return render(request, "cases/import_upload.html", context)


def _crumbs(*more: str) -> dict[str, Any]:
    """Each but the last leads somewhere: to the cases, and to where a file is chosen."""
    steps = [(_("Cases"), reverse("cases:list")), (_("Import persons"), reverse("cases:import"))]
    return {"breadcrumbs": [*steps, *((name, "") for name in more)]}


def _look(request: AuthenticatedRequest, kept: ImportUpload, size: int) -> HttpResponse:
    if size > waiting.SMALL:
        return redirect(enqueue("import.look", by=request.access, upload=str(kept.code)))
    waiting.look(kept, by=request.access)
    return redirect("cases:import_preview", kept.code)


def _waiting(request: AuthenticatedRequest, code: UUID) -> ImportUpload:
    found: ImportUpload = get_object_or_404(ImportUpload.objects.visible_to(request.access), code=code)
    request.access.require(May.IMPORT_PERSONS)
    return found


def _done(request: AuthenticatedRequest, code: UUID) -> bool:
    """Whether a file of one's own has been confirmed already: by a double click, or before one went back."""
    return bool(ImportRun.objects.visible_to(request.access).filter(code=code).exists())


@never_cache
@require_GET
def template(request: AuthenticatedRequest) -> HttpResponse:
    request.access.require(May.IMPORT_PERSONS)
    kind = "xlsx" if request.GET.get("kind") == "xlsx" else "csv"
    header = columns_of(swedish=str(get_language()).startswith("sv"))
    return files.attached(files.template(header, kind), _("persons-template") + f".{kind}", kind)


@never_cache
@require_GET
def preview(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    if _done(request, code):
        return redirect("cases:import_run", code)
    kept = _waiting(request, code)
    refused, shown = waiting.refusal_of(kept), waiting.preview_of(kept)
    context = {"upload": kept, "refused": telling.refusal(refused) if refused else "", "preview": shown}
    context |= _crumbs(kept.name or _("File"))
    if shown is not None:
        tab, page, beside = shown.at(request.GET.dict())
        context |= {"rows": shown.page(tab, page), "form": ConfirmForm(), **beside}
    return render(request, "cases/import_preview.html", context)


@never_cache
@require_GET
def failed(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    kept = _waiting(request, code)
    shown = waiting.preview_of(kept)
    if shown is None:
        return redirect("cases:import_preview", code)
    rows = files.failed_rows(read(unseal(kept.content)), shown.problems())
    return files.attached(rows, _("failed-rows.csv"), "csv")


@require_POST
def confirm(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    if _done(request, code):
        return redirect("cases:import_run", code)
    kept, access = _waiting(request, code), request.access
    good_rows, shown = ConfirmForm(request.POST).good_rows, waiting.preview_of(kept)
    if shown is None:  # not read yet, or refused: the page says so
        return redirect("cases:import_preview", code)
    if shown.to_write > waiting.FEW:
        return redirect(enqueue("import.persons", by=access, upload=str(code), good_rows=good_rows))
    try:
        run = waiting.confirm(kept, by=access, good_rows=good_rows)
    except Stale:
        messages.warning(
            request, _("Somebody changed the register in the meantime. Look again at what the file does now.")
        )
        return redirect("cases:import_preview", code)
    if run is None:
        messages.error(
            request, _("Nothing was imported. Correct the rows with errors, or choose only the others.")
        )
        return redirect("cases:import_preview", code)
    messages.success(request, _("The import is done."))
    return redirect("cases:import_run", run.code)


def _run(request: AuthenticatedRequest, code: UUID) -> ImportRun:
    found: ImportRun = get_object_or_404(ImportRun.objects.visible_to(request.access), code=code)
    request.access.require(May.IMPORT_PERSONS)
    return found


@never_cache
@require_GET
def run(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    done = _run(request, code)
    taking = None if done.undone_at else undoing.Undoing(done, request.access)
    obstacles = taking.obstacles if taking else []
    context = {
        "run": done,
        "undoing": taking,
        "obstacles": obstacles[:PER_PAGE],
        "more": len(obstacles) - PER_PAGE,
    }
    context |= _crumbs(minute(done.at))
    return render(request, "cases/import_run.html", context)


@require_POST
def undo(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    done = _run(request, code)
    if done.new + done.changed > waiting.FEW:
        return redirect(enqueue("import.undo", by=request.access, run=str(code)))
    try:
        undoing.undo(done, by=request.access)
    except undoing.CannotUndo:
        messages.error(request, _("The import was not undone: some of its rows have been touched since."))
    else:
        messages.success(request, _("The import is undone. Everything is as it was before."))
    return redirect("cases:import_run", code)
