"""A line of the log: when, how grave, of which request or run, asked by which role, and what. As JSON for
machines, or in words. What it says has been written without facts before (nmt_site.logs)."""

from __future__ import annotations

import json
import logging
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from django.conf import settings

from jobs.at_work import present

if TYPE_CHECKING:
    from django.http import HttpRequest

OF_THE_PROXY: Final = re.compile(
    r"[0-9a-f]{32}"
)  # what nginx makes of itself ($request_id), and nothing typed
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
        of = " ".join(filter(None, (record.name, *asked(record))))
        trace = "".join(
            f"\n    {CONTROL.sub(_written, line)}" for line in (record.exc_text or "").splitlines()
        )
        return f"{_at(record)} {record.levelname} {of}: {CONTROL.sub(_written, record.getMessage())}{trace}"


class JsonLines(logging.Formatter):
    """One object a line, of ASCII alone, whatever was sent; what is empty is left out."""

    def format(self, record: logging.LogRecord) -> str:
        request, role = asked(record)
        told = {
            "time": _at(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request": request,
            "role": role,
            "trace": record.exc_text or "",
        }
        return json.dumps({name: value for name, value in told.items() if value})


def _written(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
