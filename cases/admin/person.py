from __future__ import annotations

from functools import partial
from typing import Any, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from accounts.access import Access
from accounts.roles import May
from agencies.loading import rows
from agencies.models import CountyRegion
from cases.actions.assessment import change_status
from cases.actions.persons import NewPerson, edit_person, register_persons
from cases.admin.base import CaseworkAdmin
from cases.admin.filters import filters_of
from cases.admin.forms import FirstFactsForm, WholePersonForm, lists_of
from cases.admin.inlines import SAVES, ExploitationInline, IdentificationInline, MeasureInline, further_parts
from cases.choices import CaseState
from cases.exporting.files import rarest
from cases.forms.fields import rows_of
from cases.models import Exploitation, Identification, Measure, Person
from cases.resources.person import PersonResource
from cases.views.case_filter import PersonList
from exchange.admin.base import access_of

# Lists whose words are typed, and suggested once a page.
SUGGESTED: Final = ("agency", "channel", "provider", "county", "purpose", "sexual_form", "sector", "measure")


@admin.register(Person)
class PersonAdmin(CaseworkAdmin):
    about = gettext_lazy("Presumed victims of cases you may see. Each is counted once.")
    kind = "person"
    resource = PersonResource
    new_form, stored_form = FirstFactsForm, WholePersonForm
    unread = ("status_reason",)
    placed = ("case",)
    inlines = (IdentificationInline, ExploitationInline, MeasureInline)
    change_form_template = "admin/cases/person/change_form.html"
    list_display = ("number", "first_identified_on", "first_county", "responsible_region", "state")
    list_filter = filters_of(PersonList)
    search_fields = ("number",)
    ordering = ("-first_identified_on", "-pk")
    sortable_by = ("number", "first_identified_on", "first_county", "responsible_region")
    autocomplete_fields = ("case",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        return super().get_queryset(request).select_related("case", "first_county", "responsible_region")

    @admin.display(description=gettext_lazy("state of the case"))
    def state(self, obj: Person) -> str:
        return str(CaseState(obj.case.state).label)

    # --- who may -----------------------------------------------------------------------------
    def has_change_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        own = obj is None or obj.responsible_region_id in access_of(request).regions
        return super().has_change_permission(request, obj) and own

    def has_import_permission(self, request: HttpRequest) -> bool:
        return access_of(request).may(May.IMPORT_PERSONS)

    def import_action(self, request: HttpRequest, **options: Any) -> HttpResponse:
        """Persons have an import of their own, with rules, cases and undo."""
        access_of(request).require(May.IMPORT_PERSONS)
        return redirect("cases:import")

    def import_urls(self) -> list[Any]:
        return [path("import/", self.admin_site.admin_view(self.import_action), name="cases_person_import")]

    # --- the page ----------------------------------------------------------------------------
    def form_options(self, request: HttpRequest, *, change: bool) -> dict[str, Any]:
        return {} if change else super().form_options(request, change=change)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        lists, shown = lists_of(request), context.get("inline_admin_formsets") or ()
        context["further"] = further_parts(shown, options["obj"]) if options.get("obj") else []
        context["suggestions"] = {
            **{kind: rows_of(lists, kind) for kind in SUGGESTED},
            "countries": [name for _code, name in countries],
            "municipalities": near(access_of(request)),
        }
        return super().render_change_form(request, context, *args, **options)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        more = {"import_address": reverse("cases:import"), **(extra_context or {})}
        return super().changelist_view(request, more)

    # --- export ------------------------------------------------------------------------------
    def exported(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        """What another region lets one read is not one's own to take along."""
        own: QuerySet[Person] = queryset.in_own_region(access_of(request))  # type: ignore[attr-defined]
        return own

    def rarest_of(self, rows: QuerySet[Person]) -> int:
        return rarest(Person.objects.filter(pk__in=rows.order_by().values("pk")))

    def notices(self, form: Any) -> list[str]:
        several = _(
            "One row for each identification: whoever several organisations identified has several rows."
        )
        return [several, form.warning] if form.warning else [several]

    # --- saving ------------------------------------------------------------------------------
    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        """With all that belongs to the person, below."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        kept = [one for formset in formsets for one in getattr(formset, "kept", ())]
        changed = [one for one in kept if one.has_changed()]
        if not change:
            self.once(request, form, partial(_register, form, kept, access_of(request)))
        elif form.changed or changed:
            self.once(request, form, partial(_change, form, changed, access_of(request)))
        self.tell(request, form, *kept)


def _register(form: Any, kept: list[Any], by: Access) -> Person:
    person, parts = form.instance, [one.instance for one in kept]
    seen = [part for part in parts if isinstance(part, Identification)]
    used = [part for part in parts if isinstance(part, Exploitation)]
    given = [part for part in parts if isinstance(part, Measure)]
    person.status_on = min(part.identified_on for part in seen)
    return register_persons(case=person.case, persons=[NewPerson(person, seen, used, given)], by=by)[0]


def _change(form: Any, changed: list[Any], by: Access) -> Person:
    """The new main purpose last: it changes the one before, which is no change by somebody else."""
    person: Person = form.as_shown()
    if "status" in form.changed:
        change_status(person=person, fields=form.changed, by=by)
    elif form.changed:
        edit_person(person=person, fields=form.changed, by=by)
    for one in sorted(changed, key=lambda one: getattr(one.instance, "is_main", False)):
        SAVES[type(one.instance)](one.as_shown(), one.changed, by)
    return person


def near(access: Access) -> list[str]:
    """Names of the municipalities of own regions, to choose from. Any other is understood when typed."""
    places = CountyRegion.objects.on(access.today).filter(region__in=access.regions)
    counties = set(places.values_list("county", flat=True)) if access.regions else set()
    return sorted(row["name"] for row in rows("municipalities") if row["county"] in counties)
