"""How many things wait for somebody: the number beside *My page* in the menu of every page, and in the letter
of the day."""

from __future__ import annotations

from accounts.access import Access
from cases.waiting.shape import Kind
from desk.boxes import counts_of
from desk.my_page import BOXES, FIGURES


def number_waiting(access: Access) -> int:
    """What *My page* lists as waiting, added up. One query for what is handed over, and those of the other
    boxes of the role; figures are not counted, nor read."""
    wanted = list(dict.fromkeys(entry for right, entry in BOXES if access.may(right)))
    kinds = [entry for entry in wanted if isinstance(entry, Kind) and entry.waits]
    makers = [entry for entry in wanted if not isinstance(entry, Kind) and entry not in FIGURES]
    made = sum(box.count for make in makers for box in make(access) if box.waits)
    return sum(counts_of(kinds, access)) + made
