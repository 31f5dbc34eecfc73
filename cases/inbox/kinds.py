"""The shape of what waits for somebody: a *kind* of rows, and the line that each is shown as.

A kind gives a queryset and plain columns, no model instances, so that all kinds of a role are asked for in
one query, whatever waits and however many kinds there are.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import models
from django.db.models import ExpressionWrapper, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.functional import Promise

from accounts.access import Access
from agencies.models import localised
from cases.wording import clock, minute
from encryption.fields import EncryptedText

WORDS: Final = ("one", "two", "three", "four", "region")
TYPES: Final[dict[str, models.Field[Any, Any]]] = {
    "code": models.UUIDField(),
    "at": models.DateTimeField(),
    "due": models.DateField(),
    "encrypted": models.TextField(),
    "urgent": models.BooleanField(),
}
COLUMNS: Final = (*TYPES, *WORDS)
# What stands in a column of which a kind says nothing.
EMPTY: Final[dict[str, Any]] = {
    **{name: Cast(Value(None), kind) for name, kind in TYPES.items()},
    "urgent": ExpressionWrapper(Value(False), output_field=TYPES["urgent"]),
    **dict.fromkeys(WORDS, Value("")),
}


@dataclass(frozen=True, slots=True)
class InboxRow:
    code: uuid.UUID | None = None  # what its address needs
    at: datetime | None = None  # since when
    due: date | None = None  # by when
    urgent: bool = False
    one: str = ""
    two: str = ""
    three: str = ""
    four: str = ""
    region: str = ""  # its code: of the own region, or the one stood in for, whose work it is
    encrypted: str = ""  # not opened: see `opened`

    @property
    def moment(self) -> str:
        """Since when, to the minute."""
        return minute(self.at) if self.at else ""

    def time(self, today: date) -> str:
        """Since when, as a time of day; of another day its date before it."""
        return clock(self.at, today) if self.at else ""

    def when(self, today: date) -> str:
        """Since when, as a time of day; of another day its date alone."""
        return self.time(today).partition(" ")[0]


@dataclass(frozen=True, slots=True)
class Press:
    """What is done in place, by one press. Without `post` a link to where it is done."""

    label: str
    url: str
    post: bool = True


@dataclass(frozen=True, slots=True)
class InboxLine:
    """What is shown of a row. `label` identifies nobody: what it is about. `hint`: from whom, or how far it
    has come."""

    label: str
    url: str
    hint: str = ""
    urgent: bool = False
    at: datetime | None = None  # shown as age, in words
    due: date | None = None  # shown as a day, or as overdue
    ends: date | None = None  # its last day, which `hint` or `red` says
    red: str = ""  # said in red, of what is near
    acts: tuple[Press, ...] = ()


Columns = Callable[[Access], Mapping[str, Any]]
Line = Callable[[InboxRow, Access], InboxLine]


@dataclass(frozen=True, slots=True, eq=False)
class InboxKind:
    """`rows` begins with the row access and needs no bypass; `bypass` is the reason for the one that columns
    need. `order` names columns, the key is added last. `waits`: another person waits for it, or its day has
    come; nothing else is counted. `listed`: it stands in the list of *My page* though it does not wait.
    `detailed`: the quiet line below that list says how far its rows have come. `mark`: what a row of the list
    is, in a word or two."""

    key: str  # in the address of its list
    title: str | Promise | Callable[[Access], str]
    rows: Callable[[Access], QuerySet[Any]]
    columns: Columns
    line: Line
    order: tuple[str, ...] = ("at",)
    waits: bool = True
    listed: bool = False
    detailed: bool = False
    mark: str | Promise = ""
    bypass: str = ""
    url: str | Promise = ""  # of the list that shows them anyway, where there is one

    def titled(self, access: Access) -> str:
        return self.title(access) if callable(self.title) else str(self.title)

    def nearest(self, rows: QuerySet[Any], access: Access) -> QuerySet[Any]:
        """The keys of `rows` in order, with no more columns than the order needs."""
        by = [name for name in COLUMNS if column(name) in {word.removeprefix("-") for word in self.order}]
        return self.with_columns(rows, access, by).order_by(*self.order, "pk").values("pk")

    def with_columns(
        self, rows: QuerySet[Any], access: Access, names: Iterable[str] = COLUMNS
    ) -> QuerySet[Any]:
        """`rows` with columns of an `InboxRow`, each of the same type in every kind."""
        given = self.columns(access)
        return rows.order_by().annotate(**{column(name): _column(name, given.get(name)) for name in names})


def column(name: str) -> str:
    """What a column of an `InboxRow` is called in a query: a model may have a field of its name."""
    return f"row_{name}"


def _column(name: str, given: Any) -> Any:
    if given is None:
        return EMPTY[name]
    if name in WORDS:
        return Coalesce(Cast(given, models.CharField()), Value(""))
    if name == "encrypted":
        return Cast(given, TYPES[name])
    return ExpressionWrapper(given, output_field=TYPES[name])


def label(of: str) -> F:
    """The words of the code that `of` leads to, in the reader's language."""
    return F(f"{of}__{localised('label_sv', 'label_en')}")


def name(of: str) -> F:
    """The name of the county, region or agency that `of` leads to."""
    return F(f"{of}__{localised('name_sv', 'name_en')}")


def dotted(*parts: str) -> str:
    """Social services, Skåne · suspected case · 16:16: without the parts that are empty."""
    return " · ".join(part for part in parts if part)


def opened(model: type[models.Model], field: str, row: InboxRow) -> str:
    """The encrypted text of a row that is bound to its code."""
    if not row.encrypted:
        return ""
    column: Any = model._meta.get_field(field)
    return str(column.decrypted(EncryptedText(row.encrypted), model(code=row.code)))
