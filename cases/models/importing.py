from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.secret_text import SecretTextField
from exchange.models import ImportedFile, Upload


class ImportUpload(Upload):
    """A file of persons."""

    name = SecretTextField(_("file name"), blank=True)
    refusal = models.TextField(blank=True)  # JSON: why the file as a whole is refused


class ImportRun(ImportedFile):
    class Meta(ImportedFile.Meta):
        verbose_name = _("import of persons")
        verbose_name_plural = _("imports of persons")
