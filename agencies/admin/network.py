"""Who takes part: agencies, coordinators, counties, NMT regions, and which county belongs to which."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from agencies.admin.asking import AsksFirst, asked_for, hold, why_field
from agencies.deputies import why_not
from agencies.letting_in import CARD_FIELDS, ask_assignment, gives_region, ident_of
from agencies.models import Agency, Coordinator, County, CountyRegion, Region
from agencies.resources.network import (
    AgencyResource,
    CoordinatorResource,
    CountyRegionResource,
    CountyResource,
    RegionResource,
)
from exchange.admin.base import HistoryMixin, ListAdmin, access_of, in_language, yes_no
from exchange.admin.exchange import ExchangeMixin
from exchange.list_rows import save_row

NAMES: Final = (in_language("name_sv", _("name in Swedish")), in_language("name_en", _("name in English")))


@admin.register(Agency)
class AgencyAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    about = _("Who identifies presumed victims: agencies, municipalities, organisations, and since when.")
    resource = AgencyResource
    list_display = (
        *NAMES,
        "code",
        "kind",
        yes_no("municipal", _("municipal body")),
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

    about = _(
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
    about = _("The seven regions of the network, each with its letters in the numbers of cases.")
    resource = RegionResource
    list_display = ("code", *NAMES)
    search_fields = ("code", "name_sv", "name_en")


@admin.register(County)
class CountyAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    about = _("The counties of Sweden, by their codes.")
    resource = CountyResource
    list_display = ("code", *NAMES, "iso")
    search_fields = ("=code", "name_sv", "name_en")


@admin.register(CountyRegion)
class CountyRegionAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    """The region that a county belongs to from a day on."""

    about = _("Which county belongs to which region, and from what day.")
    resource = CountyRegionResource
    list_display = ("county", "region", "valid_from")
    list_select_related = ("county", "region")
    list_filter = ("region",)
    search_fields = ("county__name_sv", "county__name_en")
