"""Which rights articles and remarks ask for in Django's admin: collected by `accounts.permissions`."""

from __future__ import annotations

from typing import Final

from accounts.permissions import NOBODY, Verbs, one_right, rights
from accounts.roles import May

EDITORS: Final = rights(May.EDIT_REMARKS)
VERBS: Final[dict[str, Verbs]] = {
    "knowledge.article": one_right(May.EDIT_KNOWLEDGE),
    # The register knows which remarks there are: none comes, and none goes.
    "knowledge.remark": Verbs(EDITORS, EDITORS, add=NOBODY, load=NOBODY, export=NOBODY),
}
