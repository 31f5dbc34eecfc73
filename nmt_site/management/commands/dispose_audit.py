"""`manage.py dispose_audit YEAR --decision "…" --by EMAIL --approved-by EMAIL`: dispose of a closed year."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.access import Access
from accounts.models import User, open_accounts
from accounts.roles import May
from audit.segments import NotPossible, dispose_year
from audit.verify import BrokenChain
from nmt_site.management import refusing


class Command(BaseCommand):
    help = "Disposes of the events of a closed year. The signed head and an event of the disposal stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("year", type=int)
        parser.add_argument(
            "--decision", required=True, help="the decision by its name and date or registry number"
        )
        parser.add_argument(
            "--by", required=True, metavar="EMAIL", help="an administrator, who carries it out"
        )
        parser.add_argument(
            "--approved-by", required=True, metavar="EMAIL", help="a manager, who has approved it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        by = somebody(options["by"], May.CARRY_OUT_DISPOSAL, "carry out disposal")
        approver = somebody(options["approved_by"], May.APPROVE_DISPOSAL, "approve disposal")
        decision, now = options["decision"], timezone.now()
        with refusing(NotPossible, BrokenChain):
            segment = dispose_year(options["year"], decision=decision, by=by, approved_by=approver, at=now)
        self.stdout.write(f"disposed {segment}")


def somebody(email: str, right: May, what: str) -> Access:
    user = User.objects.filter(open_accounts(), email__iexact=email.strip()).first()
    access = Access.of(user) if user else None
    if access is None or not access.may(right):
        raise CommandError(f"{email} is no active user who may {what}.")
    return access
