from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cases.drafts import purge


class Command(BaseCommand):
    help = "Delete the drafts that are a day old. Reading and writing drafts does so too; a timer runs this."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(purge(timezone.now())))
