from __future__ import annotations

import uuid
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Region
from cases import constraints
from cases.choices import Side
from cases.models.call import Call
from cases.models.notification import Notification
from cases.models.sharing import Transfer
from cases.querysets import MessageQuerySet
from cases.secret_text import SecretTextField

Subject = Notification | Call | Transfer
SUBJECTS: Final = ("notification", "call", "transfer")  # the columns, of which one is filled


class Message(models.Model):
    """A short text from one side of a handover to the other, about a notification, a referred call or a
    transfer. Whoever of the other side says so, or answers, has read it for that side."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    notification = models.ForeignKey(
        Notification, models.PROTECT, null=True, blank=True, related_name="messages"
    )
    call = models.ForeignKey(
        Call, models.PROTECT, null=True, blank=True, verbose_name=_("call"), related_name="messages"
    )
    transfer = models.ForeignKey(Transfer, models.PROTECT, null=True, blank=True, related_name="messages")
    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name=_("region that takes over"), related_name="+"
    )
    from_side = models.CharField(_("from"), max_length=10, choices=Side.choices)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("written by"), related_name="+"
    )
    written_at = models.DateTimeField(_("written"))
    text = SecretTextField(_("message"))
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("read by"),
        related_name="+",
    )
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["pk"]
        constraints = [
            constraints.known("message", "from_side", Side),
            models.CheckConstraint(
                condition=Q(notification__isnull=False, call__isnull=True, transfer__isnull=True)
                | Q(notification__isnull=True, call__isnull=False, transfer__isnull=True)
                | Q(notification__isnull=True, call__isnull=True, transfer__isnull=False),
                name="cases_message_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(read_by__isnull=True, read_at__isnull=True)
                | Q(read_by__isnull=False, read_at__isnull=False),
                name="cases_message_read_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["region", "from_side"],
                name="cases_message_unread",
                condition=Q(read_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return str(self.code)

    @property
    def subject(self) -> Subject:
        return next(row for name in SUBJECTS if (row := getattr(self, name)) is not None)
