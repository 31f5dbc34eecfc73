from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from accounts.access import Access
from accounts.roles import May
from agencies.loading import rows
from agencies.models import CountyRegion
from cases.actions.assessment import change_status
from cases.actions.parts import save_exploitation, save_identification, save_measure
from cases.actions.persons import NewPerson, edit_person, register_persons
from cases.actions.saving import check_unchanged
from cases.admin import filters
from cases.admin.base import CaseworkAdmin, PersonsForm, lists_of
from cases.admin.forms import NewPersonAdminForm, PersonAdminForm
from cases.admin.inlines import ExploitationInline, IdentificationInline, MeasureInline, further_parts
from cases.exporting.rarity import rarest
from cases.models import Case, Exploitation, Identification, Person
from cases.resources.person import PersonResource
from exchange.admin.base import access_of


@admin.register(Person)
class PersonAdmin(CaseworkAdmin):
    kind = "person"
    resource = PersonResource
    form = PersonAdminForm
    inlines = (IdentificationInline, ExploitationInline, MeasureInline)
    change_form_template = "admin/cases/person/change_form.html"
    list_display = ("number", "first_identified_on", "first_county", "responsible_region", "state")
    list_filter = (
        filters.IdentifiedIn,
        filters.IdentifiedCounty,
        filters.ResponsibleRegion,
        filters.StateOfCase,
        filters.ResponsibleOfCase,
        filters.Complete,
    )
    search_fields = ("number",)
    ordering = ("-first_identified_on", "-pk")
    sortable_by = ("number", "first_identified_on", "first_county", "responsible_region")
    autocomplete_fields = ("case",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("case", "first_county", "responsible_region")

    @admin.display(description=gettext_lazy("state of the case"))
    def state(self, obj: Any) -> str:
        return obj.case.get_state_display()

    # --- who may -----------------------------------------------------------------------------
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        own = obj is None or obj.responsible_region_id in access_of(request).regions
        return super().has_change_permission(request, obj) and own

    def has_import_permission(self, request: HttpRequest) -> bool:
        return access_of(request).may(May.IMPORT_PERSONS)

    def import_action(self, request: HttpRequest, **options: Any) -> HttpResponse:
        """Persons have an import of their own, with rules, cases and undo."""
        access_of(request).require(May.IMPORT_PERSONS)
        return redirect("cases:import")

    def import_urls(self) -> list[Any]:
        return super().import_urls()[:1]

    # --- the page ----------------------------------------------------------------------------
    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        kind = {} if change else {"form": NewPersonAdminForm}
        return super().get_form(request, obj, change, **kind, **options)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        facts = [
            ("sex", "child", "age_class"),
            ("citizenship", "country_of_origin"),
            "further_citizenships",
            ("residence", "offence"),
        ]
        if obj is None:
            return [(None, {"fields": ["case", *facts, "status", "status_on"]})]
        if not self.has_change_permission(request, obj):
            return [(None, {"fields": ["case", *facts, ("status", "status_on")]})]
        status = (gettext_lazy("Status"), {"fields": ["status", ("status_on", "status_reason"), "version"]})
        return [(None, {"fields": facts}), status]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "case":
            options["queryset"] = Case.objects.in_own_region(access_of(request))
        return super().formfield_for_foreignkey(db_field, request, **options)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> Any:
        lists = lists_of(request)
        shown = context.get("inline_admin_formsets") or ()
        context["further"] = further_parts(shown, options["obj"]) if options.get("obj") else []
        context["suggestions"] = {
            "agencies": lists.agencies,
            "channels": lists.by_list["channel"],
            "providers": lists.by_list["provider"],
            "countries": [name for _code, name in countries],
            "municipalities": near(access_of(request)),
            "counties": lists.counties,
            "forms": lists.by_list["sexual_form"],
            "sectors": lists.by_list["sector"],
            "kinds": lists.by_list["measure"],
        }
        return super().render_change_form(request, context, *args, **options)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        more = {"import_address": reverse("cases:import"), **(extra_context or {})}
        return super().changelist_view(request, more)

    # --- export ------------------------------------------------------------------------------
    def exported(self, request: HttpRequest, queryset: Any) -> Any:
        """What another region lets one read is not one's own to take along."""
        return queryset.in_own_region(access_of(request))

    def export_form(self, request: HttpRequest, queryset: Any) -> PersonsForm:
        number = rarest(Person.objects.filter(pk__in=queryset.order_by().values("pk")))
        return PersonsForm(request.POST or None, rarest=number)

    def notices(self, form: Any) -> list[str]:
        notices = [
            _("One row for each identification: whoever several organisations identified has several rows.")
        ]
        if "reason" not in form.fields:
            return notices
        said = _(
            "Some combination of year, sex, age, citizenship, county and purpose has only %(number)d in "
            "this list: "
            "whoever reads the file may recognise somebody. Handle it as secret."
        )
        return [*notices, said % {"number": form.rarest}]

    # --- saving ------------------------------------------------------------------------------
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            return  # with all that belongs to the person, below
        access, fields = access_of(request), form.changed
        if "status" in fields:
            change_status(person=obj, fields=fields, by=access)
        elif fields:
            edit_person(person=obj, fields=fields, by=access)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        told = [one for formset in formsets for one in getattr(formset, "kept", ())]
        if change:
            self._save_parts(request, [one for one in told if one.has_changed()])
        else:
            self._register(request, form, [one.instance for one in told])
        self.tell(request, form, *told)

    def _register(self, request: HttpRequest, form: Any, parts: list[Any]) -> None:
        person = form.instance
        seen = [part for part in parts if isinstance(part, Identification)]
        person.status_on = person.status_on or min(part.identified_on for part in seen)
        used = [part for part in parts if isinstance(part, Exploitation)]
        measures = [part for part in parts if part not in seen and part not in used]
        new = NewPerson(person, seen, used, measures)
        register_persons(case=person.case, persons=[new], by=access_of(request))

    def _save_parts(self, request: HttpRequest, changed: list[Any]) -> None:
        """All are checked first: a new main purpose changes the one before, which is no change by somebody
        else."""
        access = access_of(request)
        for one in changed:
            check_unchanged(one.instance)
            one.instance.version = None
        for one in changed:
            row, fields = one.instance, one.changed
            if isinstance(row, Identification):
                save_identification(identification=row, fields=fields, by=access)
            elif isinstance(row, Exploitation):
                save_exploitation(exploitation=row, lists={}, fields=fields, by=access)
            else:
                save_measure(measure=row, fields=fields, by=access)


def near(access: Access) -> list[str]:
    """Names of the municipalities of own regions, to choose from. Any other is understood when typed."""
    places = CountyRegion.objects.on(access.today).filter(region__in=access.regions)
    counties = set(places.values_list("county", flat=True)) if access.regions else set()
    return sorted(row["name"] for row in rows("municipalities") if row["county"] in counties)
