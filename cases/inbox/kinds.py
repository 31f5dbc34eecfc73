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

from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    ExpressionWrapper,
    F,
    Field,
    Model,
    QuerySet,
    TextField,
    UUIDField,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.functional import Promise

from accounts.access import Access
from agencies.models import localised
from encryption.fields import Sealed

WORDS: Final = ("one", "two", "three", "four")
NOTHING: Final[dict[str, Field[Any, Any]]] = {
    "code": UUIDField(),
    "at": DateTimeField(),
    "due": DateField(),
    "sealed": TextField(),
}
COLUMNS: Final = (*NOTHING, "urgent", *WORDS)


@dataclass(frozen=True, slots=True)
class InboxRow:
    """What the database says of one thing that waits."""

    code: uuid.UUID | None = None  # what its address needs
    at: datetime | None = None  # since when
    due: date | None = None  # by when
    urgent: bool = False
    one: str = ""
    two: str = ""
    three: str = ""
    four: str = ""
    sealed: str = ""  # not opened: see `opened`


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
    ends: date | None = None  # its last day, which `hint` or `red` tells
    red: str = ""  # said in red, of what is near
    acts: tuple[Press, ...] = ()


@dataclass(frozen=True, slots=True)
class InboxKind:
    """`rows` begins with the door and needs no errand beyond the walls; `errand` is what its columns need.
    `order` names columns, the key is added last. `waits` is false of what only tells of something: no letter
    counts it. `ahead`: of what has a day that has not come."""

    key: str  # in the address of its list
    title: str | Promise | Callable[[Access], str]
    rows: Callable[[Access], QuerySet[Any]]
    columns: Callable[[Access], Mapping[str, Any]]
    line: Callable[[InboxRow, Access], InboxLine]
    order: tuple[str, ...] = ("at",)
    waits: bool = True
    ahead: bool = False
    errand: str = ""
    url: Callable[[], str] | None = None  # of the list that shows them anyway, where there is one

    def titled(self, access: Access) -> str:
        return self.title(access) if callable(self.title) else str(self.title)

    @property
    def address(self) -> str:
        """Of the list of all of them."""
        return self.url() if self.url else ""

    def ordered(self, access: Access) -> QuerySet[Any]:
        """All its rows, with the columns."""
        return self.with_columns(self.rows(access), access).order_by(*self.order, "pk")

    def nearest(self, rows: QuerySet[Any], access: Access) -> QuerySet[Any]:
        """The keys of `rows` in order, with no more columns than the order needs."""
        by = [name for name in COLUMNS if column(name) in {word.removeprefix("-") for word in self.order}]
        return self._annotated(rows, access, by).order_by(*self.order, "pk").values("pk")

    def with_columns(self, rows: QuerySet[Any], access: Access) -> QuerySet[Any]:
        """`rows` with each column of a `Row`, of the same type in every kind."""
        return self._annotated(rows, access, COLUMNS)

    def _annotated(self, rows: QuerySet[Any], access: Access, names: Iterable[str]) -> QuerySet[Any]:
        given = self.columns(access)
        return rows.order_by().annotate(**{column(name): _column(name, given.get(name)) for name in names})


def column(name: str) -> str:
    """What a column of a `Row` is called in a query: a model may have a field of its name."""
    return f"row_{name}"


def _column(name: str, given: Any) -> Any:
    if name == "urgent":
        asked = Value(False) if given is None else given
        return ExpressionWrapper(asked, output_field=BooleanField())
    if name in WORDS:
        return Coalesce(Cast(given, CharField()), Value("")) if given is not None else Value("")
    kind = NOTHING[name]
    if given is None:
        return Cast(Value(None), kind)
    return Cast(given, kind) if name == "sealed" else ExpressionWrapper(given, output_field=kind)


def label(of: str, sv: str = "label_sv", en: str = "label_en") -> F:
    """The words of a row that `of` leads to, in the reader's language."""
    return F(f"{of}__{localised(sv, en)}" if of else localised(sv, en))


def name(of: str) -> F:
    """The same of what has a name: a county, a region or an agency."""
    return label(of, "name_sv", "name_en")


def opened(model: type[Model], field: str, row: InboxRow) -> str:
    """The sealed text of a row that is sealed by its code."""
    if not row.sealed:
        return ""
    sealed: Any = model._meta.get_field(field)
    return str(sealed.opened(Sealed(row.sealed), model(code=row.code)))
