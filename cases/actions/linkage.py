"""Decide whether two records are the same person, and undo it. Counting follows by settling."""

from __future__ import annotations

from django.db import transaction

from accounts.access import Access
from accounts.roles import May
from audit.writer import record
from cases.actions.settling import settle, tied
from cases.choices import Decision
from cases.models import DuplicateReview, Person


@transaction.atomic
def decide_same(
    *, one: Person, other: Person, decision: Decision, reason: str, by: Access, similarity: float = 0.0
) -> DuplicateReview:
    """Record what a human decided of two records, and count anew. "Different" or "unsure" undoes an earlier
    "same"."""
    by.require(May.REVIEW_DUPLICATE)
    if one.pk == other.pk:
        raise ValueError("A record cannot be compared with itself.")
    first, second = sorted((one, other), key=lambda person: person.pk)
    before = tied({first.pk, second.pk})
    review, _created = DuplicateReview.objects.get_or_create(
        first=first, second=second, defaults={"similarity": similarity, "found_at": by.at}
    )
    review.decision, review.reason, review.by, review.at = decision, reason, by.user, by.at
    review.save()
    settle(Person.objects.filter(pk__in=before), by=by)
    record(by, f"duplicate.{decision}", one)
    return review
