"""A list whose whole state is in its address: what filters, its order, and the row that a page goes on
from.

The columns of the lists of casework: which there are, which are shown, and what one chose last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

from django import forms
from django.db.models import CharField, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise, cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.access import Access, AuthenticatedRequest
from accounts.transactions import code_of
from agencies.models import Code, CountyRegion, localised
from audit.writer import record
from cases.forms.fields import DayField, stated
from cases.models import LastList
from cases.pages import COUNT_TO, ListPage, Order, page, up_to
from libs.groups import by_key

ANY: Final = ("", _("All"))
MOST_KEPT: Final = 500  # characters of a filter that is remembered


@dataclass(frozen=True)
class Chip:
    """A filter that is on; `address` is the query string of the list without it."""

    name: str
    value: str
    address: str


# Of each list its choices: (key, words).
Words = Mapping[str, list[tuple[str, str]]]
# (rows, access) → the rows with what a line of the list shows
Shown = Callable[[Any, Access], QuerySet[Any]]
# (rows, value, access) → the rows that a filter lets through
Select = Callable[[Any, Any, Access], QuerySet[Any]]


def by(lookup: str) -> Select:
    """The filter that compares one column."""
    return lambda rows, value, access: rows.filter(**{lookup: value})


def one_of(label: Any, *choices: tuple[str, Any]) -> forms.ChoiceField:
    """The filter that asks for one of a few answers."""
    return forms.ChoiceField(label=label, required=False, choices=[ANY, *choices])


class FilterForm(forms.Form):
    """What a list may be filtered by; year, county, region and days stand in the filters of every list.

    `by_words`: of each filter that is one of many words, their list and its label.
    """

    since: ClassVar[Any]  # labels of the days
    until: ClassVar[Any]
    by_words: ClassVar[dict[str, tuple[str, Any]]] = {
        "county": ("county", _("County")),
        "region": ("region", _("NMT region")),
    }

    year = forms.IntegerField(label=_("Year"), required=False, min_value=1990, max_value=2100)

    def __init__(self, data: QueryDict | None, words: Words | None) -> None:
        """Without `words` any county, region and code is taken for one: an unknown one matches nothing."""
        super().__init__(data)
        for name, (of, label) in self.by_words.items():
            if words is None:
                self.fields[name] = forms.CharField(label=label, required=False)
            else:
                self.fields[name] = one_of(label, *self.choices(of, words))
        for name, label in (("from", self.since), ("to", self.until)):
            self.fields[name] = DayField(label=label, required=False, future=True, help_text="")
        self.order_fields(self.field_order)
        for field in self.fields.values():
            own = field.widget.attrs.get("class", "")
            kind = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs["class"] = f"{kind} {own}".strip()

    def choices(self, of: str, words: Words) -> Sequence[tuple[str, Any]]:
        return words.get(of, ())


class Listing:
    """The rows that one address asks for. Faulty values are reported, and filter nothing."""

    model: ClassVar[Any]
    filter_form: ClassVar[type[FilterForm]]
    filters: ClassVar[Mapping[str, Select]]  # all that the rows are ever selected by (design rule 13)
    orders: ClassVar[Mapping[str, Order]]
    first: ClassVar[str]  # the order when the address names none
    url: ClassVar[str]
    title: ClassVar[str | Promise]

    def __init__(self, query: QueryDict, access: Access, *, shown: bool = True) -> None:
        """`shown` is false where only the order of the list is needed, not its form."""
        self.access, self.shown, self.query = access, shown, query
        asked = str(query.get("sort", ""))
        self.sort = asked if asked.lstrip("-") in self.orders else self.first

    @classmethod
    def around(cls, request: AuthenticatedRequest) -> Listing | None:
        """Return the list that the address of a row names, if any."""
        return cls(request.GET, request.access, shown=False) if request.GET else None

    @property
    def with_neighbours(self) -> QuerySet[Any]:
        """All visible rows, each with the codes of the one before and after it in this list: `before`,
        `after`."""
        before, after = self._neighbour(self.order.turned()), self._neighbour(self.order)
        return self.visible.annotate(before=before, after=after)

    @cached_property
    def words(self) -> Words | None:
        lists = [of for of, _label in self.filter_form.by_words.values()]
        return words_of(lists, self.access.today) if self.shown else None

    @cached_property
    def form(self) -> FilterForm:
        return self.filter_form(self.query if self.chosen else None, self.words)

    @cached_property
    def chosen(self) -> dict[str, str]:
        return stated({name: str(self.query.get(name, "")).strip() for name in self.filters})

    @property
    def order(self) -> Order:
        order = self.orders[self.sort.lstrip("-")]
        return order.turned() if self.sort.startswith("-") else order

    @property
    def visible(self) -> QuerySet[Any]:
        return self.model.objects.visible_to(self.access)

    @cached_property
    def rows(self) -> QuerySet[Any]:
        return self.filtered(self.visible)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What filters: cleaned values of the fields without faults."""
        if not self.chosen:
            return {}
        self.form.is_valid()
        return stated(self.form.cleaned_data)

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

    def address(self, **changes: str) -> str:
        """The query string of this list with some values changed, if any is left; "" removes one."""
        asked = {name: str(self.query.get(name, "")) for name in (*self.filters, "sort")} | changes
        query = QueryDict(mutable=True)
        query.update(stated(asked))
        return "?" * bool(query) + query.urlencode()

    @property
    def chips(self) -> list[Chip]:
        return [Chip(str(self.form[n].label), self._said(n), self.address(**{n: ""})) for n in self.chosen]

    def _said(self, name: str) -> str:
        choices = dict(getattr(self.form.fields[name], "choices", ()))
        return str(choices.get(self.chosen[name], self.chosen[name]))

    def page(self, shown: Shown) -> ListPage[Any]:
        """Return the page that the address asks for."""
        steps = steps_of(self.query, self.visible)
        return page(shown(self.rows, self.access), self.order, **steps, parts=self.parts)

    @property
    def parts(self) -> list[QuerySet[Any]]:
        """Rows that are all of the list between them, where they are found sooner so."""
        return []

    def paged(self, list_page: ListPage[Any]) -> dict[str, Any]:
        """What the page of a list says of its rows: how many, and where it goes on."""
        count = up_to(self.rows).count()
        return {
            "listed": self,
            "count": count,
            "more": COUNT_TO if count > COUNT_TO else 0,
            **_ways_on(list_page, self.address),
            "filter_form": self.form,
            "first_sort": self.first,
        }

    def _neighbour(self, order: Order) -> Subquery:
        rows = self.rows.filter(order.beyond(OuterRef)).order_by(*order.by())
        return Subquery(rows.values("code")[:1])


def steps_of(query: QueryDict, rows: QuerySet[Any]) -> dict[str, Any]:
    """Return the rows that a page goes on from, `after` or `before`: None where one is not there any more."""
    return {
        name: rows.filter(code=code).first() if (code := code_of(query.get(name))) else None
        for name in ("after", "before")
    }


def page_of(query: QueryDict, rows: QuerySet[Any], order: Order) -> tuple[list[Any], dict[str, str]]:
    """Return the page of a list without filters that an address asks for, and where it goes on."""
    list_page = page(rows, order, **steps_of(query, rows))
    return list_page.rows, _ways_on(list_page, lambda **step: f"?{urlencode(step)}")


def _ways_on(found: ListPage[Any], address: Callable[..., str]) -> dict[str, str]:
    """Where the pages before and after one are; empty where there is none."""
    return {
        "previous": address(before=str(found.previous.code)) if found.previous else "",
        "next": address(after=str(found.next.code)) if found.next else "",
    }


def words_of(lists: Sequence[str], today: date) -> Words:
    """What filters offer, in one query: the counties and regions that there are today, by their names, and
    the codes of `lists`, in their order."""
    words = ((position, localised(sv, en), name, key) for name, key, sv, en, position in _words(today, lists))
    return by_key((name, (key, label)) for _position, label, name, key in sorted(words))


def _words(today: date, lists: Sequence[str]) -> QuerySet[Any, Any]:
    places = CountyRegion.objects.on(today).order_by()
    counties, regions = (
        places.values_list(
            Value(name, CharField()),
            f"{name}_id",
            f"{name}__name_sv",
            f"{name}__name_en",
            Value(0, IntegerField()),
        )
        for name in ("county", "region")
    )
    codes = Code.objects.filter(list__in=lists).order_by()
    of_lists = codes.values_list("list", "key", "label_sv", "label_en", "position")
    return counties.union(regions, of_lists)


@dataclass(frozen=True, slots=True)
class ListColumn:
    """`usual` is one that is shown until somebody chooses others."""

    name: str
    label: str | Promise
    usual: bool = True


REGION: Final = ListColumn("region", _("NMT region"), usual=False)
_FIRST: Final = (ListColumn("measures", _("Measures")), ListColumn("county", _("County")), REGION)
_LAST: Final = (ListColumn("responsible", _("Responsible")), ListColumn("missing", _("Missing")))
OF_CASES: Final = (
    ListColumn("opened", _("Opened")),
    ListColumn("concerns", _("Concerns")),
    ListColumn("source", _("How the case came in")),
    *_FIRST,
    ListColumn("state", _("State")),
    *_LAST,
)
OF_PERSONS: Final = (
    ListColumn("identified", _("Date of identification")),
    ListColumn("concerns", _("Concerns")),
    ListColumn("status", _("Status")),
    ListColumn("source", _("How the case came in"), usual=False),
    *_FIRST,
    ListColumn("state", _("State of the case"), usual=False),
    *_LAST,
)
COLUMNS: Final = "columns"  # in the address, where they are chosen


class ListChoice:
    """What somebody sees of a list: by the address where it says so, else as chosen last. Choosing, and
    filtering, is remembered; what is remembered filters nothing until it is asked for."""

    def __init__(self, listed: Listing, name: str, columns: Sequence[ListColumn], access: Access) -> None:
        self.listed, self.all, self.access = listed, columns, access
        self.name, self.asked = name, self._known(listed.query.getlist(COLUMNS))

    @cached_property
    def last(self) -> LastList:
        """What was chosen last, which may be nothing."""
        stored = LastList.objects.visible_to(self.access).filter(name=self.name).first()
        return stored or LastList(user=self.access.user, name=self.name)

    def _known(self, names: Sequence[str]) -> list[str]:
        """Those of `names` that are columns, in the order of the list."""
        return [column.name for column in self.all if column.name in names]

    @cached_property
    def shows(self) -> dict[str, bool]:
        """Whether each column is shown. Whose cases are of several regions needs to see of which."""
        usual = {column.name for column in self.all if column.usual}
        if len(self.access.regions) != 1:
            usual.add(REGION.name)
        shown = self.asked or self._known(self.last.columns.split(",")) or usual
        return {column.name: column.name in shown for column in self.all}

    @property
    def boxes(self) -> list[tuple[ListColumn, bool]]:
        return [(column, self.shows[column.name]) for column in self.all]

    def remember(self) -> None:
        """Keep what this address chooses anew, which its further pages do not. Where nothing is chosen, what
        was kept stays."""
        if {"after", "before"} & self.listed.query.keys():
            return
        filters = self.listed.kept or self.last.filters
        columns = ",".join(self.asked) or self.last.columns
        if (filters, columns) != (self.last.filters, self.last.columns):
            new = LastList(user=self.access.user, name=self.name, filters=filters, columns=columns)
            fields: dict[str, Any] = {
                "unique_fields": ["user", "name"],
                "update_fields": ["filters", "columns"],
            }
            LastList.objects.bulk_create([new], update_conflicts=True, **fields)

    def response(
        self, request: HttpRequest, template: str, list_page: ListPage[Any], context: dict[str, Any]
    ) -> HttpResponse:
        """The page of the list: its choices are remembered, and that it was read is recorded."""
        context = {**self.listed.paged(list_page), "columns": self, **context}
        response = render(request, template, context)
        self.remember()
        kind = f"{self.listed.model._meta.model_name}.list"
        record(self.access, kind, rows=context["count"], search_kind=",".join(self.listed.chosen))
        return response

    @cached_property
    def offered(self) -> tuple[str, list[Chip]] | None:
        """The last filter, where none is on: its address and what it says."""
        if self.listed.chosen or not self.last.filters:
            return None
        former = self.listed.at(self.last.filters)
        return (former.address(), former.chips) if former.chips else None
