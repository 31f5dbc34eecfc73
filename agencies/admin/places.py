"""Counties, NMT regions, and which county belongs to which."""

from __future__ import annotations

from django.contrib import admin

from agencies.admin.base import HistoryMixin, ListAdmin
from agencies.admin.exchange import ExchangeMixin
from agencies.models import County, CountyRegion, Region
from agencies.resources.places import CountyRegionResource, CountyResource, RegionResource


@admin.register(Region)
class RegionAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    resource = RegionResource
    list_display = ("code", "name_sv", "name_en")
    search_fields = ("code", "name_sv", "name_en")


@admin.register(County)
class CountyAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    resource = CountyResource
    list_display = ("code", "name_sv", "name_en", "iso")
    search_fields = ("=code", "name_sv", "name_en")


@admin.register(CountyRegion)
class CountyRegionAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    """The region that a county belongs to from a day on."""

    resource = CountyRegionResource
    list_display = ("county", "region", "valid_from")
    list_select_related = ("county", "region")
    list_filter = ("region",)
    search_fields = ("county__name_sv", "county__name_en")
