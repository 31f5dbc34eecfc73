"""The list of cases: the filters that are allowed, its orders, and the way through it. State is in the address."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from agencies.access import Access
from agencies.models import CountyRegion
from cases.choices import CaseState
from cases.completeness import INCOMPLETE
from cases.forms.fields import DayField
from cases.models import Case, Person
from cases.paging import Order

ORDERS: Final = {
    "opened": Order(("opened_on", "pk")),
    "number": Order(("number",)),
    "state": Order(("state", "opened_on", "pk")),
    "region": Order(("region_id", "opened_on", "pk")),
}
FIRST: Final = "-opened"
OPEN: Final = "open"
ANY: Final = ("", _("All"))
NAMES: Final = ("year", "from", "to", "county", "region", "state", "responsible", "complete")


class CaseFilterForm(forms.Form):
    """By number, date, county, region, state, responsible and completeness only: never by what is sensitive."""

    year = forms.IntegerField(label=_("Year"), required=False, min_value=1990, max_value=2100)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ANY, (OPEN, _("Open")), *CaseState.choices])
    responsible = forms.ChoiceField(
        label=_("Responsible"), required=False, choices=[ANY, ("me", _("Me")), ("nobody", _("Nobody"))]
    )
    complete = forms.ChoiceField(
        label=_("Record"), required=False, choices=[ANY, ("no", _("Something is missing")), ("yes", _("Complete"))]
    )

    def __init__(self, data: Any, places: list[CountyRegion] | None) -> None:
        """Without `places` any county and region is taken for one: an unknown one matches nothing."""
        super().__init__(data)
        self.fields["from"] = DayField(label=_("Opened from"), required=False, future=True, help_text="")
        self.fields["to"] = DayField(label=_("Opened to"), required=False, future=True, help_text="")
        for name in ("county", "region"):
            self.fields[name] = forms.CharField(required=False) if places is None else choice_of(name, places)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag, helper.disable_csrf = False, True
        helper.layout = Layout("year", "county", "state", "responsible", "region", "complete", "from", "to")
        return helper


def choice_of(name: str, places: list[CountyRegion]) -> forms.ChoiceField:
    rows = {(getattr(row, f"{name}_id"), str(getattr(row, name))) for row in places}
    label = _("County") if name == "county" else _("NMT region")
    return forms.ChoiceField(label=label, required=False, choices=[ANY, *sorted(rows, key=lambda pair: pair[1])])


@dataclass(frozen=True)
class Chip:
    """A filter that is on; `address` is the list without it."""

    name: str
    value: str
    address: str


class CaseList:
    """The cases that one address asks for. Faulty values are told of and filter nothing."""

    def __init__(self, query: QueryDict, access: Access, *, shown: bool = True) -> None:
        """`shown` is false where only the order of the list is needed, not its form."""
        self.access, self.shown = access, shown
        self.query = query
        self.sort = query.get("sort") if str(query.get("sort", "")).lstrip("-") in ORDERS else FIRST

    @cached_property
    def places(self) -> list[CountyRegion] | None:
        if not self.shown:
            return None
        return list(CountyRegion.objects.on(self.access.today).select_related("county", "region"))

    @cached_property
    def form(self) -> CaseFilterForm:
        return CaseFilterForm(self.query if self.chosen else None, self.places)

    @cached_property
    def chosen(self) -> dict[str, str]:
        return {name: self.query[name].strip() for name in NAMES if self.query.get(name, "").strip()}

    @property
    def order(self) -> Order:
        order = ORDERS[str(self.sort).lstrip("-")]
        return order.turned() if str(self.sort).startswith("-") else order

    @cached_property
    def rows(self) -> Any:
        return self._by_persons(self._by_case(Case.objects.visible_to(self.access)))

    @property
    def facts(self) -> dict[str, Any]:
        """What filters: cleaned values of the fields without faults."""
        if not self.chosen:
            return {}
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

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

    # --- addresses ---------------------------------------------------------------------------
    def address(self, **changes: str) -> str:
        """The query string of this list with some values changed; "" removes one."""
        query = QueryDict(mutable=True)
        for name in (*NAMES, "sort"):
            if self.query.get(name):
                query[name] = self.query[name]
        for name, value in changes.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return f"?{query.urlencode()}"

    @property
    def chips(self) -> list[Chip]:
        return [Chip(str(self.form[n].label), self._said(n), self.address(**{n: ""})) for n in self.chosen]

    def _said(self, name: str) -> str:
        choices = dict(getattr(self.form.fields[name], "choices", ()))
        return str(choices.get(self.chosen[name], self.chosen[name]))

    def row(self, name: str) -> Case | None:
        """The row that a page goes on from; None when it is not there any more."""
        try:
            code = uuid.UUID(self.query.get(name, ""))
        except ValueError:
            return None
        return Case.objects.visible_to(self.access).filter(code=code).first()

    def with_neighbours(self) -> Any:
        """All visible cases, each with the codes of the one before and after it in this list: `before`, `after`."""
        return Case.objects.visible_to(self.access).annotate(
            before=self._neighbour(self.order.turned()), after=self._neighbour(self.order)
        )

    def _neighbour(self, order: Order) -> Subquery:
        rows = self.rows.filter(order.beyond_outer()).order_by(*order.by())
        return Subquery(rows.values("code")[:1])
