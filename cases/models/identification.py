from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from agencies.models import Agency, Code, County
from cases import constraints
from cases.models.person import Person
from cases.querysets import PartQuerySet
from cases.secret_text import SecretTextField


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
    reference = SecretTextField(_("agency's own reference"), blank=True)
    reference_index = models.CharField(max_length=64, blank=True, editable=False, db_index=True)

    objects = PartQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["reference", "reference_index"])

    class Meta:
        verbose_name = _("identification")
        verbose_name_plural = _("identifications")
        ordering = ["identified_on", "pk"]
        constraints = [
            constraints.of_list("identification", "channel", "channel"),
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
