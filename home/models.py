from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from encryption.fields import SecretTextField


class Reminder(models.Model):
    """One e-mail a user and day: how many things wait, and nothing else. Kept until it is sent, and sent
    once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    day = models.DateField()
    count = models.PositiveIntegerField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="desk_reminder_once_a_day")]
        indexes = [
            models.Index(
                fields=["sent_at"], name="desk_reminder_unsent", condition=models.Q(sent_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.count}"


class Visit(models.Model):
    """When somebody was last on *My page*: `seen`; and when the visit before that one ended: `since`. What
    they have put away and read of what is shown on the first day."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen = models.DateTimeField()
    since = models.DateTimeField(null=True, blank=True)
    first_day_over = models.DateTimeField(null=True, blank=True)
    guide_read = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("last visit")
        verbose_name_plural = _("last visits")

    def __str__(self) -> str:
        return f"{self.user_id} {self.seen:%Y-%m-%d %H:%M}"


class LineNoteQuerySet(models.QuerySet["LineNote"]):
    def current(self, day: date) -> LineNoteQuerySet:
        """Those whose last day has not passed and that nobody has ended."""
        return self.filter(until__gte=day, ended_at__isnull=True)


class LineNote(models.Model):
    """What those who answer the support line tell each other until a day: encrypted, and never about a
    person."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    text = SecretTextField(_("note"))
    until = models.DateField(_("last day"))
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = LineNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("handover note of the line")
        verbose_name_plural = _("handover notes of the line")
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="desk_linenote_ended_by_somebody",
            ),
        ]
        indexes = [models.Index(F("until"), name="desk_linenote_current", condition=Q(ended_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.written_at:%Y-%m-%d %H:%M}"
