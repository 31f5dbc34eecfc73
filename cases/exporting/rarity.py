"""How few persons share what the rows of an export tell of each: the smaller, the easier one is
recognised."""

from __future__ import annotations

from typing import Final

from django.db.models import Count

from cases.querysets import PersonQuerySet

FEWEST: Final = 11  # persons; below it a file of rows asks for a reason
SHARED: Final = ("first_year", "sex", "age_class", "citizenship", "first_county", "main__purpose")


def rarest(persons: PersonQuerySet) -> int:
    """Persons in the rarest combination of year, sex, age class, citizenship, county and main purpose; 0 for
    none."""
    groups = persons.with_main().order_by().values(*SHARED).annotate(number=Count("pk", distinct=True))
    return groups.order_by("number").values_list("number", flat=True).first() or 0
