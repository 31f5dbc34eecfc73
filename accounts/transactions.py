"""The transaction in which somebody reads or does something: one for a whole request, view and rendering.

Inside it the audit log, the rows and the page agree: what fails is taken back as a whole. The database is
told first who acts (`acting_as`), so that its policies hold. Streams, jobs and commands open theirs.

A double click or a repeated POST does the work once, and is shown what the first one made (`once`).
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeVar

from django.contrib.messages.storage import default_storage
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounts.access import Access, Middleware, acting_as
from accounts.models import SentForm
from audit.writer import events_last

Row = TypeVar("Row", bound=Model)
View = TypeVar("View", bound=Callable[..., Any])
Act = Callable[[], object]
log = logging.getLogger(__name__)
SAFE: Final = {"GET", "HEAD", "OPTIONS"}
SHOWN: Final = {200, 409}  # a page with what was asked for, or with what two have written
_present: ContextVar[Going | None] = ContextVar("present", default=None)


def code_of(text: object) -> uuid.UUID | None:
    """The code that somebody sent; None where it is none."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


def token_of(data: Mapping[str, object]) -> uuid.UUID | None:
    """The token that the form was shown with; None where there is none that can be read."""
    return code_of(data.get("form_token"))


def number_of(data: Mapping[str, object], name: str) -> int:
    """The number of the state in which a page was shown; -1, which no state has, where it cannot be read."""
    text = str(data.get(name))
    return int(text) if re.fullmatch("[0-9]{1,5}", text) else -1


def sent_before(token: uuid.UUID | None, rows: QuerySet[Row], *, by: Access) -> Row | None:
    """What this very form has made for the same person; None where it was not sent, or is out of scope.

    Asked when a form is refused: it may be so because of what it made itself."""
    sent = SentForm.objects.filter(sender=by.user, token__in=[token])
    return rows.filter(pk__in=sent.values("made")).first() if token else None


@transaction.atomic
def idempotent(token: uuid.UUID | None, work: Callable[[], Row], rows: QuerySet[Row], *, by: Access) -> Row:
    """What `work` makes, or what the same form made of `rows` before. Without a token nothing is guarded.

    Whoever sends the form at the same moment waits until this transaction has ended."""
    if token is None:
        return work()
    sent, first = SentForm.objects.get_or_create(sender=by.user, token=token)
    if not first:
        return get_object_or_404(rows, pk=sent.made)
    made = work()
    SentForm.objects.filter(pk=sent.pk).update(made=made.pk)
    return made


@contextmanager
def transaction_of(access: Access | None, *, writes: bool = True) -> Iterator[None]:
    """A transaction for what `access` does, which ends with its events. On SQLite, where one that may write
    shuts out all other writers, what only reads has none (ADR 17)."""
    if not writes and connection.vendor == "sqlite":
        yield
        return
    with acting_as(access), transaction.atomic(), events_last():
        yield


def before_it_begins(act: Callable[..., None]) -> Callable[[View], View]:
    """A view before which `act` is called with the request, when all that the client sends is here and its
    transaction has not begun: for what takes long and needs none, such as reading a file."""

    def with_act(view: View) -> View:
        view.before_it_begins = act  # type: ignore[attr-defined]
        return view

    return with_act


def own_transactions(view: View) -> View:
    """A view that opens what it needs itself, or needs none."""
    view.own_transactions = True  # type: ignore[attr-defined]
    return view


def assign(row: Model, facts: Mapping[str, object]) -> list[str]:
    """Give a row these values; return the names of those that it did not have."""
    changed = [name for name, value in facts.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, facts[name])
    return changed


def again_if_undone(act: Act) -> None:
    """What has been done is done once more where the request that it belongs to is taken back: an attempt
    stays counted."""
    if going := _present.get():
        going.kept.append(act)


def when_shown(key: Hashable, act: Act) -> None:
    """`act` is done when the page is made and if it is shown, as the last of the request's transaction; of
    several for a `key` the last. Outside such a request it is done at once."""
    if going := _present.get():
        going.shown[key] = act
    else:
        act()


class OneTransactionMiddleware(Middleware):
    """Innermost: what is recorded further out, such as a refusal, outlives what is taken back here."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if going := request.__dict__.pop("_going", None):
            going.end(shown=response.status_code in SHOWN)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_called: Any) -> None:
        """The last step before the view: all that the client sends is here, however slowly it came."""
        writes = request.method not in SAFE
        if getattr(view, "own_transactions", False) or not (writes or request.user.is_authenticated):
            request._going = going = NoTransaction()  # type: ignore[attr-defined]
            going.enter_context(acting_as(getattr(request, "access", None)))
            return
        if writes:
            # Bounded by what Django and `exchange.uploads` allow. Raises where it is more.
            _all = request.POST if request.content_type == "multipart/form-data" else request.body
            if act := getattr(view, "before_it_begins", None):
                with acting_as(getattr(request, "access", None)):
                    act(request)
        request._going = Going(request, writes=writes)  # type: ignore[attr-defined]

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Of the view or of the rendering. The page that says so is made outside."""
        if going := request.__dict__.pop("_going", None):
            going.undo(error)


class Going:
    def __init__(self, request: HttpRequest, *, writes: bool) -> None:
        self.back = _as_it_was(request)
        self.kept: list[Act] = []
        self.shown: dict[Hashable, Act] = {}
        self.access: Access | None = getattr(request, "access", None)
        self.stack = ExitStack()
        self.stack.enter_context(transaction_of(self.access, writes=writes))
        self.mark = _present.set(self)

    def end(self, *, shown: bool) -> None:
        """Raises where something in it has failed that nobody told of: else all would be lost in silence."""
        try:
            with self.stack:
                for act in self.shown.values() if shown else ():
                    act()
                if connection.needs_rollback:
                    raise transaction.TransactionManagementError("A failure was passed over.")
        except Exception:
            self._undone()
            raise
        _present.reset(self.mark)

    def undo(self, error: Exception) -> None:
        self.stack.__exit__(type(error), error, error.__traceback__)
        self._undone()

    def _undone(self) -> None:
        _present.reset(self.mark)
        self.back()
        for act in self.kept:
            try:
                with transaction_of(self.access):  # the policies ask again for whom it is
                    act()
            except Exception:
                log.exception("What was to be kept of a request could not be")


class NoTransaction(ExitStack):
    """It is known who asks; the view opens its transactions itself, or needs none."""

    def end(self, *_error: Exception, **_shown: bool) -> None:
        self.close()

    undo = end


def _as_it_was(request: HttpRequest) -> Act:
    """The database takes itself back; this does it for the browser: neither signed in nor out, and told of
    nothing."""
    user, session, environment = request.user, request.session, dict(request.META)
    key, held, modified = session.session_key, dict(session.items()), session.modified

    def back() -> None:
        request.user, request.session = user, session
        if session.session_key == key:
            session.clear()
            session.update(held)
            session.modified = modified
        else:
            request.session = type(session)(key)
        request._messages = default_storage(request)  # type: ignore[attr-defined]
        request.META.update(environment)
        request.META.pop("CSRF_COOKIE_NEEDS_UPDATE", None)

    return back
