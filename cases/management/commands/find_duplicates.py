"""`manage.py find_duplicates`: compare everybody, and note the pairs worth judging. For a nightly timer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from audit.writer import System
from cases.actions.duplicates import note
from cases.likeness import candidates, compare, shares_of, worth_asking
from cases.models import Person
from cases.resemblance import records


class Command(BaseCommand):
    help = "Notes which records may be the same person. Nothing is merged; pairs judged before are left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        found = records(Person.objects.filter(same_as__isnull=True))
        regions = dict(Person.objects.values_list("pk", "responsible_region"))
        shares, pairs = shares_of(found.values()), {}
        for one, other in candidates(found.values()):
            first, second = sorted((int(one.key), int(other.key)))
            likeness = compare(one, other, shares)
            if worth_asking(likeness, across_regions=regions[first] != regions[second]):
                pairs[first, second] = likeness.score
        self.stdout.write(f"{note(pairs, by=System(), at=timezone.now())} new pairs to judge")
