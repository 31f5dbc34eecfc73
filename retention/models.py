"""How long each kind of row is kept: nothing is due for disposal before somebody with the power to decide has
decided it, by a decision with a name.

Disposals: what was proposed by one rule on one day, who answered, and what was carried out.
"""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from simple_history.models import HistoricalRecords

from audit.writer import Target

MAX_YEARS: Final = 200  # years: more is no decision, but a slip of the finger


class RetentionKind(models.TextChoices):
    CALL = "call", _("Calls without a case")
    CASE = "case", _("Cases, with their persons, calls and notifications")
    NOTIFICATION = "notification", _("Notifications without a case")
    IMPORT = "import", _("Journals of imports")
    JOB = "job", _("Background runs")
    ACCOUNT = "account", _("Accounts that have ended")
    EVENT = "event", _("Closed years of the audit log")


class Trigger(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("retention", "it came in")
    CLOSED = "closed", pgettext_lazy("retention", "it was closed, and nothing has changed since")
    CHANGED = "changed", pgettext_lazy("retention", "it was last changed")
    ENDED = "ended", pgettext_lazy("retention", "it ended")
    SIGNED_IN = "signed_in", pgettext_lazy("retention", "its owner last signed in")
    YEAR_OVER = "year_over", pgettext_lazy("retention", "the year was over")


TRIGGERS: Final[dict[RetentionKind, tuple[Trigger, ...]]] = {
    RetentionKind.CALL: (Trigger.RECEIVED, Trigger.CHANGED),
    RetentionKind.CASE: (Trigger.CLOSED, Trigger.CHANGED),
    RetentionKind.NOTIFICATION: (Trigger.RECEIVED, Trigger.CHANGED),
    RetentionKind.IMPORT: (Trigger.ENDED,),
    RetentionKind.JOB: (Trigger.ENDED,),
    RetentionKind.ACCOUNT: (Trigger.SIGNED_IN,),
    RetentionKind.EVENT: (Trigger.YEAR_OVER,),
}
# Of the years: see `archive`.
IN_PACKAGES: Final = {RetentionKind.CALL, RetentionKind.CASE, RetentionKind.NOTIFICATION}


def _fits() -> Q:
    """That the day is one that rows of the kind have."""
    condition = Q()
    for kind, triggers in TRIGGERS.items():
        condition |= Q(kind=kind.value, trigger__in=[trigger.value for trigger in triggers])
    return condition


def _who(words: Any, *, null: bool = False) -> models.ForeignKey[Any, Any]:
    """A person of the register who did something."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=null, verbose_name=words, related_name="+"
    )


class Retention(models.Model):
    """How long rows of a kind are kept, as the authority has decided. A kind without a row here is kept, and
    nothing of it is due. The register ships none."""

    kind = models.CharField(_("what"), max_length=12, choices=RetentionKind.choices, unique=True)
    trigger = models.CharField(_("counted from the day"), max_length=10, choices=Trigger.choices)
    years = models.PositiveSmallIntegerField(
        _("years"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_YEARS)],
        help_text=_("Whole years. Empty: it is kept for good."),
    )
    decision = models.CharField(
        _("decision"), max_length=200, help_text=_("By its name, with its date or registry number")
    )
    decided_on = models.DateField(_("decided on"))
    ground = models.CharField(
        _("legal ground"), max_length=300, help_text=_("The law, ordinance or regulation that it rests on")
    )
    archive_first = models.BooleanField(
        _("archived first"),
        default=True,
        help_text=_("Its year is archived before anything is disposed of"),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("rule of retention")
        verbose_name_plural = _("rules of retention")
        ordering = ["kind"]
        constraints = [
            models.CheckConstraint(
                condition=_fits(),
                name="retention_retention_trigger_fits",
                violation_error_message=_("Rows of this kind have no such day: choose another."),
            ),
            models.CheckConstraint(
                condition=Q(years__isnull=True) | Q(years__range=(1, MAX_YEARS)),
                name="retention_retention_years",
            ),
            models.CheckConstraint(
                condition=~Q(decision="") & ~Q(ground=""), name="retention_retention_decided"
            ),
        ]

    def __str__(self) -> str:
        return str(RetentionKind(self.kind).label)


class Disposal(models.Model):
    """Rows of one kind that were due by one rule on one day, told by number alone. The rule stands here as it
    was then. `digest`: keyed, of the keys of all rows that go: exactly those, or none."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("what"), max_length=12, choices=RetentionKind.choices)
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
    proposed_by = _who(_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed"))
    approved_by = _who(_("approved by"), null=True)
    approved_at = models.DateTimeField(_("approved"), null=True)
    carried_out_by = _who(_("carried out by"), null=True)
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
                name="retention_disposal_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(decision="") & ~Q(ground="") & ~Q(digest=""), name="retention_disposal_decided"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"

    def get_absolute_url(self) -> str:
        return reverse("retention:disposal", args=[self.code])

    @property
    def target(self) -> Target:
        """What the audit log and the question to a second person name."""
        return Target("retention.disposal", str(self.code), f"{self.kind} {self.on} {self.digest[:12]}")

    @property
    def tables(self) -> list[tuple[str, int]]:
        """Each table that loses rows, in its own name, and how many."""
        counts: dict[str, Any] = self.by_table
        return sorted(counts.items())
