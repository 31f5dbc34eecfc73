"""The filters of the lists of casework as the admin shows them: named, worded and applied as on the pages."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from cases.views.listing import Listing
from cases.wording import within_a_line
from exchange.admin.base import access_of

FIRST_YEAR: Final = 2009  # the network began
DAYS: Final = ("from", "to")  # typed, where the admin offers choices


class ListedFilter(SimpleListFilter):
    """One filter of `listing`. What is no choice selects nothing away."""

    listing: ClassVar[type[Listing]]

    @property
    def listed(self) -> Listing:
        """What the whole address asks for, read once a request."""
        if not hasattr(self.request, "listed"):
            self.request.listed = self.listing(self.request.GET, access_of(self.request))  # type: ignore[attr-defined]
        listed: Listing = self.request.listed  # type: ignore[attr-defined]
        return listed

    @property
    def title(self) -> str:  # type: ignore[override]
        return within_a_line(str(self.listed.form.fields[str(self.parameter_name)].label))

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        if self.parameter_name == "year":
            years = range(access_of(request).today.year, FIRST_YEAR - 1, -1)
            return [(str(year), str(year)) for year in years]
        choices: Any = getattr(self.listed.form.fields[str(self.parameter_name)], "choices", ())
        return [(str(key), str(label)) for key, label in choices if key]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return self.listed.selected(queryset, str(self.parameter_name))


def filters_of(listing: type[Listing]) -> tuple[type[ListedFilter], ...]:
    names = [name for name in listing.filters if name not in DAYS]
    facts = [{"listing": listing, "parameter_name": name} for name in names]
    return tuple(type("ListedFilter", (ListedFilter,), one) for one in facts)
