"""When the audit log cannot be written, nothing of an act remains, and the reader gets a page that says so.

Every act once with an audit log that fails: then the database holds exactly what it held before, and the
browser keeps its session. Then once as usual, to see that it does something and is recorded, and that the
audit log is locked for a short time: all who act wait for it.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponseBase
from django.test import Client

from accounts.models import Attempt, Remembered, User
from accounts.transactions import transaction_of
from audit import writer
from audit.models import Event, Head
from tests.actors import NOON
from tests.audit.acts import Act
from tests.audit.acts_of_account import OWN_ACCOUNT
from tests.audit.acts_of_casework import READS, WORK
from tests.audit.acts_of_disposal import DISPOSAL
from tests.audit.acts_of_office import COMMANDS, FIGURES, LISTS
from tests.audit.acts_of_spreadsheets import SHEETS
from tests.audit.acts_of_years import YEARS
from tests.audit.lock import LockWatch
from tests.audit.places import RECORDED_AT
from tests.ours import APPS
from tests.outside.audit_words import actions
from tests.weights import examples, mostly_long
from tests.world import World, filled_world, undone

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]

ACTS = {**OWN_ACCOUNT, **WORK, **READS, **FIGURES, **LISTS, **COMMANDS, **YEARS, **SHEETS, **DISPOSAL}
NOT_ACTS = {
    # They invent a register.
    "cases/demo/invent.py:_readings",
    "cases/demo/people.py:live",
    "cases/demo/register.py:year",
}
# Verbs that a page calls, which are called alone here: done in the transaction that a request has.
OF_PAGES = {
    "answers about a rule of retention",
    "ends the days of a deputy",
    "gets a region by two",
    "gets a role by two",
    "stops a deputy",
    "takes a second factor",
    "tells a new user the code",
}
UNDER_LOCK = {"disposes of a year"}  # of the audit log itself: nobody may write to it meanwhile
MAX_AFTER_LOCK = 3  # statements: the events, the new head, COMMIT
WORDS = "The audit trail cannot be written"
PLACE_OF = {act: place for place, acts in RECORDED_AT.items() for act in acts}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), filled_world() as made:
        yield made


@pytest.fixture(autouse=True)
def no_earlier_attempts() -> None:
    Attempt.objects.all().delete()


# What was tried stays counted, and a code that was used stays used.
STAY = {Attempt._meta.db_table, Remembered._meta.db_table}
TABLES = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} - STAY
WRITES = re.compile(r'\b(?:INTO|UPDATE|DELETE FROM) "?(\w+)')


def stored(tables: set[str]) -> dict[str, list[str]]:
    """Return every row of these tables."""
    held = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            held[table] = sorted(map(repr, cursor.fetchall()))
    return held


def what_stays_of(act: Callable[[], Any]) -> dict[str, Any]:
    """Do the act and take it back; return by table the rows of before and after, where these differ.

    Of the tables that it wrote to, and in `make test-all` of all: a trigger writes to others.
    """
    written: set[str] = set()

    def note(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        written.update(WRITES.findall(sql))
        return execute(sql, *more)

    beginning = transaction.savepoint()
    with connection.execute_wrapper(note):
        act()
    transaction.set_rollback(False)  # what an event that fails alone leaves behind, in the test's transaction
    tables = TABLES if examples(0, 1) else TABLES & written
    after = stored(tables)
    transaction.savepoint_rollback(beginning)
    held = stored(tables)
    return {table: (held[table], after[table]) for table in tables if held[table] != after[table]}


def test_a_row_that_stays_is_found_out(world: World) -> None:
    with undone():
        assert what_stays_of(lambda: None) == {}
        assert what_stays_of(lambda: Attempt.objects.all().delete()) == {}
        changed = what_stays_of(lambda: User.objects.filter(name="Vera").update(name="Vilma"))
    assert changed.keys() == {"accounts_user"}


def fails(*_args: object) -> str:
    raise DatabaseError(WORDS)


def place() -> str:
    """Who asked for the event that is being written: outside the writer, and past the decorators."""
    frame = sys._getframe(2)
    while (
        frame is not None
        and not (frame.f_code.co_filename.startswith(str(ROOT)) and ".venv" not in frame.f_code.co_filename)
    ) or frame.f_code.co_filename == writer.__file__:
        frame = frame.f_back
    return f"{Path(frame.f_code.co_filename).relative_to(ROOT)}:{frame.f_code.co_name}"


@dataclass
class Watched:
    """In place of the model: notes where an event is asked for, wherever it is written."""

    seen: list[str]
    objects = Event.objects

    def __call__(self, **facts: Any) -> Event:
        self.seen.append(place())
        return Event(**facts)


# Every act on PostgreSQL, where locks and policies have a say too; each tenth on SQLite in `make test`.
USUAL = sorted(ACTS) if connection.vendor == "postgresql" else sorted(ACTS)[::10]


@pytest.mark.parametrize("name", mostly_long(sorted(ACTS), usual=USUAL))
def test_an_act_that_cannot_be_recorded_is_not_done(
    name: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    act: Act = ACTS[name]
    monkeypatch.setattr(Client, "raise_request_exception", True, raising=False)
    with time_machine.travel(NOON, tick=False), undone():
        given = act.prepare(world)
        assert_taken_back(act, world, given)
        assert_recorded(name, act, world, given)


def assert_taken_back(act: Act, world: World, given: Any) -> None:
    cookies = cookies_of(given)
    answers: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "event_hash", fails)
        assert what_stays_of(lambda: answers.append(refused(act, world, given))) == {}
    assert cookies_of(given) == cookies
    if isinstance(answers[0], HttpResponseBase):
        assert_says_so(answers[0])


def assert_recorded(name: str, act: Act, world: World, given: Any) -> None:
    before = Head.objects.get().sequence
    seen: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "Event", Watched(seen))
        lock = LockWatch()
        with connection.execute_wrapper(lock), transaction_of(None) if name in OF_PAGES else nullcontext():
            answer = act.do(world, given)
    if connection.vendor == "postgresql" and name not in UNDER_LOCK:  # SQLite locks all from BEGIN on
        assert 0 < lock.longest() <= MAX_AFTER_LOCK, lock.after
    assert Head.objects.get().sequence > before, f"not recorded: {shown_by(answer)}"
    assert seen[0] == PLACE_OF.get(name), "write it in tests/audit/places.py"
    said = set(Event.objects.filter(sequence__gt=before).values_list("action", flat=True))
    assert said - actions() == set(), (
        "say in tests/outside/audit_words.py with what a part of it is filled in"
    )


def cookies_of(given: Any) -> dict[str, str]:
    """Return what a browser holds, where the act is done in one."""
    return {key: cookie.value for key, cookie in given.cookies.items()} if isinstance(given, Client) else {}


def shown_by(answer: Any) -> Any:
    """Why nothing was done: what the page says is wrong."""
    context = getattr(answer, "context", None) or {}
    form = context.get("form")
    return getattr(form, "errors", answer)


def refused(act: Act, world: World, given: Any) -> Any:
    """The answer of a page; None where the act was no page's and failed by itself."""
    client_call = Client.request

    def request(self: Client, **environment: Any) -> Any:
        self.raise_request_exception = False
        return client_call(self, **environment)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request", request)
        try:
            answer = act.do(world, given)
        except DatabaseError:
            return None
    return answer


def assert_says_so(answer: HttpResponseBase) -> None:
    assert answer.status_code == 500
    page = answer.content.decode()  # type: ignore[attr-defined]
    assert (
        "Either all of what you sent is saved, or nothing" in page
        or "antingen sparat i sin helhet eller inte alls" in page
    )
    for inside in (WORDS, "Traceback", "DatabaseError", "V-2018-"):
        assert inside not in page


def places() -> set[str]:
    """Every function that writes an event."""
    files = {file: file.read_text() for app in APPS for file in (ROOT / app).rglob("*.py")}
    return {
        f"{file.relative_to(ROOT)}:{function}"
        for file, text in files.items()
        if "record" in text  # to look through all the others takes seconds
        for function in _recording(ast.parse(text), "")
    }


def _recording(tree: ast.AST, function: str) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        inside = node.name if isinstance(node, ast.FunctionDef) else function
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record":
            yield inside
        yield from _recording(node, inside)


def test_every_place_that_records_has_an_act() -> None:
    assert set(PLACE_OF) == set(ACTS)
    found = places()
    assert found - set(RECORDED_AT) - NOT_ACTS == set(), "give it an act in tests/audit/acts.py"
    assert NOT_ACTS - found == set(), "remove from NOT_ACTS"
