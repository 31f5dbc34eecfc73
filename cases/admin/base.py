"""What calls, cases and persons share in the admin: row access, the forms and actions of the pages, reads on
record.

The filters of the lists of casework as the admin shows them: named, worded and applied as on the pages.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _, gettext_lazy

from accounts.access import Access, posted
from accounts.free_text import record_no_name
from accounts.transactions import idempotent, sent_before, token_of
from cases.access_log import note_list, note_reading
from cases.actions.base import Conflict
from cases.admin.forms import InAdmin, Shown, fieldsets_of, in_admin, lists_of
from cases.export_files import CaseworkExportForm
from cases.forms.base import CaseworkForm, RowForm
from cases.pages import COUNT_TO
from cases.views.list_page import Listing
from cases.views.versions import history_of
from cases.wording import within_a_line
from exchange.admin import ExchangeMixin, RegisterAdmin, access_of


class BoundedPaginator(Paginator):
    """The pages of the first rows of a list: a count of all would read the whole table."""

    most = COUNT_TO

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by().values("pk")[: self.most].count()  # type: ignore[attr-defined]


class CaseworkAdmin(ExchangeMixin, RegisterAdmin):
    """`kind` stands in the audit log: `<kind>.read`, `<kind>.list`.

    `new_form` and `stored_form`: of a new and of a stored row. `unread`: what whoever may only look is not
    shown, and `placed`: what is then shown above all else. `list_context`: what the list shows beside.
    `sortable_by`: columns whose order an index has. By the others the list is filtered."""

    kind = ""
    paginator = BoundedPaginator
    has_history = True
    new_form: type[RowForm]
    stored_form: type[RowForm]
    unread: ClassVar[tuple[str, ...]] = ()
    placed: ClassVar[tuple[str, ...]] = ()
    takes_access = True  # the forms, when they are made
    list_context: ClassVar[dict[str, Any]] = {}
    search_help_text = gettext_lazy("Type the start of the number. References are not searched here.")

    def visible(self, request: HttpRequest) -> QuerySet[Any]:
        manager: Any = self.model._default_manager
        return manager.visible_to(access_of(request))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.visible(request).order_by(*self.get_ordering(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By number only: what else is typed here would stand in addresses and logs."""
        text = search_term.strip().upper()
        if text and self.search_fields:
            queryset = queryset.filter(**{f"{self.search_fields[0]}__startswith": text})
        return queryset, False

    def lookup_allowed(self, lookup: str, value: object, request: HttpRequest | None = None) -> bool:
        """Never by sensitive facts: only the filters of the page select, by names of their own."""
        filters: Any = self.list_filter
        return lookup in (one.parameter_name for one in filters)

    def is_own(self, access: Access, row: Any) -> bool:
        """Whether who asks may change the row, where the role may at all."""
        raise NotImplementedError

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        own = obj is None or self.is_own(access_of(request), obj)
        return own and super().has_change_permission(request, obj)

    def form_of(self, request: HttpRequest, *, change: bool) -> type[InAdmin]:
        return in_admin(
            self.stored_form if change else self.new_form,
            request,
            options={"access": access_of(request)} if self.takes_access else {},
            left_out=() if change else ("version",),
            conflict=getattr(request, "conflict", False),
        )

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **options: Any
    ) -> type[forms.ModelForm[Any]]:
        """A form of casework for a user who may save; plain fields for one who may only look."""
        if change and not self.has_change_permission(request, obj):
            return super().get_form(request, obj, change, form=forms.ModelForm, **options)
        return self.form_of(request, change=change)

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Shown:
        form: CaseworkForm = self.form_of(request, change=obj is not None)(instance=obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets_of(form)
        shown = fieldsets_of(form, without=("version", "form_token", *self.unread))
        return [(None, {"fields": list(self.placed)}), *shown] if self.placed else shown

    def form_context(self, request: HttpRequest, row: Any, context: dict[str, Any]) -> dict[str, Any]:
        """What the page of a stored row, or of a new one (None), shows beside."""
        return {}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        context |= self.form_context(request, options.get("obj"), context)
        return super().render_change_form(request, context, *args, **options)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The action has saved all that belongs to the row."""

    def once(self, request: HttpRequest, form: InAdmin, work: Callable[[], Model]) -> None:
        """Do the work of the form; sent again at the same moment, it stands for what was made first."""
        made = idempotent(form.cleaned_data["form_token"], work, self.visible(request), by=access_of(request))
        if made is not form.instance:
            form.instance.pk = made.pk
            form.instance.refresh_from_db()

    def show_warnings(self, request: HttpRequest, *told: CaseworkForm) -> None:
        """Of what was saved: warnings, which never block, and on record that its texts name nobody."""
        if passed := [each for one in told for each in one.names]:
            record_no_name(passed)
        warned = dict.fromkeys(each for one in told for each in one.warnings)
        for warning_text in warned:
            messages.warning(request, warning_text)

    def export_form(self, request: HttpRequest, queryset: QuerySet[Any]) -> CaseworkExportForm:
        number = self.rarest_of(queryset)
        note_list(access_of(request), self.kind, queryset.order_by().count(), how="export")
        return CaseworkExportForm(posted(request), rarest=number, lists=lists_of(request))

    def rarest_of(self, rows: QuerySet[Any]) -> int:
        """Persons in the rarest combination of what the rows disclose; 0 where no row is a person."""
        return 0

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, self.list_context | (extra_context or {}))
        if listed := _shown_by(response).get("cl"):
            how = ",".join(self.filter_names(request))
            note_list(access_of(request), self.kind, listed.result_count, how=how)
        return response

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **options: Any
    ) -> HttpResponse:
        """Sent again, a form is answered as the first time. What somebody else has saved meanwhile refuses
        it, with all that was typed."""
        try:
            response = super().changeform_view(request, object_id, *args, **options)
        except Conflict:
            request.conflict = True  # type: ignore[attr-defined]
            response = super().changeform_view(request, object_id, *args, **options)
        if response.status_code == HTTPStatus.OK and (token := token_of(request.POST)):
            made = sent_before(token, self.get_queryset(request), by=access_of(request))
            if made is not None:
                return self.response_change(request, made) if object_id else self.response_add(request, made)
        original = _shown_by(response).get("original")
        if request.method == "GET" and original is not None:
            note_reading(access_of(request), original)
        return response

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
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
        note_reading(access_of(request), row, what="history")
        return TemplateResponse(request, "admin/cases/history.html", context)


def _shown_by(response: HttpResponse) -> dict[str, Any]:
    """Return what the page shows; nothing of an answer that is no page."""
    return getattr(response, "context_data", None) or {}


FIRST_YEAR: Final = 2009  # the network began
DAYS: Final = ("from", "to")  # typed, where the admin offers choices


class ListedFilter(SimpleListFilter):
    listing: ClassVar[type[Listing]]

    @property
    def listed(self) -> Listing:
        """What the whole address asks for, read once a request."""
        listed = self.listing(self.request.GET, access_of(self.request))
        return self.request.__dict__.setdefault("listed", listed)

    @property
    def title(self) -> str:  # type: ignore[override]
        return within_a_line(str(self.listed.form.fields[str(self.parameter_name)].label))

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        if self.parameter_name == "year":
            years = range(access_of(request).today.year, FIRST_YEAR - 1, -1)
            return [(str(year), str(year)) for year in years]
        choices: Any = getattr(self.listed.form.fields[str(self.parameter_name)], "choices", ())
        return [(str(key), str(label)) for key, label in choices if key]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return self.listed.selected(queryset, str(self.parameter_name))


def filters_of(listing: type[Listing]) -> tuple[type[ListedFilter], ...]:
    return tuple(
        type("ListedFilter", (ListedFilter,), {"listing": listing, "parameter_name": name})
        for name in listing.filters
        if name not in DAYS
    )
