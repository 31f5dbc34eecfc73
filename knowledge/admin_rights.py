"""Which rights articles ask for in Django's admin: collected by `accounts.permissions`."""

from __future__ import annotations

from typing import Final

from accounts.permissions import Verbs, one_right
from accounts.roles import May

VERBS: Final[dict[str, Verbs]] = {"knowledge.article": one_right(May.EDIT_KNOWLEDGE)}
