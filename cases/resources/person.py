"""Persons as a file: the columns of their import, one row for each identification."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agencies.defuse import restore
from agencies.exchange.resource import RegisterResource
from agencies.exchange.writing import Cell
from cases.exporting.rows import person_rows
from cases.importing.columns import COLUMNS
from cases.models import Person


class PersonResource(RegisterResource):
    """Out only: persons come in by `cases.importing`, whose columns these are."""

    name = "persons"
    comes_in = False

    class Meta:
        model = Person
        fields = ()

    @property
    def header(self) -> list[str]:
        return [column.name for column in COLUMNS]

    def lines(self, queryset: Any) -> Iterator[list[Cell]]:
        """One query. The writer defuses, once."""
        for row in person_rows(queryset):
            yield [restore(cell) for cell in row]
