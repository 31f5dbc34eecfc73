"""What is kept for a while and then expires: how often something was tried, and what is remembered."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

DIGEST: Final = 64


class Attempt(models.Model):
    """How often one thing was tried since its period began. Expires, and is never made to give way to others.

    `key` is a keyed digest of what is tried from where: it tells nobody an address."""

    key = models.CharField(max_length=DIGEST, primary_key=True)
    user = models.ForeignKey(  # whose account, in the count of a whole day
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, verbose_name=_("user"), related_name="+"
    )
    count = models.PositiveIntegerField(_("number"))
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("attempts")
        verbose_name_plural = _("attempts")

    def __str__(self) -> str:
        return f"{self.count}"


class Remembered(models.Model):
    """A value of the shared memory: JSON, and nothing that becomes an object when it is read."""

    key = models.CharField(max_length=250, primary_key=True)
    value = models.TextField()
    until = models.DateTimeField(null=True, db_index=True)

    class Meta:
        verbose_name = _("remembered value")
        verbose_name_plural = _("remembered values")

    def __str__(self) -> str:
        return self.key
