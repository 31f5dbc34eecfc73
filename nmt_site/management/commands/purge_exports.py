"""`manage.py purge_exports`: delete exported files whose time is over. For a daily timer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from exchange.downloads import purge


class Command(BaseCommand):
    help = "Deletes exported files whose time is over."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{purge(timezone.now())} files deleted")
