"""Cases, what is said of a year of cases, and what was registered by mistake."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from typing import Any, Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower, Replace
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from agencies.models import Region
from cases import model_fields
from cases.choices import CaseState, Mistaken, WithoutConsent, YearStep
from cases.querysets import CaseQuerySet, MisregistrationQuerySet, YearQuerySet
from encryption.fields import SecretTextField


class CaseSeries(models.Model):
    """The last number given in a region and year: locked while a number is taken."""

    region = models.ForeignKey(Region, models.PROTECT)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["region", "year"], name="cases_caseseries_once")]

    def __str__(self) -> str:
        return f"{self.region_id}-{self.year}"


class Case(model_fields.Coded):
    """An *ärende*: one event, one or many persons. It belongs to the region that opened it, until all its
    persons are of one other region. It keeps its number."""

    number = models.CharField(_("case number"), max_length=16, unique=True, editable=False)
    region = model_fields.link(
        Region,
        _("NMT region"),
        help_text=_("Where it was opened, until all its persons are another region's"),
    )
    opened_on = models.DateField(_("opened"))
    channel = model_fields.code_or_none("channel", _("how the case came in"))
    opened_from_call = models.BooleanField(_("opened from a call"), default=False, editable=False)
    registry_number = models.CharField(
        _("registry number"), max_length=40, blank=True, help_text=_("The agency's own, such as 2018/1234")
    )
    reference = SecretTextField(_("sender's reference"), blank=True, editable=False)
    reference_index = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    # In small letters, without blanks and dashes. A column of its own, since row policies let no index of an
    # expression be used.
    plain_registry_number = models.GeneratedField(
        expression=reduce(
            Replace,
            (Value(one) for one in "\t\u00a0\u2009\u202f–-"),
            Replace(Lower("registry_number"), Value(" ")),
        ),
        output_field=models.CharField(max_length=80),
        db_persist=True,
        db_index=True,
    )
    state = models.CharField(_("state"), max_length=12, choices=CaseState.choices, default=CaseState.ACTIVE)
    close_reason = model_fields.code_or_none("close_reason", _("reason for closing"))
    accompanying_children = models.PositiveSmallIntegerField(
        _("accompanying children"), default=0, help_text=_("Not counted as victims")
    )
    note = SecretTextField(_("short note"), blank=True)
    without_consent = model_fields.without_consent(_("without consent to referral"))
    opened_by = model_fields.link(User, _("opened by"), editable=False)
    responsible = model_fields.link_or_none(User, _("responsible"))
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
    history = HistoricalRecords(excluded_fields=["note", "reference", "plain_registry_number"])

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-opened_on", "-pk"]
        constraints = [
            model_fields.known("case", "state", CaseState),
            model_fields.of_list("case", "channel", "channel"),
            model_fields.of_list("case", "close_reason", "close_reason"),
            model_fields.known("case", "without_consent", WithoutConsent, ""),
            model_fields.check(
                "case_facts_only_without_consent",
                Q(without_consent="") | Q(note="", registry_number="", reference="", reference_index=""),
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

    case = model_fields.link(Case, related_name="suspects")
    relation = model_fields.code("relation", _("relation"))
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


class YearConfirmation(model_fields.Coded):
    """What a region says of its year: *ready so far* while the year goes on, which does not count; *closed*
    once it is over, a decision. Taken back with a reason, the row stays and another may be made."""

    region = model_fields.link(Region, _("NMT region"), related_name="confirmations")
    year = models.PositiveSmallIntegerField(_("year"))
    step = models.CharField(_("step"), max_length=6, choices=YearStep.choices, default=YearStep.CLOSED)
    by = model_fields.link(User)
    at = models.DateTimeField(_("time"))
    day = models.DateField(_("day"), editable=False)
    taken_back_by = model_fields.link_or_none(User, _("taken back by"), blank=False)
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
            model_fields.check(
                "yearconfirmation_closed_when_over", Q(step="ready") | Q(day__year__gt=F("year"))
            ),
            model_fields.together(
                "yearconfirmation_taken_back_by_somebody", "taken_back_at", "taken_back_by"
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


class TakenOverYear(models.Model):
    """Whether who was imported from old spreadsheets must be complete before this year is closed. Without a
    row: no."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    must_be_complete = models.BooleanField(_("imported persons must be complete"))
    by = model_fields.link(User)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("year of imported persons")
        verbose_name_plural = _("years of imported persons")
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)


class DisposedYearQuerySet(models.QuerySet["DisposedYear"]):
    def of(self, first: int, last: int) -> Self:
        return self.filter(year__range=(first, last))


class DisposedYear(models.Model):
    """A year of which rows have been disposed of. It is not counted any more: whoever asks for its figures
    reads the version that was final then; version 0 is what was published before the register."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    version = models.PositiveSmallIntegerField(_("version"))
    on = models.DateField(_("disposed of"))

    objects = DisposedYearQuerySet.as_manager()

    class Meta:
        verbose_name = _("year disposed of")
        verbose_name_plural = _("years disposed of")
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)

    @property
    def said(self) -> str:
        """What has to stand wherever figures of the year are asked for."""
        if not self.version:
            return gettext(
                "Rows of {year} have been disposed of. Its figures are those that were published before the "
                "register. What is registered of the year since is not counted."
            ).format(year=self.year)
        return gettext(
            "Rows of {year} have been disposed of. Its figures are those of version {version}, for the whole "
            "country, with what is hidden there hidden. What is registered of the year since is not counted."
        ).format(year=self.year, version=self.version)


def in_rows(year: str = "first_year") -> Q:
    """That the year of a row, in this field, is still counted from rows."""
    return ~Q(**{f"{year}__in": DisposedYear.objects.values("year")})


class Misregistration(model_fields.Coded):
    """What was registered by mistake. Its rows have left their tables, with all that hangs on them, so that
    no list and no count can see them; here they are kept whole, encrypted, until somebody puts them back."""

    kind = models.CharField(_("what"), max_length=14, choices=Mistaken.choices)
    region = model_fields.link(Region, _("NMT region"))
    case_code = models.UUIDField(db_index=True, editable=False)  # the case may have left with them
    case_number = models.CharField(_("case number"), max_length=16, editable=False)
    # Of the case, or of the person that it is about.
    subject = models.UUIDField(db_index=True, editable=False)
    number = models.CharField(_("number"), max_length=22, editable=False)  # of the same
    persons = models.PositiveSmallIntegerField(_("persons"), default=0)
    # Of their numbers: it is not given again.
    last = models.PositiveSmallIntegerField(default=0, editable=False)
    kept = SecretTextField(_("what is kept"), blank=True, editable=False)
    reason = SecretTextField(_("reason"))
    by = model_fields.link(User, _("by"))
    at = models.DateTimeField(_("time"))
    put_back_by = model_fields.link_or_none(User, _("put back by"), blank=False)
    put_back_at = models.DateTimeField(_("put back"), null=True)

    objects = MisregistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registered by mistake")
        verbose_name_plural = _("registered by mistake")
        ordering = ["-at", "-pk"]
        constraints = [
            model_fields.known("misregistration", "kind", Mistaken),
            model_fields.together("misregistration_put_back_by_somebody", "put_back_at", "put_back_by"),
        ]
        indexes = [models.Index(fields=["region", "-at", "-id"], name="cases_misregistration_region")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("cases:mistake", args=[self.code])
