"""Who takes part: agencies, coordinators, counties, NMT regions, and which county belongs to which."""

from __future__ import annotations

from typing import Final

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Coordinator, County, CountyRegion, Region
from agencies.resources.network import (
    AgencyResource,
    CoordinatorResource,
    CountyRegionResource,
    CountyResource,
    RegionResource,
)
from exchange.admin.base import HistoryMixin, ListAdmin, in_language, yes_no
from exchange.admin.exchange import ExchangeMixin

NAMES: Final = (in_language("name_sv", _("name in Swedish")), in_language("name_en", _("name in English")))


@admin.register(Agency)
class AgencyAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
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


@admin.register(Coordinator)
class CoordinatorAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    """Who coordinates where, and who stands in: these dated rows give a coordinator the region's cases."""

    resource = CoordinatorResource
    list_display = ("name", "region", "kind", "municipality", "user", "valid_from", "valid_to")
    list_select_related = ("region", "user")
    list_filter = ("region", "kind")
    search_fields = ("name", "municipality", "email")
    autocomplete_fields = ("user",)


@admin.register(Region)
class RegionAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    resource = RegionResource
    list_display = ("code", *NAMES)
    search_fields = ("code", "name_sv", "name_en")


@admin.register(County)
class CountyAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    resource = CountyResource
    list_display = ("code", *NAMES, "iso")
    search_fields = ("=code", "name_sv", "name_en")


@admin.register(CountyRegion)
class CountyRegionAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    """The region that a county belongs to from a day on."""

    resource = CountyRegionResource
    list_display = ("county", "region", "valid_from")
    list_select_related = ("county", "region")
    list_filter = ("region",)
    search_fields = ("county__name_sv", "county__name_en")
