"""Short texts that are encrypted at rest."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import override

from sealing import secrecy
from sealing.secrecy import InvalidToken, encrypt


class Unreadable(str):
    """Stands where a text cannot be decrypted: shows a message, and is stored again as the token it came
    as."""

    token: str

    def __new__(cls, token: str) -> Unreadable:
        text = super().__new__(cls, _("The text cannot be read: its key is missing. Contact operations."))
        text.token = token
        return text


def messages() -> set[str]:
    """What stands for an unreadable text, in every language: somebody may change it between two pages."""
    found = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            found.add(str(Unreadable("")))
    return found


def decrypt(token: str) -> str:
    """The text, or something readable in its place when no key fits."""
    try:
        return secrecy.decrypt(token)
    except InvalidToken:
        return Unreadable(token)


class SecretTextField(models.TextField):
    """A text that the database holds encrypted. Cannot be filtered or sorted by."""

    def get_prep_value(self, value: object) -> str | None:
        text = super().get_prep_value(value)
        if isinstance(value, Unreadable):
            return value.token
        return encrypt(text) if text else text

    def save_form_data(self, instance: models.Model, data: object) -> None:
        """A form shows the message where the text cannot be read, and sends it back: the token stays."""
        stored = getattr(instance, self.attname, None)
        if isinstance(stored, Unreadable) and str(data or "").strip() in messages():
            return
        super().save_form_data(instance, data)

    def from_db_value(self, value: str | None, *_args: Any) -> str | None:
        return decrypt(value) if value else value

    def get_lookup(self, lookup_name: str) -> type[models.Lookup[Any]] | None:
        if lookup_name in {"isnull", "exact"}:  # exact serves the empty text only
            return super().get_lookup(lookup_name)
        return None
