"""`manage.py break_glass EMAIL [--name NAME] [--reason WHY]`: an administrator's way in when none can come
in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from accounts.invitations import break_glass, invitation_link, new_user, site_for
from accounts.models import User
from accounts.roles import May, roles_with
from accounts.transactions import transaction_of


class Command(BaseCommand):
    help = (
        "Makes EMAIL an administrator who can come in: prints an address at which a password is chosen, and "
        "the code that opens the account. Recorded; the data protection officer and every administrator are "
        "told."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="of somebody who has no account yet")
        parser.add_argument("--reason", default="", help="why, for the audit trail")
        parser.add_argument("--site", default="", help="the register's address, if not SITE_ADDRESS")

    @transaction_of(None)
    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        role = roles_with(May.ADMINISTER)[0]
        user = User.objects.filter(email=email).first() or new_user(
            email, options["name"] or email.partition("@")[0], role
        )
        site = site_for(user, options["site"])
        user = break_glass(user=user, role=role, reason=options["reason"], at=timezone.now())
        self.stdout.write(invitation_link(user, site))
        self.stdout.write(f"code {user.code_to_read_out}")
