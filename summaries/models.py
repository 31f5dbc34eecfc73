"""Figures that are not rows: what was published before the register, populations, figures of justice."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from django_countries import countries
from simple_history.models import HistoricalRecords

from accounts.models import one_of
from agencies.models import Code, County
from summaries.coverage import so_far
from summaries.release import models as models_of_releases
from summaries.year_words import named

__all__ = ["Estimate", "HistoricalFigure", "JusticeFigure", "Population", "YearCount", "models_of_releases"]
BREAKDOWN = r"^[a-z_]+:[\w+-]+(\|[a-z_]+:[\w+-]+)*$"


COUNTED: Final = {
    "persons": _("persons"),
    "accompanying_children": _("accompanying children"),
    "purpose": _("persons by purpose"),
    "citizenship": _("persons by citizenship"),
}
OF_WHOM: Final = {
    "total": _("all"),
    "women": _("women"),
    "men": _("men"),
    "girls": _("girls"),
    "boys": _("boys"),
    "children": _("children"),
    "other_adults": _("adults of other sex"),
    "unknown_adults": _("adults of unknown sex"),
    "unknown_children": _("children of unknown sex"),
    "sexual": _("sexual purposes"),
    "labour": _("labour exploitation"),
}


class HistoricalFigure(models.Model):
    """A total published before the register, with its source. Never mixed with rows."""

    class Status(models.TextChoices):
        PUBLISHED = "published", _("published")
        CALCULATED = "calculated", _("calculated from published figures")
        UNVERIFIED = "unverified", _("unverified")

    year = models.PositiveSmallIntegerField(_("year"))
    measure = models.CharField(
        pgettext_lazy("statistics", "measure"),
        max_length=30,
        help_text=_("persons, accompanying_children, purpose, citizenship"),
    )
    group = models.CharField(_("group"), max_length=30)
    value = models.PositiveIntegerField(_("value"))
    status = models.CharField(_("status"), max_length=12, choices=Status.choices)
    source = models.CharField(_("source"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("historical figure")
        verbose_name_plural = _("historical figures")
        ordering = ["year", "measure", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "measure", "group"], name="summaries_historicalfigure_once"
            ),
            one_of(
                "status", ["published", "calculated", "unverified"], "summaries_historicalfigure_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}, {self.counted}, {self.of_whom}"

    @property
    def counted(self) -> str:
        return str(COUNTED.get(self.measure, self.measure))

    @property
    def of_whom(self) -> str:
        """The group in words; a country or a purpose where that is what the figure is of."""
        if self.measure == "citizenship":
            return countries.name(self.group) or self.group
        return str(OF_WHOM.get(self.group, self.group))


class Population(models.Model):
    """Residents on 31 December. Rates are computed only where a denominator is shipped."""

    class Sex(models.TextChoices):
        TOTAL = "T", _("both sexes")
        FEMALE = "F", _("female")
        MALE = "M", _("male")

    class Age(models.TextChoices):
        TOTAL = "total", _("all ages")
        CHILD = "0-17", "0–17"
        ADULT = "18+", "18+"

    year = models.PositiveSmallIntegerField(_("year"))
    sex = models.CharField(_("sex"), max_length=1, choices=Sex.choices, default=Sex.TOTAL)
    age = models.CharField(_("age group"), max_length=5, choices=Age.choices, default=Age.TOTAL)
    county = models.ForeignKey(
        County, models.PROTECT, null=True, blank=True, verbose_name=_("county"), related_name="+"
    )
    number = models.PositiveIntegerField(_("residents"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("population")
        verbose_name_plural = _("populations")
        ordering = ["year", "sex", "age"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "sex", "age", "county"], name="summaries_population_once"
            ),
            models.UniqueConstraint(
                fields=["year", "sex", "age"],
                condition=Q(county__isnull=True),
                name="summaries_population_country_once",
            ),
            one_of("sex", ["T", "F", "M"], "summaries_population_sex_known"),
            one_of("age", ["total", "0-17", "18+"], "summaries_population_age_known"),
        ]

    def __str__(self) -> str:
        return f"{self.year}, {self.get_sex_display()}, {self.get_age_display()}"


class EstimateQuerySet(models.QuerySet["Estimate"]):
    def for_publication(self, year: int) -> EstimateQuerySet:
        """Of that year alone, with a verdict and a lower bound that may go out. Those made before there was
        one stay as they are, and are not among these."""
        return self.filter(
            first_year=year, last_year=year, verdict="publish", replicates__gt=0, result__has_key="at_least"
        )


class Estimate(models.Model):
    """An estimate of the dark figure, or its refusal, kept by what it was made from. Never the
    capture-history table: its cells are of single persons."""

    first_year = models.PositiveSmallIntegerField(_("from year"))
    last_year = models.PositiveSmallIntegerField(_("to year"))
    grouping = models.JSONField(_("list of each agency"))
    digest = models.CharField(max_length=64)
    replicates = models.PositiveIntegerField()
    seed = models.PositiveIntegerField(default=1)
    verdict = models.CharField(_("verdict"), max_length=10)
    result = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = EstimateQuerySet.as_manager()

    class Meta:
        verbose_name = _("estimate of the dark figure")
        verbose_name_plural = _("estimates of the dark figure")
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["first_year", "last_year", "digest", "replicates", "seed"],
                name="summaries_estimate_once",
            ),
            one_of("verdict", ["publish", "internal", "refuse"], "summaries_estimate_verdict_known"),
            models.CheckConstraint(
                condition=Q(last_year__gte=models.F("first_year")), name="summaries_estimate_years_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.years} {self.verdict}"

    def get_absolute_url(self) -> str:
        return reverse("summaries:estimate", args=[self.pk])

    @property
    def years(self) -> str:
        if self.first_year == self.last_year:
            return str(self.first_year)
        return f"{self.first_year}–{self.last_year}"

    @property
    def named(self) -> str:
        """The years, with the day of the estimate where the last was not over then."""
        return named(self.years, so_far(self.last_year, timezone.localdate(self.at)))


class JusticeFigure(models.Model):
    """An imported total of the police, prosecutors or courts: an aggregate, never a person."""

    class Kind(models.TextChoices):
        REPORTED = "reported", _("offences reported")
        SUSPECTED = "suspected", _("persons suspected")
        PROSECUTED = "prosecuted", _("persons prosecuted")
        CONVICTED = "convicted", _("persons convicted")
        DECISION = "decision", _("decisions to prosecute")
        JUDGMENT = "judgment", _("court judgments")

    year = models.PositiveSmallIntegerField(_("year"))
    kind = models.CharField(_("what is counted"), max_length=10, choices=Kind.choices)
    offence = models.ForeignKey(
        Code,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("offence"),
        related_name="+",
        limit_choices_to={"list": "offence"},
    )
    breakdown = models.CharField(
        _("breakdown"),
        max_length=60,
        blank=True,
        help_text=_("such as sex:F or child:yes"),
        validators=[RegexValidator(BREAKDOWN, _("Write it as sex:F, several parted by |."))],
    )
    value = models.PositiveIntegerField(_("value"))
    source = models.CharField(_("source"), max_length=200)
    note = models.CharField(_("note"), max_length=300, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("justice figure")
        verbose_name_plural = _("justice figures")
        ordering = ["year", "kind", "breakdown"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "kind", "offence", "breakdown"], name="summaries_justicefigure_once"
            ),
            models.UniqueConstraint(
                fields=["year", "kind", "breakdown"],
                condition=Q(offence__isnull=True),
                name="summaries_justicefigure_all_offences_once",
            ),
            one_of(
                "kind",
                ["reported", "suspected", "prosecuted", "convicted", "decision", "judgment"],
                "summaries_justicefigure_kind_known",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="summaries_justicefigure_source"),
        ]

    def __str__(self) -> str:
        return ", ".join(one for one in (str(self.year), self.get_kind_display(), self.breakdown) if one)


class YearCount(models.Model):
    """What was counted of a part of a year; or, without counts, that a row which is counted has changed. One
    that has another row of its part beside it is not read any more."""

    year = models.PositiveSmallIntegerField(db_index=True)
    region = models.CharField(max_length=2)  # a region's, none's (""), or all of them together ("*")
    headline: Any = models.JSONField(null=True)
    counts: Any = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"{self.year} {self.region}"
