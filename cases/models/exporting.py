from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.querysets import ExportFileQuerySet
from cases.secret_text import SecretTextField


class ExportFile(models.Model):
    """A file that somebody has made of rows: encrypted, its maker's alone, gone after seven days."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)  # "persons", "htcds"
    form = models.CharField(max_length=10)  # "csv", "xlsx", "json"
    release = models.CharField(max_length=20, blank=True)  # of the standard
    language = models.CharField(max_length=5)
    query = models.JSONField(default=dict)  # what filters, and the order
    purpose = SecretTextField(_("purpose"))
    reason = SecretTextField(_("reason"), blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    manifest = models.JSONField(default=dict)  # empty until the file is whole; holds no fact of a person

    objects = ExportFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("exported file")
        verbose_name_plural = _("exported files")

    def __str__(self) -> str:
        return str(self.code)

    def get_absolute_url(self) -> str:
        return reverse("cases:export_file", args=[self.code])


class ExportPart(models.Model):
    """Some of the bytes of a file, encrypted."""

    file = models.ForeignKey(ExportFile, models.CASCADE, related_name="parts")
    position = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "position"], name="cases_exportpart_once")]
        ordering = ["file", "position"]

    def __str__(self) -> str:
        return f"{self.file_id}/{self.position}"
