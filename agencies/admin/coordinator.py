from django.contrib import admin

from agencies.models import Coordinator
from agencies.resources.coordinator import CoordinatorResource
from exchange.admin.base import HistoryMixin, ListAdmin
from exchange.admin.exchange import ExchangeMixin


@admin.register(Coordinator)
class CoordinatorAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    """Who coordinates where, and who stands in: these dated rows give a coordinator the region's cases."""

    resource = CoordinatorResource
    list_display = ("name", "region", "kind", "municipality", "user", "valid_from", "valid_to")
    list_select_related = ("region", "user")
    list_filter = ("region", "kind")
    search_fields = ("name", "municipality", "email")
    autocomplete_fields = ("user",)
