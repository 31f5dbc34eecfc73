from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.resources.agency import AgencyResource
from exchange.admin.base import HistoryMixin, ListAdmin, in_language, yes_no
from exchange.admin.exchange import ExchangeMixin


@admin.register(Agency)
class AgencyAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    resource = AgencyResource
    list_display = (
        in_language("name_sv", _("name in Swedish")),
        in_language("name_en", _("name in English")),
        "code",
        "kind",
        yes_no("municipal", _("municipal body")),
        "member_from",
        "member_to",
    )
    list_select_related = ("kind",)
    list_filter = ("municipal",)
    search_fields = ("code", "name_sv", "name_en")
