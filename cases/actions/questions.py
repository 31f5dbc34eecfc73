"""How many questions one person may put to other regions in a day: they have other work than answers, and it
must be no way to ask whether somebody is a victim."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet

from accounts.access import Access

CASES_A_DAY: Final = 10  # to be let into
PAIRS_A_DAY: Final = 5  # that may be one person


class TooManyQuestions(Exception):
    """As many as one person may ask in a day have been asked."""


def asked_today(rows: QuerySet[Any], *, by: Access) -> QuerySet[Any]:
    """Of `rows`, what `by` has asked within a day."""
    since: datetime = by.at - timedelta(days=1)
    return rows.filter(asked_by=by.user, asked_at__gt=since)


def one_more(asked: int, most: int) -> None:
    """Raises TooManyQuestions."""
    if asked >= most:
        raise TooManyQuestions
