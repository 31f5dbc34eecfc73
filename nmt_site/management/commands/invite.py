"""`manage.py invite EMAIL --name NAME --role ROLE`: the way in for the first
administrators."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.invitations import invite_first, new_user, site_for
from accounts.roles import Role
from audit.writer import System


class Command(BaseCommand):
    help = (
        "Invites a user, and prints the address at which the user chooses a password and the code that opens "
        "the account, which is said by telephone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", choices=Role.values, required=True)
        parser.add_argument("--site", default="", help="the register's address, if not SITE_ADDRESS")

    def handle(self, *args: Any, **options: Any) -> None:
        user = new_user(options["email"].strip().lower(), options["name"], options["role"])
        site = site_for(user, options["site"])
        self.stdout.write(invite_first(user=user, by=System(), site=site))
        self.stdout.write(f"code {user.code_to_read_out}")
