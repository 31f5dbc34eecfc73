from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


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
