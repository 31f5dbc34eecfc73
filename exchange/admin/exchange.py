"""Import with preview and export of what is listed, in every list of the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.admin import ImportExportMixin

from accounts.free_text import FreeForm, FreeTextField
from exchange import outgoing
from exchange.admin.base import access_of
from exchange.import_pages import ImportPages, View
from exchange.models import ExportFile
from exchange.outgoing import Asked
from exchange.refusals import Refused
from exchange.resource import RegisterResource
from exchange.writing import PIECES, Sheet


class ListExportForm(FreeForm):
    """Of lists that tell of no person: `purpose` goes to the audit trail."""

    format = forms.ChoiceField(
        label=gettext_lazy("Format"), choices=[(kind, kind.upper()) for kind in PIECES]
    )
    purpose = FreeTextField(label=gettext_lazy("What the file is for"), max_length=200, required=False)


class ExchangeMixin(ImportExportMixin):
    """Of a RegisterAdmin. `resource` says the columns."""

    resource: type[RegisterResource]
    import_export_change_list_template = None
    change_list_template: Any = "admin/exchange_change_list.html"
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

    def import_urls(self) -> list[Any]:
        pages = ImportPages(
            name=self.resource.name,
            frame="admin/import_export/base.html",
            about="exchange/_list_about.html",
            context=self._import_context,
        )
        return pages.urls(self._import_view)

    def _import_view(self, view: View) -> View:
        def guarded(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
            if not self.has_import_permission(request):
                raise PermissionDenied
            return view(request, *args, **options)

        return self.admin_site.admin_view(guarded)

    def _import_context(self, request: HttpRequest, page: str, step: str) -> dict[str, Any]:
        resource = self.resource(access=access_of(request))
        title = _("Preview") if page == "preview" else _("Import")
        columns = {"columns": resource.template(), "names": resource.header}
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **columns}

    # --- out ---------------------------------------------------------------------------------
    def export_action(self, request: HttpRequest) -> HttpResponseBase:
        """Exactly what is listed: the same rows, filters and order."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            queryset = self.exported(request, self.get_export_queryset(request))
        except IncorrectLookupParameters:
            return redirect(self._list())
        form = self.export_form(request, queryset)
        if request.method == "POST" and form.is_valid():
            try:
                return redirect(self._make(request, queryset, form.cleaned_data))
            except Refused as refused:
                form.add_error("format", refused.told(_))
        context = {
            **self.admin_site.each_context(request),
            "notices": self.notices(form),
            "title": _("Export"),
            "form": form,
            "opts": self.opts,
            "columns": self.resource(access=access_of(request)).header,
            "count": queryset.count(),
        }
        return TemplateResponse(request, self.export_template_name, context)

    def exported(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the list that may leave."""
        return queryset

    def export_form(self, request: HttpRequest, queryset: QuerySet[Any]) -> forms.Form:
        """What is asked before a file leaves."""
        return ListExportForm(request.POST or None)

    def notices(self, form: forms.Form) -> list[str]:
        """What the reader should know before the file leaves."""
        return []

    @transaction.atomic
    def _make(self, request: HttpRequest, queryset: QuerySet[Any], said: dict[str, Any]) -> ExportFile:
        """The whole file or nothing: kept encrypted for its maker, its manifest beside."""
        access = access_of(request)
        resource = self.resource(access=access)
        query = {name: request.GET[name] for name in self.filter_names(request)}
        listed = f"?{request.GET.urlencode()}" if request.GET else ""
        asked = Asked(
            kind=resource.name,
            of=self.opts.label_lower,
            form=said["format"],
            page=(self._list() + listed)[:500],
            purpose=said["purpose"],
            reason=said.get("reason", ""),
            query={**query, "sort": request.GET.get("o", "")},
        )
        file = outgoing.ask(asked, by=access)
        outgoing.make(file, Sheet(resource.header, resource.lines(queryset), settings.DEMO), by=access)
        return file

    def _list(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def filter_names(self, request: HttpRequest) -> list[str]:
        """Names of what is filtered by, never what for."""
        return sorted(
            name for name, value in request.GET.items() if value and name not in {"p", "o", "e", "all"}
        )
