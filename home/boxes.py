"""What *Min sida* is made of: boxes of rows, each row one link. One query counts all
kinds of things that wait, and another reads the first rows of those that are not empty. A kind that needs a
bypass is counted and read under it, with the others of that bypass.

How long ago something was, and how late it is, in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import compress
from typing import Any, Final

from django.db.models import Count, F, QuerySet, Subquery, Value, Window
from django.db.models.functions import Coalesce, RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from accounts.access import Access, bypass_policies
from accounts.models import User
from cases.inbox.kinds import COLUMNS, InboxKind, InboxLine, InboxRow, Press, column, dotted
from cases.pages import Order


def age(moment: datetime, now: datetime) -> str:
    """just now, 12 minutes ago, 3 hours ago, yesterday, 5 days ago."""
    passed = now - moment
    if passed < timedelta(minutes=1):
        return _("just now")
    if passed < timedelta(hours=1):
        minutes = int(passed.total_seconds() // 60)
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    days = (timezone.localdate(now) - timezone.localdate(moment)).days
    if days == 0:
        hours = int(passed.total_seconds() // 3600)
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    if days == 1:
        return _("yesterday")
    return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}


def overdue(day: date, today: date) -> str:
    days = (today - day).days
    return ngettext("overdue %(n)d day", "overdue %(n)d days", days) % {"n": days}


def until(day: date) -> str:
    return _("by %(day)s") % {"day": day}


SHOWN: Final = 5


@dataclass(frozen=True)
class BoxRow:
    """`hint` says from whom or how far; `late` that its day has passed, in words; `due` is that day."""

    label: str
    url: str
    hint: str = ""
    urgent: bool = False
    late: str = ""
    acts: tuple[Press, ...] = ()
    due: date | None = None


@dataclass(frozen=True)
class Box:
    """`count` is of all rows; `rows` are the first of them; `url` leads to the rest. `figures`: they say how
    many there are of something, and do not wait. `ahead`: their days have not come."""

    title: str
    count: int
    rows: list[BoxRow] = field(default_factory=list)
    url: str = ""
    figures: bool = False
    ahead: bool = False

    @property
    def waits(self) -> bool:
        return not self.figures


Boxes = list[Box]
Show = Callable[[Any], BoxRow]


def boxes_of(kinds: Sequence[InboxKind], access: Access) -> dict[InboxKind, Boxes]:
    """The box of each kind. A row of another region may decide what is counted, so the bypass begins before:
    without it PostgreSQL would count none."""
    counts: dict[InboxKind, int] = {}
    found: dict[str, list[InboxRow]] = defaultdict(list)
    for bypass in dict.fromkeys(kind.bypass for kind in kinds):
        asked = [kind for kind in kinds if kind.bypass == bypass]
        with _on(bypass):
            numbers = counts_of(asked, access)
            for values in _first_rows(list(compress(asked, numbers)), access):
                found[values["box_kind"]].append(_row(values))
        counts |= zip(asked, numbers, strict=True)
    return {kind: [_box(kind, found[kind.key], counts[kind], access)] for kind in kinds}


def _on(bypass: str) -> AbstractContextManager[None]:
    return bypass_policies(bypass) if bypass else nullcontext()


def _first_rows(kinds: Sequence[InboxKind], access: Access) -> Iterable[dict[str, Any]]:
    if not kinds:
        return []
    first, *others = (_first_of(kind, access) for kind in kinds)
    joined = first.union(*others, all=True) if others else first
    return sorted(joined, key=lambda values: values["box_n"])


def _first_of(kind: InboxKind, access: Access) -> QuerySet[Any, dict[str, Any]]:
    """The first rows of a kind, numbered. A slice may not stand in a union."""
    rows = kind.rows(access)
    nearest = kind.nearest(rows, access)[:SHOWN]
    shown = kind.with_columns(rows.model._default_manager.filter(pk__in=nearest), access)
    number = Window(RowNumber(), order_by=[*Order(kind.order).by(), F("pk").asc()])
    numbered = shown.annotate(box_kind=Value(kind.key), box_n=number)
    return numbered.values("box_kind", "box_n", *map(column, COLUMNS))


def _row(values: dict[str, Any]) -> InboxRow:
    return InboxRow(**{name: values[column(name)] for name in COLUMNS})


def _box(kind: InboxKind, inbox_rows: Sequence[InboxRow], count: int, access: Access) -> Box:
    rows = [box_row(kind.line(row, access), access) for row in inbox_rows]
    url = str(kind.url) or reverse("home:waiting", args=[kind.key])
    return Box(kind.titled(access), count, rows, url, figures=not kind.waits, ahead=kind.ahead)


def page_of(kind: InboxKind, access: Access, first: int, number: int) -> tuple[list[BoxRow], int]:
    """Some rows of a kind from the `first` on, and how many there are. One query."""
    with _on(kind.bypass):
        rows = kind.rows(access)
        shown = kind.with_columns(rows, access).annotate(box_total=total(rows)).order_by(*kind.order, "pk")
        found = list(shown.values("box_total", *map(column, COLUMNS))[first : first + number])
    lines = [box_row(kind.line(_row(values), access), access) for values in found]
    return lines, found[0]["box_total"] if found else 0


def box_row(line: InboxLine, access: Access) -> BoxRow:
    """A line as it is shown, with its age and its day in words."""
    hints, late = [line.hint, age(line.at, access.at) if line.at else ""], line.red
    if line.due and line.due < access.today:
        late = overdue(line.due, access.today)
    elif line.due:
        hints.append(until(line.due))
    return BoxRow(line.label, line.url, dotted(*hints), line.urgent, late, line.acts, line.due or line.ends)


def counts_of(kinds: Sequence[InboxKind], access: Access) -> list[int]:
    """How many there are of each kind. One query, none where there is no kind; no bypass, which only what is
    shown of them needs."""
    return counted([kind.rows(access) for kind in kinds], access)


def counted(asked: Sequence[QuerySet[Any]], access: Access) -> list[int]:
    """How many rows each has. One query, none where nothing is asked."""
    if not asked:
        return []
    totals: Any = {f"n{n}": total(rows) for n, rows in enumerate(asked)}
    found: Any = User.objects.filter(pk=access.user.pk).values(**totals).get()
    return list(found.values())


def total(rows: QuerySet[Any]) -> Coalesce:
    """How many there are, counted beside the first of them."""
    counted = rows.order_by().values(everything=Value(1)).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def box(title: str, rows: QuerySet[Any], show: Show, url: str) -> Boxes:
    """A box of the first rows of a query of its own, with the number of all."""
    found = list(rows.annotate(total=total(rows))[:SHOWN])
    return [Box(title, found[0].total if found else 0, list(map(show, found)), url)]
