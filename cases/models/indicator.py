from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from agencies.models import Code
from cases import constraints
from cases.choices import Seen
from cases.models.person import Person
from cases.querysets import PartQuerySet


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
            constraints.of_list("personindicator", "code", "indicator"),
            constraints.known("personindicator", "answer", Seen),
            models.UniqueConstraint(fields=["person", "code"], name="cases_personindicator_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.get_answer_display()}"
