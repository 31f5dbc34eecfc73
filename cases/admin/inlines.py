"""What belongs to a person, and the persons of a case, inside the page of their whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms.models import inlineformset_factory
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy as _

from accounts.access import Access
from cases.actions.base import with_versions
from cases.admin.forms import (
    ExploitationSet,
    IdentificationSet,
    InAdmin,
    PartSet,
    Shown,
    fieldsets_of,
    in_admin,
)
from cases.models import Exploitation, Person
from cases.views.parts import EXPLOITATION, IDENTIFICATION, MEASURE, PersonPart
from cases.wording import YES_NO
from exchange.admin import access_of

SAVES: Final[Mapping[type[Model], Callable[[Any, Iterable[str], Access], Any]]] = {
    part.model: part.save for part in (IDENTIFICATION, EXPLOITATION, MEASURE)
}


class PartInline(admin.options.InlineModelAdmin):
    """One kind of `part`, with the form of its page. Rights are those of the person: a grant is for
    reading."""

    part: PersonPart
    formset: type[PartSet] = PartSet
    can_delete = False
    min_first = 0  # of a new person
    reads: tuple[str, ...] = ()
    first: tuple[str, ...] = ("pk",)
    page = ""  # where one part is changed alone
    left_out: ClassVar[tuple[str, ...]] = ()
    unread: ClassVar[tuple[str, ...]] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        manager: Any = self.model._default_manager
        rows: QuerySet[Any] = manager.visible_to(access_of(request)).select_related(*self.reads)
        return with_versions(rows).order_by(*self.first)

    def has_change_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        if obj is None or obj.pk is None:
            return super().has_add_permission(request, obj)
        return (
            super().has_change_permission(request, obj)
            and obj.responsible_region_id in access_of(request).regions
        )

    def has_add_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def form_of(self, request: HttpRequest) -> type[InAdmin]:
        return in_admin(
            self.part.form,
            request,
            left_out=self.left_out,
            part=True,
            in_table=isinstance(self, admin.TabularInline),
            alone=False,
        )

    def get_formset(
        self, request: HttpRequest, obj: Person | None = None, **options: Any
    ) -> type[forms.BaseInlineFormSet[Any, Any, Any]]:
        if not self.has_change_permission(request, obj):
            return super().get_formset(request, obj, form=forms.ModelForm, **options)
        first = self.min_first if getattr(obj, "pk", None) is None else 0
        return inlineformset_factory(
            Person,
            self.model,
            form=self.form_of(request),
            formset=self.formset,
            extra=0,
            can_delete=False,
            min_num=first,
            validate_min=bool(first),
        )

    def get_fieldsets(self, request: HttpRequest, obj: Person | None = None) -> Shown:
        may = self.has_change_permission(request, obj)
        return fieldsets_of(self.form_of(request)(), without=() if may else ("version", *self.unread))


class IdentificationInline(PartInline, admin.TabularInline):
    part, model, formset = IDENTIFICATION, IDENTIFICATION.model, IdentificationSet
    page = "cases:edit_identification"
    reads = ("agency", "county", "channel")
    min_first = 1
    unread = ("reference",)  # the agency's own is for those who may change it


class ExploitationInline(PartInline, admin.StackedInline):
    """Acts, means and control methods are long lists, which have the page of the purpose."""

    part, model, formset = EXPLOITATION, EXPLOITATION.model, ExploitationSet
    page = "cases:edit_exploitation"
    first = ("-is_main", "pk")
    readonly_fields = ("main", "stated", "named")
    reads = ("purpose", "sector", "sexual_form", "county", "person")
    min_first = 1
    left_out = (*Exploitation.LISTS, *(f"{name}_answer" for name in Exploitation.LISTS))
    unread = ("is_main",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related(*Exploitation.LISTS)

    def get_fieldsets(self, request: HttpRequest, obj: Person | None = None) -> Shown:
        """The way to the page of the purpose is for those who may change it, and the others read no
        picture."""
        may = self.has_change_permission(request, obj)
        shown = super().get_fieldsets(request, obj)
        shown[0][1]["fields"] += ["stated"] if may else ["main", "named"]
        return shown

    @admin.display(description=_("Main purpose"))
    def main(self, obj: Exploitation) -> str:
        return str(YES_NO[obj.is_main])

    @admin.display(description=_("Acts, means and control methods"))
    def stated(self, obj: Exploitation) -> str:
        if obj.pk is None:
            return "–"
        page = reverse("cases:edit_exploitation", args=[obj.person.code, obj.pk])
        return format_html(
            '{} <a href="{}">{}</a>', self.named(obj), page, gettext("Change on the page of the purpose")
        )

    @admin.display(description=_("Acts, means and control methods"))
    def named(self, obj: Exploitation) -> str:
        codes = (one for name in Exploitation.LISTS for one in getattr(obj, name).all())
        return ", ".join(str(code) for code in codes) or "–"


class MeasureInline(PartInline, admin.TabularInline):
    part, model = MEASURE, MEASURE.model
    page = "cases:edit_measure"
    reads = ("kind", "provider", "agency")


class PersonInline(admin.TabularInline):
    model = Person
    fields = readonly_fields = ("status", "first_identified_on", "first_county", "responsible_region")
    can_delete = False
    show_change_link = True
    view_on_site = False
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        persons: QuerySet[Person] = Person.objects.visible_to(access_of(request))
        return persons.select_related("first_county", "responsible_region").order_by("position")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def further_parts(inline_formsets: Iterable[Any], person: Person) -> list[tuple[str, list[tuple[str, str]]]]:
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
