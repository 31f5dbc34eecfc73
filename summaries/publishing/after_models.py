"""What is kept beside the versions of a year: what else left the house, corrections that wait, attacks run
again."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sealing.fields import SecretTextField, Unreadable
from summaries.publishing.models import Publication


class HandedOut(models.Model):
    """Protected figures of a year that were given out beside its versions. Who holds them reads every later
    version beside them, so that each is tested as if they had been published.

    `tables` are what was given out; `sealed` holds true values, and never leaves the register.
    """

    year = models.PositiveSmallIntegerField(_("year"))
    at = models.DateTimeField(_("given out"), default=timezone.now)
    by = models.CharField(_("by"), max_length=254)
    tables = models.JSONField(default=list)
    sealed = SecretTextField(sealed_by=("year", "digest"))
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("figures given out")
        verbose_name_plural = _("figures given out")
        ordering = ["year", "at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["year", "digest"], name="summaries_handedout_once"),
            models.CheckConstraint(condition=~Q(digest=""), name="summaries_handedout_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.at:%Y-%m-%d}"

    def seal(self, value: dict[str, Any]) -> None:
        self.sealed = json.dumps(value)

    def unsealed(self) -> dict[str, Any]:
        """Raises NotOpened."""
        if isinstance(self.sealed, Unreadable):
            raise self.sealed.why
        return json.loads(self.sealed)


class WaitingCorrection(models.Model):
    """That the newest version of a year is known to be wrong, and that its correction cannot be protected
    beside what was published. `ways`: what could be published instead (publishing.corrections.Ways)."""

    year = models.PositiveSmallIntegerField(_("year"))
    since = models.DateTimeField(_("since"))
    tried_at = models.DateTimeField(_("last tried"))
    tried = models.PositiveIntegerField(_("times tried"), default=1)
    ways = models.JSONField(default=dict, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("correction that waits")
        verbose_name_plural = _("corrections that wait")
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                fields=["year"],
                condition=Q(ended_at__isnull=True),
                name="summaries_waitingcorrection_one_open",
            ),
            models.CheckConstraint(
                condition=Q(tried_at__gte=models.F("since")), name="summaries_waitingcorrection_tried_after"
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)


class AttackResult(models.Model):
    """What one version of the attack found of a frozen version. Counts of figures, never which."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="attacks")
    attack = models.PositiveSmallIntegerField(_("version of the attack"))
    at = models.DateTimeField(_("run"), default=timezone.now)
    recovered = models.PositiveIntegerField(_("can be worked out"), default=0)
    under_protected = models.PositiveIntegerField(_("too weakly protected"), default=0)
    readable = models.BooleanField(_("could be read"), default=True)

    class Meta:
        verbose_name = _("attack run again")
        verbose_name_plural = _("attacks run again")
        ordering = ["publication", "attack"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "attack"], name="summaries_attackresult_once"),
        ]

    def __str__(self) -> str:
        return f"{self.publication} {self.attack}"

    @property
    def open(self) -> int:
        """How many figures are not what was promised of them."""
        return max(self.recovered, self.under_protected)
