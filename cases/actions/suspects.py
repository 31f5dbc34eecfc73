"""Suspects, as numbers by relation."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from accounts.access import Access
from accounts.roles import May
from audit.writer import record
from cases.actions.saving import save
from cases.models import Case, SuspectCount


@transaction.atomic
def count_suspects(*, case: Case, numbers: Mapping[str, int], by: Access) -> None:
    """Key of the relation → number. A relation that is not named has none."""
    by.require(May.EDIT_CASE)
    stored = {row.relation_id: row for row in SuspectCount.objects.filter(case=case)}
    for relation in {*stored, *numbers}:
        row = stored.get(relation) or SuspectCount(case=case, relation_id=relation)
        if row.number != numbers.get(relation, 0):
            row.number = numbers.get(relation, 0)
            save(row, by=by)
    record(by, "case.suspects", case, fields=("suspects",))
