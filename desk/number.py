"""How many things wait for somebody: the number beside *My page* in the menu of every page."""

from __future__ import annotations

from accounts.access import Access
from accounts.roles import May
from agencies.answering import waiting_for
from cases.waiting.shape import Kind
from desk.boxes import counts_of
from desk.my_page import BOXES

ANSWERS = (May.COORDINATE, May.LET_IN, May.ADMINISTER, May.PUBLISH)


def number_waiting(access: Access) -> int:
    """What the boxes of *My page* count that wait. One query, and one for the questions of two."""
    kinds = [kind for right, kind in BOXES if isinstance(kind, Kind) and kind.waits and access.may(right)]
    found = sum(counts_of(list(dict.fromkeys(kinds)), access))
    return found + (len(waiting_for(access)) if access.may(*ANSWERS) else 0)
