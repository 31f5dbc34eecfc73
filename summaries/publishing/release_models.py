"""What is told beforehand of a release: its day and hour."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def in_force(self) -> AnnouncementQuerySet:
        return self.filter(ended_at=None)

    def coming(self, now: datetime) -> AnnouncementQuerySet:
        """Those whose hour has not come, the next first."""
        return self.in_force().filter(at__gt=now).order_by("at", "year")


class Announcement(models.Model):
    """That a version of a year comes out on a day at an hour, told to everybody beforehand. One a year is in
    force: another hour is another row, and the former ends. `contact`: whom the public asks."""

    year = models.PositiveSmallIntegerField(_("year"))
    at = models.DateTimeField(_("day and hour"))
    contact = models.CharField(_("contact"), max_length=200)
    made_at = models.DateTimeField(_("announced"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("announced by"), related_name="+"
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announced release")
        verbose_name_plural = _("announced releases")
        ordering = ["at", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["year"],
                condition=Q(ended_at__isnull=True),
                name="summaries_announcement_once",
            ),
            models.CheckConstraint(condition=~Q(contact=""), name="summaries_announcement_contact"),
            models.CheckConstraint(
                condition=Q(at__gt=F("made_at")), name="summaries_announcement_beforehand"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.at:%Y-%m-%d %H:%M}"
