"""`manage.py verify_audit [--head N:HASH]`: prove the audit trail whole, or name the first broken place."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.verify import BrokenChain, verify


class Command(BaseCommand):
    help = "Proves that the audit trail is whole, or names the first broken place."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head", metavar="N:HASH", help="a head printed earlier, which the trail must still hold"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            head = verify(known=options["head"])
        except BrokenChain as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(f"ok {head}")
