"""Change facts of several stored persons at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from accounts.access import Access
from accounts.roles import May
from audit.writer import record
from cases.actions.consent import check_children
from cases.actions.settling import settle
from cases.models import Case, Exploitation, Identification, Person, Try
from cases.tries import COMPARED, tried
from exchange import bulk

# Which row has the fact, by the name that the grid and the files call it, and the field there.
OF_PERSON: Final = ("sex", "child", "age_class", "citizenship", "residence", "offence")
OF_MAIN: Final = {"main_purpose": "purpose", "sector": "sector"}
OF_FIRST: Final = {"channel": "channel"}


@dataclass(frozen=True, slots=True)
class PersonEdit:
    """A person with the main purpose and the earliest identification, locked, with what they now are to be.

    `further`: the purposes beside the main one. `fields`: the names of what differs from what is stored."""

    person: Person
    main: Exploitation | None
    first: Identification
    further: frozenset[str]
    fields: frozenset[str] = frozenset()

    @property
    def short(self) -> str:
        return f"P{self.person.position}"


@transaction.atomic
def edit_persons(*, edits: Sequence[PersonEdit], by: Access) -> int:
    """Returns how many persons changed. Each gets one new version, so that a form that is open elsewhere
    meets a conflict; the number of statements is the same whatever their number."""
    by.require(May.EDIT_CASE)
    edits = [edit for edit in edits if edit.fields]
    for edit in edits:
        if "child" in edit.fields:
            check_children(edit.person.case.without_consent, [edit.person.child])
    for edit in edits:
        edit.person.version += 1
    bulk.update([edit.person for edit in edits], [*OF_PERSON, "version"], user=by.user)
    mains = [edit.main for edit in edits if edit.main and edit.fields & OF_MAIN.keys()]
    bulk.create([main for main in mains if main.pk is None], user=by.user)
    bulk.update([main for main in mains if main.pk], [*OF_MAIN.values()], user=by.user)
    moved = [edit for edit in edits if edit.fields & OF_FIRST.keys()]
    bulk.update([edit.first for edit in moved], [*OF_FIRST.values()], user=by.user)
    if moved:
        settle([edit.person for edit in moved], by=by)
    tried(Try.Kind.EDIT, sum(bool(COMPARED & edit.fields) for edit in edits), by=by)
    _tell(edits, by)
    return len(edits)


def _tell(edits: Sequence[PersonEdit], by: Access) -> None:
    """One event a case; what became of each person stands in the person's history."""
    numbers = Counter(edit.person.case_id for edit in edits)
    cases = Case.objects.visible_to(by).filter(pk__in=numbers).order_by("pk")
    for case in cases:
        fields = {name for edit in edits if edit.person.case_id == case.pk for name in edit.fields}
        record(by, "person.edit_several", case, fields=fields, rows=numbers[case.pk])
