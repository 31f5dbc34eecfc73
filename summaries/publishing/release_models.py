"""What is told beforehand of a release: its day and hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from summaries.publishing.models import Publication

REMEMBERED: Final = timedelta(days=30)  # after the hour at which a cancelled release would have come


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def in_force(self) -> AnnouncementQuerySet:
        return self.filter(ended_at=None)

    def coming(self, now: datetime) -> AnnouncementQuerySet:
        """Those whose hour has not come, the next first."""
        return self.in_force().filter(at__gt=now).order_by("at", "year")

    def told(self, now: datetime) -> AnnouncementQuerySet:
        """What the calendar shows: those that are coming, and those that are cancelled, until the year is
        announced again, or comes out, or nobody waits for it any more."""
        anew = Announcement.objects.filter(year=OuterRef("year"), pk__gt=OuterRef("pk"))
        out = Publication.objects.public(now).filter(
            year=OuterRef("year"), published_at__gt=OuterRef("ended_at")
        )
        cancelled = Q(cancelled_by__isnull=False, at__gt=now - REMEMBERED) & ~Exists(anew) & ~Exists(out)
        return self.filter(Q(ended_at=None, at__gt=now) | cancelled).order_by("at", "year")


class Announcement(models.Model):
    """That a version of a year comes out on a day at an hour, told to everybody beforehand. One a year is in
    force: another hour is another row, and the former ends. `contact`: whom the public asks. One that is
    cancelled ends too, and says why: those who wait for it read that nothing comes."""

    year = models.PositiveSmallIntegerField(_("year"))
    at = models.DateTimeField(_("day and hour"))
    contact = models.CharField(_("contact"), max_length=200)
    made_at = models.DateTimeField(_("announced"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("announced by"), related_name="+"
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("cancelled by"),
        related_name="+",
    )
    cancelled_reason = models.CharField(_("why it is cancelled"), max_length=300, blank=True)
    cancelled_reason_en = models.CharField(_("why it is cancelled, in English"), max_length=300, blank=True)

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
            models.CheckConstraint(
                condition=Q(cancelled_by__isnull=True, cancelled_reason="", cancelled_reason_en="")
                | Q(cancelled_by__isnull=False, ended_at__isnull=False)
                & ~Q(cancelled_reason="")
                & ~Q(cancelled_reason_en=""),
                name="summaries_announcement_cancelled_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.at:%Y-%m-%d %H:%M}"

    @property
    def cancelled_because(self) -> str:
        """In the reader's language; empty where it is not cancelled."""
        return self.cancelled_reason_en if get_language() == "en" else self.cancelled_reason
