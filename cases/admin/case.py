from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.roles import May
from cases.actions.cases import edit_case, open_case
from cases.admin.base import CaseworkAdmin
from cases.admin.filters import filters_of
from cases.admin.forms import CaseAloneForm, WholeCaseForm
from cases.admin.inlines import PersonInline
from cases.finding import found
from cases.models import Case, Person
from cases.resources.case import CaseResource
from cases.views.case_filter import CaseList
from exchange.admin.base import access_of


@admin.register(Case)
class CaseAdmin(CaseworkAdmin):
    about = _("The cases you may see, with their persons.")
    kind = "case"
    resource = CaseResource
    new_form, stored_form = CaseAloneForm, WholeCaseForm
    unread = ("note",)
    placed = ("region",)
    inlines = (PersonInline,)
    list_display = ("number", "opened_on", "region", "state", "responsible", "persons")
    list_select_related = ("region", "responsible")
    list_filter = filters_of(CaseList)
    search_fields = ("number",)
    search_help_text = _("A number or its beginning, or an agency's whole reference.")
    ordering = ("-opened_on", "-pk")
    sortable_by = ("number", "opened_on", "region", "state")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        access = access_of(request)
        seen = Person.objects.visible_to(access).filter(case=OuterRef("pk")).order_by().values("case")
        number = Subquery(seen.annotate(n=Count("pk")).values("n"))
        rows: Any = super().get_queryset(request).whole_for(access)  # type: ignore[attr-defined]
        own: QuerySet[Any] = rows.with_own(access).annotate(seen=Coalesce(number, 0))
        return own

    @admin.display(description=_("persons"))
    def persons(self, obj: Case) -> int:
        seen: int = obj.seen  # type: ignore[attr-defined]
        return seen

    def has_change_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        own: bool = obj is None or obj.changeable
        return super().has_change_permission(request, obj) and own

    def get_inlines(
        self, request: HttpRequest, obj: Case | None = None
    ) -> list[type[admin.options.InlineModelAdmin[Any, Any]]]:
        return list(self.inlines) if obj else []

    # --- the one search box ------------------------------------------------------------------
    def get_urls(self) -> list[Any]:
        return [
            path("find/", self.admin_site.admin_view(self.find), name="cases_case_find"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        more = {"find_address": reverse("admin:cases_case_find"), **(extra_context or {})}
        return super().changelist_view(request, more)

    @method_decorator(require_POST)
    def find(self, request: HttpRequest) -> HttpResponse:
        """By POST: a reference is no part of an address, as the beginning of a number may be."""
        access = access_of(request)
        access.require(May.VIEW_CASE)
        typed = request.POST.get("find", "")
        hits = found(typed, access)
        if hits.only:
            return redirect("admin:cases_case_change", hits.person.case_id if hits.person else hits.only.pk)
        if hits.cases:
            chosen = ",".join(str(case.pk) for case in hits.cases)
            return redirect(f"{reverse('admin:cases_case_changelist')}?{urlencode({'pk__in': chosen})}")
        number = typed.strip().upper()
        if number and Case.objects.visible_to(access).filter(number__startswith=number).exists():
            return redirect(f"{reverse('admin:cases_case_changelist')}?{urlencode({'q': number})}")
        messages.warning(request, gettext("No case of yours has that number or reference."))
        return redirect("admin:cases_case_changelist")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        case = options.get("obj")
        if case is not None and case.changeable and self.has_add_permission(request):
            context["add_person_address"] = f"{reverse('admin:cases_person_add')}?case={case.pk}"
        return super().render_change_form(request, context, *args, **options)

    def save_model(self, request: HttpRequest, obj: Case, form: Any, change: bool) -> None:
        case, access = form.as_shown(), access_of(request)
        if not change:
            case.region = form.cleaned_data["region"]
            self.once(request, form, partial(open_case, case=case, persons=[], by=access))
            case.changeable = True
        elif form.changed:
            self.once(request, form, partial(edit_case, case=case, fields=form.changed, by=access))
        self.tell(request, form)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Persons are saved on pages of their own."""
