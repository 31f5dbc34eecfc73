"""What the commands that make an account on the server have in common."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from accounts.letters import NoAddress, address
from accounts.models import User


def new_user(email: str, name: str, role: str) -> User:
    """Whom no password lets in. Not stored."""
    return User(email=email, name=name, role=role, password="!")  # noqa: S106


def site_for(user: User, said: str) -> str:
    """The register's address for the letter to `user`. Raises CommandError where there is none, or the
    account cannot be as it is."""
    try:
        site = address(said)
        user.full_clean()
    except NoAddress as fault:
        raise CommandError(str(fault)) from None
    except ValidationError as fault:
        raise CommandError(" ".join(fault.messages)) from None
    return site
