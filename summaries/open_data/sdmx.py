"""A table as rows of SDMX-CSV 2.0, as Eurostat and the United Nations read it. Pure.

OBS_STATUS says what an observation is: A normal, P provisional (of a version that is not final), Q
suppressed, O missing. CONF_STATUS says whether it may be told: F free, C confidential. Whether something is
hidden for itself or to protect another cell is told nowhere, so that there is no D.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from summaries.open_data.table import OpenTable
from summaries.tables import TOTAL, Cell, Status

AGENCY: Final = "NMT"
ALL: Final = "_T"  # the total, as SDMX writes it in every list
PRELIMINARY: Final = "preliminary"


def rows(one: OpenTable) -> Iterator[list[str]]:
    names = [axis.name.upper() for axis in one.axes]
    yield [
        *("STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ", "REF_AREA", *names, "TIME_PERIOD"),
        *("OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE"),
    ]
    structure = f"{AGENCY}:{one.name.upper()}(1.0)"
    for cell in one.cells():
        value, *statuses = _observed(cell, provisional=one.state == PRELIMINARY or bool(one.so_far))
        place = ["dataflow", structure, "I", "A", "SE", *map(code, cell.key), str(one.year)]
        yield [*place, value, *statuses, "PS"]


def code(category: str) -> str:
    """A category as an SDMX identifier: letters, digits, _ and - alone."""
    return ALL if category == TOTAL else category.replace("+", "-")


def _observed(cell: Cell, *, provisional: bool) -> tuple[str, str, str]:
    if cell.status is Status.HIDDEN:
        return "", "Q", "C"
    if cell.status is Status.MISSING:
        return "", "O", "F"
    return str(cell.value), "P" if provisional else "A", "F"
