"""What every page of the admin keeps to: scope before rights, actions instead of saves, few queries, no
second log."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin

from accounts.access import Access
from accounts.roles import May
from exchange.list_rows import save_row

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def access_of(request: HttpRequest) -> Access:
    return request.access  # type: ignore[attr-defined]


class RegisterAdmin(admin.ModelAdmin):
    """`has_history`: there is a page of what was changed. The admin's own log is off: our audit trail
    records."""

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

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Headed by what is listed, where the admin would say what to choose and for what."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **options: Any
    ) -> forms.ModelChoiceField[Any] | None:
        """A choice of rows goes through the door of their own admin."""
        related = self.admin_site._registry.get(db_field.remote_field.model)
        if related is not None and "queryset" not in options:
            options["queryset"] = related.get_queryset(request)
        field = super().formfield_for_foreignkey(db_field, request, **options)
        return field

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **options: Any
    ) -> forms.Field | None:
        """Without links to add, change or delete the chosen row. What is typed in one language is marked
        so."""
        field = super().formfield_for_dbfield(db_field, request, **options)
        if field is not None and db_field.name.endswith(("_sv", "_en")):
            field.widget.attrs["lang"] = db_field.name[-2:]
        for right in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            if field is not None and hasattr(field.widget, right):
                setattr(field.widget, right, False)
        return field

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        context |= {"has_history": self.has_history, "page_address": _page_of(options.get("obj"))}
        return super().render_change_form(request, context, *args, **options)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        raise Http404

    # --- the admin's own log would repeat facts outside the trail -----------------------------
    def construct_change_message(
        self, request: HttpRequest, form: forms.Form, formsets: Iterable[Any], add: bool = False
    ) -> list[Any]:
        return []

    def log_addition(self, request: HttpRequest, obj: Model, message: object) -> None:  # type: ignore[override]
        """Off."""

    def log_change(self, request: HttpRequest, obj: Model, message: object) -> None:  # type: ignore[override]
        """Off."""

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:  # type: ignore[override]
        """Off."""


class HistoryMixin(SimpleHistoryAdmin):
    """With a page of old and new values: these rows are of organisations, words and published figures, not
    persons."""

    has_history = True

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self.get_object(request, unquote(object_id))
        return SimpleHistoryAdmin.history_view(self, request, object_id, extra_context)

    def history_form_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """A past version is read in the list of changes; a change is undone by a change."""
        raise Http404


class ListAdmin(RegisterAdmin):
    """A list that one right is needed for: saved by `save_row`."""

    right = May.ADMINISTER

    def save_model(self, request: HttpRequest, obj: Model, form: forms.ModelForm[Any], change: bool) -> None:
        save_row(row=obj, by=access_of(request), right=self.right, fields=form.changed_data)


def yes_no(field: str, label: str | _StrPromise) -> Callable[[Model], str]:
    """A column in words: the admin's pictures are red for every no, and say True and False to a screen
    reader."""

    @admin.display(description=label, ordering=field)
    def column(row: Model) -> str:
        return _("yes") if getattr(row, field) else _("no")

    return column


def in_language(field: str, label: str | _StrPromise) -> Callable[[Model], str]:
    """A column of words in the language that the field's name ends with: a screen reader is told which."""

    @admin.display(description=label, ordering=field)
    def column(row: Model) -> str:
        return format_html('<span lang="{}">{}</span>', field[-2:], getattr(row, field))

    return column


def in_pieces(field: str, label: str | _StrPromise) -> Callable[[Model], str]:
    """A column of long keys or addresses, which a narrow screen breaks between their words."""

    @admin.display(description=label, ordering=field)
    def column(row: Model) -> str:
        pieces = re.split(r"(?<=[:_])|(?=[@.])", getattr(row, field))
        return format_html_join(mark_safe("<wbr>"), "{}", ((piece,) for piece in pieces))

    return column


def _page_of(row: Model | None) -> str:
    """Where the register itself shows the row; nothing where it has no page."""
    try:
        return str(row.get_absolute_url())  # type: ignore[union-attr]
    except (AttributeError, NoReverseMatch):
        return ""
