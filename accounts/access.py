"""What one person may see and do at one moment, and how views and PostgreSQL are told of it.

`Access` is made once a request, from dated rows, by `AccessMiddleware`. A view reads what such a request has
posted, and leads on to another page.

PostgreSQL is told for whom rows are asked by variables that end with the transaction (`SET LOCAL`): they hold
behind PgBouncer in transaction mode, and nobody inherits somebody else's. Whoever acts is known to the code
first (`acting_as`); the database is told with the first statement of each transaction. A statement outside
one gets a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from psycopg.pq import TransactionStatus

from accounts.models import User
from accounts.roles import MAY, May, Role
from accounts.row_level_security import bypasses
from audit.writer import Actor


@dataclass(frozen=True, slots=True)
class Assignment:
    """A region that is somebody's on a day. `until` is the last day of who stands in for its coordinator."""

    code: str
    region: Model
    stands_in: bool
    until: date | None


Assigned = Callable[[User, date], Iterable[Assignment]]
Ends = Callable[[User, Actor], None]
# One pair, handed in by the app that knows who coordinates what.
_regions: list[tuple[Assigned, Ends]] = []


def regions_come_from(assigned: Assigned, ends: Ends) -> None:
    """The app of the regions says whose they are, and ends what somebody has for some days only. At most one
    query a call."""
    _regions[:] = [(assigned, ends)]


def end_deputies(user: User, by: Actor) -> None:
    """Ends every region that `user` has in somebody's stead: of who gets another role, or is closed out."""
    _assigned, ends = _regions[0]
    ends(user, by)


def refuse_where(holds: object, sentence: str | Promise) -> None:
    """Raise PermissionDenied (403) with the sentence where something holds that stands in the way."""
    if holds:
        raise PermissionDenied(sentence)


@dataclass(frozen=True)
class Access:
    """`regions` are codes of the regions whose rows are this person's today, as coordinator or as deputy.
    Whoever does not coordinate has none, whatever dated rows are left."""

    user: User
    role: Role
    at: datetime
    regions: frozenset[str] = field(default_factory=frozenset)
    deputy: tuple[tuple[str, date | None], ...] = ()  # (region code, last day) where standing in
    names: Mapping[str, Model] = field(default_factory=dict, hash=False, compare=False)  # of `regions`

    @classmethod
    def of(cls, user: User, *, at: datetime | None = None) -> Access:
        """At most one query: only who coordinates has dated scope."""
        at = at or timezone.now()
        role = user.role_now
        if May.COORDINATE not in MAY[role]:
            return cls(user, role, at)
        assigned, _ends = _regions[0]
        rows = list(assigned(user, timezone.localdate(at)))
        deputy = tuple((row.code, row.until) for row in rows if row.stands_in)
        names = dict((row.code, row.region) for row in rows)
        return cls(user, role, at, frozenset(names), deputy, names)

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    @property
    def actor(self) -> str:
        return self.user.email

    @property
    def role_name(self) -> str:
        return str(self.role.value)

    def may(self, *wanted: May) -> bool:
        """Whether the role has any of `wanted`."""
        return self.user.works and bool(MAY[self.role] & set(wanted))

    def require(self, *wanted: May) -> Access:
        """Return itself. Raises PermissionDenied (403) unless the role has any of `wanted`."""
        if not self.may(*wanted):
            raise PermissionDenied(
                _("Your role may not do this. Contact the administrator if you need it for your work.")
            )
        return self


class AuthenticatedRequest(HttpRequest):
    """A request of somebody signed in: views behind LoginRequiredMiddleware are typed with it."""

    user: User
    access: Access


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form sent, be it empty; None where the form is to be shown."""
    return request.POST if request.method == "POST" else None


def lead_on(request: HttpRequest, words: object, *to: Any) -> HttpResponse:
    """Return the way to another page, which says first what was done."""
    messages.success(request, str(words))
    return redirect(*to)


def turn_back(request: HttpRequest, words: object, *to: Any) -> HttpResponse:
    """Return the way to another page, which says first why nothing was done."""
    messages.warning(request, str(words))
    return redirect(*to)


class Middleware:
    """What Django asks of every middleware: it is made once, with whatever answers after it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response


class AccessMiddleware(Middleware):
    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        request.access = None  # type: ignore[attr-defined]
        if isinstance(user, User):
            if user.language:
                translation.activate(user.language)  # the user's own choice, at every browser
                request.LANGUAGE_CODE = user.language
            request.access = Access.of(user) if user.works else None  # type: ignore[attr-defined]
        return self.get_response(request)


NAMES: Final = ("nmt.person", "nmt.role", "nmt.regions", "nmt.at", "nmt.beyond")
SET: Final = "SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in NAMES)
# As the role that is signed in to the database has them: those of worker and owner are set, the application's
# are not.
RESET: Final = "; ".join(f"SET LOCAL {name} TO DEFAULT" for name in NAMES)


class Acting(NamedTuple):
    """For whom rows are asked, in the words of the database, in the order of NAMES; and what looks beyond the
    policies, if anything."""

    person: str = ""
    role: str = ""
    regions: str = ""
    at: str = ""
    beyond: str = ""

    @classmethod
    def of(cls, access: Access) -> Acting:
        regions = ",".join(sorted(access.regions))
        return cls(str(access.user.pk), access.role_name, regions, access.at.isoformat())


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


@contextmanager
def acting_as(access: Access | None) -> Iterator[None]:
    """What is asked within is asked for `access`. None leaves it as it was: nobody is signed in."""
    with _now(Acting.of(access)) if access is not None else nullcontext():
        yield


@contextmanager
def bypass_policies(reason: str) -> Iterator[None]:
    """Looks beyond the policies for a reason that an app hands in, at the tables named there only."""
    if reason not in bypasses():
        raise LookupError(f"No app has handed in why {reason!r} looks beyond the policies.")
    before = _acting.get()
    if before is None:  # nobody to act for: the role in the database decides
        yield
        return
    names = {*before.beyond.split(","), reason} - {""}
    with _now(before._replace(beyond=",".join(sorted(names)))):
        yield


@contextmanager
def _now(acting: Acting) -> Iterator[None]:
    mark = _acting.set(acting)
    _set_within_transaction()
    try:
        yield
    finally:
        _acting.reset(mark)
        _set_within_transaction()


def _set_within_transaction() -> None:
    """In a transaction that has begun. One that has failed cannot be told: its rollback takes it back to what
    was said before, as the variables are its own."""
    if connection.vendor == "postgresql" and _status(connection) == TransactionStatus.INTRANS:
        _set_variables(connection)


def _status(on: BaseDatabaseWrapper) -> TransactionStatus | None:
    return on.connection.info.transaction_status if on.connection is not None else None


def _set_variables(on: BaseDatabaseWrapper) -> None:
    """Not by Django's cursor: it is no question of a page."""
    acting = _acting.get()
    with on.connection.cursor() as cursor:
        if acting is None:
            cursor.execute(RESET)
        else:
            cursor.execute(SET, acting)


def _set_before_statement(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Around every statement."""
    on = context["connection"]
    if _acting.get() is None or _status(on) != TransactionStatus.IDLE:
        return execute(sql, params, many, context)
    with nullcontext() if on.in_atomic_block else transaction.atomic(using=on.alias):
        _set_variables(on)
        return execute(sql, params, many, context)


def _connected(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    if connection.vendor == "postgresql" and _set_before_statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(_set_before_statement)


def listen() -> None:
    """Once, when the app is ready."""
    connection_created.connect(_connected, dispatch_uid="accounts.access")
