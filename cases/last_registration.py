"""Whom somebody registered last in a case, today: what one press takes out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.access import Access
from accounts.roles import May
from cases.models import Case, Exploitation, Identification, Measure, Person


@dataclass(frozen=True)
class LastRegistration:
    """`whole`: the case was opened with them, and has nobody else."""

    persons: Sequence[Person]
    whole: bool
    touched: bool  # somebody else has changed one of them since

    @property
    def number(self) -> int:
        return len(self.persons)


def registered_at(access: Access) -> Subquery:
    """Of a person, when who asks has registered them today; null of all others."""
    own = _history(Person).filter(id=OuterRef("pk"), history_type="+", history_user=access.user)
    return Subquery(own.filter(history_date__gte=_day(access)).values("history_date")[:1])


def _day(access: Access) -> datetime:
    return timezone.make_aware(datetime.combine(access.today, time.min))


def last_registration(case: Case, access: Access) -> LastRegistration | None:
    """None where nobody of the case was registered today by who asks. Persons of one registration have their
    first version at one moment. Four queries at the most, one on most days."""
    if not access.may(May.EDIT_CASE, May.OPEN_CASE):
        return None
    made = _history(Person).filter(
        case_id=case.pk, history_type="+", history_user=access.user, history_date__gte=_day(access)
    )
    first = made.order_by("-history_date").values_list("history_date", flat=True).first()
    if first is None:
        return None
    keys = list(made.filter(history_date=first).values_list("id", flat=True))
    persons = list(Person.objects.in_own_region(access).filter(pk__in=keys).order_by("position"))
    if not persons or len(persons) < len(keys):
        return None
    # Of a case that is opened, the persons' first version comes right after its own.
    opened = case.opened_by_id == access.user.pk and 0 <= (first - case.created_at).total_seconds() < 60
    whole = opened and case.persons.count() == len(persons)
    return LastRegistration(persons, whole, _touched(keys, first, access))


def _touched(keys: Sequence[int], since: datetime, access: Access) -> bool:
    of = {
        Person: "id__in",
        Identification: "person_id__in",
        Exploitation: "person_id__in",
        Measure: "person_id__in",
    }
    return any(
        _history(model)
        .filter(**{name: keys}, history_date__gt=since)
        .exclude(history_user=access.user)
        .exists()
        for model, name in of.items()
    )


def _history(model: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.history.all().order_by()
    return rows
