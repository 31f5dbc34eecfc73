"""What may be told of an error: where it arose and of which kind, never the values that it quotes.

A database quotes the row that it refuses, a mail server the address.
"""

from __future__ import annotations

import re
import smtplib
import traceback
from collections.abc import Callable, Iterator
from typing import Final

from django.db import Error, InterfaceError, OperationalError

DRIVERS: Final = {"sqlite3", "psycopg"}
# Codes of PostgreSQL whose first line is about the server or its tables, whatever stands in the rows.
OF_THE_SERVER: Final = re.compile(r"(08|53|55|57|58)...|42P01|42703|42501")
OF_SQLITE: Final = re.compile(
    r"(UNIQUE|CHECK|NOT NULL|FOREIGN KEY) constraint failed(: [\w., ']+)?|no such (table|column): [\w.]+"
)
# Codes of a PostgreSQL that ends or starts: 57014 is one statement that took too long.
OF_ABSENCE: Final = re.compile(r"08...|57P..")
QUOTED: Final = re.compile(
    r"\s*\b(DETAIL|CONTEXT|STATEMENT|PARAMETERS): .*|Failing row contains .*", re.DOTALL
)
CAUSE: Final = "\nThe above exception was the direct cause of the following exception:\n\n"
CONTEXT: Final = "\nDuring handling of the above exception, another exception occurred:\n\n"


def description(error: BaseException) -> str:
    """The kind of an error in one line, with its own words where they quote nothing."""
    if quotes(error):
        kind = type(error)
        return ": ".join(filter(None, (f"{kind.__module__}.{kind.__name__}", reason(error))))
    return "".join(traceback.format_exception_only(error)).strip()


def quotes(error: BaseException) -> bool:
    """Whether the text of such an error may hold what somebody has written."""
    return isinstance(error, Error | smtplib.SMTPException) or _of_driver(error)


def reason(error: BaseException) -> str:
    """Code and constraint of an error that quotes, or what it says of the server; empty where there is
    neither."""
    if isinstance(error, smtplib.SMTPException):
        return str(getattr(error, "smtp_code", ""))
    told = error if _of_driver(error) else error.__cause__
    if told is None or not _of_driver(told):
        return ""
    return _of_sqlite(told) if type(told).__module__ == "sqlite3" else _of_postgresql(told)


def is_out_of_reach(error: BaseException) -> bool:
    """Return whether PostgreSQL could not be reached. Where in the code that was felt tells nothing."""
    cause = error.__cause__
    if not isinstance(error, OperationalError | InterfaceError) or not _of_driver(cause):
        return False
    state = getattr(cause, "sqlstate", None)
    is_postgresql = type(cause).__module__.startswith("psycopg")
    return is_postgresql and (state is None or OF_ABSENCE.fullmatch(state) is not None)


def without_quotations(text: str, error: BaseException | None = None) -> str:
    """`text` without the rows that a database has quoted in it, and without the words of `error`, if it
    quotes, or of those that led to it."""
    for one in chain(error):
        if quotes(one) and len(str(one)) > 5:  # less would be found in other words
            text = text.replace(str(one), description(one))
    return QUOTED.sub("", text)


def trace(error: BaseException, words: Callable[[BaseException], str] = description) -> str:
    """The traceback of an error and of all that led to it, as Python prints it, each error in `words`."""
    return "".join(_trace(error, set(), lambda one: without_quotations(words(one), error))).rstrip("\n")


def chain(error: BaseException | None, seen: set[int] | None = None) -> Iterator[BaseException]:
    """An error and all that led to it, those of a group too."""
    seen = set() if seen is None else seen
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    yield error
    for one in (error.__cause__, error.__context__, *_members(error)):
        yield from chain(one, seen)


def _trace(error: BaseException, seen: set[int], words: Callable[[BaseException], str]) -> Iterator[str]:
    seen.add(id(error))
    led = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if led is not None and id(led) not in seen:
        yield from _trace(led, seen, words)
        yield CAUSE if error.__cause__ is not None else CONTEXT
    if error.__traceback__ is not None:
        yield "Traceback (most recent call last):\n"
        yield from traceback.format_tb(error.__traceback__)
    yield f"{words(error)}\n"
    for one in _members(error):
        if id(one) not in seen:
            yield from _trace(one, seen, words)


def _members(error: BaseException) -> tuple[BaseException, ...]:
    return error.exceptions if isinstance(error, BaseExceptionGroup) else ()


def _of_driver(error: BaseException | None) -> bool:
    return any(kind.__module__.partition(".")[0] in DRIVERS for kind in type(error).__mro__)


def _of_sqlite(error: BaseException) -> str:
    """What SQLite calls it; its words too, unless they may come from a statement or a row."""
    name, said = str(getattr(error, "sqlite_errorname", "")), str(error)
    fixed = name and not name.startswith(("SQLITE_ERROR", "SQLITE_CONSTRAINT", "SQLITE_MISMATCH"))
    return said if fixed or OF_SQLITE.fullmatch(said) else name


def _of_postgresql(error: BaseException) -> str:
    """The code and the constraint; the first line where it is about the server, or about reaching it."""
    state, told = getattr(error, "sqlstate", None), getattr(error, "diag", None)
    if state is None:
        reaching = any(kind.__name__ == "OperationalError" for kind in type(error).__mro__)
        return str(error).strip().partition("\n")[0] if reaching else ""
    named = getattr(told, "constraint_name", None) or ""
    said = getattr(told, "message_primary", None) if OF_THE_SERVER.fullmatch(state) else None
    return " ".join(filter(None, (str(state), named, said)))
