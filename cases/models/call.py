from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from agencies.models import Agency, Code, County, Region
from cases import model_fields
from cases.choices import Consent, ListAnswer, Medium, Urgency, WithoutConsent
from cases.models.case import Case
from cases.querysets import CallQuerySet
from encryption.fields import SecretTextField


class Call(model_fields.Coded):
    """A conversation on the support line. Never counted as persons."""

    received_at = models.DateTimeField(_("received"))
    received_on = models.DateField(
        _("received on"), editable=False, help_text=_("The local date of the call")
    )
    medium = models.CharField(
        _("how it came in"), max_length=10, choices=Medium.choices, default=Medium.PHONE
    )
    caller_group = model_fields.code("caller", _("caller's profession"))
    caller_county = model_fields.link_or_none(County, _("county"))
    topics = model_fields.codes("topic", _("topics"))
    topics_answer = model_fields.list_answer()
    purposes = model_fields.codes("purpose", _("suspected purposes"))
    purposes_answer = model_fields.list_answer()
    women = models.PositiveSmallIntegerField(_("women"), default=0)
    men = models.PositiveSmallIntegerField(_("men"), default=0)
    girls = models.PositiveSmallIntegerField(_("girls"), default=0)
    boys = models.PositiveSmallIntegerField(_("boys"), default=0)
    unknown = models.PositiveSmallIntegerField(_("unknown"), default=0)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency.choices, default=Urgency.GENERAL)
    consent = models.CharField(
        _("consent to referral"), max_length=15, choices=Consent.choices, default=Consent.NOT_RELEVANT
    )
    outcomes = model_fields.codes("outcome", _("advice and outcome"))
    outcomes_answer = model_fields.list_answer()
    referred_region = model_fields.link_or_none(Region, _("referred to region"))
    referred_agency = model_fields.link_or_none(Agency, _("referred to agency"))
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
    taken_over_by = model_fields.link_or_none(
        User, _("taken over by"), editable=False, help_text=_("Who at the region sees to it")
    )
    taken_over_at = models.DateTimeField(_("taken over"), null=True, blank=True, editable=False)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    note = SecretTextField(_("short note"), blank=True)
    taken_by = model_fields.link(User, _("taken by"))
    case = model_fields.link_or_none(Case, _("case"), related_name="calls")
    without_consent = model_fields.without_consent(_("a case without consent"))
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
            model_fields.check("call_no_note_without_consent", ~Q(consent="missing") | Q(note="")),
            model_fields.known("call", "without_consent", WithoutConsent, ""),
            model_fields.check(
                "call_no_case_without_consent",
                ~Q(consent="missing") | Q(case__isnull=True) | ~Q(without_consent=""),
            ),
            model_fields.check(
                "call_without_consent_of_child", ~Q(without_consent="child") | Q(girls__gt=0) | Q(boys__gt=0)
            ),
            model_fields.check(
                "call_not_its_own_follow_up", Q(follow_up_of__isnull=True) | ~Q(follow_up_of=F("id"))
            ),
            model_fields.check(
                "call_taken_over_at_a_time", Q(taken_over_by__isnull=True) | Q(taken_over_at__isnull=False)
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
                fields=["-received_at", "-id"],
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
        """The same in every language: the audit log names a call so."""
        return f"{timezone.localtime(self.received_at):%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("calls:detail", args=[self.code])

    SAID = ("caller_county", "caller_group")  # what `said` reads
    LISTS = ("topics", "purposes", "outcomes")  # of codes; what an empty one means is said beside it

    @property
    def said(self) -> str:
        """A call in a line, to be chosen by."""
        time = date_format(timezone.localtime(self.received_at), "SHORT_DATETIME_FORMAT")
        return " · ".join(str(one) for one in (time, self.caller_county, self.caller_group) if one)

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
