"""The list of cases: the filters that are allowed, its orders, and the way through it. State is in the
address."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cases.choices import CaseState
from cases.completeness import INCOMPLETE
from cases.models import Case, Person
from cases.paging import Order
from cases.views.listing import ANY, FilterForm, Listing

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
NAMES: Final = ("year", "from", "to", "county", "region", "state", "responsible", "complete")


class CaseFilterForm(FilterForm):
    """By number, date, county, region, state, responsible and completeness only: never by what is
    sensitive."""

    field_order = ("year", "county", "state", "responsible", "region", "complete", "from", "to")
    since, until = _("Opened from"), _("Opened to")

    year = forms.IntegerField(label=_("Year"), required=False, min_value=1990, max_value=2100)
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


class CaseList(Listing):
    """The cases that one address asks for."""

    model, names, orders, first = Case, NAMES, ORDERS, FIRST

    def filter_form(self, data: QueryDict | None) -> CaseFilterForm:
        return CaseFilterForm(data, self.places)

    def filtered(self, rows: Any) -> Any:
        return self._by_persons(self._by_case(rows))

    @property
    def parts(self) -> list[Any]:
        """A list in whose order a region's cases stand together begins far from them for who sees few
        regions."""
        if str(self.sort).lstrip("-") not in TOGETHER or len(self.access.regions) > FEW:
            return []
        return [self.filtered(part) for part in Case.objects.visible_parts(self.access)]

    def _by_case(self, rows: Any) -> Any:
        facts = self.facts
        if year := facts.get("year"):
            rows = rows.opened_in(year)
        if state := facts.get("state"):
            rows = rows.open() if state == OPEN else rows.filter(state=state)
        if who := facts.get("responsible"):
            rows = rows.filter(responsible=self.access.user if who == "me" else None)
        plain = {"from": "opened_on__gte", "to": "opened_on__lte", "region": "region"}
        return rows.filter(**{lookup: facts[name] for name, lookup in plain.items() if name in facts})

    def _by_persons(self, rows: Any) -> Any:
        facts = self.facts
        persons = Person.objects.visible_to(self.access).filter(case=OuterRef("pk"))
        if county := facts.get("county"):
            rows = rows.filter(Exists(persons.filter(first_county=county)))
        if complete := facts.get("complete"):
            lacks = Q(Exists(persons.with_main().filter(INCOMPLETE)))
            rows = rows.filter(lacks if complete == "no" else ~lacks)
        return rows
