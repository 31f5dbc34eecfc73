"""A form that came while the database was away, given back to whoever has sent it: as hidden fields of a form
that sends the same once more. Nobody else sees it, and nothing of it is kept."""

from __future__ import annotations

import re
from typing import Any, Final

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from accounts.sessions import BACKGROUND

# What opens something is typed anew: it is written into no page.
SECRET: Final = re.compile(r"passw|\bcode\b|otp|credential", re.IGNORECASE)
MOST: Final = 4000  # fields, as many as Django takes


def sent(request: HttpRequest) -> dict[str, Any]:
    """`address` and `fields` for the page; nothing where no form was sent, or one with a file or a secret."""
    if request.method != "POST" or request.headers.get("HX-Request") or request.headers.get(BACKGROUND):
        return {}
    try:
        lists, files = dict(request.POST.lists()), request.FILES
    except (OSError, ValueError, BadRequest, SuspiciousOperation, MultiPartParserError):
        return {}  # not all of it has come, or it cannot be read
    if not lists or files or any(SECRET.search(name) for name in lists):
        return {}
    fields = [(name, value) for name, values in lists.items() for value in values]
    return {"address": request.get_full_path(), "fields": fields[:MOST]}
