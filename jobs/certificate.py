"""The proxy's certificate: when it ends. Nobody reaches the register behind one that has ended."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from django.conf import settings
from django.utils import timezone

LEAST: Final = 14  # days before the last one when somebody is told


@dataclass(frozen=True, slots=True)
class Certificate:
    """`days` is how many are left, and `fault` why the file cannot be read; then none are."""

    file: str
    days: int
    fault: str = ""

    @property
    def lasts(self) -> bool:
        return self.days >= LEAST


def certificate() -> Certificate | None:
    """Return the certificate in TLS_CERTIFICATE, the first of the file; None where nobody has set it."""
    file = settings.TLS_CERTIFICATE
    if not file:
        return None
    try:
        first = x509.load_pem_x509_certificates(Path(file).read_bytes())[0]
    except OSError as error:
        return Certificate(file, 0, error.strerror or "")
    except ValueError:
        return Certificate(file, 0, "no certificate")
    left = first.not_valid_after_utc - timezone.now()
    return Certificate(file, max(left.days, 0))
