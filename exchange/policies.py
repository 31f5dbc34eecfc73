"""Files on their way in and out are one person's own."""

from __future__ import annotations

from typing import Final

from accounts.roles import May
from accounts.row_level_security import EVERYTHING, ME, Bypass, RowPolicy

OWNED: Final = RowPolicy(f"owner_id = {ME}")
POLICIES: Final[dict[str, RowPolicy]] = {
    "exchange_importupload": OWNED,
    "exchange_importrun": RowPolicy(f"by_id = {ME}"),
    "exchange_exportfile": OWNED,
    "exchange_headingmap": OWNED,
    "exchange_exportpart": RowPolicy("EXISTS (SELECT FROM exchange_exportfile AS f WHERE f.id = file_id)"),
}
BYPASSES: Final[dict[str, Bypass]] = {
    "undoing": Bypass(
        "takes back an import, whole or not at all", EVERYTHING, EVERYTHING, may=(May.IMPORT_PERSONS,)
    )
}
NEVER_DELETED: Final[dict[str, str]] = {"exchange_importrun": "the journal of an import is kept, to undo it"}
