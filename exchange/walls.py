"""Files on their way in and out are one person's own."""

from __future__ import annotations

from typing import Final

from accounts.policies import EVERYTHING, ME, Errand, Wall
from accounts.roles import May

OWNED: Final = Wall(f"owner_id = {ME}")
WALLS: Final[dict[str, Wall]] = {
    "exchange_importupload": OWNED,
    "exchange_importrun": Wall(f"by_id = {ME}"),
    "exchange_exportfile": OWNED,
    "exchange_headingmap": OWNED,
    "exchange_exportpart": Wall("EXISTS (SELECT FROM exchange_exportfile AS one WHERE one.id = file_id)"),
}
BEYOND: Final[dict[str, Errand]] = {
    "undoing": Errand(
        "takes back an import, whole or not at all", EVERYTHING, EVERYTHING, may=(May.IMPORT_PERSONS,)
    ),
}
NEVER_DELETED: Final[dict[str, str]] = {
    "exchange_importrun": "the journal of an import is kept, to undo it",
}
