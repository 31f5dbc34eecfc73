"""`manage.py load_reference`: counties, regions, agencies, codes, mappings, articles, population, historical
figures."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

import agencies.reference_data
import knowledge.stored_texts
import summaries.counting.historical


class Command(BaseCommand):
    help = (
        "Loads the reference data that the register ships. Repeatable: adds what is missing, changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        counts = (
            agencies.reference_data.load()
            | knowledge.stored_texts.load()
            | summaries.counting.historical.load()
        )
        summaries.counting.historical.decide_standing_exemption()
        self.stdout.write(", ".join(f"{name} {count}" for name, count in counts.items()))
