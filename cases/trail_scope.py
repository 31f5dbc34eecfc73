"""Whose events a coordinator reads in the audit trail: cases and persons of own regions, by their numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.expressions import Combinable

from accounts.access import Access
from audit_pages.scope import Numbered
from cases.choices import RequestAnswer
from cases.models import Case, Person


def _own(access: Access, kind: str) -> Combinable:
    """A value is asked for, event by event: were it asked whether there is one, PostgreSQL would read every
    own number first."""
    cases, persons = Case.objects.changeable_by(access), Person.objects.in_own_region(access)
    of_kind: Any = cases if kind == Case._meta.label_lower else persons
    rows = of_kind.filter(number=OuterRef("target_label"))
    return Subquery(rows.order_by().values("number")[:1])


def _came(access: Access) -> Iterable[str]:
    """Return the numbers of what was handed over to own regions: they begin with another one. One query."""
    accepted = RequestAnswer.ACCEPTED
    persons = Person.objects.in_own_region(access).filter(transfers__answer=accepted)
    cases = Case.objects.changeable_by(access).filter(persons__transfers__answer=accepted)
    numbers = (rows.order_by().values_list("number", flat=True) for rows in (persons, cases))
    return set(next(numbers).union(*numbers))


NUMBERED = Numbered(Case._meta.label_lower, Person._meta.label_lower, _own, _came)
