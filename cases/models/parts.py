"""What belongs to a person: identifications, exploitations, measures, answers to indicators."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from simple_history.models import HistoricalRecords

from agencies.models import Agency, County
from cases import model_fields
from cases.choices import LABOUR_PURPOSES, ListAnswer, MeasureAnswer, Place, Seen
from cases.models.person import Person
from cases.querysets import PartQuerySet
from encryption.fields import SecretTextField


class Identification(models.Model):
    """One organisation found signs that a person is a victim. County and date are statistics: a transfer
    keeps them."""

    person = model_fields.link(Person, _("person"), related_name="identifications")
    agency = model_fields.link(Agency, _("agency"))
    municipality = models.CharField(
        _("municipality"), max_length=60, blank=True, help_text=_("For municipal bodies")
    )
    identified_on = models.DateField(_("date of identification"))
    county = model_fields.link(County, _("county where identified"))
    channel = model_fields.code_or_none("channel", _("how the case came in"))
    reference = SecretTextField(_("agency's own reference"), blank=True, bound_to=("sealed_as",))
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

    person = model_fields.link(Person, _("person"), related_name="exploitations")
    purpose = model_fields.code("purpose", _("purpose"))
    is_main = models.BooleanField(_("main purpose"), default=False)
    sector = model_fields.code_or_none("sector", _("sector"))
    sexual_form = model_fields.code_or_none("sexual_form", _("form"))
    place = models.CharField(_("where"), max_length=8, choices=Place.choices, default=Place.UNKNOWN)
    county = model_fields.link_or_none(County, _("county"))
    country = CountryField(_("country"), null=True, blank=True)
    start = models.DateField(_("start month"), null=True, blank=True)
    end = models.DateField(_("end month"), null=True, blank=True)
    acts = model_fields.codes("act", _("acts"))
    acts_answer = model_fields.list_answer()
    means = model_fields.codes("means", _("improper means"))
    means_answer = model_fields.list_answer()
    controls = model_fields.codes("control", _("control methods"))
    controls_answer = model_fields.list_answer()

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
            model_fields.check(
                "exploitation_sector_of_labour", Q(sector__isnull=True) | Q(purpose__in=LABOUR_PURPOSES)
            ),
            model_fields.check(
                "exploitation_form_of_sexual", Q(sexual_form__isnull=True) | Q(purpose="purpose:sexual")
            ),
            model_fields.check(
                "exploitation_end_not_before_start",
                Q(start__isnull=True) | Q(end__isnull=True) | Q(end__gte=F("start")),
            ),
            model_fields.check("exploitation_county_in_sweden", Q(county__isnull=True) | Q(place="sweden")),
            model_fields.check(
                "exploitation_country_abroad", Q(country__isnull=True) | Q(country="") | Q(place="abroad")
            ),
        ]

    def __str__(self) -> str:
        return str(self.purpose)


class Measure(models.Model):
    """Support or a step of the manual, to the month. Never where a shelter is."""

    person = model_fields.link(Person, _("person"), related_name="measures")
    kind = model_fields.code("measure", _("measure"))
    answer = models.CharField(
        _("answer"), max_length=10, choices=MeasureAnswer.choices, default=MeasureAnswer.ACCEPTED
    )
    month = models.DateField(_("month"), null=True, blank=True)
    provider = model_fields.code_or_none("provider", _("kind of provider"))
    agency = model_fields.link_or_none(Agency, _("by"))
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

    person = model_fields.link(Person, _("person"), related_name="indicators")
    code = model_fields.code("indicator", _("indicator"))
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
