"""`manage.py send_reminders [--site ADDRESS]`: for a timer, as often as one likes; a user gets one e-mail a
day."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.notices import NoAddress, address
from home.notifications import send_unsent_reminders, write_down_reminder
from nmt_site.management import need, refusing


class Command(BaseCommand):
    help = (
        "Sends each operator and coordinator for whom something waits one letter a day: a number and a link."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--site", default="", help="the register's address, if not SITE_ADDRESS")

    def handle(self, *args: Any, **options: Any) -> None:
        need(settings.EMAIL_HOST or settings.DEMO, "EMAIL_HOST is not set, so no e-mail can be sent.")
        with refusing(NoAddress):
            site = address(options["site"])
        self.stdout.write(self.result(site))

    def result(self, site: str) -> str:
        now = timezone.now()
        waiting = write_down_reminder(at=now)
        if not settings.EMAIL_HOST:
            return f"0 e-mails sent, {waiting} wait: EMAIL_HOST is not set"
        sent, failed = send_unsent_reminders(at=now, site=site)
        need(
            not failed,
            f"The mail server did not take {failed} e-mails: they wait for the next run. {sent} e-mails were "
            "sent.",
        )
        return f"{sent} e-mails sent"
