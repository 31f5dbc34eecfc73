"""The lists of cases and of persons: the filters that are allowed, their orders, and the way through. State
is in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from cases.choices import OPEN_STATES, CaseState
from cases.concerns import EXCUSED, INCOMPLETE
from cases.models import Case, Measure, Person
from cases.pages import Order
from cases.querysets import PersonQuerySet
from cases.timeline import MISSED, OF_HEALTH
from cases.views.list_page import ANY, FilterForm, Listing, Select, by

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
TAKEN_OVER, OWN = "taken_over", "own"  # of whence a person came
APART: Final = "apart"  # of completeness
NONE, SOME, LACKS = "none", "some", "no_"  # of measures
SIZES: Final[Mapping[str, tuple[int, int | None]]] = {
    "0": (0, 0),
    "1": (1, 1),
    "2-9": (2, 9),
    "10": (10, None),
}


class CaseFilterForm(FilterForm):
    """By what design rule 13 names only: never by what is sensitive."""

    field_order = (
        "year", "from", "to", "county", "region", "state", "responsible",
        "complete", "channel", "offered", "size", "children", "origin",
    )  # fmt: skip
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
        choices=[
            ANY,
            ("no", _("Something is missing")),
            ("yes", _("Complete")),
            (APART, _("Taken over, and something is missing that is not asked for")),
        ],
    )
    size = forms.ChoiceField(
        label=_("Persons in the case"),
        required=False,
        choices=[ANY, ("0", _("None")), ("1", "1"), ("2-9", "2–9"), ("10", _("10 or more"))],
    )
    children = forms.ChoiceField(
        label=_("A child among them"), required=False, choices=[ANY, ("yes", _("Yes")), ("no", _("No"))]
    )
    origin = forms.ChoiceField(
        label=_("Origin"),
        required=False,
        choices=[ANY, (TAKEN_OVER, _("Taken over from a spreadsheet")), (OWN, _("Registered here"))],
    )

    def further(self) -> dict[str, forms.Field]:
        return {
            "channel": self.choice("channel", _("How the case came in")),
            "offered": self.choice("measure", _("Measure")),
        }

    def choices(self, name: str) -> list[tuple[str, Any]]:
        rows = super().choices(name)
        if name != "measure":
            return rows
        missed = [
            (LACKS + key, format_lazy(_("Not offered: {measure}"), measure=label))
            for key, label in rows
            if key in MISSED
        ]
        offered = [
            (key, format_lazy(_("Offered: {measure}"), measure=label))
            for key, label in rows
            if key not in OF_HEALTH
        ]
        return [(NONE, _("Nothing offered yet")), (SOME, _("Something offered")), *missed, *offered]


def by_state(lookup: str) -> Select:
    def select(rows: QuerySet[Any], state: str, access: Access) -> QuerySet[Any]:
        if state == OPEN:
            return rows.filter(**{f"{lookup}__in": OPEN_STATES})
        return rows.filter(**{lookup: state})

    return select


def by_whom(lookup: str) -> Select:
    """Oneself, or nobody."""
    return lambda rows, who, access: rows.filter(**{lookup: access.user if who == "me" else None})


def by_children(case: str) -> Select:
    """`case` leads from the row to its case: of a person it is asked who else is there too, never who is a
    child."""

    def select(rows: QuerySet[Any], answer: str, access: Access) -> QuerySet[Any]:
        child = Q(Exists(_persons(access, case).filter(child="yes")))
        return rows.filter(child if answer == "yes" else ~child)

    return select


def by_size(case: str) -> Select:
    def select(rows: QuerySet[Any], size: str, access: Access) -> QuerySet[Any]:
        if size not in SIZES:
            return rows.none()
        fewest, most = SIZES[size]
        counted = _persons(access, case).order_by().values("case").annotate(n=Count("pk")).values("n")
        rows = rows.alias(in_scope=Coalesce(Subquery(counted, IntegerField()), Value(0)))
        rows = rows.filter(in_scope__gte=fewest)
        return rows if most is None else rows.filter(in_scope__lte=most)

    return select


def _of_origin(cases: QuerySet[Any], origin: str, access: Access) -> QuerySet[Any]:
    return cases.filter(Exists(_persons(access).filter(taken_over=origin == TAKEN_OVER)))


def _person_of_origin(persons: QuerySet[Any], origin: str, access: Access) -> QuerySet[Any]:
    return persons.filter(taken_over=origin == TAKEN_OVER)


def by_measure(of: Callable[[Access], QuerySet[Any]], persons: Callable[[Access], QuerySet[Any]]) -> Select:
    """`of` are the measures of the row, `persons` those of whom somebody may lack one."""

    def select(rows: QuerySet[Any], asked: str, access: Access) -> QuerySet[Any]:
        if asked in (NONE, SOME):
            some = Q(Exists(of(access)))
            return rows.filter(some if asked == SOME else ~some)
        if asked.startswith(LACKS):
            # None but these, also where an address is read without its form.
            kinds = {asked.removeprefix(LACKS)} & set(MISSED)
            had = Measure.objects.visible_to(access).filter(person=OuterRef("pk"), kind__in=kinds)
            return rows.filter(Exists(persons(access).filter(~Exists(had)))) if kinds else rows.none()
        return rows.filter(Exists(of(access).filter(kind__in={asked} - OF_HEALTH)))

    return select


def _of_county(cases: QuerySet[Any], county: str, access: Access) -> QuerySet[Any]:
    return cases.filter(Exists(_persons(access).filter(first_county=county)))


def _complete(cases: QuerySet[Any], answer: str, access: Access) -> QuerySet[Any]:
    lacking = EXCUSED if answer == APART else INCOMPLETE
    lacks = Q(Exists(_persons(access).with_main().filter(lacking)))
    return cases.filter(~lacks if answer == "yes" else lacks)


def _complete_person(persons: QuerySet[Any], answer: str, access: Access) -> QuerySet[Any]:
    lacking = EXCUSED if answer == APART else INCOMPLETE
    lacks = Exists(Person.objects.visible_to(access).filter(pk=OuterRef("pk")).with_main().filter(lacking))
    return persons.filter(~lacks if answer == "yes" else lacks)


def _persons(access: Access, case: str = "pk") -> PersonQuerySet:
    """Those of the case that the row leads to who are in scope: nothing is told of any other."""
    return Person.objects.visible_to(access).filter(case=OuterRef(case))


def _measures(by: str) -> Callable[[Access], QuerySet[Any]]:
    return lambda access: Measure.objects.visible_to(access).filter(**{by: OuterRef("pk")})


class CaseworkList(Listing):
    """Cases, or persons by their cases."""

    lists = ("channel", "measure")

    def filter_form(self, data: QueryDict | None) -> FilterForm:
        return CaseFilterForm(data, self.words)


class CaseList(CaseworkList):
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
        "channel": by("channel"),
        "offered": by_measure(_measures("person__case"), _persons),
        "size": by_size("pk"),
        "children": by_children("pk"),
        "origin": _of_origin,
    }

    @property
    def parts(self) -> list[QuerySet[Any]]:
        """A list in whose order a region's cases stand together begins far from them for who sees few
        regions."""
        if str(self.sort).lstrip("-") not in TOGETHER or len(self.access.regions) > FEW:
            return []
        return [self.filtered(part) for part in Case.objects.visible_parts(self.access)]


class PersonFilterForm(CaseFilterForm):
    since, until = _("Identified from"), _("Identified to")


class PersonList(CaseworkList):
    """The persons that one address asks for, by what their cases are filtered by."""

    model, first = Person, "-identified"
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
        "state": by_state("case__state"),
        "responsible": by_whom("case__responsible"),
        "complete": _complete_person,
        "channel": by("first_channel"),
        "offered": by_measure(
            _measures("person"), lambda access: Person.objects.visible_to(access).filter(pk=OuterRef("pk"))
        ),
        "size": by_size("case"),
        "children": by_children("case"),
        "origin": _person_of_origin,
    }

    def filter_form(self, data: QueryDict | None) -> FilterForm:
        return PersonFilterForm(data, self.words)
