"""`manage.py check_certificate`: for a timer; it fails before the proxy's certificate ends."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobs.alerts import certificate


class Command(BaseCommand):
    help = "Says for how long the certificate of the proxy is good, and fails in its last fourteen days."

    def handle(self, *args: Any, **options: Any) -> None:
        found = certificate()
        if found is None:
            self.stdout.write("ok: TLS_CERTIFICATE is not set")
            return
        if found.fault:
            raise CommandError(f"The certificate {found.file} cannot be read: {found.fault}.")
        if not found.lasts:
            raise CommandError(f"The certificate {found.file} is good for {found.days} days.")
        self.stdout.write(f"ok {found.days} days")
