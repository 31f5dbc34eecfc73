from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from agencies.models import Agency, Code
from cases import constraints
from cases.choices import MeasureAnswer
from cases.models.person import Person
from cases.querysets import PartQuerySet


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

    objects = PartQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["month", "pk"]
        constraints = [
            constraints.of_list("measure", "kind", "measure"),
            constraints.of_list("measure", "provider", "provider"),
            constraints.known("measure", "answer", MeasureAnswer),
            constraints.month("measure", "month"),
        ]
        indexes = [models.Index(fields=["kind", "answer", "month"], name="cases_measure_kind")]

    def __str__(self) -> str:
        return str(self.kind)
