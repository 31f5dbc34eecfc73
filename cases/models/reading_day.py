from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from accounts.roles import May


class ReadingDayQuerySet(models.QuerySet["ReadingDay"]):
    def visible_to(self, access: Access) -> ReadingDayQuerySet:
        """One's own; all for who watches over the trail."""
        return self if access.may(May.VIEW_TRAIL) else self.filter(reader=access.user)


class ReadingDay(models.Model):
    """How many cases somebody opened on a day: what an unusual day is held against."""

    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("reader"), related_name="+"
    )
    day = models.DateField(_("day"), db_index=True)
    cases = models.PositiveIntegerField(_("cases"))
    unusual = models.BooleanField(_("unusual"), default=False)

    objects = ReadingDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("day of reading")
        verbose_name_plural = _("days of reading")
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["reader", "day"], name="cases_readingday_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.cases}"
