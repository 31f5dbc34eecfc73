from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from agencies.models import Region
from cases import model_fields
from cases.choices import Mistaken
from cases.model_fields import SecretTextField
from cases.querysets import MisregistrationQuerySet


class DisposedYearQuerySet(models.QuerySet["DisposedYear"]):
    def of(self, first: int, last: int) -> Self:
        return self.filter(year__range=(first, last))


class DisposedYear(models.Model):
    """A year of which rows have been disposed of. It is not counted any more: whoever asks for its figures
    reads the version that was final then; version 0 is what was published before the register."""

    year = models.PositiveSmallIntegerField(gettext_lazy("year"), unique=True)
    version = models.PositiveSmallIntegerField(gettext_lazy("version"))
    on = models.DateField(gettext_lazy("disposed of"))

    objects = DisposedYearQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("year disposed of")
        verbose_name_plural = gettext_lazy("years disposed of")
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)

    @property
    def said(self) -> str:
        """What has to stand wherever figures of the year are asked for."""
        if not self.version:
            return _(
                "Rows of {year} have been disposed of. Its figures are those that were published before the "
                "register. What is registered of the year since is not counted."
            ).format(year=self.year)
        return _(
            "Rows of {year} have been disposed of. Its figures are those of version {version}, for the whole "
            "country, with what is hidden there hidden. What is registered of the year since is not counted."
        ).format(year=self.year, version=self.version)


def in_rows(year: str = "first_year") -> Q:
    """That the year of a row, in this field, is still counted from rows."""
    return ~Q(**{f"{year}__in": DisposedYear.objects.values("year")})


class Misregistration(models.Model):
    """What was registered by mistake. Its rows have left their tables, with all that hangs on them, so that
    no list and no count can see them; here they are kept whole, sealed, until somebody puts them back."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(gettext_lazy("what"), max_length=14, choices=Mistaken.choices)
    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name=gettext_lazy("NMT region"), related_name="+"
    )
    case_code = models.UUIDField(db_index=True, editable=False)  # the case may have left with them
    case_number = models.CharField(gettext_lazy("case number"), max_length=16, editable=False)
    subject = models.UUIDField(
        db_index=True, editable=False
    )  # of the case, or of the person that it is about
    number = models.CharField(gettext_lazy("number"), max_length=22, editable=False)  # of the same
    persons = models.PositiveSmallIntegerField(gettext_lazy("persons"), default=0)
    last = models.PositiveSmallIntegerField(
        default=0, editable=False
    )  # of their numbers: it is not given again
    kept = SecretTextField(gettext_lazy("what is kept"), blank=True, editable=False)
    reason = SecretTextField(gettext_lazy("reason"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=gettext_lazy("by"), related_name="+"
    )
    at = models.DateTimeField(gettext_lazy("time"))
    put_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=gettext_lazy("put back by"),
        related_name="+",
    )
    put_back_at = models.DateTimeField(gettext_lazy("put back"), null=True)

    objects = MisregistrationQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("registered by mistake")
        verbose_name_plural = gettext_lazy("registered by mistake")
        ordering = ["-at", "-pk"]
        constraints = [
            model_fields.known("misregistration", "kind", Mistaken),
            models.CheckConstraint(
                condition=Q(put_back_at__isnull=True, put_back_by__isnull=True)
                | Q(put_back_at__isnull=False, put_back_by__isnull=False),
                name="cases_misregistration_put_back_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["region", "-at", "-id"], name="cases_misregistration_region")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("cases:mistake", args=[self.code])
