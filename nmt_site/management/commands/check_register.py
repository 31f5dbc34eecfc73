"""`manage.py check_register`: prove the facts that the database cannot guard, or name the first that
fails."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.invitations import alone_in_words
from cases.integrity import first_fault
from cases.models import Call, Case, Person


class Command(BaseCommand):
    help = (
        "Checks every fact over several rows, counted anew. What is no fault but should be known goes to "
        "standard error as a warning, and the command does not fail for it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if fault := first_fault():
            raise CommandError(f"{fault}.")
        if warning := alone_in_words():
            self.stderr.write(f"warning: {warning}")
        self.stdout.write(
            f"ok {Person.objects.count()} persons, {Case.objects.count()} cases, {Call.objects.count()} calls"
        )
