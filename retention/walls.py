"""Row-level security of disposals, and whose rows the disposal of rows reads and deletes."""

from __future__ import annotations

from typing import Final

from accounts.policies import Errand, Wall, whose_role_may
from accounts.roles import May
from cases import walls as case_walls

READS_DISPOSALS: Final = (May.CARRY_OUT_DISPOSAL, May.APPROVE_DISPOSAL, May.VIEW_TRAIL)
CASEWORK: Final = frozenset(case_walls.WALLS)
JOURNALS: Final = frozenset({"exchange_importrun", "legacy_import_takensheet", "legacy_import_takeover"})
WALLS: Final[dict[str, Wall]] = {
    "retention_disposal": Wall(whose_role_may(*READS_DISPOSALS), whose_role_may(May.CARRY_OUT_DISPOSAL)),
}
BEYOND: Final[dict[str, Errand]] = {
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
}
NEVER_DELETED: Final[dict[str, str]] = {
    "retention_disposal": "the protocol of a disposal is kept",
}
