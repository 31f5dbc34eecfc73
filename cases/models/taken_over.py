from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TakenOverYear(models.Model):
    """Whether who was taken over from a spreadsheet must be complete before this year is closed. Without a
    row: no."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    must_be_complete = models.BooleanField(_("who was taken over must be complete"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("year of those taken over")
        verbose_name_plural = _("years of those taken over")
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)
