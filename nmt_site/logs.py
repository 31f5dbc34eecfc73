"""What reaches a log: no row that a database quotes, no value that an error names, no key of a link, no
query, no number of a person, no e-mail.

Every record of the process is made by `DiscreetRecord`, whoever writes it and whichever handler prints it:
Django, the server in front of it (its log of requests too), a library, or we ourselves. A filter would have
to be set on each of their handlers. Of an error it tells where it arose and of which kind, never the values
that it quotes: a database quotes the row that it refuses, a mail server the address.

A line says when, how grave, of which request or run, asked by which role, and what; as JSON or in words.
"""

from __future__ import annotations

import json
import logging
import logging.config
import re
import smtplib
import sys
import traceback
import uuid
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, TextIO
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.db import Error, InterfaceError, OperationalError
from django.urls import URLPattern, URLResolver, get_resolver

from jobs.at_work import present

if TYPE_CHECKING:
    from django.http import HttpRequest


DRIVERS: Final = {"sqlite3", "psycopg"}
# Codes of PostgreSQL whose first line is about the server or its tables, whatever stands in the rows.
OF_THE_SERVER: Final = re.compile(r"(08|53|55|57|58)...|42P01|42703|42501")
OF_SQLITE: Final = re.compile(
    r"(UNIQUE|CHECK|NOT NULL|FOREIGN KEY) constraint failed(: [\w., ']+)?|no such (table|column): [\w.]+"
)
# Codes of a PostgreSQL that ends or starts, and none where nobody answers: 57014 is one statement that took
# too long.
OF_ABSENCE: Final = re.compile(r"08...|57P..|None")
QUOTATIONS: Final = re.compile(
    r"\s*\b(DETAIL|CONTEXT|STATEMENT|PARAMETERS): .*|Failing row contains .*", re.DOTALL
)
CAUSE: Final = "\nThe above exception was the direct cause of the following exception:\n\n"
CONTEXT: Final = "\nDuring handling of the above exception, another exception occurred:\n\n"


def description(error: BaseException) -> str:
    """The kind of an error in one line, with its own words where they quote nothing."""
    if quotes(error):
        kind = type(error)
        return ": ".join(one for one in (f"{kind.__module__}.{kind.__name__}", reason(error)) if one)
    return "".join(traceback.format_exception_only(error)).strip()


def quotes(error: BaseException) -> bool:
    """Whether the text of such an error may hold what somebody has written."""
    return isinstance(error, Error | smtplib.SMTPException) or _of_driver(error)


def reason(error: BaseException) -> str:
    """Code and constraint of an error that quotes, or what it says of the server; empty where there is
    neither."""
    if isinstance(error, smtplib.SMTPException):
        return str(getattr(error, "smtp_code", ""))
    cause = error if _of_driver(error) else error.__cause__
    if not _of_driver(cause):
        return ""
    return _of_sqlite(cause) if type(cause).__module__ == "sqlite3" else _of_postgresql(cause)


def is_out_of_reach(error: BaseException) -> bool:
    """Return whether PostgreSQL could not be reached. Where in the code that was felt tells nothing."""
    cause = error.__cause__
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = str(getattr(cause, "sqlstate", None))
    return type(cause).__module__.startswith("psycopg") and OF_ABSENCE.fullmatch(state) is not None


def without_quotations(text: str, error: BaseException | None = None) -> str:
    """`text` without the rows that a database has quoted in it, and without the words of `error`, if it
    quotes, or of those that led to it."""
    for one in chain(error):
        if quotes(one) and len(str(one)) > 5:  # less would be found in other words
            text = text.replace(str(one), description(one))
    return QUOTATIONS.sub("", text)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all that led to it, those of a group too."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += reversed((one.__cause__, one.__context__, *_members(one)))


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
    for member in _members(error):
        if id(member) not in seen:
            yield from _trace(member, seen, words)


def _members(error: BaseException) -> tuple[BaseException, ...]:
    return error.exceptions if isinstance(error, BaseExceptionGroup) else ()


def _of_driver(error: BaseException | None) -> bool:
    return any(kind.__module__.partition(".")[0] in DRIVERS for kind in type(error).__mro__)


def _of_sqlite(error: BaseException | None) -> str:
    """What SQLite calls it; its words too, unless they may come from a statement or a row."""
    name, text = str(getattr(error, "sqlite_errorname", "")), str(error)
    fixed = name and not name.startswith(("SQLITE_ERROR", "SQLITE_CONSTRAINT", "SQLITE_MISMATCH"))
    return text if fixed or OF_SQLITE.fullmatch(text) else name


def _of_postgresql(error: BaseException | None) -> str:
    """The code and the constraint; the first line where it is about the server, or about reaching it."""
    state, cause = getattr(error, "sqlstate", None), getattr(error, "diag", None)
    if state is None:
        reaching = any(kind.__name__ == "OperationalError" for kind in type(error).__mro__)
        return str(error).strip().partition("\n")[0] if reaching else ""
    named = getattr(cause, "constraint_name", None)
    text = getattr(cause, "message_primary", None) if OF_THE_SERVER.fullmatch(state) else None
    return " ".join(one for one in (str(state), named, text) if one)


HIDDEN: Final = "…"
ADDRESS: Final = re.compile(r"""(?<![\w/.<])(?P<host>https?://[^\s/"'<>]+)?(?P<path>/[^\s"'<>]*)""")
NUMBER: Final = re.compile(r"\b[^\W\d_]{1,2}-\d{4}-\d{3,}(-P\d+)?\b", re.IGNORECASE)  # V-2018-0012-P1
EMAIL: Final = re.compile(r"[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;:=]+")
IDENTITY: Final = re.compile(r"\b(19|20)?\d{6}[-+ ]?\d{4}\b")  # whatever it is: 19800101-1234
# From the first to the last: they stand in each other.
QUOTED: Final = re.compile(r"['\"“‘«].*['\"”’»]", re.DOTALL)
GIVEN: Final = re.compile(r"\b(but got|received a naive \w+) .*", re.DOTALL)
DIGITS: Final = re.compile(r"\d[\d:.+-]*")
# What they quote are names in the code.
OF_THE_CODE: Final = (AttributeError, ImportError, NameError, TypeError, SyntaxError, AssertionError)
YEAR: Final = re.compile(r"(19|20)\d\d")
GROUP: Final = re.compile(r"<[^>]*>|\([^()]*\)")


class DiscreetRecord(logging.LogRecord):
    """A record whose text and traceback are written without what no log may hold.

    Of a database that is away there is no traceback: every request of an outage would have the same.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.exc_info and self.exc_info[1] is not None:
            error = self.exc_info[1]
            self.exc_text = words(error) if is_out_of_reach(error) else trace(error)

    def getMessage(self) -> str:
        text = str(_plain(self.msg))
        if self.args:
            text = _filled(text, _arguments(self.args))
        error = self.exc_info[1] if self.exc_info else None
        return discreet(without_quotations(_in_our_words(text, error), error))


class LineFields(dict[str, object]):
    """What a line is filled with by name; a header that an answer has not is a dash, as gunicorn has it."""

    def __missing__(self, name: str) -> str:
        return "-"


def configure(config: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG. A handler that fails would else write what it was given, as it is."""
    logging.raiseExceptions = False
    logging.setLogRecordFactory(DiscreetRecord)
    logging.config.dictConfig(config)
    warnings.showwarning = log_warning


def log_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """In place of warnings.showwarning, which writes to standard error: a date that lacks its zone is a
    fact."""
    text = DIGITS.sub(HIDDEN, GIVEN.sub(rf"\1 {HIDDEN}", QUOTED.sub(HIDDEN, str(message))))
    logging.getLogger("py.warnings").warning(
        "%s at %s:%s: %s", category.__name__, Path(filename).name, lineno, text
    )


def log_uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """In place of sys.excepthook: what ends a command is no log, but often goes to one."""
    print(trace(error), file=sys.stderr)  # noqa: T201 - there is nobody else to tell


def trace(error: BaseException) -> str:
    """The traceback of an error and of all that led to it, as Python prints it, each error in `words`."""
    return "".join(_trace(error, set(), lambda one: without_quotations(words(one), error))).rstrip("\n")


def words(error: BaseException) -> str:
    """What an error says, without what it quotes: that is what somebody has typed, unless it names something
    of the code. Names of files are left in it: none tells of a person."""
    text = description(error)
    if isinstance(error, OSError):
        return _without_numbers(text)
    if quotes(error):  # told by its code already
        return discreet(text)
    kind, colon, rest = text.partition(": ")
    rest = GIVEN.sub(rf"\1 {HIDDEN}", rest)
    return discreet(kind + colon + (rest if isinstance(error, OF_THE_CODE) else QUOTED.sub(HIDDEN, rest)))


class DiscreetStream:
    """What a timer's command says goes to the journal, which is a log: without numbers and e-mail
    addresses."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        return self.stream.write(_without_numbers(text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def discreet(text: str) -> str:
    """`text` with what it names of our addresses, and without numbers and e-mail addresses."""
    return ADDRESS.sub(_shown, _without_numbers(text))


def shown(address: str) -> str:
    """A path by the words that stand in our own addresses, and years: all else in it somebody may have
    typed."""
    parts = urlsplit(address).path.split("/") if not address.startswith("//") else ["", HIDDEN]
    known = _words(settings.ROOT_URLCONF) if apps.ready else frozenset({""})
    return "/".join(part if part in known or YEAR.fullmatch(part) else HIDDEN for part in parts)


def _in_our_words(text: str, error: BaseException | None) -> str:
    """`text` with each error that led to it as we tell it, wherever somebody has told it as it is."""
    for one in chain(error):
        if not isinstance(one, OSError) and len(str(one)) > 2 and QUOTED.search(str(one)):
            text = text.replace(str(one), words(one))
    return text


def _filled(said: str, given: object) -> str:
    try:
        return said % given
    except (TypeError, ValueError, KeyError):
        return f"{said} (it was to be filled with something else)"


def _without_numbers(text: str) -> str:
    return EMAIL.sub(HIDDEN, IDENTITY.sub(HIDDEN, NUMBER.sub(HIDDEN, text)))


METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})


def method_of(sent: str | None) -> str:
    """Return the method of a request, or a dash: anybody can send a word of their own in its place."""
    return sent if sent in METHODS else "-"


def _arguments(given: object) -> object:
    if isinstance(given, Mapping):
        fields = LineFields((name, _plain(value)) for name, value in given.items())
        if "m" in fields:  # of gunicorn's line: the method as it was sent
            fields["m"] = method_of(str(fields["m"]))
        return fields
    return tuple(_plain(one) for one in given) if isinstance(given, tuple) else _plain(given)


def _plain(value: object) -> object:
    """Errors by their description; a text that is an address wholly, which may hold blanks, by what is shown
    of it."""
    if isinstance(value, BaseException):
        return words(value)
    return shown(value) if isinstance(value, str) and value.startswith("/") else value


def _shown(match: re.Match[str]) -> str:
    return match.groupdict("")["host"] + shown(match["path"])


@cache
def _words(_urlconf: str) -> frozenset[str]:
    return frozenset({"", *_words_of(get_resolver())})


def _words_of(resolver: URLResolver) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        yield from (one for one in re.split(r"[/^$]+", GROUP.sub("/", str(pattern.pattern))) if one)
        if not isinstance(pattern, URLPattern):
            yield from _words_of(pattern)


OF_THE_PROXY: Final = re.compile(r"[0-9a-f]{32}")  # what nginx makes ($request_id), and nothing typed
OF_THE_ANSWER: Final = "{x-request-id}o"  # the header of the answer, as gunicorn calls it
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


@contextmanager
def named(request: HttpRequest) -> Iterator[None]:
    """Gives the request an identifier, the proxy's or one of its own. Every line of the log that is written
    meanwhile carries it."""
    given = request.headers.get("X-Request-ID", "")
    request.id = given if OF_THE_PROXY.fullmatch(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
    mark = _request.set(request)
    try:
        yield
    finally:
        _request.reset(mark)


def asked(record: logging.LogRecord) -> tuple[str, str]:
    """Identifier and role of the request that the record is of: it names it itself, or it is the one that is
    answered now; in gunicorn's line the one that was answered; or of the run that the worker is at. Empty
    outside all."""
    if isinstance(record.args, Mapping) and OF_THE_ANSWER in record.args:
        return str(record.args[OF_THE_ANSWER]), ""
    request = getattr(record, "request", None) or _request.get()
    if request is None:
        return present()
    access = getattr(request, "access", None)
    return str(getattr(request, "id", "")), str(getattr(access, "role_name", ""))


class PagesOnly(logging.Filter):
    """Lets gunicorn's line of a request through unless it is a static file that was found: a first page asks
    for sixteen."""

    def filter(self, record: logging.LogRecord) -> bool:
        args = record.args if isinstance(record.args, Mapping) else {}
        is_static = str(args.get("U", "")).startswith(settings.STATIC_URL)
        return not (is_static and str(args.get("s", "")) < "400")


class Lines(logging.Formatter):
    """In words: `2026-11-28T09:00:00+00:00 ERROR nmt_site.views 4f0c…: Fault …`, and the traceback, set in:
    no line that somebody has sent looks like one of ours."""

    def format(self, record: logging.LogRecord) -> str:
        of = " ".join(one for one in (record.name, *asked(record)) if one)
        lines = [record.getMessage(), *(record.exc_text or "").splitlines()]
        text = "\n    ".join(CONTROL.sub(_written, line) for line in lines)
        return f"{_at(record)} {record.levelname} {of}: {text}"


class JsonLines(logging.Formatter):
    """One object a line, of ASCII alone, whatever was sent; what is empty is left out."""

    def format(self, record: logging.LogRecord) -> str:
        request, role = asked(record)
        cause = {
            "time": _at(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request": request,
            "role": role,
            "trace": record.exc_text,
        }
        return json.dumps({name: value for name, value in cause.items() if value})


def _written(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
