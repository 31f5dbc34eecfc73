"""The walls of totals and comparisons in PostgreSQL: a region's own, and counts for who reads totals."""

from __future__ import annotations

from typing import Final

from accounts.roles import May
from accounts.walls import REGIONS, Errand, Wall, whose_role_may

_OWN: Final = f"{whose_role_may(May.IMPORT_PERSONS)} AND region_id = ANY ({REGIONS})"
_COUNTS: Final = f"{whose_role_may(May.VIEW_TOTALS)} OR ({_OWN})"
# Of the country: kept by who keeps the published figures.
_ANSWERS: Final = f"({_OWN}) OR (region_id IS NULL AND {whose_role_may(May.EDIT_FIGURES)})"

WALLS: Final[dict[str, Wall]] = {
    "lifecycle_sheetfigure": Wall(_COUNTS, _OWN),
    "lifecycle_explanation": Wall(_COUNTS, _ANSWERS),
    "lifecycle_monthlycomparison": Wall(_COUNTS, _OWN),
}
BEYOND: Final[dict[str, Errand]] = {
    "reconciling": Errand(
        "whether an import was taken back, whoever carried it out",
        frozenset({"exchange_importrun"}),
        may=(May.IMPORT_PERSONS, May.VIEW_TOTALS),
    ),
}
