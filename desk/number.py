"""How many things wait for somebody: the number beside *My page* in the menu of every page."""

from __future__ import annotations

from contextlib import ExitStack

from accounts.access import Access
from accounts.acting import beyond
from accounts.roles import May
from agencies.answering import waiting_for
from cases.waiting.shape import Kind
from desk.boxes import counts_of
from desk.my_page import BOXES

ANSWERS = (May.COORDINATE, May.LET_IN, May.ADMINISTER, May.PUBLISH)


def number_waiting(access: Access) -> int:
    """What the boxes of *My page* count that wait. One query, one for each errand beyond the walls, and one
    for the questions of two."""
    kinds = [kind for right, kind in BOXES if isinstance(kind, Kind) and kind.waits and access.may(right)]
    found = sum(
        _of([kind for kind in dict.fromkeys(kinds) if kind.errand == errand], errand, access)
        for errand in dict.fromkeys(kind.errand for kind in kinds)
    )
    return found + (len(waiting_for(access)) if access.may(*ANSWERS) else 0)


def _of(kinds: list[Kind], errand: str, access: Access) -> int:
    with ExitStack() as stack:
        if errand:
            stack.enter_context(beyond(errand))
        return sum(counts_of(kinds, access))
