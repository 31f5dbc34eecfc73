"""`manage.py send_reminders [--site ADDRESS]`: for a timer, as often as one likes; a user gets one letter a day."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cases.actions.reminders import send_unsent, write_down


class Command(BaseCommand):
    help = "Sends each operator and coordinator for whom something waits one letter a day: a number and a link."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--site", default="http://127.0.0.1:8000", help="the register's address")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        write_down(at=now)
        sent, failed = send_unsent(at=now, site=options["site"])
        if failed:
            raise CommandError(f"The mail server did not take {failed} letters: they wait for the next run.")
        self.stdout.write(f"{sent} letters sent")
