"""How people sign in: django-allauth with our rules."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class SignInAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody registers: an administrator invites."""
        return False

    def clean_email(self, email: str) -> str:
        return super().clean_email(email).lower()

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Users have no name to sign in by but their e-mail."""
