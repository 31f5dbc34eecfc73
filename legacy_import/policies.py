"""Row-level security of spreadsheets of earlier years: their regions' own, whoever of these brought them.

Totals are a region's own, and counts for who reads totals.
"""

from __future__ import annotations

from typing import Final

from accounts.roles import May
from accounts.row_level_security import ME, REGIONS, Bypass, RowPolicy, whose_role_may

MAY: Final = whose_role_may(May.IMPORT_PERSONS)
_OWN: Final = f"{MAY} AND region_id = ANY ({REGIONS})"
# Who brings a file says which regions it is for after it has been stored.
OWN: Final = RowPolicy(_OWN)
_COUNTS: Final = f"{whose_role_may(May.VIEW_TOTALS)} OR ({_OWN})"
# Of the country: kept by who keeps the published figures.
_ANSWERS: Final = f"({_OWN}) OR (region_id IS NULL AND {whose_role_may(May.EDIT_FIGURES)})"


def _of(table: str) -> RowPolicy:
    relation = table.removeprefix("legacy_import_")
    mine = f"EXISTS (SELECT FROM {table}_regions AS r WHERE r.{relation}_id = {table}.id)"
    return RowPolicy(f"{MAY} AND (by_id = {ME} OR {mine})")


POLICIES: Final[dict[str, RowPolicy]] = {
    "legacy_import_spreadsheetmapping": _of("legacy_import_spreadsheetmapping"),
    "legacy_import_spreadsheetmapping_regions": OWN,
    "legacy_import_takeover": _of("legacy_import_takeover"),
    "legacy_import_takeover_regions": OWN,
    "legacy_import_takensheet": RowPolicy(
        "EXISTS (SELECT FROM legacy_import_takeover AS one WHERE one.id = of_id)"
    ),
    "legacy_import_sheetfigure": RowPolicy(_COUNTS, _OWN),
    "legacy_import_explanation": RowPolicy(_COUNTS, _ANSWERS),
}
BYPASSES: Final[dict[str, Bypass]] = {
    "takeover": Bypass(
        "says to those of a region what a colleague's import of a sheet has made, and whether it was undone",
        frozenset({"exchange_importrun"}),
        may=(May.IMPORT_PERSONS,),
    ),
    "reconciling": Bypass(
        "whether an import was taken back, whoever carried it out",
        frozenset({"exchange_importrun"}),
        may=(May.IMPORT_PERSONS, May.VIEW_TOTALS),
    ),
}
