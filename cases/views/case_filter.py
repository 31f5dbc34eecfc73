"""The lists of cases and of persons: the filters that are allowed, their orders, and the way through. State
is in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Final

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from cases.choices import OPEN_STATES, CaseState
from cases.concerns import EXCUSED, INCOMPLETE
from cases.models import Case, Measure, Person
from cases.pages import Order
from cases.querysets import PersonQuerySet
from cases.timeline import MISSED, OF_HEALTH
from cases.views.list_page import FilterForm, Listing, Select, Words, by, one_of

ORDERS: Final = {
    "opened": Order(("opened_on", "pk")),
    "number": Order(("number",)),
    "state": Order(("state", "opened_on", "pk")),
    "region": Order(("region_id", "opened_on", "pk")),
}
TOGETHER: Final = {"number", "region"}
FEW: Final = 2  # regions; cases of more stand close enough
OPEN: Final = "open"
IMPORTED, OWN = "taken_over", "own"  # of whence a person came
EXCUSED_ONLY: Final = "apart"  # of completeness
NONE, SOME, LACKS = "none", "some", "no_"  # of measures
SIZES: Final[Mapping[str, tuple[int, int]]] = {
    "0": (0, 0),
    "1": (1, 1),
    "2-9": (2, 9),
    "10": (10, 100_000),  # more than any case has
}


Rows = QuerySet[Any]
Persons = Callable[[Access], PersonQuerySet]


class CaseFilterForm(FilterForm):
    """By what design rule 13 names only: never by what is sensitive."""

    by_words = FilterForm.by_words | {
        "channel": ("channel", _("How the case came in")),
        "offered": ("measure", _("Measure")),
    }
    field_order = (
        "year", "from", "to", "county", "region", "state", "responsible",
        "complete", "channel", "offered", "size", "children", "origin",
    )  # fmt: skip
    since, until = _("Opened from"), _("Opened to")

    state = one_of(_("State"), (OPEN, _("Open")), *CaseState.choices)
    responsible = one_of(_("Responsible"), ("me", _("Me")), ("nobody", _("Nobody")))
    complete = one_of(
        _("Record"),
        ("no", _("Something is missing")),
        ("yes", _("Complete")),
        (EXCUSED_ONLY, _("Imported, and something is missing that need not be filled in")),
    )
    size = one_of(
        _("Persons in the case"), ("0", _("None")), ("1", "1"), ("2-9", "2–9"), ("10", _("10 or more"))
    )
    children = one_of(_("A child among them"), ("yes", _("Yes")), ("no", _("No")))
    origin = one_of(_("Origin"), (IMPORTED, _("Imported from a spreadsheet")), (OWN, _("Registered here")))

    def choices(self, of: str, words: Words) -> Sequence[tuple[str, Any]]:
        rows = super().choices(of, words)
        if of != "measure":
            return rows
        missed, offered = _("Not offered: {measure}"), _("Offered: {measure}")
        return [
            (NONE, _("Nothing offered yet")),
            (SOME, _("Something offered")),
            *((LACKS + key, format_lazy(missed, measure=label)) for key, label in rows if key in MISSED),
            *((key, format_lazy(offered, measure=label)) for key, label in rows if key not in OF_HEALTH),
        ]


# Each is what a filter does once its first words are given: (…, rows, value, access).
def by_state(lookup: str, rows: Rows, state: str, _access: Access) -> Rows:
    if state == OPEN:
        return rows.filter(**{f"{lookup}__in": OPEN_STATES})
    return rows.filter(**{lookup: state})


def by_whom(lookup: str, rows: Rows, who: str, access: Access) -> Rows:
    """Oneself, or nobody."""
    return rows.filter(**{lookup: access.user if who == "me" else None})


def by_children(case: str, rows: Rows, answer: str, access: Access) -> Rows:
    """`case` leads from the row to its case: of a person it is asked who else is there too, never who is a
    child."""
    child = Exists(_persons(access, case).filter(child="yes"))
    return rows.filter(child if answer == "yes" else ~child)


def by_size(case: str, rows: Rows, size: str, access: Access) -> Rows:
    if size not in SIZES:
        return rows.none()
    counted = _persons(access, case).order_by().values("case").annotate(n=Count("pk")).values("n")
    in_scope = Coalesce(Subquery(counted, IntegerField()), Value(0))
    return rows.alias(in_scope=in_scope).filter(in_scope__range=SIZES[size])


def by_measure(by: str, persons: Persons, rows: Rows, asked: str, access: Access) -> Rows:
    """`by` leads from a measure to the row, `persons` are those of whom somebody may lack one."""
    given = Measure.objects.visible_to(access).filter(**{by: OuterRef("pk")})
    if asked in (NONE, SOME):
        return rows.filter(Exists(given) if asked == SOME else ~Exists(given))
    if asked.startswith(LACKS):
        # None but these, also where an address is read without its form.
        kinds = {asked.removeprefix(LACKS)} & set(MISSED)
        had = Measure.objects.visible_to(access).filter(person=OuterRef("pk"), kind__in=kinds)
        return rows.filter(Exists(persons(access).filter(~Exists(had)))) if kinds else rows.none()
    return rows.filter(Exists(given.filter(kind__in={asked} - OF_HEALTH)))


def by_complete(persons: Persons, rows: Rows, answer: str, access: Access) -> Rows:
    """`persons` are those of the row."""
    lacking = EXCUSED if answer == EXCUSED_ONLY else INCOMPLETE
    lacks = Exists(persons(access).with_main().filter(lacking))
    return rows.filter(~lacks if answer == "yes" else lacks)


def _persons(access: Access, case: str = "pk") -> PersonQuerySet:
    """Those of the case that the row leads to who are in scope: nothing is said of any other."""
    return Person.objects.visible_to(access).filter(case=OuterRef(case))


def _person(access: Access) -> PersonQuerySet:
    return Person.objects.visible_to(access).filter(pk=OuterRef("pk"))


class CaseList(Listing):
    model, filter_form = Case, CaseFilterForm
    orders, first = ORDERS, "-opened"
    url, title = "cases:list", _("Cases")
    filters: ClassVar[Mapping[str, Select]] = {
        "year": lambda cases, year, access: cases.opened_in(year),
        "from": by("opened_on__gte"),
        "to": by("opened_on__lte"),
        "county": lambda cases, county, access: cases.filter(
            Exists(_persons(access).filter(first_county=county))
        ),
        "region": by("region"),
        "state": partial(by_state, "state"),
        "responsible": partial(by_whom, "responsible"),
        "complete": partial(by_complete, _persons),
        "channel": by("channel"),
        "offered": partial(by_measure, "person__case", _persons),
        "size": partial(by_size, "pk"),
        "children": partial(by_children, "pk"),
        "origin": lambda cases, origin, access: cases.filter(
            Exists(_persons(access).filter(taken_over=origin == IMPORTED))
        ),
    }

    @property
    def parts(self) -> list[QuerySet[Any]]:
        """A list in whose order a region's cases stand together begins far from them for who sees few
        regions."""
        if self.sort.lstrip("-") not in TOGETHER or len(self.access.regions) > FEW:
            return []
        return [self.filtered(visible_part) for visible_part in Case.objects.visible_parts(self.access)]


class PersonFilterForm(CaseFilterForm):
    since, until = _("Identified from"), _("Identified to")


class PersonList(Listing):
    """The persons that one address asks for, by what their cases are filtered by."""

    model, filter_form, first = Person, PersonFilterForm, "-identified"
    orders: ClassVar[Mapping[str, Order]] = {
        "identified": Order(("first_identified_on", "pk")),
        "number": Order(("number",)),
    }
    filters: ClassVar[Mapping[str, Select]] = {
        "year": lambda persons, year, access: persons.identified_in(year),
        "from": by("first_identified_on__gte"),
        "to": by("first_identified_on__lte"),
        "county": by("first_county"),
        "region": by("responsible_region"),
        "state": partial(by_state, "case__state"),
        "responsible": partial(by_whom, "case__responsible"),
        "complete": partial(by_complete, _person),
        "channel": by("first_channel"),
        "offered": partial(by_measure, "person", _person),
        "size": partial(by_size, "case"),
        "children": partial(by_children, "case"),
        "origin": lambda persons, origin, access: persons.filter(taken_over=origin == IMPORTED),
    }
