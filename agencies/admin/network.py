"""Who takes part: agencies, coordinators, counties, NMT regions, and which county belongs to which.

Change the lists that administrators and analysts keep. Every change is recorded by the names of its
fields.

Forms of the admin whose change a second person answers: they say so, and change nothing before.

Code lists, and what their codes are called by others.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Protocol

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy

from accounts.access import Access
from accounts.free_text import FreeTextField
from accounts.models import Approval
from accounts.roles import May
from agencies.account_approvals import CARD_FIELDS, ask_assignment, gives_region, ident_of, waits_already
from agencies.models import Agency, Code, CodeMapping, Coordinator, County, CountyRegion, Region
from agencies.resources import (
    AgencyResource,
    CodeResource,
    CoordinatorResource,
    CountyRegionResource,
    CountyResource,
    MappingResource,
    RegionResource,
)
from agencies.stand_ins import why_not
from exchange.admin import ExchangeMixin, HistoryMixin, ListAdmin, access_of, in_language, in_pieces, yes_no
from exchange.bulk import delete_row, save_row


@transaction.atomic
def delete_code(*, code: Code, by: Access) -> None:
    """A code that nothing has ever used. Raises PermissionDenied otherwise: `valid_to` ends it instead."""
    by.require(May.ADMINISTER)
    Code.objects.select_for_update().get(pk=code.pk)
    if in_use(code):
        raise PermissionDenied(_("The code is in use or has been. Give it a last day of validity instead."))
    delete_row(row=code, by=by)


@transaction.atomic
def delete_mapping(*, mapping: CodeMapping, by: Access) -> None:
    by.require(May.ADMINISTER)
    delete_row(row=mapping, by=by)


def in_use(code: Code) -> bool:
    """Whether any row, past version of a row, or mapping names the code: one query for each link to codes."""
    if CodeMapping.objects.filter(code=code.key).exists():
        return True
    links: Iterable[Any] = (link for link in Code._meta.get_fields(include_hidden=True) if link.auto_created)
    return any(
        link.related_model._base_manager.filter(**{link.field.name: code}).exists()
        for link in links
        if link.one_to_many
    )


class Why(Protocol):
    cleaned_data: dict[str, Any]

    def add_error(self, field: str | None, error: str) -> None: ...


HELP: Final = gettext_lazy(
    "Casework, totals, a region, another address: a second person answers before anything is changed."
)


def why_field(help_text: str | Promise = HELP) -> forms.CharField:
    """The reason, for who answers. Asked for where somebody does."""
    return FreeTextField(
        names=False,
        label=gettext_lazy("Reason, for who answers"),
        required=False,
        max_length=500,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def hold(form: Why, act: str, kind: str, ident: str) -> None:
    """What a form that needs a second person says: why is missing, or that it has been asked already."""
    if not str(form.cleaned_data.get("why") or "").strip():
        form.add_error("why", _("A second person answers this. Write why, for who answers."))
    if waits_already(act, kind, ident):
        form.add_error(None, _("A question about this waits for its answer already."))


class AsksFirst:
    """Of a ModelAdmin: where `save_model` has only asked, the page of the question is what follows."""

    def response_add(self, request: HttpRequest, obj: Model, *args: Any, **options: Any) -> HttpResponse:
        return _led_on(request, obj) or super().response_add(request, obj, *args, **options)  # type: ignore[misc]

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        return _led_on(request, obj) or super().response_change(request, obj)  # type: ignore[misc]


def asked_for(obj: Model, asked: Approval) -> None:
    obj.asked_for = asked  # type: ignore[attr-defined]


def _led_on(request: HttpRequest, obj: Model) -> HttpResponse | None:
    asked = getattr(obj, "asked_for", None)
    if asked is None:
        return None
    messages.warning(request, _("Nothing is changed yet: a second person is asked, and answers on My page."))
    return redirect("agencies:approval", asked.code)


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


NAMES: Final = (
    in_language("name_sv", gettext_lazy("name in Swedish")),
    in_language("name_en", gettext_lazy("name in English")),
)


@admin.register(Agency)
class AgencyAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    about = gettext_lazy(
        "Who identifies presumed victims: agencies, municipalities, organisations, and since when."
    )
    resource = AgencyResource
    list_display = (
        *NAMES,
        "code",
        "kind",
        yes_no("municipal", gettext_lazy("municipal body")),
        "member_from",
        "member_to",
    )
    list_select_related = ("kind",)
    list_filter = ("municipal",)
    search_fields = ("code", "name_sv", "name_en")


class AdminCardForm(forms.ModelForm):
    """A card that gives its user a region is asked for, and answered by those who have the region."""

    access: Access
    why = why_field()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        after = None if self.errors else self._after(cleaned)
        if after is not None and self.needs_two(after):
            ident = str(self.instance.pk) if self.instance.pk else ident_of(after)
            if why := why_not(after, self.access.today):
                self.add_error(None, why)
            hold(self, "region.assign", "agencies.coordinator", ident)
        return cleaned

    def _after(self, cleaned: dict[str, Any]) -> Coordinator:
        facts = {name: cleaned[name] for name in CARD_FIELDS if name in cleaned}
        return Coordinator(pk=self.instance.pk, **facts)

    def needs_two(self, after: Coordinator) -> bool:
        stored = Coordinator.objects.filter(pk=after.pk).first() if after.pk else None
        return gives_region(stored, after, self.access.today)


@admin.register(Coordinator)
class CoordinatorAdmin(AsksFirst, ExchangeMixin, HistoryMixin, ListAdmin):
    """Who coordinates where, and who stands in: these dated rows give a coordinator the region's cases."""

    about = gettext_lazy(
        "Who is responsible for a region, and who stands in, from day to day. It decides who sees its cases."
    )
    resource = CoordinatorResource
    form = AdminCardForm
    fields = (*CARD_FIELDS, "why")
    list_display = ("name", "region", "kind", "municipality", "user", "valid_from", "valid_to")
    list_select_related = ("region", "user")
    list_filter = ("region", "kind")
    search_fields = ("name", "municipality", "email")
    autocomplete_fields = ("user",)

    def get_form(
        self, request: HttpRequest, obj: Coordinator | None = None, change: bool = False, **options: Any
    ) -> type[AdminCardForm]:
        form = super().get_form(request, obj, change, **options)
        return type(form.__name__, (form,), {"access": access_of(request)})

    def save_model(  # type: ignore[override]
        self, request: HttpRequest, obj: Coordinator, form: AdminCardForm, change: bool
    ) -> None:
        access = access_of(request)
        if form.needs_two(obj):
            asked_for(obj, ask_assignment(card=obj, reason=form.cleaned_data["why"], by=access))
            return
        names = [name for name in form.changed_data if name != "why"]
        save_row(row=obj, by=access, right=self.right, fields=names)


@admin.register(Region)
class RegionAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    about = gettext_lazy("The seven regions of the network, each with its letters in the numbers of cases.")
    resource = RegionResource
    list_display = ("code", *NAMES)
    search_fields = ("code", "name_sv", "name_en")


@admin.register(County)
class CountyAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    about = gettext_lazy("The counties of Sweden, by their codes.")
    resource = CountyResource
    list_display = ("code", *NAMES, "iso")
    search_fields = ("=code", "name_sv", "name_en")


@admin.register(CountyRegion)
class CountyRegionAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    """The region that a county belongs to from a day on."""

    about = gettext_lazy("Which county belongs to which region, and from what day.")
    resource = CountyRegionResource
    list_display = ("county", "region", "valid_from")
    list_select_related = ("county", "region")
    list_filter = ("region",)
    search_fields = ("county__name_sv", "county__name_en")
