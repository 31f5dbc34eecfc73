from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from agencies.models import Agency, Code, County, Region
from cases import model_fields
from cases.choices import Consent, ListAnswer, Medium, Urgency, WithoutConsent
from cases.model_fields import SecretTextField
from cases.querysets import CallQuerySet


class Call(models.Model):
    """A conversation on the support line. Never counted as persons."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    received_at = models.DateTimeField(_("received"))
    received_on = models.DateField(
        _("received on"), editable=False, help_text=_("The local date of the call")
    )
    medium = models.CharField(_("medium"), max_length=10, choices=Medium.choices, default=Medium.PHONE)
    caller_group = models.ForeignKey(
        Code,
        models.PROTECT,
        verbose_name=_("caller's profession"),
        related_name="+",
        limit_choices_to={"list": "caller"},
    )
    caller_county = models.ForeignKey(
        County, models.PROTECT, null=True, blank=True, verbose_name=_("county"), related_name="+"
    )
    topics = models.ManyToManyField(
        Code, verbose_name=_("topics"), related_name="+", blank=True, limit_choices_to={"list": "topic"}
    )
    topics_answer = models.CharField(max_length=10, choices=ListAnswer.choices, default=ListAnswer.NOT_ASKED)
    purposes = models.ManyToManyField(
        Code,
        verbose_name=_("suspected purposes"),
        related_name="+",
        blank=True,
        limit_choices_to={"list": "purpose"},
    )
    purposes_answer = models.CharField(
        max_length=10, choices=ListAnswer.choices, default=ListAnswer.NOT_ASKED
    )
    women = models.PositiveSmallIntegerField(_("women"), default=0)
    men = models.PositiveSmallIntegerField(_("men"), default=0)
    girls = models.PositiveSmallIntegerField(_("girls"), default=0)
    boys = models.PositiveSmallIntegerField(_("boys"), default=0)
    unknown = models.PositiveSmallIntegerField(_("unknown"), default=0)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency.choices, default=Urgency.GENERAL)
    consent = models.CharField(
        _("consent to referral"), max_length=15, choices=Consent.choices, default=Consent.NOT_RELEVANT
    )
    outcomes = models.ManyToManyField(
        Code,
        verbose_name=_("advice and outcome"),
        related_name="+",
        blank=True,
        limit_choices_to={"list": "outcome"},
    )
    outcomes_answer = models.CharField(
        max_length=10, choices=ListAnswer.choices, default=ListAnswer.NOT_ASKED
    )
    referred_region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, verbose_name=_("referred to region"), related_name="+"
    )
    referred_agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, verbose_name=_("referred to agency"), related_name="+"
    )
    follow_up_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("follow-up of"),
        related_name="follow_ups",
    )
    follow_up_due = models.DateField(_("follow-up due"), null=True, blank=True)
    followed_up_at = models.DateTimeField(_("followed up"), null=True, blank=True, editable=False)
    taken_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("taken over by"),
        related_name="+",
        editable=False,
        help_text=_("Who at the region sees to it"),
    )
    taken_over_at = models.DateTimeField(_("taken over"), null=True, blank=True, editable=False)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    note = SecretTextField(_("short note"), blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("taken by"), related_name="+"
    )
    case = models.ForeignKey(
        "cases.Case", models.PROTECT, null=True, blank=True, verbose_name=_("case"), related_name="calls"
    )
    without_consent = models.CharField(
        _("a case without consent"),
        max_length=10,
        choices=WithoutConsent.choices,
        blank=True,
        default="",
        editable=False,
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    chosen_lists: dict[str, list[Code]]  # as a form has them, to be saved with it

    objects = CallQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["note"], m2m_fields=[topics, purposes, outcomes])

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-received_at", "-pk"]
        constraints = [
            model_fields.of_list("call", "caller_group", "caller"),
            model_fields.known("call", "medium", Medium),
            model_fields.known("call", "urgency", Urgency),
            model_fields.known("call", "consent", Consent),
            model_fields.known("call", "topics_answer", ListAnswer),
            model_fields.known("call", "purposes_answer", ListAnswer),
            model_fields.known("call", "outcomes_answer", ListAnswer),
            models.CheckConstraint(
                condition=~Q(consent="missing") | Q(note=""), name="cases_call_no_note_without_consent"
            ),
            models.CheckConstraint(
                condition=Q(without_consent__in=["", *WithoutConsent.values]),
                name="cases_call_without_consent_known",
            ),
            models.CheckConstraint(
                condition=~Q(consent="missing") | Q(case__isnull=True) | ~Q(without_consent=""),
                name="cases_call_no_case_without_consent",
            ),
            models.CheckConstraint(
                condition=~Q(without_consent="child") | Q(girls__gt=0) | Q(boys__gt=0),
                name="cases_call_without_consent_of_child",
            ),
            models.CheckConstraint(
                condition=Q(follow_up_of__isnull=True) | ~Q(follow_up_of=F("id")),
                name="cases_call_not_its_own_follow_up",
            ),
            models.CheckConstraint(
                condition=Q(taken_over_by__isnull=True) | Q(taken_over_at__isnull=False),
                name="cases_call_taken_over_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="cases_call_received"),
            models.Index(fields=["received_on"], name="cases_call_received_on"),
            models.Index(fields=["caller_county", "received_at", "id"], name="cases_call_county"),
            models.Index(fields=["caller_group", "received_at", "id"], name="cases_call_caller"),
            models.Index(fields=["referred_region", "received_at", "id"], name="cases_call_region"),
            models.Index(fields=["taken_by", "received_at", "id"], name="cases_call_taken_by"),
            models.Index(
                fields=["follow_up_due"],
                name="cases_call_due",
                condition=Q(follow_up_due__isnull=False, followed_up_at__isnull=True),
            ),
            models.Index(
                fields=["referred_region", "received_at"],
                name="cases_call_to_take_over",
                condition=Q(taken_over_at__isnull=True, followed_up_at__isnull=True, case__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        """The same in every language: the trail names a call so."""
        return f"{timezone.localtime(self.received_at):%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("calls:detail", args=[self.code])

    SAID = ("caller_county", "caller_group")  # what `said` reads
    LISTS = ("topics", "purposes", "outcomes")  # of codes; what an empty one means is said beside it

    @property
    def said(self) -> str:
        """A call in a line, to be chosen by."""
        time = date_format(timezone.localtime(self.received_at), "SHORT_DATETIME_FORMAT")
        return " · ".join(str(part) for part in (time, self.caller_county, self.caller_group) if part)

    def codes(self) -> dict[str, list[Code]]:
        """Topics, purposes and outcomes in one query."""
        first, *others = (getattr(self, name).order_by() for name in self.LISTS)
        found: dict[str, list[Code]] = {name: [] for name in self.LISTS}
        for code in sorted(first.union(*others), key=lambda code: code.position):
            found[f"{code.list}s"].append(code)
        return found

    @property
    def persons_concerned(self) -> int:
        return self.women + self.men + self.girls + self.boys + self.unknown

    @property
    def children(self) -> int:
        return self.girls + self.boys

    @property
    def concerns_child(self) -> bool:
        return self.children > 0
