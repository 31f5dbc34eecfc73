"""Pages by key: "the next 25 after this row", as fast on page 1 000 as on page 1, whatever is added
meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.core.paginator import Page
from django.db import connections
from django.db.models import BooleanField, F, Func, Model, OrderBy, QuerySet, Value

COUNT_TO: Final = 1000
A_PAGE: Final = 25  # rows
T = TypeVar("T", bound=Model)


@dataclass(frozen=True)
class Order:
    """Columns of a total order, all or none with a leading "-" for descending; none is null, the last one is
    unique."""

    columns: tuple[str, ...]

    def turned(self) -> Order:
        return Order(tuple(f"-{name}".removeprefix("--") for name in self.columns))

    def by(self) -> list[OrderBy]:
        """The columns as they are, not the order of a related model."""
        return [OrderBy(F(c.lstrip("-")), descending=c.startswith("-")) for c in self.columns]

    def beyond(self, value: Callable[[str], Any]) -> Func:
        """What comes after the row of which `value` gives each column: one comparison of rows, which an index
        answers.

        All columns go the same way."""
        names = [column.lstrip("-") for column in self.columns]
        sign = " < " if self.columns[0].startswith("-") else " > "
        sides = (_RowValue(*(F(name) for name in names)), _RowValue(*(value(name) for name in names)))
        return Func(*sides, template="%(expressions)s", arg_joiner=sign, output_field=BooleanField())


class _RowValue(Func):
    """Several columns as one value: (opened_on, id)."""

    template = "(%(expressions)s)"
    output_field = BooleanField()  # of no meaning: a row is only compared


@dataclass(frozen=True)
class ListPage(Generic[T]):
    """`previous` and `next` are the rows to go on from, None where there is no further page."""

    rows: list[T]
    previous: T | None
    next: T | None


def page(
    rows: QuerySet[T],
    order: Order,
    *,
    after: T | None = None,
    before: T | None = None,
    parts: Sequence[QuerySet[T]] = (),
) -> ListPage[T]:
    """One query. `after` and `before` are rows of the same table; at most one is given. `parts`: as those of
    `rows_beyond`."""
    back, start = before is not None, before or after
    found = list(rows_beyond(rows, order.turned() if back else order, start, parts))
    return page_from(found, back=back, further=start is not None)


def rows_beyond(
    rows: QuerySet[T], way: Order, start: T | None = None, parts: Sequence[QuerySet[T]] = ()
) -> QuerySet[T]:
    """Return the rows of a page and one more. `parts` are all of `rows` between them: the next rows of all
    are among the next rows of each, which an index may find sooner."""
    rows = _beyond(rows, way, start)
    if len(parts) > 1 and connections[rows.db].features.supports_slicing_ordering_in_compound:
        first, *others = (
            _beyond(part, way, start).order_by(*way.by()).values("pk")[: A_PAGE + 1] for part in parts
        )
        rows = rows.filter(pk__in=first.union(*others, all=True))
    return rows.order_by(*way.by())[: A_PAGE + 1]


def page_from(rows: list[T], *, back: bool = False, further: bool = False) -> ListPage[T]:
    """Return the page of what `rows_beyond` has found. `further`: there are rows on its other side."""
    more, found = len(rows) > A_PAGE, rows[:A_PAGE]
    if not found:
        return ListPage([], None, None)
    has_previous, has_next = further, more
    if back:
        found.reverse()
        has_previous, has_next = more, True
    return ListPage(found, found[0] if has_previous else None, found[-1] if has_next else None)


def _beyond(rows: QuerySet[T], way: Order, start: T | None) -> QuerySet[T]:
    return rows if start is None else rows.filter(way.beyond(lambda name: Value(getattr(start, name))))


def up_to(rows: QuerySet[T], most: int = COUNT_TO) -> QuerySet[T]:
    """Return at most `most` + 1 of them: a table is not counted to its end."""
    return rows.order_by()[: most + 1]


def steps_from(page: Page[Any], query: str = "") -> dict[str, str]:
    """Where the pages before and after a numbered one are; empty where there is none. `query` goes along."""
    return {
        "previous": f"?{query}page={page.number - 1}" if page.has_previous() else "",
        "next": f"?{query}page={page.number + 1}" if page.has_next() else "",
    }
