"""What reaches a log: no row that a database quotes, no value that an error names, no key of a link, no
query, no number of a person, no e-mail.

Every record of the process is made by `DiscreetRecord`, whoever writes it and whichever handler prints it:
Django, the server in front of it (its log of requests too), a library, or we ourselves. A filter would have
to be set on each of their handlers.
"""

from __future__ import annotations

import logging
import logging.config
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TextIO
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from nmt_site import faults

HIDDEN: Final = "…"
ADDRESS: Final = re.compile(r"""(?<![\w/.<])(?P<host>https?://[^\s/"'<>]+)?(?P<path>/[^\s"'<>]*)""")
NUMBER: Final = re.compile(r"\b[^\W\d_]{1,2}-\d{4}-\d{3,}(-P\d+)?\b", re.IGNORECASE)  # V-2018-0012-P1
EMAIL: Final = re.compile(r"[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;:=]+")
IDENTITY: Final = re.compile(r"\b(19|20)?\d{6}[-+ ]?\d{4}\b")  # whatever it is: 19800101-1234
QUOTED: Final = re.compile(
    r"['\"“‘«].*['\"”’»]", re.DOTALL
)  # from the first to the last: they stand in each other
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
            self.exc_text = words(error) if faults.is_out_of_reach(error) else trace(error)

    def getMessage(self) -> str:
        said = str(_plain(self.msg))
        if self.args:
            said = _filled(said, _arguments(self.args))
        error = self.exc_info[1] if self.exc_info else None
        return discreet(faults.without_quotations(_in_our_words(said, error), error))


class Told(dict[str, object]):
    """What a line is filled with by name; a header that an answer has not is a dash, as gunicorn has it."""

    def __missing__(self, name: str) -> str:
        return "-"


def configure(config: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG. A handler that fails would else write what it was given, as it is."""
    logging.raiseExceptions = False
    logging.setLogRecordFactory(DiscreetRecord)
    logging.config.dictConfig(config)
    warnings.showwarning = tell_warning


def tell_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """In place of warnings.showwarning, which writes to standard error: a date that lacks its zone is a
    fact."""
    said = DIGITS.sub(HIDDEN, GIVEN.sub(rf"\1 {HIDDEN}", QUOTED.sub(HIDDEN, str(message))))
    logging.getLogger("py.warnings").warning(
        "%s at %s:%s: %s", category.__name__, Path(filename).name, lineno, said
    )


def tell_uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """In place of sys.excepthook: what ends a command is no log, but often goes to one."""
    print(trace(error), file=sys.stderr)  # noqa: T201 - there is nobody else to tell


def trace(error: BaseException) -> str:
    return faults.trace(error, words)


def words(error: BaseException) -> str:
    """What an error says, without what it quotes: that is what somebody has typed, unless it names something
    of the code. Names of files are left in it: none tells of a person."""
    said = faults.description(error)
    if isinstance(error, OSError):
        return _without_numbers(said)
    if faults.quotes(error):  # told by its code already
        return discreet(said)
    kind, colon, rest = said.partition(": ")
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
    known = _words(settings.ROOT_URLCONF) if apps.ready else frozenset()
    return "/".join(part if not part or part in known or YEAR.fullmatch(part) else HIDDEN for part in parts)


def _in_our_words(text: str, error: BaseException | None) -> str:
    """`text` with each error that led to it as we tell it, wherever somebody has told it as it is."""
    for one in faults.chain(error):
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


def _arguments(given: object) -> object:
    if isinstance(given, Mapping):
        return Told((name, _plain(value)) for name, value in given.items())
    return tuple(_plain(value) for value in given) if isinstance(given, tuple) else _plain(given)


def _plain(value: object) -> object:
    """Errors by their description; a text that is an address wholly, which may hold blanks, by what is shown
    of it."""
    if isinstance(value, BaseException):
        return words(value)
    return shown(value) if isinstance(value, str) and value.startswith("/") else value


def _shown(found: re.Match[str]) -> str:
    return (found["host"] or "") + shown(found["path"])


@cache
def _words(_urlconf: str) -> frozenset[str]:
    return frozenset(_words_of(get_resolver()))


def _words_of(resolver: URLResolver) -> Iterator[str]:
    for one in resolver.url_patterns:
        yield from filter(None, re.split(r"[/^$]+", GROUP.sub("/", str(one.pattern))))
        if not isinstance(one, URLPattern):
            yield from _words_of(one)
