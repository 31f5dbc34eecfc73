"""Counties, NMT regions, and which county belongs to which."""

from __future__ import annotations

from typing import Final

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from agencies.models import County, CountyRegion, Region
from agencies.resources.places import CountyRegionResource, CountyResource, RegionResource
from exchange.admin.base import HistoryMixin, ListAdmin, in_language
from exchange.admin.exchange import ExchangeMixin

NAMES: Final = (in_language("name_sv", _("name in Swedish")), in_language("name_en", _("name in English")))


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
