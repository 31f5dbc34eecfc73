"""The list of cases: the filters that are allowed, its orders, and the way through it. State is in the
address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from cases.choices import OPEN_STATES, CaseState
from cases.completeness import INCOMPLETE
from cases.models import Case, Person
from cases.paging import Order
from cases.querysets import PersonQuerySet
from cases.views.listing import ANY, FilterForm, Listing, Select, by

ORDERS: Final = {
    "opened": Order(("opened_on", "pk")),
    "number": Order(("number",)),
    "state": Order(("state", "opened_on", "pk")),
    "region": Order(("region_id", "opened_on", "pk")),
}
FIRST: Final = "-opened"
TOGETHER: Final = {"number", "region"}
FEW: Final = 2  # regions; cases of more stand close enough
OPEN: Final = "open"


class CaseFilterForm(FilterForm):
    """By number, date, county, region, state, responsible and completeness only: never by what is
    sensitive."""

    field_order = ("year", "county", "state", "responsible", "region", "complete", "from", "to")
    since, until = _("Opened from"), _("Opened to")

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[ANY, (OPEN, _("Open")), *CaseState.choices]
    )
    responsible = forms.ChoiceField(
        label=_("Responsible"), required=False, choices=[ANY, ("me", _("Me")), ("nobody", _("Nobody"))]
    )
    complete = forms.ChoiceField(
        label=_("Record"),
        required=False,
        choices=[ANY, ("no", _("Something is missing")), ("yes", _("Complete"))],
    )


def by_state(lookup: str) -> Select:
    def select(rows: QuerySet[Any], state: str, access: Access) -> QuerySet[Any]:
        if state == OPEN:
            return rows.filter(**{f"{lookup}__in": OPEN_STATES})
        return rows.filter(**{lookup: state})

    return select


def by_whom(lookup: str) -> Select:
    """Oneself, or nobody."""
    return lambda rows, who, access: rows.filter(**{lookup: access.user if who == "me" else None})


def _of_county(cases: QuerySet[Any], county: str, access: Access) -> QuerySet[Any]:
    return cases.filter(Exists(_persons(access).filter(first_county=county)))


def _complete(cases: QuerySet[Any], answer: str, access: Access) -> QuerySet[Any]:
    lacks = Q(Exists(_persons(access).with_main().filter(INCOMPLETE)))
    return cases.filter(lacks if answer == "no" else ~lacks)


def _persons(access: Access) -> PersonQuerySet:
    return Person.objects.visible_to(access).filter(case=OuterRef("pk"))


class CaseList(Listing):
    """The cases that one address asks for."""

    model, orders, first = Case, ORDERS, FIRST
    filters: ClassVar[Mapping[str, Select]] = {
        "year": lambda cases, year, access: cases.opened_in(year),
        "from": by("opened_on__gte"),
        "to": by("opened_on__lte"),
        "county": _of_county,
        "region": by("region"),
        "state": by_state("state"),
        "responsible": by_whom("responsible"),
        "complete": _complete,
    }

    def filter_form(self, data: QueryDict | None) -> FilterForm:
        return CaseFilterForm(data, self.places)

    @property
    def parts(self) -> list[QuerySet[Any]]:
        """A list in whose order a region's cases stand together begins far from them for who sees few
        regions."""
        if str(self.sort).lstrip("-") not in TOGETHER or len(self.access.regions) > FEW:
            return []
        return [self.filtered(part) for part in Case.objects.visible_parts(self.access)]
