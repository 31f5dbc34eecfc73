from __future__ import annotations

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from cases.models.case import Case
from cases.secret_text import SecretTextField


class ReminderQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        """One's own, while the case is: whoever does not work with it any more is reminded of nothing."""
        own = Case.objects.in_own_region(access).filter(pk=OuterRef("case"))
        return self.filter(Exists(own.order_by()), by=access.user)

    def waiting(self) -> Self:
        """Those of which nobody has said that they are done."""
        return self.filter(done_at__isnull=True)


class Reminder(models.Model):
    """What somebody wants to be reminded of in a case on a day. It is shown to nobody else; it belongs to the
    case, and so to its extract."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("case"), related_name="reminders")
    day = models.DateField(_("day of the reminder"))
    text = SecretTextField(_("what to remember"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("reminder of"), related_name="+"
    )
    made_at = models.DateTimeField(_("reminder made"), auto_now_add=True)
    done_at = models.DateTimeField(_("reminder done"), null=True, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder of one's own")
        verbose_name_plural = _("reminders of one's own")
        ordering = ["day", "pk"]
        indexes = [
            models.Index(
                fields=["by", "day"],
                name="cases_reminder_waiting",
                condition=models.Q(done_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
