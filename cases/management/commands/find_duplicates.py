"""`manage.py find_duplicates`: compare everybody, and note the pairs worth judging. For a nightly timer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cases.likeness import candidates, compare, shares_of, worth_asking
from cases.models import DuplicateReview, Person
from cases.resemblance import records


class Command(BaseCommand):
    help = "Notes which records may be the same person. Nothing is merged; pairs judged before are left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        found = records(Person.objects.filter(same_as__isnull=True))
        regions = dict(Person.objects.values_list("pk", "responsible_region"))
        shares, now, rows = shares_of(found.values()), timezone.now(), []
        for one, other in candidates(found.values()):
            first, second = sorted((int(one.key), int(other.key)))
            likeness = compare(one, other, shares)
            if worth_asking(likeness, across_regions=regions[first] != regions[second]):
                rows.append(DuplicateReview(first_id=first, second_id=second, similarity=likeness.score, found_at=now))
        before = DuplicateReview.objects.count()
        DuplicateReview.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
        self.stdout.write(f"{DuplicateReview.objects.count() - before} new pairs to judge")
