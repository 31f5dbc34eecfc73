"""`manage.py work [--once]`: run the background jobs until stopped."""

from __future__ import annotations

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jobs.worker import work


class Command(BaseCommand):
    help = "Runs the background jobs until stopped; the one under way is finished first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when no job waits")

    def handle(self, *args: Any, **options: Any) -> None:
        stopping: list[int] = []
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, lambda number, _frame: stopping.append(number))
        work(once=options["once"], stop=lambda: bool(stopping))
