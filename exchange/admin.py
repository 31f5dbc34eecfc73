"""What lists of the admin have beside Django's: scope before rights, few queries, no second log, and files.

`RegisterAdmin` is a ModelAdmin, `ListAdmin` one of a list that one right is needed for. `HistoryMixin` adds
the page of former values, `ExchangeMixin` an import with preview and an export of what is listed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy
from import_export.admin import ImportExportMixin
from simple_history.admin import SimpleHistoryAdmin

from accounts.access import Access, posted
from accounts.free_text import FreeForm, FreeTextField
from accounts.roles import May
from exchange import downloads
from exchange.bulk import delete_row, save_row
from exchange.limits import Refused
from exchange.models import ExportFile
from exchange.resources import RegisterResource
from exchange.views import ImportPages, View
from exchange.writer import PIECES, Sheet

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


Extra = dict[str, Any] | None  # what a page is told beside its own


def access_of(request: HttpRequest) -> Access:
    return request.access  # type: ignore[attr-defined]


class RegisterAdmin(admin.ModelAdmin):
    """`has_history`: there is a page of what was changed. The admin's own log is off: audit has one."""

    list_per_page = 50
    list_max_show_all = 50  # never more rows on a page than that
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = None
    has_history = False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """What is out of scope is not there: no message tells whether it exists elsewhere."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        return found

    def changelist_view(self, request: HttpRequest, extra_context: Extra = None) -> HttpResponse:
        """Headed by what is listed, where the admin would say what to choose and for what."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **options: Any
    ) -> forms.ModelChoiceField[Any] | None:
        """A choice of rows is one of those that their own admin shows."""
        related = self.admin_site._registry.get(db_field.remote_field.model)
        if related is not None and "queryset" not in options:
            options["queryset"] = related.get_queryset(request)
        return super().formfield_for_foreignkey(db_field, request, **options)

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **options: Any
    ) -> forms.Field | None:
        """Without links to add, change or delete the chosen row. A text in one language is marked so."""
        field = super().formfield_for_dbfield(db_field, request, **options)
        if field is None:
            return None
        if db_field.name.endswith(("_sv", "_en")):
            field.widget.attrs["lang"] = db_field.name[-2:]
        for verb in ("add", "change", "delete", "view"):
            setattr(field.widget, f"can_{verb}_related", False)
        return field

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        context |= {"has_history": self.has_history, "page_address": _page_of(options.get("obj"))}
        return super().render_change_form(request, context, *args, **options)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Extra = None) -> HttpResponse:
        raise Http404

    def construct_change_message(self, *args: Any, **options: Any) -> list[Any]:
        return []

    def _not_logged(self, *args: Any) -> None:
        """The audit log records it."""

    log_addition = log_change = log_deletions = _not_logged  # type: ignore[assignment]


class HistoryMixin(SimpleHistoryAdmin):
    has_history = True

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Extra = None) -> HttpResponse:
        self.get_object(request, unquote(object_id))
        return SimpleHistoryAdmin.history_view(self, request, object_id, extra_context)

    def history_form_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """A past version is read in the list of changes; a change is undone by a change."""
        raise Http404


class ListAdmin(RegisterAdmin):
    right = May.ADMINISTER

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm[Any], change: bool) -> None:
        save_row(row=obj, by=access_of(request), right=self.right, fields=form.changed_data)

    def get_deleted_objects(
        self, objs: Iterable[Model], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """The row alone: nothing goes with it, and no link to its page is needed."""
        return [str(obj) for obj in objs], {}, set(), []

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        delete_row(row=obj, by=access_of(request), right=self.right)


def _column(shown: Callable[[str, Any], str], field: str, label: str | _StrPromise) -> Callable[[Model], str]:
    """A column of a list, as `shown` says a value of the field."""

    @admin.display(description=label, ordering=field)
    def column(row: Model) -> str:
        return shown(field, getattr(row, field))

    return column


def _in_language(field: str, value: str) -> str:
    return format_html('<span lang="{}">{}</span>', field[-2:], value)


def _in_pieces(field: str, value: str) -> str:
    pieces = re.split(r"(?<=[:_])|(?=[@.])", value)
    return format_html_join(mark_safe("<wbr>"), "{}", zip(pieces, strict=True))


# In words: the admin's pictures are red for every no, and say True and False to a screen reader.
yes_no = partial(_column, lambda field, value: _("yes") if value else _("no"))
# Words in the language that the field's name ends with: a screen reader is told which.
in_language = partial(_column, _in_language)
# Long keys or addresses, which a narrow screen breaks between their words.
in_pieces = partial(_column, _in_pieces)


def _page_of(row: Model | None) -> str:
    """Where the register itself shows the row; nothing where it has no page."""
    with suppress(AttributeError, NoReverseMatch):
        return str(row.get_absolute_url())  # type: ignore[union-attr]
    return ""


class ListExportForm(FreeForm):
    format = forms.ChoiceField(
        label=gettext_lazy("Format"), choices=[(kind, kind.upper()) for kind in PIECES]
    )
    in_words = downloads.words_field()
    purpose = FreeTextField(label=gettext_lazy("What the file is for"), max_length=200, required=False)


class ExchangeMixin(ImportExportMixin):
    resource: type[RegisterResource]
    import_export_change_list_template = "admin/exchange_change_list.html"

    def get_urls(self) -> list[Any]:
        """Before those of django-import-export, whose pages of an import are not used."""
        unused = f"{self.opts.app_label}_{self.opts.model_name}_process_import"
        return [*self.import_urls(), *(page for page in super().get_urls() if page.name != unused)]

    def import_urls(self) -> list[Any]:
        frame, about = "admin/import_export/base.html", "exchange/_list_about.html"
        pages = ImportPages(self.resource.name, frame, about, self._import_context)
        return pages.urls(lambda view: self.admin_site.admin_view(partial(self._guarded, view)))

    def _guarded(self, view: View, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        if not self.has_import_permission(request):
            raise PermissionDenied
        return view(request, *args, **options)

    def _import_context(self, request: HttpRequest, page: str, step: str) -> dict[str, Any]:
        resource = self.resource(access=access_of(request))
        title = {"preview": _("Preview")}.get(page, _("Import"))
        columns = {"columns": resource.template(), "names": resource.header}
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **columns}

    def export_action(self, request: HttpRequest) -> HttpResponseBase:
        """Exactly what is listed: the same rows, filters and order."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            queryset = self.exported(request, self.get_export_queryset(request))
        except IncorrectLookupParameters:
            return redirect(self._list())
        form = self.export_form(request, queryset)
        if form.is_valid():
            try:
                return redirect(self._make(request, queryset, form.cleaned_data))
            except Refused as refused:
                form.add_error("format", refused.in_words(_))
        context = {
            **self.admin_site.each_context(request),
            "notices": self.notices(form),
            "title": _("Export"),
            "form": form,
            "opts": self.opts,
            "columns": self.resource(access=access_of(request)).header_in_words,
            "count": queryset.count(),
        }
        return TemplateResponse(request, self.export_template_name, context)

    def exported(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the list that may leave."""
        return queryset

    def export_form(self, request: HttpRequest, queryset: QuerySet[Any]) -> forms.Form:
        """What is asked before a file leaves."""
        return ListExportForm(posted(request))

    def notices(self, form: forms.Form) -> list[str]:
        """What the reader should know before the file leaves."""
        return []

    @transaction.atomic
    def _make(self, request: HttpRequest, queryset: QuerySet[Any], said: dict[str, Any]) -> ExportFile:
        """The whole file or nothing: kept encrypted for its maker, its manifest beside."""
        access = access_of(request)
        resource = self.resource(access=access)
        query = {name: request.GET[name] for name in self.filter_names(request)}
        listed = "?" * bool(request.GET) + request.GET.urlencode()
        file = ExportFile(
            kind=resource.name,
            of=self.opts.label_lower,
            form=said["format"],
            page=(self._list() + listed)[:500],
            purpose=said["purpose"],
            reason=said.get("reason", ""),
            query={**query, "sort": request.GET.get("o", "")},
        )
        downloads.ask(file, by=access)
        header, rows = resource.written(resource.lines(queryset), in_words=said["in_words"])
        downloads.make(file, Sheet(header, rows, settings.DEMO), by=access)
        return file

    def _list(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def filter_names(self, request: HttpRequest) -> list[str]:
        """Names of what is filtered by, never what for."""
        asked = dict(one for one in request.GET.items() if one[1])
        return sorted(asked.keys() - {"p", "o", "e", "all"})
