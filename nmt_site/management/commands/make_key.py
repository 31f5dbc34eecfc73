"""Prints a fresh key for SECRET_KEY, NOTES_KEY or AUDIT_KEY."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from nmt_site.environment import new_key


class Command(BaseCommand):
    help = "Prints a fresh key for SECRET_KEY, NOTES_KEY or AUDIT_KEY: 32 random bytes in URL-safe base64."
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(new_key())
