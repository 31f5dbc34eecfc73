"""Which rights the lists of the network ask for in Django's admin: collected by `accounts.permissions`."""

from __future__ import annotations

from typing import Final

from accounts.permissions import Verbs, one_right
from accounts.roles import May

VERBS: Final[dict[str, Verbs]] = {
    "agencies.agency": one_right(May.ADMINISTER),
    "agencies.county": one_right(May.ADMINISTER),
    "agencies.region": one_right(May.ADMINISTER),
    "agencies.countyregion": one_right(May.ADMINISTER),
    "agencies.coordinator": one_right(May.ADMINISTER),
    "agencies.code": one_right(May.ADMINISTER, delete=True),
    "agencies.codemapping": one_right(May.ADMINISTER, delete=True),
}
