"""`manage.py purge_exports`: delete exported files whose seven days are over. For a daily timer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cases.models import ExportFile


class Command(BaseCommand):
    help = "Deletes exported files that are older than seven days."

    def handle(self, *args: Any, **options: Any) -> None:
        gone = ExportFile.objects.expired(timezone.now()).delete()[1].get("cases.ExportFile", 0)
        self.stdout.write(f"{gone} files deleted")
