"""Which right the rules of retention ask for in Django's admin: collected by `accounts.permissions`."""

from __future__ import annotations

from typing import Final

from accounts.permissions import NOBODY, Verbs, rights
from accounts.roles import May

ITS: Final = rights(May.CARRY_OUT_DISPOSAL)
VERBS: Final[dict[str, Verbs]] = {"retention.retention": Verbs(ITS, ITS, ITS, NOBODY, NOBODY)}
