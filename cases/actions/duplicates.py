"""Propose that two records may be one person, ask the other region, and decide. Nothing is merged by itself:
counting follows by settling."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, F
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.acting import beyond
from accounts.roles import May
from audit.writer import Actor, record
from cases.actions.questions import PAIRS_A_DAY, asked_today, one_more
from cases.actions.settling import settle, tied
from cases.choices import Decision
from cases.models import DuplicateReview, Person, Try
from cases.resemblance import lookalikes
from cases.tries import tried

AT_ONCE = 20  # persons compared while somebody waits for the page
PROPOSED = 5  # of one person, the most alike
# of one region, that another has a record like it: invented persons are no way to look for somebody
HINTS_A_DAY = 10


@transaction.atomic
@beyond("duplicates")
def propose(persons: Iterable[Person], *, by: Access) -> int:
    """After saving: note the pairs of one region that are worth a person's judgement. Pairs judged before are
    left alone. It is one try, whatever is found; whether another region has somebody alike is told by the
    search at night, never at once to who typed.

    Of many persons at once the first ones; `manage.py find_duplicates` compares everybody."""
    persons = list(persons)
    tried(Try.Kind.FORM, len(persons), by=by)
    found = {}
    for person in persons[:AT_ONCE]:
        alike = dict(lookalikes(person))
        own = Person.objects.filter(pk__in=alike, responsible_region=person.responsible_region_id)
        near = sorted(own.values_list("pk", flat=True), key=lambda pk: (-alike[pk].score, pk))
        for other in near[:PROPOSED]:
            found[min(person.pk, other), max(person.pk, other)] = alike[other].score
    return note(found, by=by, at=by.at)


@transaction.atomic
@beyond("duplicates")
def note(found: Mapping[tuple[int, int], float], *, by: Actor, at: datetime) -> int:
    """Store pairs that are new: of one region all, between regions the most alike, few a day, each in the
    trail.

    `found` has the likeness by the keys of the older and the newer record."""
    if not found:
        return 0
    known = set(
        DuplicateReview.objects.filter(first__in={one for one, _other in found}).values_list(
            "first", "second"
        )
    )
    persons = Person.objects.in_bulk({pk for pair in found for pk in pair})
    left, rows, told = _hints_left(at), [], []
    for (first, second), similarity in sorted(found.items(), key=lambda pair: (-pair[1], pair[0])):
        newer = persons[second]
        across = persons[first].responsible_region_id != newer.responsible_region_id
        if (first, second) in known or (across and left[newer.responsible_region_id] < 1):
            continue
        rows.append(DuplicateReview(first_id=first, second_id=second, similarity=similarity, found_at=at))
        if across:
            left[newer.responsible_region_id] -= 1
            told.append(newer)
    DuplicateReview.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    for person in told:
        record(by, "duplicate.hint", person)
    return len(rows)


def _hints_left(at: datetime) -> dict[str, int]:
    """How many more hints of another region's record each region may get today."""
    today = DuplicateReview.objects.filter(found_at__gt=at - timedelta(days=1)).order_by()
    across = today.exclude(first__responsible_region=F("second__responsible_region"))
    counted = across.values_list("second__responsible_region").annotate(n=Count("pk"))
    return defaultdict(lambda: HINTS_A_DAY, {region: HINTS_A_DAY - n for region, n in counted})


@transaction.atomic
@beyond("duplicates")
def ask_other_region(review: DuplicateReview, *, by: Access) -> DuplicateReview:
    """Put the question to the region of the other record, which neither side is told. Once a pair. Raises
    TooManyQuestions."""
    by.require(May.REVIEW_DUPLICATE)
    row = DuplicateReview.objects.select_for_update().select_related("first", "second").get(pk=review.pk)
    if row.second.responsible_region_id not in by.regions or row.first.responsible_region_id in by.regions:
        raise PermissionDenied(_("The question is for another region's record."))
    if row.asked_at is None:
        one_more(asked_today(DuplicateReview.objects.all(), by=by).count(), PAIRS_A_DAY)
        row.asked_by, row.asked_at, row.asked_region = by.user, by.at, row.first.responsible_region
        row.save(update_fields=["asked_by", "asked_at", "asked_region"])
        record(by, "duplicate.ask", row.second)
    return row


@transaction.atomic
@beyond("duplicates")
def decide(review: DuplicateReview, *, decision: Decision, reason: str, by: Access) -> DuplicateReview:
    """By the region of both records, or by the region that was asked; what has been judged also by either
    region that has one of them now. "Different" undoes an earlier "same"."""
    review = (
        DuplicateReview.objects.select_for_update(of=("self",))
        .select_related("first", "second")
        .get(pk=review.pk)
    )
    own = [person for person in (review.first, review.second) if person.responsible_region_id in by.regions]
    answers = review.asked_region_id in by.regions or review.decision != Decision.OPEN
    if len(own) < 2 and not (own and answers):
        raise PermissionDenied(_("Another region's record is judged by that region."))
    one = own[0]
    other = review.second if one.pk == review.first_id else review.first
    return decide_same(
        one=one, other=other, decision=decision, reason=reason, by=by, similarity=review.similarity
    )


@transaction.atomic
@beyond("duplicates")
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
