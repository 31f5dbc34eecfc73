"""Import of a list in the admin: upload, preview in pages, confirm, what was done, undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from exchange import files, undoing, waiting
from exchange.admin.base import access_of
from exchange.importing import Stale
from exchange.models import ListRun, ListUpload
from exchange.preview import ConfirmForm
from exchange.reading import ACCEPTED, check_size, read
from exchange.refusals import Refused
from exchange.resource import RegisterResource
from exchange.telling import refusal
from jobs.actions import enqueue
from sealing.sealed import unseal

SHOWN = 50  # obstacles on one page


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,  # the reader says so in its own words
        error_messages={"required": gettext_lazy("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )


class ImportPages:
    """Of a RegisterAdmin with a `resource`."""

    resource: type[RegisterResource]
    opts: Any
    admin_site: Any
    has_import_permission: Any

    def import_urls(self) -> list[Any]:
        pages: dict[str, tuple[Callable[..., HttpResponse], str]] = {
            "import/": (self.import_action, "import"),
            "import/template.<str:kind>": (require_safe(self.import_template), "import_template"),
            "import/<uuid:code>/": (require_safe(self.import_preview), "import_preview"),
            "import/<uuid:code>/failed/": (require_safe(self.import_failed), "import_failed"),
            "import/<uuid:code>/confirm/": (require_POST(self.import_confirm), "import_confirm"),
            "import/done/<uuid:code>/": (require_safe(self.import_run), "import_run"),
            "import/done/<uuid:code>/undo/": (require_POST(self.import_undo), "import_undo"),
        }
        return [
            path(route, self.admin_site.admin_view(never_cache(view)), name=self._page(name))
            for route, (view, name) in pages.items()
        ]

    def import_action(self, request: HttpRequest, **_options: Any) -> HttpResponse:
        resource = self._resource(request)
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                check_size(file.size)
                with transaction.atomic():  # no file waits without the event of its preview or run
                    return self._look(waiting.put(resource, file.read()), file.size, resource)
            except Refused as refused:
                form.add_error("file", refusal(refused))
        by = resource.by
        runs = ListRun.objects.visible_to(by).filter(resource=resource.name).defer("journal")[:10]
        waits = (
            ListUpload.objects.visible_to(by)
            .filter(resource=resource.name)
            .defer("content", "preview")
            .last()
        )
        context = {
            "form": form,
            "columns": resource.template(),
            "names": resource.header,
            "runs": runs,
            "waits": waits,
        }
        return self._render(request, "import", _("Import"), context)

    def _look(self, kept: ListUpload, size: int, resource: RegisterResource) -> HttpResponse:
        if size > waiting.SMALL:
            return redirect(enqueue("list.look", by=resource.by, upload=str(kept.code)))
        waiting.look(kept, by=resource.by)
        return redirect(self._address("import_preview", kept.code))

    def import_template(self, request: HttpRequest, kind: str) -> HttpResponse:
        resource = self._resource(request)
        kind = kind if kind in files.KINDS else "csv"
        return files.attached(
            files.template(resource.template(), kind), f"{resource.name}-template.{kind}", kind
        )

    def import_preview(self, request: HttpRequest, code: UUID) -> HttpResponse:
        if self._done(request, code):
            return redirect(self._address("import_run", code))
        kept = self._waiting(request, code)
        shown = waiting.preview_of(kept)
        context: dict[str, Any] = {
            "upload": kept,
            "preview": shown,
            "refused": shown.refused if shown else "",
        }
        if shown is not None and not shown.refused:
            tab, page, beside = shown.at(request.GET.dict())
            context |= {"rows": shown.rows_of(tab, page), "form": ConfirmForm(), **beside}
        return self._render(request, "preview", _("Preview"), context)

    def import_failed(self, request: HttpRequest, code: UUID) -> HttpResponse:
        kept = self._waiting(request, code)
        shown = waiting.preview_of(kept)
        if shown is None or shown.refused:
            return redirect(self._address("import_preview", code))
        sheet = read(unseal(kept.content), self._resource(request).known)
        return files.attached(files.failed_rows(sheet, shown.problems()), _("failed-rows.csv"), "csv")

    def import_confirm(self, request: HttpRequest, code: UUID) -> HttpResponse:
        if self._done(request, code):
            return redirect(self._address("import_run", code))
        kept, by = self._waiting(request, code), access_of(request)
        good_rows, shown = ConfirmForm(request.POST).good_rows, waiting.preview_of(kept)
        if shown is None or shown.refused:
            return redirect(self._address("import_preview", code))
        if shown.to_write > waiting.FEW:
            return redirect(enqueue("list.import", by=by, upload=str(code), good_rows=good_rows))
        try:
            run = waiting.confirm(kept, by=by, good_rows=good_rows)
        except Stale:
            messages.warning(
                request,
                _("Somebody changed the register in the meantime. Look again at what the file does now."),
            )
            return redirect(self._address("import_preview", code))
        if run is None:
            messages.error(
                request, _("Nothing was imported. Correct the rows with errors, or choose only the others.")
            )
            return redirect(self._address("import_preview", code))
        messages.success(request, _("The import is done."))
        return redirect(self._address("import_run", run.code))

    def import_run(self, request: HttpRequest, code: UUID) -> HttpResponse:
        run = self._run(request, code)
        taking = None if run.undone_at else undoing.Undoing(run, self._resource(request))
        obstacles = taking.obstacles if taking else []
        context = {
            "run": run,
            "undoing": taking,
            "obstacles": obstacles[:SHOWN],
            "more": len(obstacles) - SHOWN,
        }
        return self._render(request, "run", _("Import"), context)

    def import_undo(self, request: HttpRequest, code: UUID) -> HttpResponse:
        run = self._run(request, code)
        if run.new + run.changed > waiting.FEW:
            return redirect(enqueue("list.undo", by=access_of(request), run=str(code)))
        try:
            undoing.undo(run, self._resource(request))
        except undoing.CannotUndo:
            messages.error(request, _("The import was not undone: some of its rows have been touched since."))
        else:
            messages.success(request, _("The import is undone. Everything is as it was before."))
        return redirect(self._address("import_run", code))

    # --- shared ------------------------------------------------------------------------------
    def _resource(self, request: HttpRequest) -> RegisterResource:
        if not self.has_import_permission(request):
            raise PermissionDenied
        return self.resource(access=access_of(request))

    def _waiting(self, request: HttpRequest, code: UUID) -> ListUpload:
        resource = self._resource(request)
        rows = ListUpload.objects.visible_to(resource.by).filter(resource=resource.name)
        found: ListUpload = get_object_or_404(rows, code=code)
        return found

    def _done(self, request: HttpRequest, code: UUID) -> bool:
        """Whether a file has been confirmed already: by a double click, or before one went back."""
        resource = self._resource(request)
        return bool(
            ListRun.objects.visible_to(resource.by).filter(resource=resource.name, code=code).exists()
        )

    def _run(self, request: HttpRequest, code: UUID) -> ListRun:
        resource = self._resource(request)
        rows = ListRun.objects.visible_to(resource.by).filter(resource=resource.name)
        found: ListRun = get_object_or_404(rows, code=code)
        return found

    def _render(
        self, request: HttpRequest, template: str, title: str, context: dict[str, Any]
    ) -> HttpResponse:
        context |= {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        prefix = len(self._page(""))
        context["pages"] = {page.name[prefix:]: f"admin:{page.name}" for page in self.import_urls()}
        return TemplateResponse(request, f"admin/import_export/{template}.html", context)

    def _page(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def _address(self, page: str, *args: Any) -> str:
        return reverse(f"admin:{self._page(page)}", args=args)
