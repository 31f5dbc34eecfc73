"""`manage.py invite EMAIL --name NAME --role ROLE`: the way in for the first administrator."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from agencies.actions import invite_first
from agencies.models import User
from agencies.roles import Role
from audit.writer import System


class Command(BaseCommand):
    help = "Invites a user, and prints the address at which the user chooses a password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", choices=Role.values, required=True)
        parser.add_argument("--site", default="http://127.0.0.1:8000", help="the register's address")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User(email=options["email"].strip().lower(), name=options["name"], role=options["role"], password="!")  # noqa: S106  (unusable)
        try:
            user.full_clean()
        except ValidationError as fault:
            raise CommandError(" ".join(fault.messages)) from None
        self.stdout.write(invite_first(user=user, by=System(), site=options["site"]))
