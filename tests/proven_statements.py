"""Every statement that is kept and filled is built anew beside it, in every test on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import EmptyResultSet

from accounts import statements
from accounts.statements import Build, Statement


@contextmanager
def proven() -> Iterator[None]:
    kept = statements.statement_of
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statements, "statement_of", beside_one_built_anew(kept))
        yield


def beside_one_built_anew(kept: Callable[..., Statement | None]) -> Callable[..., Statement | None]:
    def statement_of(
        build: Build, about: Sequence[Any], shape: Sequence[Hashable], day: date | None
    ) -> Statement | None:
        statement = kept(build, about, shape, day)
        ours = (statement.sql, in_words(statement.filled(about))) if statement else None
        assert ours == built_anew(build, about, shape), f"{build} {shape}: not what is built anew"
        return statement

    return statement_of


def built_anew(build: Build, about: Sequence[Any], shape: Sequence[Hashable]) -> tuple[str, list[str]] | None:
    rows = build(about, *shape)
    try:
        sql, parameters = rows.query.get_compiler(rows.db).as_sql()
    except EmptyResultSet:
        return None
    return sql, in_words(parameters)


def in_words(parameters: Sequence[Any]) -> list[str]:
    """In an order of their own: regions are a set."""
    return sorted(map(str, parameters))
