"""Disposals: what was proposed by one rule on one day, who answered, and what was carried out."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit.writer import Target
from lifecycle.retention import Kind, Trigger


class Disposal(models.Model):
    """Rows of one kind that were due by one rule on one day, told by number alone. The rule stands here as it
    was then. `digest`: keyed, of the keys of all rows that go: exactly those, or none."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("what"), max_length=12, choices=Kind.choices)
    on = models.DateField(_("due on"))
    trigger = models.CharField(_("counted from the day"), max_length=10, choices=Trigger.choices)
    years = models.PositiveSmallIntegerField(_("years"))
    decision = models.CharField(_("decision"), max_length=200)
    decided_on = models.DateField(_("decided on"))
    ground = models.CharField(_("legal ground"), max_length=300)
    archive_first = models.BooleanField(_("archived first"))
    rows = models.PositiveIntegerField(_("rows"))
    by_table = models.JSONField(default=dict)
    by_year = models.JSONField(default=dict)
    closing = models.JSONField(default=dict)  # years that are not counted after it → version that stands
    digest = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("proposed by"), related_name="+"
    )
    proposed_at = models.DateTimeField(_("proposed"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("approved by"), related_name="+"
    )
    approved_at = models.DateTimeField(_("approved"), null=True)
    carried_out_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("carried out by"),
        related_name="+",
    )
    carried_out_at = models.DateTimeField(_("carried out"), null=True)

    class Meta:
        verbose_name = _("disposal")
        verbose_name_plural = _("disposals")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    carried_out_at__isnull=True, carried_out_by__isnull=True, approved_by__isnull=True
                )
                | Q(carried_out_at__isnull=False, carried_out_by__isnull=False, approved_by__isnull=False)
                & Q(approved_at__isnull=False)
                & ~Q(approved_by=F("proposed_by"))
                & ~Q(approved_by=F("carried_out_by")),
                name="lifecycle_disposal_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(decision="") & ~Q(ground="") & ~Q(digest=""), name="lifecycle_disposal_decided"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"

    def get_absolute_url(self) -> str:
        return reverse("lifecycle:disposal", args=[self.code])

    @property
    def target(self) -> Target:
        """What the trail and the question to a second person name."""
        return Target("lifecycle.disposal", str(self.code), f"{self.kind} {self.on} {self.digest[:12]}")

    @property
    def tables(self) -> list[tuple[str, int]]:
        """Each table that loses rows, in its own name, and how many."""
        counts: dict[str, Any] = self.by_table
        return sorted(counts.items())
