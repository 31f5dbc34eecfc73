"""Prints a fresh key for SECRET_KEY, NOTES_KEY or AUDIT_KEY."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Prints a fresh key for SECRET_KEY, NOTES_KEY or AUDIT_KEY: 32 random bytes in URL-safe base64."
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
