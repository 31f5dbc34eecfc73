"""What is judged of a person: the status, by its table of transitions, and the checklist that supports it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.roles import May
from audit.writer import record
from cases.actions.saving import save, save_version
from cases.choices import Seen
from cases.models import Person, PersonIndicator
from cases.rules.faults import errors
from cases.rules.status import status_change
from exchange import bulk


@transaction.atomic
def change_status(*, person: Person, by: Access, fields: Iterable[str] = ()) -> Person:
    """`person` carries the new status with its reason and day. Raises Conflict; PermissionDenied outside the
    table."""
    by.require(May.EDIT_CASE)
    before = Person.objects.values_list("status", flat=True).get(pk=person.pk)
    if errors(status_change(before, person.status, person.status_reason)):
        raise PermissionDenied(_("The status cannot be changed that way."))
    save_version(person, by=by)
    record(by, "person.status", person, fields=fields)
    return person


@transaction.atomic
def answer_indicators(*, person: Person, answers: Mapping[str, str], by: Access) -> int:
    """Key of the indicator → answer; those not in `answers` are not asked. Returns how many changed."""
    by.require(May.EDIT_CASE)
    rows: Iterable[PersonIndicator] = PersonIndicator.objects.filter(person=person)
    stored = {row.code_id: row for row in rows}
    changed = [row for key, row in stored.items() if row.answer != answers.get(key, Seen.NOT_ASKED)]
    for row in changed:
        row.answer = answers.get(row.code_id, Seen.NOT_ASKED)
        save(row, by=by)
    new = [PersonIndicator(person=person, code_id=k, answer=a) for k, a in answers.items() if k not in stored]
    bulk.create(new, user=by.user)
    record(by, "person.indicators", person, rows=len(changed) + len(new))
    return len(changed) + len(new)
