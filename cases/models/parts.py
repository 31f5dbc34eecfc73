"""What belongs to a person: identifications, exploitations, measures, answers to indicators."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from simple_history.models import HistoricalRecords

from agencies.models import Agency, Code, County
from cases import model_fields
from cases.choices import LABOUR_PURPOSES, ListAnswer, MeasureAnswer, Place, Seen
from cases.model_fields import SecretTextField
from cases.models.person import Person
from cases.querysets import PartQuerySet


class Identification(models.Model):
    """One organisation found signs that a person is a victim. County and date are statistics: a transfer
    keeps them."""

    person = models.ForeignKey(
        Person, models.PROTECT, verbose_name=_("person"), related_name="identifications"
    )
    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name=_("agency"), related_name="+")
    municipality = models.CharField(
        _("municipality"), max_length=60, blank=True, help_text=_("For municipal bodies")
    )
    identified_on = models.DateField(_("date of identification"))
    county = models.ForeignKey(
        County, models.PROTECT, verbose_name=_("county where identified"), related_name="+"
    )
    channel = models.ForeignKey(
        Code,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("channel"),
        related_name="+",
        limit_choices_to={"list": "channel"},
    )
    reference = SecretTextField(_("agency's own reference"), blank=True, sealed_by=("sealed_as",))
    reference_index = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    sealed_as = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = PartQuerySet.as_manager()
    # with the index: a file that is sent again names references that were changed since
    history = HistoricalRecords(excluded_fields=["reference", "sealed_as"])

    class Meta:
        verbose_name = _("identification")
        verbose_name_plural = _("identifications")
        ordering = ["identified_on", "pk"]
        constraints = [
            model_fields.of_list("identification", "channel", "channel"),
            models.UniqueConstraint(
                fields=["person", "agency", "municipality", "identified_on"], name="cases_identification_once"
            ),
        ]
        indexes = [models.Index(fields=["identified_on", "agency"], name="cases_identification_on")]

    def __str__(self) -> str:
        return f"{self.agency} {self.identified_on:%Y-%m-%d}"

    @property
    def once(self) -> tuple[int | None, str, date | None]:
        """What no two identifications of a person have in common."""
        return self.agency_id, self.municipality, self.identified_on


class Exploitation(models.Model):
    """One purpose for which the person was exploited; exactly one of a person's is the main one."""

    person = models.ForeignKey(Person, models.PROTECT, verbose_name=_("person"), related_name="exploitations")
    purpose = models.ForeignKey(
        Code,
        models.PROTECT,
        verbose_name=_("purpose"),
        related_name="+",
        limit_choices_to={"list": "purpose"},
    )
    is_main = models.BooleanField(_("main purpose"), default=False)
    sector = models.ForeignKey(
        Code,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("sector"),
        related_name="+",
        limit_choices_to={"list": "sector"},
    )
    sexual_form = models.ForeignKey(
        Code,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("form"),
        related_name="+",
        limit_choices_to={"list": "sexual_form"},
    )
    place = models.CharField(_("where"), max_length=8, choices=Place.choices, default=Place.UNKNOWN)
    county = models.ForeignKey(
        County, models.PROTECT, null=True, blank=True, verbose_name=_("county"), related_name="+"
    )
    country = CountryField(_("country"), null=True, blank=True)
    start = models.DateField(_("start month"), null=True, blank=True)
    end = models.DateField(_("end month"), null=True, blank=True)
    acts = models.ManyToManyField(
        Code, verbose_name=_("acts"), related_name="+", blank=True, limit_choices_to={"list": "act"}
    )
    acts_answer = models.CharField(max_length=10, choices=ListAnswer.choices, default=ListAnswer.NOT_ASKED)
    means = models.ManyToManyField(
        Code,
        verbose_name=_("improper means"),
        related_name="+",
        blank=True,
        limit_choices_to={"list": "means"},
    )
    means_answer = models.CharField(max_length=10, choices=ListAnswer.choices, default=ListAnswer.NOT_ASKED)
    controls = models.ManyToManyField(
        Code,
        verbose_name=_("control methods"),
        related_name="+",
        blank=True,
        limit_choices_to={"list": "control"},
    )
    controls_answer = models.CharField(
        max_length=10, choices=ListAnswer.choices, default=ListAnswer.NOT_ASKED
    )

    LISTS = ("acts", "means", "controls")  # of codes; what an empty one means is said beside it

    objects = PartQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[acts, means, controls])

    class Meta:
        verbose_name = _("exploitation")
        verbose_name_plural = _("exploitations")
        ordering = ["-is_main", "pk"]
        constraints = [
            model_fields.of_list("exploitation", "purpose", "purpose"),
            model_fields.of_list("exploitation", "sector", "sector"),
            model_fields.of_list("exploitation", "sexual_form", "sexual_form"),
            model_fields.known("exploitation", "place", Place),
            model_fields.known("exploitation", "acts_answer", ListAnswer),
            model_fields.known("exploitation", "means_answer", ListAnswer),
            model_fields.known("exploitation", "controls_answer", ListAnswer),
            model_fields.month("exploitation", "start"),
            model_fields.month("exploitation", "end"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(is_main=True), name="cases_exploitation_one_main"
            ),
            models.CheckConstraint(
                condition=Q(sector__isnull=True) | Q(purpose__in=LABOUR_PURPOSES),
                name="cases_exploitation_sector_of_labour",
            ),
            models.CheckConstraint(
                condition=Q(sexual_form__isnull=True) | Q(purpose="purpose:sexual"),
                name="cases_exploitation_form_of_sexual",
            ),
            models.CheckConstraint(
                condition=Q(start__isnull=True) | Q(end__isnull=True) | Q(end__gte=F("start")),
                name="cases_exploitation_end_not_before_start",
            ),
            models.CheckConstraint(
                condition=Q(county__isnull=True) | Q(place="sweden"),
                name="cases_exploitation_county_in_sweden",
            ),
            models.CheckConstraint(
                condition=Q(country__isnull=True) | Q(country="") | Q(place="abroad"),
                name="cases_exploitation_country_abroad",
            ),
        ]

    def __str__(self) -> str:
        return str(self.purpose)


class Measure(models.Model):
    """Support or a step of the manual, to the month. Never where a shelter is."""

    person = models.ForeignKey(Person, models.PROTECT, verbose_name=_("person"), related_name="measures")
    kind = models.ForeignKey(
        Code,
        models.PROTECT,
        verbose_name=_("measure"),
        related_name="+",
        limit_choices_to={"list": "measure"},
    )
    answer = models.CharField(
        _("answer"), max_length=10, choices=MeasureAnswer.choices, default=MeasureAnswer.ACCEPTED
    )
    month = models.DateField(_("month"), null=True, blank=True)
    provider = models.ForeignKey(
        Code,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("kind of provider"),
        related_name="+",
        limit_choices_to={"list": "provider"},
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, verbose_name=_("by"), related_name="+"
    )
    ends_on = models.DateField(
        _("ends on"), null=True, blank=True, help_text=_("The last day of a reflection period or permit")
    )

    # The end that somebody has dealt with: where the last day is another now, it has to be dealt with anew.
    dealt_with = models.DateField(_("end that is dealt with"), null=True, blank=True, editable=False)

    objects = PartQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["month", "pk"]
        constraints = [
            model_fields.of_list("measure", "kind", "measure"),
            model_fields.of_list("measure", "provider", "provider"),
            model_fields.known("measure", "answer", MeasureAnswer),
            model_fields.month("measure", "month"),
        ]
        indexes = [models.Index(fields=["kind", "answer", "month"], name="cases_measure_kind")]

    def __str__(self) -> str:
        return str(self.kind)


class PersonIndicator(models.Model):
    """One sign of the checklist, as answered: a help for judgement, from which no status follows."""

    person = models.ForeignKey(Person, models.PROTECT, verbose_name=_("person"), related_name="indicators")
    code = models.ForeignKey(
        Code,
        models.PROTECT,
        verbose_name=_("indicator"),
        related_name="+",
        limit_choices_to={"list": "indicator"},
    )
    answer = models.CharField(_("answer"), max_length=10, choices=Seen.choices)

    objects = PartQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["code"]
        constraints = [
            model_fields.of_list("personindicator", "code", "indicator"),
            model_fields.known("personindicator", "answer", Seen),
            models.UniqueConstraint(fields=["person", "code"], name="cases_personindicator_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.get_answer_display()}"
