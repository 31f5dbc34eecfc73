"""Import with preview and export of what is listed, in every list of the admin."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.admin import ImportExportMixin
from import_export.forms import ImportForm

from agencies.admin.base import access_of
from agencies.exchange.formats import FORMATS, say
from agencies.exchange.reading import MAX_BYTES, Refused
from agencies.exchange.resource import RegisterResource
from agencies.exchange.waiting import Expired, owned_by
from agencies.exchange.writing import Packed, csv_file, xlsx_file
from audit.writer import Target, record

SHOWN = 200  # rows of a preview on one page
WRITERS = {"csv": csv_file, "xlsx": xlsx_file}
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ExportForm(forms.Form):
    """`purpose` goes to the audit trail; lists of persons do not leave without one."""

    format = forms.ChoiceField(label=gettext_lazy("Format"), choices=[("csv", "CSV"), ("xlsx", "XLSX")])
    purpose = forms.CharField(label=gettext_lazy("What the file is for"), max_length=200, required=False)


class UploadForm(ImportForm):
    """The format is found by reading the file."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["format"].required = False
        self.fields["format"].widget = forms.HiddenInput()
        self.fields["import_file"].widget.attrs = {"accept": ".csv,.xlsx"}

    @property
    def media(self) -> forms.Media:
        return forms.Media()

    def clean_format(self) -> str:
        return "0"

    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(say(Refused("too_large")))
        return file


class ExchangeMixin(ImportExportMixin):
    """Of a RegisterAdmin. `resource` says the columns, `export_form_class` what is asked before a file leaves."""

    resource: type[RegisterResource]
    import_export_change_list_template = None
    change_list_template: Any = "admin/exchange_change_list.html"
    import_form_class = UploadForm
    export_form_class = ExportForm
    skip_admin_log = True

    def get_resource_classes(self, request: HttpRequest) -> list[type[RegisterResource]]:
        return [self.resource]

    def get_resource_kwargs(self, request: HttpRequest, *args: Any, **options: Any) -> dict[str, Any]:
        return {"access": access_of(request)}

    def get_import_formats(self) -> list[Any]:
        return list(FORMATS[:1])  # reads both

    # --- out ---------------------------------------------------------------------------------
    def export_action(self, request: HttpRequest) -> HttpResponseBase:
        """Exactly what is listed: the same rows, filters and order."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            queryset = self.exported(request, self.get_export_queryset(request))
        except IncorrectLookupParameters:
            return redirect(self._address("changelist"))
        form = self.export_form_class(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._send(request, queryset, form.cleaned_data)
        context = {
            **self.admin_site.each_context(request),
            **self.export_context(request, queryset),
            "title": _("Export"),
            "form": form,
            "opts": self.opts,
            "columns": self.resource(access=access_of(request)).header,
            "count": queryset.count(),
        }
        return TemplateResponse(request, self.export_template_name, context)

    def exported(self, request: HttpRequest, queryset: Any) -> Any:
        """The rows of the list that may leave."""
        return queryset

    def export_context(self, request: HttpRequest, queryset: Any) -> dict[str, Any]:
        """What the reader should know before the file leaves."""
        return {}

    @transaction.atomic
    def _send(self, request: HttpRequest, queryset: Any, asked: dict[str, Any]) -> StreamingHttpResponse:
        """The event stands before a byte leaves, with what exactly leaves."""
        access, kind = access_of(request), asked["format"]
        resource = self.resource(access=access)
        file: Packed = WRITERS[kind](resource.header, resource.lines(queryset))
        record(
            access,
            f"export.{resource.name}",
            Target(self.opts.label_lower, label=resource.get_display_name()),
            rows=file.rows,
            digest=file.digest,
            search_kind=",".join(self.filter_names(request)),
            reason=asked["purpose"],
        )
        response = StreamingHttpResponse(file.pieces(), content_type=TYPES[kind])
        response["Content-Disposition"] = f'attachment; filename="{resource.name}-{date.today():%Y-%m-%d}.{kind}"'
        response["Content-Length"] = str(file.size)  # a broken download is seen
        response["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(file.digest)).decode()}:"
        response["Cache-Control"] = "no-store"
        return response

    def filter_names(self, request: HttpRequest) -> list[str]:
        """Names of what is filtered by, never what for."""
        return sorted(name for name, value in request.GET.items() if value and name not in {"p", "o", "e", "all"})

    # --- in ----------------------------------------------------------------------------------
    def import_action(self, request: HttpRequest, **options: Any) -> HttpResponse:
        with owned_by(access_of(request)):
            return self._dressed(request, super().import_action(request, **options))

    def process_import(self, request: HttpRequest, **options: Any) -> HttpResponse:
        try:
            with owned_by(access_of(request)), transaction.atomic():
                return super().process_import(request, **options)
        except Expired:
            messages.error(request, _("The file has expired. Upload it again."))
            return redirect(self._address("import"))

    def get_import_data_kwargs(self, **options: Any) -> dict[str, Any]:
        """All or nothing."""
        options.pop("form", None)
        return {**options, "rollback_on_validation_errors": True}

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """What was right in the preview may be wrong by now: then nothing is written, and the page says why."""
        if not result.has_errors() and not result.has_validation_errors():
            return super().process_result(result, request)
        context = {**self.admin_site.each_context(request), "title": _("Import"), "opts": self.opts, "result": result}
        context["form"] = self.import_form_class(self.get_import_formats(), [self.resource])
        return self._dressed(request, TemplateResponse(request, self.import_template_name, context))

    def add_success_message(self, result: Any, request: HttpRequest) -> None:
        said = _("Imported: %(new)d new, %(changed)d changed, %(same)d unchanged.")
        totals = result.totals
        messages.success(request, said % {"new": totals["new"], "changed": totals["update"], "same": totals["skip"]})

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        form.add_error("import_file", say(e if isinstance(e, Refused) else Refused("not_text")))

    def _dressed(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if isinstance(response, TemplateResponse) and response.context_data is not None:
            result = response.context_data.get("result")
            rows = result.valid_rows() if result else []
            response.context_data |= {
                "columns": self.resource(access=access_of(request)).header,
                "shown": [row for row in rows if row.import_type != "skip"][:SHOWN],
                "more": max(0, sum(row.import_type != "skip" for row in rows) - SHOWN),
                "failed": result.invalid_rows[:SHOWN] if result else [],
                "more_failed": max(0, len(result.invalid_rows) - SHOWN) if result else 0,
            }
        return response

    def _address(self, page: str) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}")
