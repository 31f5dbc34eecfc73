"""What belongs to a person, and the persons of a case, inside the page of their whole."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.admin.base import lists_of
from cases.admin.forms import (
    ExploitationAdminForm,
    ExploitationSet,
    IdentificationAdminForm,
    IdentificationSet,
    MeasureAdminForm,
    MeasureSet,
)
from cases.models import Exploitation, Identification, Measure, Person
from exchange.admin.base import access_of

LISTS = ("acts", "means", "controls")


class PartInline(admin.options.InlineModelAdmin):
    """Rights are those of the person: a grant is for reading."""

    can_delete = False
    min_first = 0  # of a new person
    reads: tuple[str, ...] = ()
    first: tuple[str, ...] = ("pk",)
    page = ""  # where one part is changed alone

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each with its `version`, as `version_of` has it: the last entry of its history."""
        last = self.model.history.filter(id=OuterRef("pk")).order_by("-history_id").values("history_id")[:1]
        rows = self.model._default_manager.visible_to(access_of(request)).annotate(
            version=Coalesce(Subquery(last), 0)
        )
        return rows.select_related(*self.reads).order_by(*self.first)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None or obj.pk is None:
            return super().has_add_permission(request, obj)
        return (
            super().has_change_permission(request, obj)
            and obj.responsible_region_id in access_of(request).regions
        )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        if not self.has_change_permission(request, obj):
            return super().get_formset(request, obj, form=forms.ModelForm, **options)
        new = obj is None or obj.pk is None
        first = self.min_first if new else 0
        formset = super().get_formset(
            request, obj, min_num=first, validate_min=new and bool(first), **options
        )
        given = {"access": access_of(request), "own_lists": lists_of(request)}
        formset.form = type(formset.form.__name__, (formset.form,), given)
        return formset

    def get_extra(self, request: HttpRequest, obj: Any = None, **options: Any) -> int:
        return 0


class IdentificationInline(PartInline, admin.TabularInline):
    model = Identification
    form, formset = IdentificationAdminForm, IdentificationSet
    page = "cases:edit_identification"
    fields = ("agency", "municipality", "identified_on", "county", "channel", "reference")
    reads = ("agency", "county", "channel")
    min_first = 1

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The agency's own reference is for those who may change it."""
        return self.fields if self.has_change_permission(request, obj) else self.fields[:-1]


class ExploitationInline(PartInline, admin.StackedInline):
    model = Exploitation
    form, formset = ExploitationAdminForm, ExploitationSet
    page = "cases:edit_exploitation"
    first = ("-is_main", "pk")
    fields = (
        ("purpose", "is_main"),
        ("sector", "sexual_form"),
        ("place", "county", "country"),
        ("start", "end"),
        "stated",
    )
    readonly_fields = ("main", "stated", "named")
    reads = ("purpose", "sector", "sexual_form", "county", "person")
    min_first = 1

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related(*LISTS)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        """The way to the page of the purpose is for those who may change it, and the others read no
        picture."""
        if self.has_change_permission(request, obj):
            return self.fields
        return (("purpose", "main"), *self.fields[1:-1], "named")

    @admin.display(description=_("Main purpose"))
    def main(self, obj: Any) -> str:
        return gettext("yes") if obj.is_main else gettext("no")

    @admin.display(description=_("Acts, means and control methods"))
    def stated(self, obj: Any) -> str:
        """Long lists, which have a page of their own."""
        if obj.pk is None:
            return "–"
        page = reverse("cases:edit_exploitation", args=[obj.person.code, obj.pk])
        return format_html(
            '{} <a href="{}">{}</a>', self.named(obj), page, gettext("Change on the page of the purpose")
        )

    @admin.display(description=_("Acts, means and control methods"))
    def named(self, obj: Any) -> str:
        return ", ".join(str(code) for name in LISTS for code in getattr(obj, name).all()) or "–"


class MeasureInline(PartInline, admin.TabularInline):
    model = Measure
    form, formset = MeasureAdminForm, MeasureSet
    page = "cases:edit_measure"
    fields = ("kind", "answer", "month", "provider", "agency", "ends_on")
    reads = ("kind", "provider", "agency")


class PersonInline(admin.TabularInline):
    """The persons of a case, to look at and to open."""

    model = Person
    fields = readonly_fields = ("status", "first_identified_on", "first_county", "responsible_region")
    can_delete = False
    show_change_link = True
    view_on_site = False
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        persons = Person.objects.visible_to(access_of(request))
        return persons.select_related("first_county", "responsible_region").order_by("position")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def further_parts(inline_formsets: Any, person: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    """Of each kind that has more parts than the page shows to change: its name, and each with the page of its
    own."""
    found = []
    for inline in inline_formsets:
        rows = inline.formset.further
        address = inline.opts.page if inline.has_change_permission else ""
        lines = [(str(row), reverse(address, args=[person.code, row.pk]) if address else "") for row in rows]
        if lines:
            found.append((str(inline.opts.model._meta.verbose_name_plural), lines))
    return found
