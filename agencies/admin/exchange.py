"""Import with preview and export of what is listed, in every list of the admin."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any

from django import forms
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.admin import ImportExportMixin

from agencies.admin.base import access_of
from agencies.admin.importing import ImportPages
from agencies.exchange.resource import RegisterResource
from agencies.exchange.writing import Packed, csv_file, xlsx_file
from audit.writer import Target, record

WRITERS = {"csv": csv_file, "xlsx": xlsx_file}
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ExportForm(forms.Form):
    """`purpose` goes to the audit trail; lists of persons do not leave without one."""

    format = forms.ChoiceField(label=gettext_lazy("Format"), choices=[("csv", "CSV"), ("xlsx", "XLSX")])
    purpose = forms.CharField(label=gettext_lazy("What the file is for"), max_length=200, required=False)


class ExchangeMixin(ImportPages, ImportExportMixin):
    """Of a RegisterAdmin. `resource` says the columns, `export_form_class` what is asked before a file leaves."""

    resource: type[RegisterResource]
    import_export_change_list_template = None
    change_list_template: Any = "admin/exchange_change_list.html"
    export_form_class = ExportForm
    skip_admin_log = True

    def get_resource_classes(self, request: HttpRequest) -> list[type[RegisterResource]]:
        return [self.resource]

    def get_resource_kwargs(self, request: HttpRequest, *args: Any, **options: Any) -> dict[str, Any]:
        return {"access": access_of(request)}

    def get_urls(self) -> list[Any]:
        """Before those of django-import-export, whose pages of an import are not used."""
        info = (self.opts.app_label, self.opts.model_name)
        unused = f"{info[0]}_{info[1]}_process_import"
        pages = [page for page in super().get_urls() if getattr(page, "name", "") != unused]
        return [*self.import_urls(), *pages]

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
