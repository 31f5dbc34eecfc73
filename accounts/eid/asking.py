"""What the register asks the e-ID service itself: small JSON answers over https, soon or not at all."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from http.client import HTTPException, HTTPMessage
from typing import IO, Any, Final
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from accounts.eid.refusals import Refused

PATIENCE: Final = 5  # seconds
LARGEST: Final = 200_000  # bytes of an answer


class _Nowhere(HTTPRedirectHandler):
    """The service is where it said that it is: nobody is followed elsewhere."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


_OPENER: Final = build_opener(_Nowhere)


def ask(
    address: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The answer, to what is sent as a form where one is. Raises Refused."""
    if not is_https(address):
        raise Refused("away")
    data = urlencode(form).encode() if form is not None else None
    asked = Request(address, data, {"Accept": "application/json", **(headers or {})})  # noqa: S310
    try:
        with _OPENER.open(asked, timeout=PATIENCE) as answer:
            found = json.loads(_read(answer))
    except (URLError, HTTPException, OSError, ValueError) as error:
        refused_by_service = getattr(error, "code", 0) in {400, 401, 403} and form is not None
        raise Refused("denied" if refused_by_service else "away") from None
    if not isinstance(found, dict):
        raise Refused("away")
    return found


def _read(answer: IO[bytes]) -> bytes:
    """Up to the largest answer; raises TimeoutError where it comes in drops and does not end."""
    end, parts, size = time.monotonic() + 2 * PATIENCE, list[bytes](), 0
    while size < LARGEST and (part := answer.read1(8192)):  # type: ignore[attr-defined]  # of what http gives
        parts.append(part)
        size += len(part)
        if time.monotonic() > end:
            raise TimeoutError
    return b"".join(parts)


def is_https(address: object) -> bool:
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and not parts.username
