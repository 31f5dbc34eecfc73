from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from agencies.models import Code, Region
from cases import model_fields
from cases.choices import CaseState, WithoutConsent, YearStep
from cases.model_fields import SecretTextField
from cases.querysets import CaseQuerySet, YearQuerySet


class CaseSeries(models.Model):
    """The last number given in a region and year: locked while a number is taken."""

    region = models.ForeignKey(Region, models.PROTECT)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["region", "year"], name="cases_caseseries_once")]

    def __str__(self) -> str:
        return f"{self.region_id}-{self.year}"


class Case(models.Model):
    """An *ärende*: one event, one or many persons. It belongs to the region that opened it, until all its
    persons are of one other region. It keeps its number."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("case number"), max_length=16, unique=True, editable=False)
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        verbose_name=_("NMT region"),
        related_name="+",
        help_text=_("Where it was opened, until all its persons are another region's"),
    )
    opened_on = models.DateField(_("opened"))
    channel = models.ForeignKey(
        Code,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("channel"),
        related_name="+",
        limit_choices_to={"list": "channel"},
    )
    opened_from_call = models.BooleanField(_("opened from a call"), default=False, editable=False)
    registry_number = models.CharField(
        _("registry number"), max_length=40, blank=True, help_text=_("The agency's own, such as 2018/1234")
    )
    reference = SecretTextField(_("sender's reference"), blank=True, editable=False)
    reference_index = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    state = models.CharField(_("state"), max_length=12, choices=CaseState.choices, default=CaseState.ACTIVE)
    close_reason = models.ForeignKey(
        Code,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("reason for closing"),
        related_name="+",
        limit_choices_to={"list": "close_reason"},
    )
    accompanying_children = models.PositiveSmallIntegerField(
        _("accompanying children"), default=0, help_text=_("Not counted as victims")
    )
    note = SecretTextField(_("short note"), blank=True)
    without_consent = models.CharField(
        _("without consent to referral"),
        max_length=10,
        choices=WithoutConsent.choices,
        blank=True,
        default="",
        editable=False,
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("opened by"),
        related_name="+",
        editable=False,
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("responsible"),
        related_name="+",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    # Of a case of `readable_case`: whether it or a person of it is one's own, whether it may be changed and
    # read whole, how many persons it has, also out of scope, and whether the reader has a reminder in it.
    own: bool
    changeable: bool
    whole: bool
    all_persons: int
    reminds: bool
    taken_out: bool  # whether anything of it was, as registered by mistake

    objects = CaseQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["note", "reference"])

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-opened_on", "-pk"]
        constraints = [
            model_fields.known("case", "state", CaseState),
            model_fields.of_list("case", "channel", "channel"),
            model_fields.of_list("case", "close_reason", "close_reason"),
            models.CheckConstraint(
                condition=Q(without_consent__in=["", *WithoutConsent.values]),
                name="cases_case_without_consent_known",
            ),
            models.CheckConstraint(
                condition=Q(without_consent="")
                | Q(note="", registry_number="", reference="", reference_index=""),
                name="cases_case_facts_only_without_consent",
            ),
        ]
        indexes = [
            models.Index(fields=["opened_on", "id"], name="cases_case_opened"),
            models.Index(fields=["region", "opened_on", "id"], name="cases_case_region"),
            models.Index(fields=["region", "number"], name="cases_case_region_number"),
            models.Index(fields=["state", "opened_on", "id"], name="cases_case_state"),
            models.Index(fields=["opened_by", "-opened_on"], name="cases_case_opened_by"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("cases:detail", args=[self.code])


class SuspectCount(models.Model):
    """Suspects only as a number by relation: no suspect is registered as a person."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="suspects")
    relation = models.ForeignKey(
        Code,
        models.PROTECT,
        verbose_name=_("relation"),
        related_name="+",
        limit_choices_to={"list": "relation"},
    )
    number = models.PositiveSmallIntegerField(_("number"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("number of suspects")
        verbose_name_plural = _("numbers of suspects")
        constraints = [
            model_fields.of_list("suspectcount", "relation", "relation"),
            models.UniqueConstraint(fields=["case", "relation"], name="cases_suspectcount_once"),
        ]

    def __str__(self) -> str:
        return f"{self.relation}: {self.number}"


class YearConfirmation(models.Model):
    """What a region says of its year: *ready so far* while the year goes on, which does not count; *closed*
    once it is over, a decision. Taken back with a reason, the row stays and another may be made."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name=_("NMT region"), related_name="confirmations"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    step = models.CharField(_("step"), max_length=6, choices=YearStep.choices, default=YearStep.CLOSED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("time"))
    day = models.DateField(_("day"), editable=False)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        verbose_name=_("taken back by"),
        related_name="+",
    )
    taken_back_at = models.DateTimeField(_("taken back"), null=True)
    reason = SecretTextField(_("reason"), blank=True)

    objects = YearQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmation of a year")
        verbose_name_plural = _("confirmations of years")
        constraints = [
            model_fields.known("yearconfirmation", "step", YearStep),
            models.UniqueConstraint(
                fields=["region", "year", "step"],
                condition=Q(taken_back_at__isnull=True),
                name="cases_yearconfirmation_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(step="ready") | Q(day__year__gt=F("year")),
                name="cases_yearconfirmation_closed_when_over",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="cases_yearconfirmation_taken_back_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region_id} {self.year}"

    def save(self, *args: Any, **options: Any) -> None:
        self.note_day()
        super().save(*args, **options)

    def note_day(self) -> None:
        """Before every save, in bulk too: the local day of the moment."""
        self.day = timezone.localdate(self.at)

    def stood_at(self, moment: datetime) -> bool:
        """Return whether it was said by then, and not taken back."""
        return self.at <= moment and (self.taken_back_at is None or moment < self.taken_back_at)
