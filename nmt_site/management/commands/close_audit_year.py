"""`manage.py close_audit_year YEAR`: sign where the events of a year end, so that they can be disposed of one
day."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from audit.segments import NotPossible, close_year
from audit.verify import BrokenChain
from audit.writer import System
from nmt_site.management import refusing


class Command(BaseCommand):
    help = "Closes a year of the audit log with a signed head."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        with refusing(NotPossible, BrokenChain):
            segment = close_year(options["year"], by=System(), at=timezone.now())
        self.stdout.write(f"closed {segment}")
