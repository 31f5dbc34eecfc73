"""Who runs this register: what it is called in the reader's language, and whom to ring. Read from the
settings, so that another authority changes no code."""

from __future__ import annotations

import re
from typing import Final

from django.conf import settings
from django.utils.translation import get_language

NO_BREAK: Final = "\u00a0"


def organisation(language: str = "") -> str:
    """Its name, in the language of the page where none is named; Swedish where it has none in that."""
    names: dict[str, str] = settings.ORGANISATION
    return names.get((language or get_language() or "sv")[:2]) or names["sv"]


def support_line() -> str:
    """The number of the support line, which no line of a page breaks."""
    return settings.SUPPORT_LINE.replace(" ", NO_BREAK)


def support_line_link() -> str:
    """The address by which a telephone rings it, from abroad too: a number without its country is Swedish."""
    digits = re.sub(r"[^\d+]", "", settings.SUPPORT_LINE)
    return f"tel:{digits}" if digits.startswith("+") else f"tel:+46{digits.removeprefix('0')}"
