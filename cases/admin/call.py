from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cases.actions.calls import LISTS, can_edit_call, edit_call, log_call
from cases.admin import filters
from cases.admin.base import CaseworkAdmin, lists_of
from cases.admin.forms import CallAdminForm
from cases.models import Call
from cases.resources.call import CallResource
from exchange.admin.base import access_of


@admin.register(Call)
class CallAdmin(CaseworkAdmin):
    kind = "call"
    resource = CallResource
    form = CallAdminForm
    list_display = ("received_at", "referred_region", "caller_county", "follow_up_due", "taken_by")
    list_select_related = ("referred_region", "caller_county", "taken_by")
    list_filter = (
        filters.ReceivedIn,
        filters.CallerCounty,
        filters.ReferredRegion,
        filters.TakenBy,
        filters.FollowUp,
    )
    ordering = ("-received_at", "-pk")
    sortable_by = ("received_at", "referred_region", "follow_up_due")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        own = obj is None or can_edit_call(access_of(request), obj)
        return super().has_change_permission(request, obj) and own

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fields: list[Any] = [
            ("received_at", "medium", "minutes"),
            ("caller_group", "caller_county"),
            "topics",
            "purposes",
            ("women", "men", "girls", "boys", "unknown"),
            ("urgency", "consent"),
            "outcomes",
            ("referred_region", "referred_agency"),
            "follow_up_due",
            "note",
        ]
        if obj is not None and self.has_change_permission(request, obj):
            fields.append("version")
        return [(None, {"fields": fields})]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> Any:
        context["counties"] = lists_of(request).counties
        return super().render_change_form(request, context, *args, **options)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        lists = {name: form.cleaned_data[name] for name in LISTS}
        if not change:
            log_call(call=obj, lists=lists, by=access_of(request))
        elif form.changed:
            edit_call(call=obj, lists=lists, fields=form.changed, by=access_of(request))
        self.tell(request, form)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The action has set the lists."""
