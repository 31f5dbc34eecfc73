"""Files on their way in and out: what waits to be confirmed, what was imported, what was made to be taken
along."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from encryption.fields import SecretFileField, SecretTextField


class OwnedQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        """A file is its owner's alone, until it expires."""
        return self.filter(owner=access.user, expires_at__gt=access.at)

    def expired(self, at: datetime) -> Self:
        return self.filter(expires_at__lte=at)


class OwnedFile(models.Model):
    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.code)


class ImportUpload(OwnedFile):
    """A file that waits to be confirmed: encrypted, its owner's, gone when used or after half an hour."""

    importer = models.CharField(max_length=40)
    name = SecretTextField(_("file name"), blank=True)
    content = SecretFileField()  # empty when it has been read
    read = SecretFileField(default=b"")  # its rows
    preview = SecretFileField(default=b"")  # JSON; empty until the file has been read
    fingerprint = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("waiting import")
        verbose_name_plural = _("waiting imports")


class RunQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        return self.filter(by=access.user)


class HeadingMapQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        return self.filter(owner=access.user)


class ImportRun(models.Model):
    importer = models.CharField(max_length=40)
    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = SecretTextField(_("file name"), blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("imported by"), related_name="+"
    )
    at = models.DateTimeField(_("time"))
    new = models.PositiveIntegerField(_("new"))
    changed = models.PositiveIntegerField(_("changed"))
    unchanged = models.PositiveIntegerField(_("unchanged"))
    failed = models.PositiveIntegerField(_("left out"))
    digest = models.CharField(max_length=64)  # of the file
    # JSON: keys of rows that were made, old values of those that were changed, whole rows that went.
    journal = SecretFileField()
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("undone by"),
        related_name="+",
    )

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["by", "importer", "-at"], name="exchange_importrun_latest")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"

    @property
    def written(self) -> int:
        """Return how many rows were new or changed."""
        return self.new + self.changed


class HeadingMap(models.Model):
    """What a sender calls the columns of one kind of file, where that is not what the register calls them."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    importer = models.CharField(max_length=40)
    headings = SecretTextField(_("headings"), default="")  # JSON; written by `headings`

    objects = HeadingMapQuerySet.as_manager()

    class Meta:
        verbose_name = _("headings of a sender")
        verbose_name_plural = _("headings of senders")
        constraints = [models.UniqueConstraint(fields=["owner", "importer"], name="exchange_headingmap_once")]

    def __str__(self) -> str:
        return self.importer

    @property
    def columns(self) -> dict[str, str]:
        """The column that each heading is, by the heading folded."""
        return dict(json.loads(self.headings or "{}"))


class ExportFile(OwnedFile):
    """A file that somebody has made of rows: encrypted, its maker's alone, gone after EXPORT_DAYS."""

    kind = models.CharField(max_length=40)  # such as "persons"; stands in the audit log as export.<kind>
    of = models.CharField(
        max_length=60
    )  # the model whose rows they are: who may export those may take the file
    form = models.CharField(max_length=10)  # "csv", "xlsx", "json"
    release = models.CharField(max_length=20, blank=True)  # of the standard, where it is one
    language = models.CharField(max_length=5)
    query = models.JSONField(default=dict)  # what filters, and the order
    page = models.CharField(max_length=500)  # the address of the list
    purpose = SecretTextField(_("purpose"), blank=True)
    reason = SecretTextField(_("reason"), blank=True)
    manifest = models.JSONField(default=dict)  # empty until the file is whole; holds no fact of a person

    class Meta:
        verbose_name = _("exported file")
        verbose_name_plural = _("exported files")

    def get_absolute_url(self) -> str:
        return reverse("exchange:export_file", args=[self.code])


class ExportPart(models.Model):
    file = models.ForeignKey(ExportFile, models.CASCADE, related_name="parts")
    position = models.PositiveIntegerField()
    content = SecretFileField(bound_to=("file", "position"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "position"], name="exchange_exportpart_once")]
        ordering = ["file", "position"]

    def __str__(self) -> str:
        return f"{self.file_id}/{self.position}"
