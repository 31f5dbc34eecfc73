"""Files of lists that wait to be confirmed, and imports of lists that were carried out."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from agencies.access import Access


class ListUploadQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        """A file that waits is its owner's alone, for half an hour."""
        return self.filter(owner=access.user, expires_at__gt=access.at)

    def expired(self, at: datetime) -> Self:
        return self.filter(expires_at__lte=at)


class ListUpload(models.Model):
    """A file that waits to be confirmed: encrypted, its owner's alone, gone when used or after half an hour."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    resource = models.CharField(max_length=40)
    content = models.BinaryField()  # encrypted
    preview = models.BinaryField(default=b"")  # encrypted; empty until the file has been read
    fingerprint = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    objects = ListUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiting import")
        verbose_name_plural = _("waiting imports")

    def __str__(self) -> str:
        return str(self.code)


class ListRunQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        return self.filter(by=access.user)


class ListRun(models.Model):
    """An import of a list that was carried out, and what it takes to undo it."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    resource = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("imported by"), related_name="+")
    at = models.DateTimeField(_("time"))
    new = models.PositiveIntegerField(_("new"))
    changed = models.PositiveIntegerField(_("changed"))
    unchanged = models.PositiveIntegerField(_("unchanged"))
    failed = models.PositiveIntegerField(_("left out"))
    digest = models.CharField(max_length=64)  # of the file
    journal = models.BinaryField()  # encrypted: keys of rows that were made, old values of those that were changed
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("undone by"), related_name="+"
    )

    objects = ListRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of a list")
        verbose_name_plural = _("imports of lists")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["by", "resource", "-at"], name="agencies_listrun_latest")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
