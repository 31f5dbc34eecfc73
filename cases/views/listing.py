"""A list whose whole state is in its address: what filters, its order, and the row that a page goes on
from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django import forms
from django.db.models import QuerySet, Subquery
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from accounts.once import code_of
from agencies.models import CountyRegion
from cases.forms.fields import DayField
from cases.paging import COUNT_TO, ListPage, Order, count_to, page

ANY: Final = ("", _("All"))


@dataclass(frozen=True)
class Chip:
    """A filter that is on; `address` is the list without it."""

    name: str
    value: str
    address: str


# (rows, value, access) → the rows that a filter lets through
Select = Callable[[Any, Any, Access], QuerySet[Any]]


def by(lookup: str) -> Select:
    """The filter that compares one column."""
    return lambda rows, value, access: rows.filter(**{lookup: value})


class FilterForm(forms.Form):
    """What a list may be filtered by; year, county, region and days stand in the filters of every list."""

    since: ClassVar[Any]  # labels of the days
    until: ClassVar[Any]

    year = forms.IntegerField(label=_("Year"), required=False, min_value=1990, max_value=2100)

    def __init__(self, data: QueryDict | None, places: list[CountyRegion] | None) -> None:
        """Without `places` any county and region is taken for one: an unknown one matches nothing."""
        super().__init__(data)
        for name in ("county", "region"):
            self.fields[name] = forms.CharField(required=False) if places is None else choice_of(name, places)
        for name, label in (("from", self.since), ("to", self.until)):
            self.fields[name] = DayField(label=label, required=False, future=True, help_text="")
        self.order_fields(self.field_order)
        for field in self.fields.values():
            _dress(field.widget)


def _dress(widget: forms.Widget) -> None:
    own = widget.attrs.get("class", "")
    widget.attrs["class"] = (
        f"{'form-select' if isinstance(widget, forms.Select) else 'form-control'} {own}".strip()
    )


class Listing:
    """The rows that one address asks for. Faulty values are told of and filter nothing."""

    model: ClassVar[Any]
    filters: ClassVar[Mapping[str, Select]]  # all that the rows are ever selected by (design rule 13)
    orders: ClassVar[Mapping[str, Order]]
    first: ClassVar[str]  # the order when the address names none

    def __init__(self, query: QueryDict, access: Access, *, shown: bool = True) -> None:
        """`shown` is false where only the order of the list is needed, not its form."""
        self.access, self.shown = access, shown
        self.query = query
        self.sort = query.get("sort") if str(query.get("sort", "")).lstrip("-") in self.orders else self.first

    @cached_property
    def places(self) -> list[CountyRegion] | None:
        if not self.shown:
            return None
        return list(CountyRegion.objects.on(self.access.today).select_related("county", "region"))

    @cached_property
    def form(self) -> FilterForm:
        return self.filter_form(self.query if self.chosen else None)

    @cached_property
    def chosen(self) -> dict[str, str]:
        return {name: text for name in self.filters if (text := str(self.query.get(name, "")).strip())}

    @property
    def order(self) -> Order:
        order = self.orders[str(self.sort).lstrip("-")]
        return order.turned() if str(self.sort).startswith("-") else order

    @property
    def visible(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model.objects.visible_to(self.access)
        return rows

    @cached_property
    def rows(self) -> QuerySet[Any]:
        return self.filtered(self.visible)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What filters: cleaned values of the fields without faults."""
        if not self.chosen:
            return {}
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    def filter_form(self, data: QueryDict | None) -> FilterForm:
        raise NotImplementedError

    def filtered(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        for name in self.facts:
            rows = self.selected(rows, name)
        return rows

    def selected(self, rows: QuerySet[Any], name: str) -> QuerySet[Any]:
        """The rows that one filter lets through: all where it is not on."""
        return self.filters[name](rows, self.facts[name], self.access) if name in self.facts else rows

    # --- addresses ---------------------------------------------------------------------------
    def address(self, **changes: str) -> str:
        """The query string of this list with some values changed; "" removes one."""
        query = QueryDict(mutable=True)
        for name in (*self.filters, "sort"):
            if self.query.get(name):
                query[name] = str(self.query[name])
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

    # --- pages -------------------------------------------------------------------------------
    def row(self, name: str) -> Any:
        """The row that a page goes on from; None when it is not there any more."""
        code = code_of(self.query.get(name))
        return self.visible.filter(code=code).first() if code else None

    def page(self, rows: QuerySet[Any]) -> ListPage[Any]:
        return page(rows, self.order, after=self.row("after"), before=self.row("before"), parts=self.parts)

    @property
    def parts(self) -> list[QuerySet[Any]]:
        """Rows that are all of the list between them, where they are found sooner so."""
        return []

    def paged(self, found: ListPage[Any]) -> dict[str, Any]:
        """What the page of a list says of its rows: how many, and where it goes on."""
        count = count_to(self.rows, COUNT_TO)
        return {
            "listed": self,
            "count": count,
            "more": COUNT_TO if count > COUNT_TO else 0,
            "previous": self.address(before=str(found.previous.code)) if found.previous else "",
            "next": self.address(after=str(found.next.code)) if found.next else "",
            "filter_form": self.form,
            "first_sort": self.first,
        }

    def with_neighbours(self) -> QuerySet[Any]:
        """All visible rows, each with the codes of the one before and after it in this list: `before`,
        `after`."""
        return self.visible.annotate(
            before=self._neighbour(self.order.turned()), after=self._neighbour(self.order)
        )

    def _neighbour(self, order: Order) -> Subquery:
        rows = self.rows.filter(order.beyond_outer()).order_by(*order.by())
        return Subquery(rows.values("code")[:1])


def choice_of(name: str, places: list[CountyRegion]) -> forms.ChoiceField:
    """The filter "county" or "region", of what there is today."""
    rows = {(getattr(row, f"{name}_id"), str(getattr(row, name))) for row in places}
    label = _("County") if name == "county" else _("NMT region")
    return forms.ChoiceField(
        label=label, required=False, choices=[ANY, *sorted(rows, key=lambda pair: pair[1])]
    )
