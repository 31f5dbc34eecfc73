from __future__ import annotations

from django.db import models


class SentForm(models.Model):
    """A form that has done its work, by the token it was shown with: sent again, it does nothing."""

    token = models.UUIDField(primary_key=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.token)
