"""Kinds of background runs, and what they are called on their page."""

from __future__ import annotations

from django.utils.translation import override

from jobs.kinds import KINDS
from tests.outside.golden import listed
from tests.outside.place import Place


def kinds(_place: Place) -> bytes:
    return listed(f"{name}  {_title(name, 'sv')}  {_title(name, 'en')}" for name in KINDS)


def _title(name: str, language: str) -> str:
    with override(language):
        return str(KINDS[name].title)
