"""Whose a region is on a day: by dated rows of coordinators and deputies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from accounts.access import Assignment
from accounts.models import User
from agencies.models import Coordinator


def assigned(user: User, day: date) -> Iterator[Assignment]:
    """The regions of a user on a day. One query."""
    for row in Coordinator.objects.filter(user=user).valid_on(day).select_related("region"):
        yield Assignment(row.region_id, row.region, row.kind == Coordinator.Kind.DEPUTY, row.valid_to)
