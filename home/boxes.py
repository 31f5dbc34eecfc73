"""What *Min sida* is made of: rows of work, by kind. One query counts all kinds of things,
and another reads the first rows of those that stand in the list of work. A kind that needs a
bypass is counted and read under it, with the others of that bypass.

How long ago something was, and how late it is, in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, Final

from django.db.models import Count, F, QuerySet, Subquery, Value, Window
from django.db.models.functions import Coalesce, RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from accounts.access import Access, bypass_policies
from accounts.models import User
from cases.inbox.kinds import COLUMNS, InboxKind, InboxRow, Press, column, dotted
from cases.pages import Order
from libs.groups import grouped


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


SHOWN: Final = 8  # lines of work on *My page*, whatever they are
PARTS: Final = (gettext_lazy("Late or urgent"), gettext_lazy("Waiting for you"), gettext_lazy("To know"))


@dataclass(frozen=True)
class BoxRow:
    """`hint` says from whom or how far; `late` that its day has passed, in words; `day` is that day, or since
    when it waits; `region` is the code of the region whose work it is."""

    label: str
    url: str
    hint: str = ""
    urgent: bool = False
    late: str = ""
    acts: tuple[Press, ...] = ()
    day: date | None = None
    region: str = ""
    waits: bool = True
    mark: str = ""

    @property
    def part(self) -> int:
        """Which of `PARTS` it stands in: how urgent it is."""
        if not self.waits:
            return 2
        return int(not self.urgent and not self.late)

    @property
    def heading(self) -> str:
        return str(PARTS[self.part])


@dataclass(frozen=True)
class Box:
    """`count` is of all rows; `rows` are the first of them; `url` leads to the rest. `waits` and `listed`: as
    those of an `InboxKind`. What is neither is a quiet line below the list."""

    title: str
    count: int
    rows: list[BoxRow] = field(default_factory=list)
    url: str = ""
    waits: bool = True
    listed: bool = True


Boxes = list[Box]


def quiet(title: str, count: int, url: str = "") -> Boxes:
    """Return what nobody waits for and nothing is late of, as one line."""
    return [Box(title, count, url=url, waits=False, listed=False)]


def boxes_of(kinds: Sequence[InboxKind], access: Access) -> dict[InboxKind, Boxes]:
    """The box of each kind. A row of another region may decide what is counted, so the bypass begins before:
    without it PostgreSQL would count none."""
    counts: dict[InboxKind, int] = {}
    found: dict[str, list[InboxRow]] = defaultdict(list)
    for bypass, asked in grouped(kinds, attrgetter("bypass")).items():
        with _on(bypass):
            numbers = counts_of(asked, access)
            counted = (one for one, kept in zip(asked, numbers, strict=False) if kept)
            shown = [kind for kind in counted if kind.detailed or _is_listed(kind)]
            for values in _first_rows(shown, access):
                found[values["box_kind"]].append(_row(values))
        counts |= zip(asked, numbers, strict=True)
    return {kind: [_box(kind, found[kind.key], counts[kind], access)] for kind in kinds}


def _is_listed(kind: InboxKind) -> bool:
    return kind.waits or kind.listed


def _on(bypass: str) -> AbstractContextManager[None]:
    return bypass_policies(bypass) if bypass else nullcontext()


def _first_rows(kinds: Sequence[InboxKind], access: Access) -> Iterable[dict[str, Any]]:
    if not kinds:
        return []
    first, *others = (_first_of(kind, access) for kind in kinds)
    return sorted(first.union(*others, all=True), key=lambda values: values["box_n"])


def _first_of(kind: InboxKind, access: Access) -> QuerySet[Any, dict[str, Any]]:
    """The first rows of a kind, numbered. A slice may not stand in a union."""
    rows = kind.rows(access)
    nearest = kind.nearest(rows, access)[:SHOWN]
    shown = kind.with_columns(rows.model._default_manager.filter(pk__in=nearest), access)
    number = Window(RowNumber(), order_by=[*Order(kind.order).by(), F("pk").asc()])
    numbered = shown.annotate(box_kind=Value(kind.key), box_n=number)
    return numbered.values("box_kind", "box_n", *(column(one) for one in COLUMNS))


def _row(values: dict[str, Any]) -> InboxRow:
    return InboxRow(**{name: values[column(name)] for name in COLUMNS})


def _box(kind: InboxKind, inbox_rows: Sequence[InboxRow], count: int, access: Access) -> Box:
    rows = [box_row(kind, row, access) for row in inbox_rows]
    url = str(kind.url) or reverse("home:waiting", args=[kind.key])
    return Box(kind.titled(access), count, rows, url, kind.waits, _is_listed(kind))


def page_of(kind: InboxKind, access: Access, first: int, number: int) -> tuple[list[BoxRow], int]:
    """Some rows of a kind from the `first` on, and how many there are. One query."""
    with _on(kind.bypass):
        rows = kind.rows(access)
        shown = kind.with_columns(rows, access).annotate(box_total=total(rows)).order_by(*kind.order, "pk")
        found = list(shown.values("box_total", *(column(one) for one in COLUMNS))[first : first + number])
    lines = [box_row(kind, _row(values), access) for values in found]
    return lines, found[0]["box_total"] if found else 0


def box_row(kind: InboxKind, row: InboxRow, access: Access) -> BoxRow:
    """A line as it is shown, with its age and its day in words."""
    line = kind.line(row, access)
    hints, late = [line.hint, age(line.at, access.at) if line.at else ""], line.red
    if line.due and line.due < access.today:
        late = overdue(line.due, access.today)
    elif line.due:
        hints.append(until(line.due))
    day = line.due or line.ends or (timezone.localdate(line.at) if line.at else None)
    return BoxRow(
        line.label, line.url, dotted(*hints), line.urgent, late, line.acts, day, row.region, kind.waits,
        str(kind.mark),
    )  # fmt: skip


def counts_of(kinds: Sequence[InboxKind], access: Access) -> list[int]:
    """How many there are of each kind. One query, none where there is no kind; no bypass, which only what is
    shown of them needs."""
    if not kinds:
        return []
    numbers: Any = {f"n{n}": total(kind.rows(access)) for n, kind in enumerate(kinds)}
    rows: Any = User.objects.filter(pk=access.user.pk).values(**numbers)
    return list(rows[0].values())


def total(rows: QuerySet[Any]) -> Coalesce:
    """How many there are, counted beside the first of them."""
    counted = rows.order_by().values(everything=Value(1)).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
