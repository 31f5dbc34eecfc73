"""`manage.py rotate_keys`: encrypt all that is stored under the first key of NOTES_KEY="new,old"."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.writer import System, record
from cases.rotation import CURRENT, ROTATED, UNREADABLE, rotate


class Command(BaseCommand):
    help = (
        "Encrypts notes, references, drafts, waiting files and second factors under the first key of "
        'NOTES_KEY="new,old". May be stopped and started again.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="texts in a transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = rotate(batch=max(1, options["batch"]))
        record(System(), "keys.rotate", rows=counts[ROTATED])
        self.stdout.write(f"ok {counts[ROTATED]} rotated, {counts[CURRENT]} current")
        if counts[UNREADABLE]:
            raise CommandError(
                f"{counts[UNREADABLE]} texts can be read under none of the keys and were left as they are: "
                "add the key that they were written under to NOTES_KEY and run this again."
            )
