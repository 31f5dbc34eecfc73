"""Spreadsheets that are taken over: each file with what was read of it, what has been answered of its hand,
and the import that each of its sheets came in by."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from typing import Any, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from agencies.models import Region
from audit.writer import Target
from exchange.models import ImportRun
from lifecycle.reconciled import Explanation, MonthlyComparison, SheetFigure
from lifecycle.retention import Disposal, Retention
from lifecycle.takeover.mapping import Answers
from sealing.fields import SecretFileField, SecretTextField, of_bytes

__all__ = [
    "Disposal",
    "Explanation",
    "MonthlyComparison",
    "Retention",
    "SheetFigure",
    "SpreadsheetMapping",
    "TakeOver",
    "TakenSheet",
]

KEPT: Final = timedelta(days=30)  # for which the sheets of a file are kept


class OfRegionsQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        """Of one's own regions, whoever brought it."""
        here = {f"{self.model._meta.model_name}_id": OuterRef("pk"), "region_id__in": access.regions}
        return self.filter(Exists(self.model.regions.through.objects.filter(**here)))

    def expired(self, at: datetime) -> Self:
        return self.filter(expires_at__lte=at)


class SpreadsheetMapping(models.Model):
    """What has been answered about the spreadsheets of one hand, kept by a name for its next file."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=60)
    regions = models.ManyToManyField(Region, verbose_name=_("regions"), related_name="+")
    answers = SecretTextField(_("answers"), blank=True, default="")  # JSON: by the key of the question
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("made by"), related_name="+"
    )
    used_at = models.DateTimeField(_("last used"))

    objects = OfRegionsQuerySet.as_manager()

    class Meta:
        verbose_name = _("mapping of spreadsheets")
        verbose_name_plural = _("mappings of spreadsheets")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["by", "name"], name="lifecycle_mapping_named_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> Answers:
        return Answers(json.loads(self.answers) if self.answers else {})


class TakeOver(models.Model):
    """A file of spreadsheets on its way in. What it has come to is told by its facts: what was left behind is
    confirmed, questions are open or not (`seen`), a second person has answered, sheets have been taken in.

    `pages`: what was read of its sheets without columns of names, numbers and notes; empty from `expires_at`
    on, or when it was thrown away. `version`: how often it has been answered, by which two who answer at once
    are told apart."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = SecretTextField(_("file name"))
    digest = models.CharField(max_length=64)  # of the file
    regions = models.ManyToManyField(Region, verbose_name=_("regions"), related_name="+")
    mapping = models.ForeignKey(
        SpreadsheetMapping, models.PROTECT, verbose_name=_("mapping of spreadsheets"), related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("uploaded by"), related_name="+"
    )
    at = models.DateTimeField(_("time"))
    expires_at = models.DateTimeField(db_index=True)
    pages = SecretFileField(default=b"")
    answers = SecretTextField(_("answers"), blank=True, default="")  # JSON: by the key of the question
    told = SecretFileField(default=b"")  # JSON: what its pages show, as it was read the last time
    version = models.PositiveIntegerField(default=0)
    confirmed_at = models.DateTimeField(_("seen what is left behind"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("seen by"),
        related_name="+",
    )

    objects = OfRegionsQuerySet.as_manager()

    class Meta:
        verbose_name = _("spreadsheet taken over")
        verbose_name_plural = _("spreadsheets taken over")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="lifecycle_takeover_confirmed_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return date_format(timezone.localtime(self.at), "SHORT_DATETIME_FORMAT")

    def get_absolute_url(self) -> str:
        return reverse("lifecycle:take_over", args=[self.code])

    @property
    def said(self) -> Answers:
        return Answers(json.loads(self.answers) if self.answers else {})

    @property
    def seen(self) -> dict[str, Any]:
        """What its pages show."""
        return of_bytes(self.told) if self.told else {}

    @property
    def waits(self) -> bool:
        """Whether the file is still to be read by what has been answered: its pages show nothing of it."""
        return bool(self.pages and self.seen.get("waits"))

    @property
    def target(self) -> Target:
        """What the trail and the question to a second person name: no word of the file."""
        return Target("lifecycle.takeover", str(self.code), str(self))


class TakenSheetQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        return self.filter(of__in=TakeOver.objects.visible_to(access))


class TakenSheet(models.Model):
    """A sheet that has come in, by the import that made its rows and takes them back alone."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    of = models.ForeignKey(TakeOver, models.PROTECT, related_name="sheets")
    name = SecretTextField(_("sheet"))
    run = models.OneToOneField(ImportRun, models.PROTECT, related_name="+")
    told = SecretFileField(default=b"")  # JSON: rows left out and failed, with their lines; warnings
    rows = SecretFileField(default=b"")  # JSON: by what each row is known again

    objects = TakenSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("sheet taken in")
        verbose_name_plural = _("sheets taken in")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.code)

    @property
    def seen(self) -> dict[str, Any]:
        return of_bytes(self.told) if self.told else {}
