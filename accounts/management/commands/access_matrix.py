"""`manage.py access_matrix > docs/access-matrix.md`: who may do what, from the role table."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from accounts.matrix import matrix


class Command(BaseCommand):
    help = "Prints the table of roles and rights that docs/access-matrix.md holds."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(matrix(), ending="")
