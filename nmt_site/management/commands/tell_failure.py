"""`manage.py tell_failure TIMER`: for the service manager, when a command that a timer runs has failed."""

from __future__ import annotations

from typing import Any

from django.core.management import get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from jobs.alerts import NotTaken, tell_failure


class Command(BaseCommand):
    help = "Tells the administrators that a timer has failed, at most once a day for each timer."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = sorted(get_commands())
        parser.add_argument("timer", choices=commands, metavar="TIMER", help="the command that it runs")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sent = tell_failure(options["timer"], at=timezone.now())
        except NotTaken:
            raise CommandError("The mail server did not take the e-mail to the administrators.") from None
        self.stdout.write(f"{sent} e-mails sent")
