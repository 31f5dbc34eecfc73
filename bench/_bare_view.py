"""What a page costs, and what a bare view of the same costs: a view without middleware that asks the same
statements in one transaction, for the same person in the same role of the database, and fills a template of
as many bytes, with one escaped variable for each tag.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

REPEATS = 12
# Python keeps the frames of calls in pieces of 16 kB, and makes a new piece at each call that passes the end
# of one. Where that falls is chance, and can cost a page a third: each time is measured some frames deeper.
FRAMES = 12
BRACKETS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


class Statement(NamedTuple):
    sql: str
    parameters: Any
    acting: Any  # for whom it was asked


@dataclass(frozen=True)
class Cost:
    """Seconds of work, not of the clock, which on a busy machine is that of others: of Python, and of the
    process of PostgreSQL that answers."""

    python: float
    database: float

    @property
    def both(self) -> float:
        return self.python + self.database


@dataclass(frozen=True)
class Page:
    questions: int
    size: int
    ours: Cost
    bare: Cost

    @property
    def of_python(self) -> float:
        """How many times the work of the bare view, without the database."""
        return self.ours.python / self.bare.python

    @property
    def of_both(self) -> float:
        return self.ours.both / self.bare.both


def measured(client: Any, path: str, sent: dict[str, str] | None = None) -> Page:
    """The best of some times, to which other work adds least; ours and bare in turn. `sent`: by a form."""
    ask = partial(client.post, path, sent) if sent else partial(client.get, path)
    ask()
    with rolled_back(), recorded() as statements:
        answer = ask()
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}")
    bare = bare_view(statements, answer.content.decode())
    pairs = [(cost(ask, depth), cost(bare, depth)) for depth in range(0, FRAMES * REPEATS, FRAMES)]
    ours, floor = (least(costs) for costs in zip(*pairs, strict=True))
    return Page(sum(map(is_question, statements)), len(answer.content), ours, floor)


@contextmanager
def recorded() -> Iterator[list[Statement]]:
    from django.db import connection

    from accounts.access import _acting

    statements: list[Statement] = []

    def record(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(Statement(sql, params, _acting.get()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        yield statements


@contextmanager
def rolled_back() -> Iterator[None]:
    """The page and the bare view write the same event of the audit log, each as if it were the first."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def is_question(statement: Statement) -> bool:
    return not statement.sql.startswith(BRACKETS)


def bare_view(statements: list[Statement], page: str) -> Callable[[], object]:
    """What a transaction says of who acts is no question of the page, and the bare view says it too."""
    from django.db import connection, transaction
    from django.template import Context, Engine

    from accounts.access import Acting, _now
    from tests.database_roles import as_application

    asked = list(filter(is_question, statements))
    acting = next((each.acting for each in asked if each.acting and each.acting.person), Acting())
    template = Engine().from_string("{% for tag in tags %}<{{ tag }}{% endfor %}")
    tags = Context({"tags": page.split("<")})

    def view() -> str:
        with (
            _now(Acting()),
            as_application(),
            _now(acting),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            for sql, parameters, _acting in asked:
                cursor.execute(sql, parameters)
                if cursor.description:
                    cursor.fetchall()
        return template.render(tags)

    return view


def cost(work: Callable[[], object], depth: int = 0) -> Cost:
    """`depth`: calls around it."""
    with rolled_back():
        database, python = of_the_backend(), time.process_time()
        called(work, depth)
        return Cost(time.process_time() - python, of_the_backend() - database)


def called(work: Callable[[], object], depth: int) -> object:
    return called(work, depth - 1) if depth else work()


def of_the_backend() -> float:
    """Seconds that the process of PostgreSQL which answers has worked: it is on this machine."""
    from django.db import connection

    about = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(about.read_text().split()[0]) / 1e9


def least(costs: tuple[Cost, ...]) -> Cost:
    return Cost(min(cost.python for cost in costs), min(cost.database for cost in costs))
