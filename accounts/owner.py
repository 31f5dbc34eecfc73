"""Who runs this register: what it is called in the reader's language, and whom to ring. Read from the
settings, so that another authority changes no code."""

from __future__ import annotations

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
