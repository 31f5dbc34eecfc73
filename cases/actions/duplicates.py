"""Propose that two records may be one person, ask the other region, and decide. Nothing is merged by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.access import Access
from agencies.roles import May
from audit.writer import record
from cases.actions.linkage import decide_same
from cases.choices import Decision
from cases.models import DuplicateReview, Person
from cases.resemblance import lookalikes

AT_ONCE = 20  # persons compared while somebody waits for the page
PROPOSED = 5  # of one person, the most alike
QUESTIONS_A_DAY = 5  # of one coordinator, to other regions: it must be no way to ask whether somebody is a victim


class TooManyQuestions(Exception):
    """The coordinator has asked as many other regions as may be asked in a day."""


@transaction.atomic
def propose(persons: Iterable[Person], *, by: Access) -> int:
    """After saving: note the pairs worth a person's judgement. Pairs judged before are left alone.

    Of many persons at once the first ones; `manage.py find_duplicates` compares everybody."""
    persons = list(persons)[:AT_ONCE]
    found = [(person, *pair) for person in persons for pair in lookalikes(person)[:PROPOSED]]
    rows = [
        DuplicateReview(
            first_id=min(person.pk, other), second_id=max(person.pk, other), similarity=likeness.score, found_at=by.at
        )
        for person, other, likeness in found
    ]
    DuplicateReview.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def ask_other_region(review: DuplicateReview, *, by: Access) -> DuplicateReview:
    """Put the question to the region of the other record, which neither side is told. Once a pair."""
    by.require(May.REVIEW_DUPLICATE)
    row = DuplicateReview.objects.select_for_update().select_related("first", "second").get(pk=review.pk)
    if row.second.responsible_region_id not in by.regions or row.first.responsible_region_id in by.regions:
        raise PermissionDenied(_("The question is for another region's record."))
    if row.asked_at is None:
        since = by.at - timedelta(days=1)
        if DuplicateReview.objects.filter(asked_by=by.user, asked_at__gt=since).count() >= QUESTIONS_A_DAY:
            raise TooManyQuestions
        row.asked_by, row.asked_at, row.asked_region = by.user, by.at, row.first.responsible_region
        row.save(update_fields=["asked_by", "asked_at", "asked_region"])
        record(by, "duplicate.ask", row.second)
    return row


@transaction.atomic
def decide(review: DuplicateReview, *, decision: Decision, reason: str, by: Access) -> DuplicateReview:
    """By the region of both records, or by the region that was asked. "Different" undoes an earlier "same"."""
    own = [person for person in (review.first, review.second) if person.responsible_region_id in by.regions]
    asked = review.asked_region_id in by.regions and bool(own)
    if len(own) < 2 and not asked:
        raise PermissionDenied(_("Another region's record is judged by that region."))
    one = own[0]
    other = review.second if one.pk == review.first_id else review.first
    return decide_same(one=one, other=other, decision=decision, reason=reason, by=by, similarity=review.similarity)
