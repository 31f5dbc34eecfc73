"""The same change of several cases, chosen in the list."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from django.db import transaction

from accounts.access import Access
from accounts.models import User
from accounts.roles import May
from agencies.models import Code
from audit.writer import record
from cases.actions.saving import save_version
from cases.choices import CaseState
from cases.models import Case


def assign_cases(*, cases: Sequence[Case], responsible: User | None, by: Access) -> int:
    """Returns how many changed. Raises Conflict, and changes none, when one was saved in the meantime."""

    def assign(case: Case) -> bool:
        changes = case.responsible_id != (responsible.pk if responsible else None)
        case.responsible = responsible
        return changes

    return _change(cases, assign, "case.assign", ("responsible",), by)


def close_cases(*, cases: Sequence[Case], reason: Code, by: Access) -> int:
    """Closes those that are open. Returns how many changed. Raises Conflict as above."""

    def close(case: Case) -> bool:
        if case.state in {CaseState.CLOSED, CaseState.HANDED_OVER}:
            return False
        case.state, case.close_reason = CaseState.CLOSED, reason
        return True

    return _change(cases, close, "case.close", ("state", "close_reason"), by)


@transaction.atomic
def _change(
    cases: Sequence[Case], change: Callable[[Case], bool], act: str, fields: tuple[str, ...], by: Access
) -> int:
    by.require(May.EDIT_CASE)
    changed = [case for case in cases if change(case)]
    for case in changed:
        save_version(case, by=by)
    digest = hashlib.sha256("\n".join(sorted(str(case.code) for case in changed)).encode()).hexdigest()
    record(by, act, fields=fields, rows=len(changed), digest=digest)
    return len(changed)
