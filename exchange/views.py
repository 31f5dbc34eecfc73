"""The pages of an import, mounted beside the rows that come in and in the frame that stands there: upload,
preview, confirm, what was done, undo. Those of a file that was made: what is in it, the file, its manifest.

What a sender calls the columns of a file is asked once, and remembered for later files.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from crispy_forms.helper import FormHelper
from django import forms
from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Access, AuthenticatedRequest, posted
from accounts.transactions import again_if_undone, before_it_begins
from audit.writer import record
from exchange import downloads, runs, sandbox
from exchange.downloads import attached
from exchange.importer import PER_PAGE, Importer, Preview, page_of, pager
from exchange.limits import Refused
from exchange.lists import importer_of
from exchange.models import ExportFile, HeadingMap, ImportRun, ImportUpload
from exchange.reader import ACCEPTED, check_size, heading_key
from exchange.runs import Stale
from exchange.writer import TYPES, json_text
from jobs.kinds import enqueue

OUT: Final = "-"  # a column that is left out
MAX_HEADINGS: Final = 500  # headings that are remembered, the latest


def remembered(importer: str, *, by: Access) -> dict[str, str]:
    """Which column each heading is, by the heading folded; OUT where it is left out."""
    kept = HeadingMap.objects.visible_to(by).filter(importer=importer).first()
    return kept.columns if kept else {}


def remember(importer: str, said: Mapping[str, str], *, by: Access) -> None:
    heading_map, _new = HeadingMap.objects.visible_to(by).get_or_create(owner=by.user, importer=importer)
    now = heading_map.columns | {heading_key(heading): column for heading, column in said.items()}
    heading_map.headings = json.dumps(dict(list(now.items())[-MAX_HEADINGS:]))
    heading_map.save()


def forget(importer: str, *, by: Access) -> None:
    HeadingMap.objects.visible_to(by).filter(importer=importer).delete()


class HeadingsForm(forms.Form):
    """Asks for each heading which column it is. What it seems to be is chosen already."""

    def __init__(self, unknown: Sequence[str], importer: Importer, data: Any = None) -> None:
        super().__init__(data)
        self.unknown = unknown
        choices = [("", _("Choose a column")), (OUT, _("Leave the column out")), *importer.columns()]
        required = {"required": _("Choose a column, or leave this one out.")}
        for place, heading in enumerate(unknown):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=heading, choices=choices, initial=importer.guess(heading), error_messages=required
            )

    def said(self) -> dict[str, str]:
        """Column by heading, of a form that is valid."""
        columns = (self.cleaned_data[field] for field in self.fields)
        return dict(zip(self.unknown, columns, strict=True))

    def clean(self) -> None:
        taken: set[str] = set()
        for name in self.fields:
            column = self.cleaned_data.get(name, OUT)
            if column in taken:
                self.add_error(name, _("Two headings cannot be the same column."))
            taken |= {column} - {OUT}


View = Callable[..., HttpResponse]
SAFE, POST = ["GET", "HEAD"], ["POST"]
# The pages of an import, by the method that answers: address, and how it may be asked.
ROUTES: Final = {
    "upload": ("import/", [*SAFE, *POST]),
    "template": ("import/template.<str:kind>", SAFE),
    "preview": ("import/<uuid:code>/", SAFE),
    "columns": ("import/<uuid:code>/columns/", POST),
    "failed": ("import/<uuid:code>/failed/", SAFE),
    "confirm": ("import/<uuid:code>/confirm/", POST),
    "run": ("import/done/<uuid:code>/", SAFE),
    "undo": ("import/done/<uuid:code>/undo/", POST),
}


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,  # the reader says so in its own words
        help_text=gettext_lazy("CSV, XLSX or ODS. Delimiter and encoding are detected."),
        error_messages={"required": gettext_lazy("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )

    helper = FormHelper()
    helper.form_tag = False


@dataclass(frozen=True)
class ImportPages:
    """`name`: of the importer. `frame`: the template around each page; `about`: the one that says what a file
    looks like; `context`: what they need beside, of a page and of what stands on it."""

    name: str
    frame: str
    about: str
    context: Callable[[AuthenticatedRequest, str, str], dict[str, Any]]
    template_route: str = ROUTES["template"][0]  # where an empty file is
    asks: bool = False  # for headings that are not known

    def urls(self, around: Callable[[View], View] = lambda view: view) -> list[URLPattern]:
        routes = ROUTES | {"template": (self.template_route, SAFE)}
        if not self.asks:
            del routes["columns"]
        urls = []
        for page, (route, methods) in routes.items():
            view = around(never_cache(require_http_methods(methods)(getattr(self, page))))
            urls.append(path(route, view, name=self.importer.at(page).rpartition(":")[2]))
            if page == "upload":
                before_it_begins(self.read)(view)
        return urls

    def read(self, request: AuthenticatedRequest) -> None:
        """Read a small file before the request has its transaction, so that nobody waits for it meanwhile."""
        file = request.FILES.get("file")
        if file is None or not 0 < (file.size or 0) <= self.importer.small:
            return
        with suppress(PermissionDenied):  # the page says so
            self.importer.require(request.access)
            try:
                request.brought = sandbox.read(file.read(), self.importer.known)  # type: ignore[attr-defined]
            except Refused as refused:
                request.brought = refused  # type: ignore[attr-defined]
        file.seek(0)

    def upload(self, request: AuthenticatedRequest) -> HttpResponse:
        access, importer = request.access, self.importer
        importer.require(access)
        form = UploadForm(posted(request), request.FILES or None)
        if form.is_valid():
            try:
                return self._take(request, form.cleaned_data["file"])
            except Refused as refused:
                form.add_error("file", refused.in_words(_))
        waits = ImportUpload.objects.visible_to(access).filter(importer=self.name)
        context = {
            "form": form,
            "about": self.about,
            "runs": self._runs(request).defer("journal")[:10],
            "waits": waits.defer("content", "read", "preview").order_by("created_at").last(),
        }
        return self._render(request, "upload", context)

    def _take(self, request: AuthenticatedRequest, file: Any) -> HttpResponse:
        """Raises Refused."""
        access = request.access
        check_size(file.size)
        read = getattr(request, "brought", None)
        if isinstance(read, Refused):
            raise read
        with transaction.atomic():  # no file waits without the event of its preview or run
            upload = runs.put(self.importer, file.name, file.read(), by=access)
            if read is None:
                return self._later(request, "import.look", upload=str(upload.code))
            runs.look(upload, by=access, read=read)
        return self._go("preview", upload.code)

    def template(self, request: AuthenticatedRequest, kind: str = "") -> HttpResponse:
        self.importer.require(request.access)
        asked = kind or request.GET.get("kind", "")
        kind = asked if asked in downloads.KINDS else "csv"
        pages = self.importer.workbook() if kind == "xlsx" else ()
        empty = downloads.template(self.importer.template(), kind, pages)
        return attached(empty, f"{self.importer.template_name}.{kind}", kind)

    def preview(self, request: AuthenticatedRequest, code: UUID) -> HttpResponse:
        if self._done(request, code):
            return self._go("run", code)
        upload, shown = self._kept(request, code)
        context: dict[str, Any] = {"upload": upload, "preview": shown}
        if shown and shown.unknown:
            context["form"] = HeadingsForm(shown.unknown, self.importer)
        elif shown and not shown.refused:
            context |= shown.at(request.GET)
        return self._render(request, "preview", context, _minute(upload.created_at))

    def columns(self, request: AuthenticatedRequest, code: UUID) -> HttpResponse:
        """What the headings of a file are, said once for this and later ones; or that what was said is
        forgotten. The file is looked at again."""
        upload, shown = self._kept(request, code)
        if shown is None:  # it is being read, not by this request
            return self._go("preview", code)
        if "forget" in request.POST:
            forget(self.name, by=request.access)
        else:
            form = HeadingsForm(shown.unknown, self.importer, request.POST)
            if not form.is_valid():
                context = {"upload": upload, "preview": shown, "form": form}
                return self._render(request, "preview", context, _minute(upload.created_at))
            remember(self.name, form.said(), by=request.access)
        if len(upload.read) > self.importer.small:
            return self._later(request, "import.look", upload=str(code))
        runs.look_later(upload, by=request.access)
        return self._go("preview", code)

    def failed(self, request: AuthenticatedRequest, code: UUID) -> HttpResponse:
        upload, shown = self._kept(request, code)
        if shown is None or shown.refused:
            return self._go("preview", code)
        rows = downloads.failed_rows(runs.read_of(upload).sheet(), shown.problems())
        return attached(rows, _("failed-rows.csv"), "csv")

    def confirm(self, request: AuthenticatedRequest, code: UUID) -> HttpResponse:
        if self._done(request, code):
            return self._go("run", code)
        upload, shown = self._kept(request, code)
        good_rows = request.POST.get("rows") == "good"
        if shown is None or shown.refused:  # the page says so
            return self._go("preview", code)
        if shown.to_write > self.importer.few:
            return self._later(request, "import.run", upload=str(code), good_rows=good_rows)
        try:
            run = runs.confirm(upload, by=request.access, good_rows=good_rows)
        except Stale:
            text = _("Somebody changed the register in the meantime. Look again at what the file does now.")
            messages.warning(request, text)
            return self._go("preview", code)
        if run is None:
            text = _("Nothing was imported. Correct the rows with errors, or choose only the others.")
            messages.error(request, text)
            return self._go("preview", code)
        messages.success(request, _("The import is done."))
        return self._go("run", run.code)

    def run(self, request: AuthenticatedRequest, code: UUID) -> HttpResponse:
        done = self._run(request, code)
        taking = None if done.undone_at else runs.Undoing(done, request.access)
        obstacles = taking.obstacles if taking else []
        context: dict[str, Any] = {"run": done, "undoing": taking, "more": len(obstacles) - PER_PAGE}
        context["obstacles"] = obstacles[:PER_PAGE]
        if taking and self.importer.made:
            page = page_of(request.GET.get("page", "1"))
            total, made = self.importer.made(taking.trace, (page - 1) * PER_PAGE, page * PER_PAGE)
            context |= {"made": made, **pager(page, total, "")}
        return self._render(request, "run", context, _minute(done.at))

    def undo(self, request: AuthenticatedRequest, code: UUID) -> HttpResponse:
        done = self._run(request, code)
        if done.written > self.importer.few:
            return self._later(request, "import.undo", run=str(code))
        try:
            runs.undo(done, by=request.access)
        except runs.CannotUndo as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The import is undone. Everything is as it was before."))
        return self._go("run", code)

    @property
    def importer(self) -> Importer:
        return importer_of(self.name)

    def _kept(self, request: AuthenticatedRequest, code: UUID) -> tuple[ImportUpload, Preview | None]:
        """The file that waits, and what it would do, once it has been read."""
        rows = ImportUpload.objects.visible_to(request.access).filter(importer=self.name)
        upload: ImportUpload = get_object_or_404(rows, code=code)
        self.importer.require(request.access)
        return upload, runs.preview_of(upload)

    def _run(self, request: AuthenticatedRequest, code: UUID) -> ImportRun:
        done: ImportRun = get_object_or_404(self._runs(request), code=code)
        self.importer.require(request.access)
        return done

    def _runs(self, request: AuthenticatedRequest) -> QuerySet[ImportRun]:
        return ImportRun.objects.visible_to(request.access).filter(importer=self.name)

    def _done(self, request: AuthenticatedRequest, code: UUID) -> bool:
        """Whether a file has been confirmed already: by a double click, or before one went back."""
        return bool(self._runs(request).filter(code=code).exists())

    def _later(self, request: AuthenticatedRequest, kind: str, **params: Any) -> HttpResponse:
        return redirect(enqueue(kind, by=request.access, importer=self.name, **params))

    def _go(self, page: str, code: UUID) -> HttpResponse:
        return redirect(self.importer.at(page), code)

    def _render(
        self, request: AuthenticatedRequest, page: str, context: dict[str, Any], step: str = ""
    ) -> HttpResponse:
        context |= {
            "frame": self.frame,
            "importer": self.importer,
            "accepted": ACCEPTED,
            "pages": {page: self.importer.at(page) for page in ROUTES},
            "templates": [(kind.upper(), self._template(kind)) for kind in downloads.KINDS],
            **self.context(request, page, step),
        }
        return render(request, f"exchange/import_{page}.html", context)

    def _template(self, kind: str) -> str:
        name = self.importer.at("template")
        return reverse(name, args=[kind]) if "<" in self.template_route else f"{reverse(name)}?kind={kind}"


def _minute(at: datetime) -> str:
    """What a file is called in titles: a browser keeps these, and a file's name may say anything."""
    return date_format(localtime(at), "SHORT_DATETIME_FORMAT")


def _file(request: AuthenticatedRequest, code: UUID) -> ExportFile:
    downloads.purge(request.access.at)
    again_if_undone(partial(downloads.purge, request.access.at))  # also where this takes what was asked for
    whole = ExportFile.objects.visible_to(request.access).exclude(manifest={})
    file: ExportFile = get_object_or_404(whole, code=code)
    downloads.require_permission("export", file.of, request.access)
    return file


@never_cache
@require_safe
def done(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    file = _file(request, code)
    title, rows = _("The file is ready"), apps.get_model(file.of)._meta.verbose_name_plural
    crumbs = [(capfirst(str(rows)), file.page), (title, "")]
    context = {"file": file, "manifest": file.manifest, "title": title, "breadcrumbs": crumbs}
    return render(request, "exchange/export_file.html", context)


@never_cache
@require_safe
def download(request: AuthenticatedRequest, code: UUID) -> StreamingHttpResponse:
    file = _file(request, code)
    digest = str(file.manifest["sha256"])
    record(request.access, "export.download", file, rows=file.manifest["rows"], digest=digest)
    response = StreamingHttpResponse(downloads.content(file, request.access), content_type=TYPES[file.form])
    response["Content-Disposition"] = f'attachment; filename="{downloads.name(file)}"'
    response["Content-Length"] = file.manifest["bytes"]  # a broken download is seen
    response["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode()}:"
    return response


@never_cache
@require_safe
def manifest(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    file = _file(request, code)
    # Purpose and reason are free text, and stored encrypted on their own.
    text = json_text({**file.manifest, "purpose": file.purpose, "reason": file.reason})
    return attached(text.encode(), f"{downloads.name(file)}.manifest.json", "json")
