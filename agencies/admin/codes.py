"""Code lists, and what their codes are called by others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.actions import delete_code, delete_mapping, in_use
from agencies.models import Code, CodeMapping
from agencies.resources.codes import CodeResource, MappingResource
from exchange.admin.base import HistoryMixin, ListAdmin, access_of, in_language, in_pieces
from exchange.admin.exchange import ExchangeMixin

LISTS: Final = {
    "act": gettext_lazy("acts"),
    "agency_kind": gettext_lazy("kinds of agencies"),
    "caller": gettext_lazy("callers' professions"),
    "channel": gettext_lazy("channels"),
    "close_reason": gettext_lazy("reasons to close a case"),
    "control": gettext_lazy("control methods"),
    "indicator": gettext_lazy("indicators"),
    "means": gettext_lazy("improper means"),
    "measure": gettext_lazy("measures of support"),
    "offence": gettext_lazy("offences"),
    "outcome": gettext_lazy("outcomes of calls"),
    "provider": gettext_lazy("kinds of providers"),
    "purpose": gettext_lazy("purposes"),
    "purpose_group": gettext_lazy("published groups of purposes"),
    "recruitment": gettext_lazy("ways of recruitment"),
    "relation": gettext_lazy("suspects' relations"),
    "residence": gettext_lazy("residence statuses"),
    "sector": gettext_lazy("sectors"),
    "sexual_form": gettext_lazy("forms of sexual exploitation"),
    "suspect_role": gettext_lazy("suspects' roles"),
    "topic": gettext_lazy("topics of calls"),
}


def _asked_as(name: str) -> Any:
    """A list without a name of its own is called as the column that holds its codes."""
    relations: Any = Code._meta.get_fields(include_hidden=True)
    columns = (relation.field for relation in relations if relation.one_to_many)
    return next((c.verbose_name for c in columns if c.get_limit_choices_to().get("list") == name), name)


class CodeForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        key = cleaned.get("key") or self.instance.key
        name, _sep, word = key.partition(":")
        if key and (name != cleaned.get("list", self.instance.list) or not word):
            self.add_error(
                "key" if "key" in self.fields else None, _("The key begins with its list: list:word.")
            )
        return cleaned


class ListFilter(admin.SimpleListFilter):
    title = Code._meta.get_field("list").verbose_name
    parameter_name = "list"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        names = Code.objects.order_by("list").values_list("list", flat=True).distinct()
        pairs = ((name, str(capfirst(LISTS.get(name) or _asked_as(name)))) for name in names)
        return sorted(pairs, key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(list=self.value()) if self.value() else queryset


@admin.register(Code)
class CodeAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    """A code that is or was in use stays: `valid_to` ends it."""

    about = gettext_lazy(
        "Purposes, sectors, measures and other lists that forms choose from. A used code is never removed."
    )
    resource = CodeResource
    form = CodeForm
    list_display = (
        in_pieces("key", gettext_lazy("key")),
        in_language("label_sv", gettext_lazy("label in Swedish")),
        in_language("label_en", gettext_lazy("label in English")),
        "valid_from",
        "valid_to",
        "position",
    )
    list_filter = (ListFilter,)
    search_fields = ("key", "label_sv", "label_en")

    def get_readonly_fields(self, request: HttpRequest, obj: Code | None = None) -> tuple[str, ...]:
        return ("key", "list") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Code | None = None) -> bool:
        return obj is not None and super().has_delete_permission(request, obj) and not in_use(obj)

    def get_deleted_objects(
        self, objs: Iterable[Model], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        return [str(obj) for obj in objs], {}, set(), []

    def delete_model(self, request: HttpRequest, obj: Code) -> None:
        delete_code(code=obj, by=access_of(request))


class TargetFilter(admin.SimpleListFilter):
    title = CodeMapping._meta.get_field("target").verbose_name
    parameter_name = "target"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        names = CodeMapping.objects.order_by("target").values_list("target", flat=True).distinct()
        return [(name, name) for name in names]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(target=self.value()) if self.value() else queryset


@admin.register(CodeMapping)
class MappingAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    about = gettext_lazy(
        "Which published group, or which word of an international standard, a code is counted under."
    )
    resource = MappingResource
    list_display = (in_pieces("code", gettext_lazy("code")), "target", "release", "value")
    list_filter = (TargetFilter,)
    search_fields = ("code", "value")

    def get_deleted_objects(
        self, objs: Iterable[Model], request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        return [str(obj) for obj in objs], {}, set(), []

    def delete_model(self, request: HttpRequest, obj: CodeMapping) -> None:
        delete_mapping(mapping=obj, by=access_of(request))
