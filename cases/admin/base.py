"""What calls, cases and persons share in the admin: the door, reads on record, filters that are allowed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.writer import record
from cases.actions.saving import Conflict
from cases.exporting.rarity import FEWEST
from cases.forms.fields import NoteField
from cases.forms.lists import Lists
from cases.views.history import history_of
from exchange.admin.base import RegisterAdmin, access_of
from exchange.admin.exchange import ExchangeMixin, ExportForm


class PurposeForm(ExportForm):
    """Rows of persons leave for a stated purpose, which itself says nothing of a person."""

    purpose = NoteField(
        label=gettext_lazy("What the file is for"), rows=0, longest=200, required=True, max_length=None
    )


class PersonsForm(PurposeForm):
    """And for a reason, where the rarest combination of facts has few persons."""

    reason = NoteField(
        label=gettext_lazy("Why rows are needed although persons may be recognised"),
        longest=240,
        required=True,
    )

    def __init__(self, *args: Any, rarest: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rarest = rarest
        if not 0 < rarest < FEWEST:
            del self.fields["reason"]


def lists_of(request: HttpRequest) -> Lists:
    """The lists that forms choose from, read once a request."""
    if not hasattr(request, "lists"):
        request.lists = Lists(access_of(request).today)  # type: ignore[attr-defined]
    return request.lists  # type: ignore[attr-defined]


class CaseworkAdmin(ExchangeMixin, RegisterAdmin):
    """`kind` stands in the audit trail: `<kind>.read`, `<kind>.list`."""

    kind = ""
    has_history = True
    export_form_class = PurposeForm
    search_help_text = gettext_lazy("A number, from its beginning. References are not searched for here.")

    def get_queryset(self, request: HttpRequest) -> Any:
        return self.model._default_manager.visible_to(access_of(request)).order_by(
            *self.get_ordering(request)
        )

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By number only: what else is typed here would stand in addresses and logs."""
        text = search_term.strip().upper()
        if text and self.search_fields:
            queryset = queryset.filter(**{f"{self.search_fields[0]}__startswith": text})
        return queryset, False

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Never by sensitive facts: only the filters of the page select, by names of their own."""
        filters: Any = self.list_filter
        return lookup in {spec.parameter_name for spec in filters}

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        """A form of casework for whoever may save; to look at, plain fields do."""
        if change and not self.has_change_permission(request, obj):
            return super().get_form(request, obj, change, form=forms.ModelForm, **options)
        names = [
            name for name in options.pop("fields", None) or () if name != "version"
        ]  # the form has it itself
        form = super().get_form(request, obj, change, fields=names, **options)
        return type(form.__name__, (form,), {"access": access_of(request), "own_lists": lists_of(request)})

    # --- reads are on record -----------------------------------------------------------------
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data and "cl" in response.context_data:
            rows = response.context_data["cl"].result_count
            record(
                access_of(request),
                f"{self.kind}.list",
                rows=rows,
                search_kind=",".join(self.filter_names(request)),
            )
        return response

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, *args: Any, **options: Any
    ) -> HttpResponse:
        try:
            response = super().changeform_view(request, object_id, *args, **options)
        except Conflict:
            messages.error(request, CHANGED_MEANWHILE)
            return redirect(request.path)
        original = (getattr(response, "context_data", None) or {}).get("original")
        if request.method == "GET" and original is not None:
            record(access_of(request), f"{self.kind}.read", original)
        return response

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self.get_object(request, object_id)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "subtitle": str(row),
            "opts": self.opts,
            "object": row,
            "module_name": str(self.opts.verbose_name_plural),
            "changes": history_of(row),
        }
        record(access_of(request), f"{self.kind}.history", row)
        return TemplateResponse(request, "admin/cases/history.html", context)

    # --- warnings never block ----------------------------------------------------------------
    def tell(self, request: HttpRequest, *told: Any) -> None:
        for said in dict.fromkeys(warning for form in told for warning in getattr(form, "warnings", ())):
            messages.warning(request, said)


CHANGED_MEANWHILE = gettext_lazy(
    "Somebody else saved this in the meantime, and nothing of yours was saved. Open the page again in a "
    "new tab, "
    "compare, and save there."
)


class AdminForm(forms.BaseForm):
    """A casework form as the admin makes one: `access` and `own_lists` are given to its class for one
    request."""

    access: Any
    own_lists: Lists
    instance: Any  # of the model form that this is mixed into

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"lists": self.own_lists, **options})
        stored = self.instance
        versioned = any(
            field.name == "version" for field in stored._meta.fields
        )  # those of parts are with their set
        if "version" in self.fields and versioned and stored.pk:
            self.initial.setdefault("version", stored.version)
        else:
            self.fields.pop("version", None)

    def check_version(self, cleaned: dict[str, Any]) -> None:
        """What was typed stays in the form when somebody else has saved."""
        sent = cleaned.get("version")
        model = type(self.instance)
        if sent is None or "version" not in self.fields:
            return
        if not model._default_manager.filter(pk=self.instance.pk, version=sent).exists():
            self.add_error(None, CHANGED_MEANWHILE)
        self.instance.version = sent

    @property
    def changed(self) -> list[str]:
        return [name for name in self.changed_data if name != "version"]
