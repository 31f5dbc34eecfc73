"""`manage.py check_certificate`: for a timer; it fails before the proxy's certificate ends."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from jobs.alerts import certificate
from nmt_site.management import need


class Command(BaseCommand):
    help = "Says for how long the certificate of the proxy is good, and fails in its last fourteen days."

    def handle(self, *args: Any, **options: Any) -> None:
        found = certificate()
        if found is None:
            self.stdout.write("ok: TLS_CERTIFICATE is not set")
            return
        need(not found.fault, f"The certificate {found.file} cannot be read: {found.fault}.")
        need(found.lasts, f"The certificate {found.file} is good for {found.days} days.")
        self.stdout.write(f"ok {found.days} days")
