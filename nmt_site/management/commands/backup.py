"""`manage.py backup --to FILE`: all of the database, as it is at this moment, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from nmt_site.backup import NotDone, back_up
from nmt_site.management import refusing


class Command(BaseCommand):
    help = (
        "Writes the whole database to a new file while it is used: a SQLite database, or PostgreSQL's custom "
        "form. Texts stay encrypted in it: keep the keys elsewhere."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", required=True, metavar="FILE", help="a file that is not there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        with refusing(NotDone):
            made = back_up(Path(options["to"]))
        self.stdout.write(f"ok {made.head} {made.size} bytes")
