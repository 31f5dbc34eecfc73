from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from agencies.admin.base import HistoryMixin, ListAdmin, yes_no
from agencies.admin.exchange import ExchangeMixin
from agencies.models import Agency
from agencies.resources.agency import AgencyResource


@admin.register(Agency)
class AgencyAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    resource = AgencyResource
    list_display = (
        "name_sv",
        "name_en",
        "code",
        "kind",
        yes_no("municipal", _("municipal body")),
        "member_from",
        "member_to",
    )
    list_select_related = ("kind",)
    list_filter = ("municipal",)
    search_fields = ("code", "name_sv", "name_en")
