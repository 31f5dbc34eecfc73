"""`manage.py make_database_roles [--print]`: the roles that ask PostgreSQL for rows, and what each may do."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from accounts.row_level_security import Owner, asking, making
from accounts.stored_policies import ROLES, build, column
from nmt_site.management import need


class Command(BaseCommand):
    help = "Makes PostgreSQL's roles of the application and the worker, and binds everybody to the policies."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--print", action="store_true", help="print the statements for PostgreSQL's superuser, do nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        is_postgresql = connection.vendor == "postgresql"
        need(is_postgresql, "Only PostgreSQL has roles and row policies. SQLite is for trials.")
        statements = list(making(Owner.on(connection)))
        if options["print"]:
            self.stdout.write("".join(f"{statement};\n" for statement in statements), ending="")
            return
        self._make(statements)
        build(connection)
        self.stdout.write(f"ok {' '.join(asking())}")

    def _make(self, statements: list[str]) -> None:
        """Nothing is left to do where a superuser has said what was printed."""
        if column("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [True]:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
        said = "Let PostgreSQL's superuser say what 'manage.py make_database_roles --print' prints."
        need({*asking()} <= {*column(ROLES)}, said)
