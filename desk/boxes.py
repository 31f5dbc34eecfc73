"""What *Min sida* is made of: boxes of rows, each row one link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

SHOWN: Final = 5


@dataclass(frozen=True)
class BoxRow:
    label: str
    url: str
    hint: str = ""


@dataclass(frozen=True)
class Box:
    """`count` is of all rows; `rows` are the first of them; `url` leads to the rest. `figures`: they say how
    many there are of something, and do not wait."""

    title: str
    count: int
    rows: list[BoxRow] = field(default_factory=list)
    url: str = ""
    figures: bool = False


Boxes = list[Box]
Show = Callable[[Any], BoxRow]


def box(title: str, rows: QuerySet[Any], show: Show, url: str = "") -> Boxes:
    """A box of the first rows of a query, with the number of all. One query."""
    return [boxed(title, list(rows.annotate(total=total(rows))[:SHOWN]), show, url)]


def boxed(title: str, rows: list[Any], show: Show, url: str = "") -> Box:
    """Of rows that each have the `total` of all."""
    return Box(title, rows[0].total if rows else 0, [show(row) for row in rows], url)


def pair(one: QuerySet[Any], other: QuerySet[Any], *related: str) -> tuple[list[Any], list[Any]]:
    """The first rows of two queries over one table, in one query; each set the earliest first."""
    first, second = (Q(pk__in=rows.values("pk")[:SHOWN]) for rows in (one, other))
    both = one.model._default_manager.filter(first | second).annotate(
        of_first=ExpressionWrapper(first, BooleanField()), totals_first=total(one), totals_second=total(other)
    )
    found: tuple[list[Any], list[Any]] = ([], [])
    for row in both.select_related(*related).order_by("pk"):
        row.total = row.totals_first if row.of_first else row.totals_second
        found[0 if row.of_first else 1].append(row)
    return found


def total(rows: QuerySet[Any]) -> Coalesce:
    """How many there are, counted beside the first of them."""
    counted = rows.order_by().values(everything=Value(1)).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def address(name: str, *args: object) -> str:
    """The address called `name`."""
    return reverse(name, args=args)
