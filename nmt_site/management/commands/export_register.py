"""`manage.py export_register --to DIR [--with-texts --approval CODE]`: everything, with its data
dictionary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.approvals import NotAsItWas
from nmt_site.management import need, refusing
from retention.export import export_everything


class Command(BaseCommand):
    help = (
        "Writes every table as CSV and JSON to a new folder, with a data dictionary and a manifest. What is "
        "sealed is left out, unless two persons have approved that it leaves in clear."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", required=True, help="a folder that is not there yet")
        parser.add_argument("--with-texts", action="store_true", help="with notes and references in clear")
        parser.add_argument("--approval", default="", help="the code that the answer's page shows")

    def handle(self, *args: Any, **options: Any) -> None:
        need(
            options["with_texts"] == bool(options["approval"]),
            "Texts leave in clear only with --with-texts and --approval CODE: ask for it in the register.",
        )
        with refusing(NotAsItWas, OSError):
            counts = export_everything(Path(options["to"]), approval=options["approval"], at=timezone.now())
        self.stdout.write("ok {} tables, {} rows".format(*counts))
