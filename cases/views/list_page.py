"""A list whose whole state is in its address: what filters, its order, and the row that a page goes on
from.

The columns of the lists of casework: which there are, which are shown, and what one chose last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar, Final

from django import forms
from django.db.models import CharField, IntegerField, QuerySet, Subquery, Value
from django.http import QueryDict
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from accounts.transactions import code_of
from agencies.models import Code, CountyRegion, localised
from cases.forms.fields import DayField
from cases.models import LastList
from cases.pages import COUNT_TO, ListPage, Order, count_to, page

ANY: Final = ("", _("All"))
MOST_KEPT: Final = 500  # characters of a filter that is remembered


@dataclass(frozen=True)
class Chip:
    """A filter that is on; `address` is the list without it."""

    name: str
    value: str
    address: str


# Of each filter its choices: (key, words).
Words = Mapping[str, list[tuple[str, str]]]
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

    def __init__(self, data: QueryDict | None, words: Words | None) -> None:
        """Without `words` any county, region and code is taken for one: an unknown one matches nothing."""
        super().__init__(data)
        self.words = words
        for name, label in (("county", _("County")), ("region", _("NMT region"))):
            self.fields[name] = self.choice(name, label)
        for name, label in (("from", self.since), ("to", self.until)):
            self.fields[name] = DayField(label=label, required=False, future=True, help_text="")
        self.fields |= self.further()
        self.order_fields(self.field_order)
        for field in self.fields.values():
            _dress(field.widget)

    def choice(self, name: str, label: Any) -> forms.Field:
        """The filter that asks for one of `words`."""
        if self.words is None:
            return forms.CharField(label=label, required=False)
        return forms.ChoiceField(label=label, required=False, choices=[ANY, *self.choices(name)])

    def choices(self, name: str) -> list[tuple[str, Any]]:
        words = self.words or {}
        return list(words.get(name, ()))

    def further(self) -> dict[str, forms.Field]:
        """Those that are made for one request."""
        return {}


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
    lists: ClassVar[tuple[str, ...]] = ()  # of codes that a filter asks for

    def __init__(self, query: QueryDict, access: Access, *, shown: bool = True) -> None:
        """`shown` is false where only the order of the list is needed, not its form."""
        self.access, self.shown = access, shown
        self.query = query
        self.sort = query.get("sort") if str(query.get("sort", "")).lstrip("-") in self.orders else self.first

    @cached_property
    def words(self) -> Words | None:
        return words_of(self.lists, self.access.today) if self.shown else None

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

    @cached_property
    def kept(self) -> str:
        """What filters, as it stands in an address: without what could not be read, and cut off nowhere."""
        query = QueryDict(mutable=True)
        query.update({name: self.chosen[name] for name in self.facts})
        text = query.urlencode()
        return text if len(text) <= MOST_KEPT else ""

    def at(self, filters: str) -> Listing:
        """The same list with other filters, in the usual order; of these what is still one."""
        other = type(self)(QueryDict(filters), self.access, shown=self.shown)
        other.__dict__["words"] = self.words
        return other

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


def words_of(lists: Sequence[str], today: date) -> Words:
    """What filters offer, in one query: the counties and regions that there are today, by their names, and
    the codes of `lists`, in their order."""
    places = CountyRegion.objects.on(today).order_by()
    queries: list[QuerySet[Any, Any]] = [
        places.values_list(
            Value(name, CharField()),
            f"{name}_id",
            f"{name}__name_sv",
            f"{name}__name_en",
            Value(0, IntegerField()),
        )
        for name in ("county", "region")
    ]
    if lists:
        codes = Code.objects.filter(list__in=lists).order_by()
        queries.append(codes.values_list("list", "key", "label_sv", "label_en", "position"))
    rows = [
        (position, localised(sv, en), name, key)
        for name, key, sv, en, position in queries[0].union(*queries[1:])
    ]
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for _position, said, name, key in sorted(rows):
        found[name].append((key, said))
    return found


# --- last lists ---
# What somebody filtered a list by last, and the columns that they chose: their own, by nothing sensitive.


def last_list(name: str, *, by: Access) -> LastList | None:
    return LastList.objects.visible_to(by).filter(name=name).first()


def remember(name: str, *, filters: str, columns: str | None, last: LastList | None, by: Access) -> None:
    """`filters` is empty, or `columns` None, where nothing was chosen: then what is kept stays. Nothing is
    written where all is as it was."""
    kept = (last.filters, last.columns) if last else ("", "")
    new = (filters or kept[0], kept[1] if columns is None else columns)
    if new != kept:
        row = LastList(user=by.user, name=name, filters=new[0], columns=new[1])
        LastList.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["user", "name"],
            update_fields=["filters", "columns"],
        )


# --- columns ---
@dataclass(frozen=True, slots=True)
class ListColumn:
    """`usual` is one that is shown until somebody chooses others."""

    name: str
    label: str | Promise
    usual: bool = True


CONCERNS: Final = ListColumn("concerns", _("Concerns"))
SOURCE: Final = ListColumn("source", _("Source"))
MEASURES: Final = ListColumn("measures", _("Measures"))
COUNTY: Final = ListColumn("county", _("County"))
REGION: Final = ListColumn("region", _("NMT region"), usual=False)
STATE: Final = ListColumn("state", _("State"))
RESPONSIBLE: Final = ListColumn("responsible", _("Responsible"))
MISSING: Final = ListColumn("missing", _("Missing"))
OF_CASES: Final = (
    ListColumn("opened", _("Opened")),
    CONCERNS,
    SOURCE,
    MEASURES,
    COUNTY,
    REGION,
    STATE,
    RESPONSIBLE,
    MISSING,
)
OF_PERSONS: Final = (
    ListColumn("identified", _("Identified")),
    CONCERNS,
    ListColumn("status", _("Status")),
    replace(SOURCE, usual=False),
    MEASURES,
    COUNTY,
    REGION,
    ListColumn("state", _("State of the case"), usual=False),
    RESPONSIBLE,
    MISSING,
)
COLUMNS: Final = "columns"  # in the address, where they are chosen


class ListChoice:
    """What somebody sees of a list: by the address where it says so, else as chosen last. Choosing, and
    filtering, is remembered; what is remembered filters nothing until it is asked for."""

    def __init__(self, listed: Listing, name: str, columns: Sequence[ListColumn], access: Access) -> None:
        self.listed, self.name, self.all, self.access = listed, name, columns, access

    @cached_property
    def last(self) -> LastList | None:
        return last_list(self.name, by=self.access)

    @cached_property
    def names(self) -> list[str]:
        """In the order of the list."""
        asked = self._known(self.listed.query.getlist(COLUMNS))
        kept = self._known(self.last.columns.split(",")) if self.last else []
        return asked or kept or [one.name for one in self.all if self._usual(one)]

    def _known(self, names: Sequence[str]) -> list[str]:
        return [one.name for one in self.all if one.name in names]

    def _usual(self, column: ListColumn) -> bool:
        """Whose cases are of several regions needs to see of which."""
        return column.usual or (column is REGION and len(self.access.regions) != 1)

    @cached_property
    def shows(self) -> dict[str, bool]:
        return {one.name: one.name in self.names for one in self.all}

    @property
    def boxes(self) -> list[tuple[ListColumn, bool]]:
        return [(one, self.shows[one.name]) for one in self.all]

    def remember(self) -> None:
        """Kept only where this address chooses something new: its further pages do not."""
        if self.listed.query.get("after") or self.listed.query.get("before"):
            return
        columns = ",".join(self.names) if self._known(self.listed.query.getlist(COLUMNS)) else None
        remember(self.name, filters=self.listed.kept, columns=columns, last=self.last, by=self.access)

    @cached_property
    def offered(self) -> tuple[str, list[Chip]] | None:
        """The last filter, where none is on: its address and what it says."""
        if self.listed.chosen or self.last is None or not self.last.filters:
            return None
        former = self.listed.at(self.last.filters)
        return (former.address(), former.chips) if former.chips else None
