"""`manage.py verify_audit [--head N:HASH] [--outside FILE]`: prove the audit log whole, or name the first
broken place."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.outside import NotSigned, heads_in
from audit.verify import BrokenChain, verify, with_another_key


class Command(BaseCommand):
    help = "Proves that the audit trail is whole, or names the first broken place."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head", metavar="N:HASH", help="a head printed earlier, which the trail must still hold"
        )
        parser.add_argument(
            "--outside",
            metavar="FILE",
            default=settings.AUDIT_HEAD_FILE,
            help="heads told outside, by syslog too, which the trail must still hold (AUDIT_HEAD_FILE)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            head = verify(known=options["head"], outside=heads_in(options["outside"]))
        except (BrokenChain, NotSigned) as fault:
            raise CommandError(with_another_key(fault)) from None
        self.stdout.write(f"ok {head}")
