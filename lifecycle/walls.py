"""Spreadsheets that are taken over are their regions' own, whoever of these brought them.

The walls of totals and comparisons in PostgreSQL: a region's own, and counts for who reads totals.
"""

from __future__ import annotations

from typing import Final

from accounts.policies import ME, REGIONS, Errand, Wall, whose_role_may
from accounts.roles import May
from cases import walls as case_walls

_OWN: Final = f"{whose_role_may(May.IMPORT_PERSONS)} AND region_id = ANY ({REGIONS})"
_COUNTS: Final = f"{whose_role_may(May.VIEW_TOTALS)} OR ({_OWN})"
# Of the country: kept by who keeps the published figures.
_ANSWERS: Final = f"({_OWN}) OR (region_id IS NULL AND {whose_role_may(May.EDIT_FIGURES)})"

RECONCILED_WALLS: Final[dict[str, Wall]] = {
    "lifecycle_sheetfigure": Wall(_COUNTS, _OWN),
    "lifecycle_explanation": Wall(_COUNTS, _ANSWERS),
    "lifecycle_monthlycomparison": Wall(_COUNTS, _OWN),
}
RECONCILED_BEYOND: Final[dict[str, Errand]] = {
    "reconciling": Errand(
        "whether an import was taken back, whoever carried it out",
        frozenset({"exchange_importrun"}),
        may=(May.IMPORT_PERSONS, May.VIEW_TOTALS),
    ),
}


MAY: Final = whose_role_may(May.IMPORT_PERSONS)
# Who brings a file says which regions it is for after it has been stored.
OWN: Final = Wall(f"region_id = ANY ({REGIONS}) AND {MAY}")


def _of(table: str) -> Wall:
    mine = f"EXISTS (SELECT FROM {table}_regions AS r WHERE r.{table.partition('_')[2]}_id = {table}.id)"
    return Wall(f"{MAY} AND (by_id = {ME} OR {mine})")


READS_DISPOSALS: Final = (May.CARRY_OUT_DISPOSAL, May.APPROVE_DISPOSAL, May.VIEW_TRAIL)
CASEWORK: Final = frozenset(case_walls.WALLS) | {"lifecycle_monthlycomparison"}
JOURNALS: Final = frozenset({"exchange_importrun", "lifecycle_takensheet", "lifecycle_takeover"})
WALLS: Final[dict[str, Wall]] = {
    "lifecycle_spreadsheetmapping": _of("lifecycle_spreadsheetmapping"),
    "lifecycle_spreadsheetmapping_regions": OWN,
    "lifecycle_takeover": _of("lifecycle_takeover"),
    "lifecycle_takeover_regions": OWN,
    "lifecycle_takensheet": Wall("EXISTS (SELECT FROM lifecycle_takeover AS one WHERE one.id = of_id)"),
    "lifecycle_disposal": Wall(whose_role_may(*READS_DISPOSALS), whose_role_may(May.CARRY_OUT_DISPOSAL)),
    **RECONCILED_WALLS,
}
BEYOND: Final[dict[str, Errand]] = {
    "takeover": Errand(
        "says to those of a region what a colleague's import of a sheet has made, and whether it was undone",
        frozenset({"exchange_importrun"}),
        may=(May.IMPORT_PERSONS,),
    ),
    "due": Errand(
        "counts what is due for disposal, and what stands in its way", CASEWORK, may=READS_DISPOSALS
    ),
    "disposal": Errand(
        "disposes of what two persons have decided on, with all that hangs on it",
        CASEWORK | JOURNALS,
        CASEWORK | JOURNALS,
        may=(May.CARRY_OUT_DISPOSAL,),
        worker=True,
    ),
    **RECONCILED_BEYOND,
}
NEVER_DELETED: Final[dict[str, str]] = {
    "lifecycle_disposal": "the protocol of a disposal is kept",
}
