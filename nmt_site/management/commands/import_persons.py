"""`manage.py import_persons FILE --as EMAIL [--dry-run] [--json] [--lang sv|en] [--good-rows]`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from nmt_site.management.commands.import_rows import how_to_import

ASIDE: Final = ("email", "dry_run", "good_rows", "json", "lang")


class Command(BaseCommand):
    help = (
        "Imports a spreadsheet of persons in the name of a coordinator. All or nothing: where a row has "
        "an error, nothing is imported and the exit code is 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV, XLSX or ODS")
        parser.add_argument(
            "--as", dest="email", required=True, metavar="EMAIL", help="the coordinator who imports"
        )
        how_to_import(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        asked = {name: options[name] for name in ASIDE} | {"without_code": True, "stdout": self.stdout}
        call_command("import_rows", "persons", options["file"], **asked)
