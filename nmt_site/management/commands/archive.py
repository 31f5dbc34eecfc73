"""`manage.py archive YEAR --to DIR`: the package of a year for an archive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from exchange.years import year_of
from nmt_site.management import refusing
from retention.archive import NothingOfYear, archive


class Command(BaseCommand):
    help = (
        "Writes a year as an E-ARK information package (CSIP and SIP 2.1.0) to a folder that is not there "
        "yet, or empty: its rows as CSV with their dictionary, its published versions, METS, PREMIS and "
        "Dublin Core. What is encrypted is left out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", help="such as 2018")
        parser.add_argument("--to", required=True, metavar="DIR", help="a folder that is not there, or empty")

    def handle(self, *args: Any, **options: Any) -> None:
        with refusing(ValueError, NothingOfYear, OSError):
            made = archive(Path(options["to"]), year_of(options["year"]), at=timezone.now())
        self.stdout.write(f"ok {made.ident} {made.files} files, {made.rows} rows")
