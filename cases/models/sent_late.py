from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from cases.models.draft import KEPT
from cases.secret_text import SecretTextField


class SentLateQuerySet(models.QuerySet["SentLate"]):
    def visible_to(self, access: Access) -> SentLateQuerySet:
        """Nobody sees what somebody else has sent."""
        return self.filter(owner=access.user, sent_at__gt=access.at - KEPT)

    def expired(self, at: datetime) -> SentLateQuerySet:
        return self.filter(sent_at__lte=at - KEPT)


class SentLate(models.Model):
    """A form that somebody sent when their session had ended: nothing of it is done until they have signed in
    and sent it again. Encrypted, the sender's only, kept for a day, without history."""

    code = models.UUIDField(_("code"), default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("owner"), related_name="+"
    )
    address = models.CharField(_("address"), max_length=500)
    body = SecretTextField(_("body"))  # JSON: name of the field → its values
    left_out = models.JSONField(_("left out"), default=list)  # names of what may not be kept
    sent_at = models.DateTimeField(_("sent"), db_index=True)

    objects = SentLateQuerySet.as_manager()

    class Meta:
        verbose_name = _("form sent late")
        verbose_name_plural = _("forms sent late")
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d %H:%M}"
