from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from cases.actions.calls import can_edit_call, edit_call, log_call
from cases.admin.base import CaseworkAdmin
from cases.admin.filters import filters_of
from cases.admin.forms import InAdmin, lists_of
from cases.forms.call import CallForm, EditCallForm, NewCallForm
from cases.models import Call
from cases.resources.call import CallResource
from cases.views.call_list import CallList
from exchange.admin.base import access_of

LATEST = 8  # own calls that a call may follow up


@admin.register(Call)
class CallAdmin(CaseworkAdmin):
    about = _("Calls to the support line. They are never counted as persons.")
    kind = "call"
    resource = CallResource
    new_form, stored_form = NewCallForm, EditCallForm
    list_display = ("received_at", "referred_region", "caller_county", "follow_up_due", "taken_by")
    list_select_related = ("referred_region", "caller_county", "taken_by")
    list_filter = filters_of(CallList)
    ordering = ("-received_at", "-pk")
    sortable_by = ("received_at", "referred_region", "follow_up_due")

    def has_change_permission(self, request: HttpRequest, obj: Call | None = None) -> bool:
        own = obj is None or can_edit_call(access_of(request), obj)
        return super().has_change_permission(request, obj) and own

    def form_of(self, request: HttpRequest, *, change: bool) -> type[InAdmin]:
        form = super().form_of(request, change=change)
        form.earlier = earlier  # type: ignore[attr-defined]
        return form

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        context["suggestions"] = {"counties": lists_of(request).counties}
        return super().render_change_form(request, context, *args, **options)

    def save_model(self, request: HttpRequest, obj: Call, form: Any, change: bool) -> None:
        facts = {"call": form.as_shown(), "lists": form.chosen_lists, "by": access_of(request)}
        if not change:
            self.once(request, form, partial(log_call, **facts))
        elif form.changed:
            self.once(request, form, partial(edit_call, **facts, fields=form.changed))
        self.tell(request, form)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The action has set the lists."""


def earlier(form: CallForm) -> list[Call]:
    """What a call may be said to follow up: what it does follow up, and one's own latest."""
    mine = Call.objects.visible_to(form.access).filter(taken_by=form.access.user).exclude(pk=form.instance.pk)
    latest = mine.select_related(*Call.SAID).order_by("-received_at", "-pk")[:LATEST]
    return [*CallForm.earlier(form), *latest]
