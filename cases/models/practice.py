from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from cases.secret_text import SecretTextField

KEPT_DAYS: Final = 14  # without being gone on with


class PracticeQuerySet(models.QuerySet["Practice"]):
    def visible_to(self, access: Access) -> PracticeQuerySet:
        """Nobody sees what somebody else practises."""
        return self.filter(owner=access.user)

    def expired(self, at: datetime) -> PracticeQuerySet:
        return self.filter(changed_at__lte=at - timedelta(days=KEPT_DAYS))


class Practice(models.Model):
    """The calls and cases that somebody practises with: kept whole in one text, and never rows of their
    tables. Encrypted, the owner's only, thrown away by one press or when it has lain for a while."""

    code = models.UUIDField(_("code"), default=uuid.uuid4, unique=True, editable=False)
    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("owner"), related_name="+"
    )
    body = SecretTextField(_("body"), blank=True)  # JSON: the rows, as `cases.kept_rows` writes them
    begun_at = models.DateTimeField(_("begun"))
    changed_at = models.DateTimeField(_("changed"), db_index=True)

    objects = PracticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("practice")
        verbose_name_plural = _("practices")
        ordering = ["-begun_at"]

    def __str__(self) -> str:
        return f"{self.begun_at:%Y-%m-%d %H:%M}"
