"""The lists that forms choose from, each read at most once a request."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cached_property

from agencies.loading import rows
from agencies.models import Agency, Code, County, Region
from cases.rules.dates import Validity
from cases.rules.persons import Context


class Lists:
    """`today` is the local day of the request."""

    def __init__(self, today: date) -> None:
        self.today = today

    @cached_property
    def by_list(self) -> dict[str, list[Code]]:
        found: dict[str, list[Code]] = defaultdict(list)
        for code in Code.objects.order_by("list", "position", "key"):
            found[code.list].append(code)
        return found

    @cached_property
    def agencies(self) -> list[Agency]:
        return sorted(Agency.objects.all(), key=str)

    @cached_property
    def counties(self) -> list[County]:
        return sorted(County.objects.all(), key=str)

    @cached_property
    def regions(self) -> list[Region]:
        return sorted(Region.objects.all(), key=str)

    @cached_property
    def municipalities(self) -> list[str]:
        return sorted(row["name"] for row in rows("municipalities"))

    @cached_property
    def context(self) -> Context:
        """What the rules may not look up themselves."""
        codes = (code for rows in self.by_list.values() for code in rows if code.valid_from or code.valid_to)
        return Context(today=self.today, validity={c.key: Validity(c.valid_from, c.valid_to) for c in codes})
