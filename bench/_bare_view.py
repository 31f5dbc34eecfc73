"""What a page costs, and what a bare view of the same costs: a view without middleware that asks the same
statements in one transaction and fills a template of as many bytes, with one escaped variable for each tag.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPEATS = 12
BRACKETS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
# What a transaction says of who acts is no question of the page, and the bare view says it too.
CONTEXT = ("SET ROLE", "RESET ROLE", "SELECT set_config")
Statement = tuple[str, Any]


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


def measured(client: Any, path: str) -> Page:
    """The best of some times, to which other work adds least; ours and bare in turn."""
    client.get(path)
    with rolled_back(), recorded() as statements:
        answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}")
    bare = bare_view(statements, answer.content.decode())
    pairs = [(cost(lambda: client.get(path)), cost(bare)) for _ in range(REPEATS)]
    ours, floor = (least(costs) for costs in zip(*pairs, strict=True))
    return Page(sum(map(is_question, statements)), len(answer.content), ours, floor)


@contextmanager
def recorded() -> Iterator[list[Statement]]:
    from django.db import connection

    statements: list[Statement] = []

    def record(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
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
    return not statement[0].startswith((*BRACKETS, *CONTEXT))


def bare_view(statements: list[Statement], page: str) -> Callable[[], object]:
    from django.db import connection, transaction
    from django.template import Context, Engine

    asked = [statement for statement in statements if not statement[0].startswith(BRACKETS)]
    template = Engine().from_string("{% for tag in tags %}<{{ tag }}{% endfor %}")
    tags = Context({"tags": page.split("<")})

    def view() -> str:
        with transaction.atomic(), connection.cursor() as cursor:
            for sql, params in asked:
                cursor.execute(sql, params)
                if cursor.description:
                    cursor.fetchall()
        return template.render(tags)

    return view


def cost(work: Callable[[], object]) -> Cost:
    with rolled_back():
        database, python = of_the_backend(), time.process_time()
        work()
        return Cost(time.process_time() - python, of_the_backend() - database)


def of_the_backend() -> float:
    """Seconds that the process of PostgreSQL which answers has worked: it is on this machine."""
    from django.db import connection

    about = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(about.read_text().split()[0]) / 1e9


def least(costs: tuple[Cost, ...]) -> Cost:
    return Cost(min(cost.python for cost in costs), min(cost.database for cost in costs))
