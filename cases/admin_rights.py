"""Which rights calls, cases and persons ask for in Django's admin: collected by `accounts.permissions`."""

from __future__ import annotations

from typing import Final

from accounts.permissions import Verbs, rights
from accounts.roles import May

_CASE: Final = Verbs(
    view=rights(May.VIEW_CASE),
    change=rights(May.EDIT_CASE),
    add=rights(May.OPEN_CASE),
    load=rights(May.IMPORT_PERSONS),
    export=rights(May.EXPORT_ROWS),
)
VERBS: Final[dict[str, Verbs]] = {
    "cases.call": Verbs(
        view=rights(May.VIEW_CALL),
        change=rights(May.EDIT_CALL),
        add=rights(May.LOG_CALL),
        load=rights(May.LOG_CALL),
        export=rights(May.EXPORT_ROWS),
    ),
    "cases.case": _CASE,
    "cases.person": _CASE,
    "cases.identification": _CASE,
    "cases.exploitation": _CASE,
    "cases.measure": _CASE,
}
