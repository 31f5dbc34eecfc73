from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from cases.secret_text import SecretTextField

KEPT: Final = timedelta(hours=24)


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, access: Access) -> DraftQuerySet:
        """Nobody sees what somebody else is writing."""
        return self.filter(owner=access.user, updated_at__gt=access.at - KEPT)

    def expired(self, at: datetime) -> DraftQuerySet:
        return self.filter(updated_at__lte=at - KEPT)


class Draft(models.Model):
    """What somebody has written in a form and not saved. Encrypted, the owner's only, kept for a day, without
    history.

    `subject` is the form's own random token, or for a stored row its `code`: two forms of a kind have a draft
    each."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("owner"), related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=20)
    subject = models.UUIDField(_("subject"))
    body = SecretTextField(
        _("body"), sealed_by=("owner", "kind", "subject")
    )  # JSON: name of the field → its values
    updated_at = models.DateTimeField(_("updated"), db_index=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ["-updated_at"]
        constraints = [models.UniqueConstraint(fields=["owner", "kind", "subject"], name="cases_draft_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.updated_at:%Y-%m-%d %H:%M}"
