from __future__ import annotations

from functools import partial
from typing import Any, ClassVar, Final

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext as _, gettext_lazy
from django.views.decorators.http import require_POST
from django_countries import countries

from accounts.access import Access, turn_back
from accounts.roles import May
from agencies.code_words import rows
from agencies.models import CountyRegion
from cases.actions.calls import can_edit_call, edit_call, log_call
from cases.actions.cases import edit_case, open_case
from cases.actions.persons import NewPerson, change_status, edit_person, register_persons
from cases.admin.base import CaseworkAdmin, filters_of
from cases.admin.forms import CaseAloneForm, FirstFactsForm, InAdmin, WholeCaseForm, WholePersonForm, lists_of
from cases.admin.inlines import (
    SAVES,
    ExploitationInline,
    IdentificationInline,
    MeasureInline,
    PersonInline,
    further_parts,
)
from cases.choices import CaseState
from cases.export_files import rarest
from cases.forms.call import CallForm, EditCallForm, NewCallForm
from cases.forms.fields import rows_of
from cases.models import Call, Case, Exploitation, Identification, Measure, Person
from cases.resources import CallResource, CaseResource, PersonResource
from cases.search import found
from cases.snapshots import by_model
from cases.views.call import CallList
from cases.views.case_filter import CaseList, PersonList
from exchange.admin import access_of

LATEST = 8  # own calls that a call may follow up


@admin.register(Call)
class CallAdmin(CaseworkAdmin):
    about = gettext_lazy("Calls to the support line. They are never counted as persons.")
    kind = "call"
    resource = CallResource
    new_form, stored_form = NewCallForm, EditCallForm
    list_display = ("received_at", "referred_region", "caller_county", "follow_up_due", "taken_by")
    list_select_related = ("referred_region", "caller_county", "taken_by")
    list_filter = filters_of(CallList)
    ordering = ("-received_at", "-pk")
    sortable_by = ("received_at",)

    def is_own(self, access: Access, row: Call) -> bool:
        return can_edit_call(access, row)

    def form_of(self, request: HttpRequest, *, change: bool) -> type[InAdmin]:
        form = super().form_of(request, change=change)
        form.earlier = earlier  # type: ignore[attr-defined]
        return form

    def form_context(self, request: HttpRequest, row: Call | None, context: dict[str, Any]) -> dict[str, Any]:
        return {"suggestions": {"counties": lists_of(request).counties}}

    def save_model(self, request: HttpRequest, obj: Call, form: Any, change: bool) -> None:
        facts = {"call": form.as_shown(), "lists": form.chosen_lists, "by": access_of(request)}
        if not change:
            self.once(request, form, partial(log_call, **facts))
        elif form.changed:
            self.once(request, form, partial(edit_call, **facts, fields=form.changed))
        self.show_warnings(request, form)


def earlier(form: CallForm) -> list[Call]:
    """What a call may be said to follow up: what it does follow up, and one's own latest."""
    mine = Call.objects.visible_to(form.access).filter(taken_by=form.access.user).exclude(pk=form.instance.pk)
    latest = mine.select_related(*Call.SAID).order_by("-received_at", "-pk")[:LATEST]
    return [*CallForm.earlier(form), *latest]


@admin.register(Case)
class CaseAdmin(CaseworkAdmin):
    about = gettext_lazy("The cases you may see, with their persons.")
    kind = "case"
    resource = CaseResource
    new_form, stored_form = CaseAloneForm, WholeCaseForm
    unread = ("note",)
    placed = ("region",)
    inlines = (PersonInline,)
    list_display = ("number", "opened_on", "region", "state", "responsible", "persons")
    list_select_related = ("region", "responsible")
    list_filter = filters_of(CaseList)
    list_context: ClassVar[dict[str, Any]] = {"find_address": reverse_lazy("admin:cases_case_find")}
    search_fields = ("number",)
    search_help_text = gettext_lazy("A number or its beginning, or an agency's whole reference.")
    ordering = ("-opened_on", "-pk")
    sortable_by = ("number", "opened_on")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        access = access_of(request)
        seen = Person.objects.visible_to(access).filter(case=OuterRef("pk")).order_by().values("case")
        number = Subquery(seen.annotate(n=Count("pk")).values("n"))
        rows: Any = super().get_queryset(request)
        own: QuerySet[Any] = rows.whole_for(access).with_own(access)
        return own.annotate(seen=Coalesce(number, 0))

    @admin.display(description=gettext_lazy("persons"))
    def persons(self, obj: Case) -> int:
        return int(obj.seen)  # type: ignore[attr-defined]

    def is_own(self, access: Access, row: Case) -> bool:
        return bool(row.changeable)

    def get_inlines(
        self, request: HttpRequest, obj: Case | None = None
    ) -> list[type[admin.options.InlineModelAdmin[Any, Any]]]:
        return list(self.inlines) if obj else []

    def get_urls(self) -> list[Any]:
        return [
            path("find/", self.admin_site.admin_view(self.find), name="cases_case_find"),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def find(self, request: HttpRequest) -> HttpResponse:
        """By POST: a reference is no part of an address, as the beginning of a number may be."""
        access = access_of(request)
        access.require(May.VIEW_CASE)
        typed = request.POST.get("find", "")
        hits = found(typed, access)
        if hits.only:
            return redirect("admin:cases_case_change", getattr(hits.only, "case_id", hits.only.pk))
        number, page = typed.strip().upper(), reverse("admin:cases_case_changelist")
        if hits.cases:
            return redirect(f"{page}?{urlencode({'pk__in': ','.join(str(case.pk) for case in hits.cases)})}")
        if number and Case.objects.visible_to(access).filter(number__startswith=number).exists():
            return redirect(f"{page}?{urlencode({'q': number})}")
        return turn_back(request, gettext("No case of yours has that number or reference."), page)

    def form_context(self, request: HttpRequest, row: Case | None, context: dict[str, Any]) -> dict[str, Any]:
        if row is None or not row.changeable or not self.has_add_permission(request):
            return {}
        return {"add_person_address": f"{reverse('admin:cases_person_add')}?case={row.pk}"}

    def save_model(self, request: HttpRequest, obj: Case, form: Any, change: bool) -> None:
        case, access = form.as_shown(), access_of(request)
        if not change:
            case.region = form.cleaned_data["region"]
            self.once(request, form, partial(open_case, case=case, persons=[], by=access))
            case.changeable = True
        elif form.changed:
            self.once(request, form, partial(edit_case, case=case, fields=form.changed, by=access))
        self.show_warnings(request, form)


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
    takes_access = False
    inlines = (IdentificationInline, ExploitationInline, MeasureInline)
    change_form_template = "admin/cases/person/change_form.html"
    list_display = ("number", "first_identified_on", "first_county", "responsible_region", "state")
    list_filter = filters_of(PersonList)
    list_context: ClassVar[dict[str, Any]] = {"import_address": reverse_lazy("cases:import")}
    search_fields = ("number",)
    ordering = ("-first_identified_on", "-pk")
    sortable_by = ("number", "first_identified_on")
    autocomplete_fields = ("case",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        return super().get_queryset(request).select_related("case", "first_county", "responsible_region")

    @admin.display(description=gettext_lazy("state of the case"))
    def state(self, obj: Person) -> str:
        return str(CaseState(obj.case.state).label)

    def is_own(self, access: Access, row: Person) -> bool:
        return row.responsible_region_id in access.regions

    def has_import_permission(self, request: HttpRequest) -> bool:
        return access_of(request).may(May.IMPORT_PERSONS)

    def import_action(self, request: HttpRequest, **options: Any) -> HttpResponse:
        """Persons have an import of their own, with rules, cases and undo."""
        access_of(request).require(May.IMPORT_PERSONS)
        return redirect("cases:import")

    def import_urls(self) -> list[Any]:
        return [path("import/", self.admin_site.admin_view(self.import_action), name="cases_person_import")]

    def form_context(
        self, request: HttpRequest, row: Person | None, context: dict[str, Any]
    ) -> dict[str, Any]:
        lists = lists_of(request)
        suggestions = {kind: rows_of(lists, kind) for kind in SUGGESTED} | {
            "countries": [name for _code, name in countries],
            "municipalities": near(access_of(request)),
        }
        further = further_parts(context.get("inline_admin_formsets", ()), row) if row else []
        return {"further": further, "suggestions": suggestions}

    def exported(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        """What another region lets one read is not one's own to take along."""
        return queryset.in_own_region(access_of(request))  # type: ignore[attr-defined]

    def rarest_of(self, rows: QuerySet[Person]) -> int:
        return rarest(Person.objects.filter(pk__in=rows.order_by().values("pk")))

    def notices(self, form: Any) -> list[str]:
        several = _(
            "One row for each identification: whoever several organisations identified has several rows."
        )
        return [several, form.warning] if form.warning else [several]

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        """With all that belongs to the person, below."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        kept = [one for formset in formsets for one in getattr(formset, "kept", ())]
        changed = [one for one in kept if one.has_changed()]
        if not change:
            self.once(request, form, partial(_register, form, kept, access_of(request)))
        elif form.changed or changed:
            self.once(request, form, partial(_change, form, changed, access_of(request)))
        self.show_warnings(request, form, *kept)


def _register(form: Any, kept: list[Any], by: Access) -> Person:
    person, parts = form.instance, [one.instance for one in kept]
    rows = by_model(parts)
    seen, used, given = rows[Identification], rows[Exploitation], rows.get(Measure, [])
    person.status_on = min(one.identified_on for one in seen)
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
    counties = set(places.values_list("county", flat=True))
    return sorted(row["name"] for row in rows("municipalities") if row["county"] in counties)
