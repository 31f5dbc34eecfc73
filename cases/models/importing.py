from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.querysets import ImportRunQuerySet, ImportUploadQuerySet
from cases.secret_text import SecretTextField


class ImportUpload(models.Model):
    """A file that waits to be confirmed: encrypted, its owner's alone, gone when used or after half an hour."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = SecretTextField(_("file name"), blank=True)
    content = models.BinaryField()  # encrypted
    preview = models.BinaryField(default=b"")  # encrypted; empty until the file has been read
    fingerprint = models.CharField(max_length=64, blank=True)
    refusal = models.TextField(blank=True)  # JSON: why the file as a whole is refused
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    objects = ImportUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiting import")
        verbose_name_plural = _("waiting imports")

    def __str__(self) -> str:
        return str(self.code)


class ImportRun(models.Model):
    """An import that was carried out, and what it takes to undo it."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
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

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of persons")
        verbose_name_plural = _("imports of persons")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
