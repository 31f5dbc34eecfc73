"""Row-level security of disposals, and whose rows the disposal of rows reads and deletes."""

from __future__ import annotations

from typing import Final

from accounts.roles import May
from accounts.row_level_security import Bypass, RowPolicy, whose_role_may
from cases import policies as case_policies

READS_DISPOSALS: Final = (May.CARRY_OUT_DISPOSAL, May.APPROVE_DISPOSAL, May.VIEW_AUDIT_LOG)
CASEWORK: Final = frozenset(case_policies.POLICIES)
JOURNALS: Final = frozenset({"exchange_importrun", "legacy_import_takensheet", "legacy_import_takeover"})
POLICIES: Final[dict[str, RowPolicy]] = {
    "retention_disposal": RowPolicy(whose_role_may(*READS_DISPOSALS), whose_role_may(May.CARRY_OUT_DISPOSAL))
}
BYPASSES: Final[dict[str, Bypass]] = {
    "due": Bypass(
        "counts what is due for disposal, and what stands in its way", CASEWORK, may=READS_DISPOSALS
    ),
    "disposal": Bypass(
        "disposes of what two persons have decided on, with all that hangs on it",
        CASEWORK | JOURNALS,
        CASEWORK | JOURNALS,
        may=(May.CARRY_OUT_DISPOSAL,),
        worker=True,
    ),
}
NEVER_DELETED: Final[dict[str, str]] = {"retention_disposal": "the protocol of a disposal is kept"}
