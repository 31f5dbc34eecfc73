from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from agencies.models import Code, Region
from cases import constraints
from cases.choices import CaseState, WithoutConsent
from cases.querysets import CaseQuerySet
from cases.secret_text import SecretTextField


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
    """An *ärende*: one event, one or many persons. A transfer keeps the number."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("case number"), max_length=16, unique=True, editable=False)
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        verbose_name=_("NMT region"),
        related_name="+",
        help_text=_("Where the case was opened"),
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

    # Of a case of `readable_case`: whether it may be changed, and how many persons it has, also out of scope.
    own: bool
    all_persons: int

    objects = CaseQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["note", "reference", "reference_index"])

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-opened_on", "-pk"]
        constraints = [
            constraints.known("case", "state", CaseState),
            constraints.of_list("case", "channel", "channel"),
            constraints.of_list("case", "close_reason", "close_reason"),
            models.CheckConstraint(
                condition=Q(without_consent__in=["", *WithoutConsent.values]),
                name="cases_case_without_consent_known",
            ),
            models.CheckConstraint(
                condition=Q(without_consent__in=["", "earlier"])
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
            constraints.of_list("suspectcount", "relation", "relation"),
            models.UniqueConstraint(fields=["case", "relation"], name="cases_suspectcount_once"),
        ]

    def __str__(self) -> str:
        return f"{self.relation}: {self.number}"


class YearConfirmation(models.Model):
    """A region says that all its cases of a year are registered."""

    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name=_("NMT region"), related_name="confirmations"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("confirmation of a year")
        verbose_name_plural = _("confirmations of years")
        constraints = [models.UniqueConstraint(fields=["region", "year"], name="cases_yearconfirmation_once")]

    def __str__(self) -> str:
        return f"{self.region_id} {self.year}"
