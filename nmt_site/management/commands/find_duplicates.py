"""`manage.py find_duplicates [--all]`: note the pairs that are worth judging. For a nightly timer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from audit.writer import System
from cases.actions.duplicate_search import search


class Command(BaseCommand):
    help = (
        "Notes which records may be the same person. Nothing is merged; pairs judged before are left "
        "alone. Compares "
        "those who are new or have changed since the last time with everybody."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="compare everybody anew")

    def handle(self, *args: Any, **options: Any) -> None:
        searched = search(by=System(), at=timezone.now(), everybody=options["all"])
        self.stdout.write(f"{searched.noted} new pairs to judge")
