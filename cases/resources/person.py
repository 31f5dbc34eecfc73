"""Persons as a file: the columns of their import, one row for each identification."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from cases.exporting.rows import person_rows
from cases.facts import EXPORTED
from cases.models import Person
from exchange.resource import RegisterResource
from exchange.writing import Row


class PersonResource(RegisterResource[Person]):
    """Out only: persons come in by `cases.importing`, whose columns these are."""

    name = "persons"
    comes_in = False

    class Meta:
        model = Person
        fields = ()

    @property
    def header(self) -> list[str]:
        return [fact.name for fact in EXPORTED]

    def lines(self, queryset: QuerySet[Person]) -> Iterator[Row]:
        """One query."""
        yield from person_rows(queryset)
