"""What rows may be selected by (design rule 13): date, county, region, state, responsible, follow-up,
completeness."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cases.admin.forms import lists_of
from cases.choices import CaseState
from cases.completeness import INCOMPLETE
from cases.models import Person
from exchange.admin.base import access_of

FIRST_YEAR = 2009  # the network began


class Choice(SimpleListFilter):
    """A filter of fixed choices. What is no choice selects nothing away."""

    def choices_of(self, request: HttpRequest) -> list[tuple[str, Any]]:
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return self.choices_of(request)

    def chosen(self) -> str | None:
        value = self.value()
        return value if value in {str(key) for key, _label in self.lookup_choices} else None

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = self.chosen()
        return queryset if chosen is None else self.select(request, queryset, chosen)

    def select(self, request: HttpRequest, queryset: Any, chosen: str) -> Any:
        raise NotImplementedError


class Year(Choice):
    title, parameter_name = _("year"), "year"

    def choices_of(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [(str(year), str(year)) for year in range(access_of(request).today.year, FIRST_YEAR - 1, -1)]


class OpenedIn(Year):
    def select(self, request: HttpRequest, queryset: Any, chosen: str) -> Any:
        return queryset.opened_in(int(chosen))


class IdentifiedIn(Year):
    def select(self, request: HttpRequest, queryset: Any, chosen: str) -> Any:
        return queryset.identified_in(int(chosen))


class ReceivedIn(Year):
    def select(self, request: HttpRequest, queryset: Any, chosen: str) -> Any:
        return queryset.received_in(int(chosen))


class Place(Choice):
    lookup = ""

    def select(self, request: HttpRequest, queryset: Any, chosen: str) -> Any:
        return queryset.filter(**{self.lookup: chosen})


class County(Place):
    title, parameter_name = _("county"), "county"

    def choices_of(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [(row.code, str(row)) for row in lists_of(request).counties]


class IdentifiedCounty(County):
    lookup = "first_county"


class CallerCounty(County):
    lookup = "caller_county"


class CaseCounty(County):
    def select(self, request: HttpRequest, queryset: Any, chosen: str) -> Any:
        persons = Person.objects.visible_to(access_of(request)).filter(
            case=OuterRef("pk"), first_county=chosen
        )
        return queryset.filter(Exists(persons))


class Region(Place):
    title, parameter_name = _("region"), "region"

    def choices_of(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [(row.code, str(row)) for row in lists_of(request).regions]


class CaseRegion(Region):
    lookup = "region"


class ResponsibleRegion(Region):
    lookup = "responsible_region"


class ReferredRegion(Region):
    lookup = "referred_region"


class State(Choice):
    title, parameter_name, lookup = _("state"), "state", "state"

    def choices_of(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return list(CaseState.choices)

    def select(self, request: HttpRequest, queryset: Any, chosen: str) -> Any:
        return queryset.filter(**{self.lookup: chosen})


class StateOfCase(State):
    lookup = "case__state"


class Responsible(Choice):
    title, parameter_name, lookup = _("responsible"), "responsible", "responsible"

    def choices_of(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("me", _("Me")), ("nobody", _("Nobody"))]

    def select(self, request: HttpRequest, queryset: Any, chosen: str) -> Any:
        return queryset.filter(**{self.lookup: access_of(request).user if chosen == "me" else None})


class ResponsibleOfCase(Responsible):
    lookup = "case__responsible"


class TakenBy(Responsible):
    title, lookup = _("taken by"), "taken_by"

    def choices_of(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("me", _("Me"))]


class FollowUp(Choice):
    title, parameter_name = _("follow-up"), "follow_up"

    def choices_of(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("due", _("Due today or earlier"))]

    def select(self, request: HttpRequest, queryset: Any, chosen: str) -> Any:
        return queryset.to_follow_up(access_of(request).today)


class Complete(Choice):
    title, parameter_name = _("record"), "complete"

    def choices_of(self, request: HttpRequest) -> list[tuple[str, Any]]:
        return [("no", _("Something is missing")), ("yes", _("Complete"))]

    def select(self, request: HttpRequest, queryset: Any, chosen: str) -> Any:
        lacks = Exists(Person.objects.filter(pk=OuterRef("pk")).with_main().filter(INCOMPLETE))
        return queryset.filter(lacks if chosen == "no" else ~lacks)
