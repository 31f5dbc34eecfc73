from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from simple_history.models import HistoricalRecords

from agencies.models import Agency, Code, County, Region
from cases import model_fields
from cases.choices import ADULT_AGES, CHILD_AGES, COUNTED, AgeClass, Child, Sex, Status
from cases.model_fields import SecretTextField
from cases.models.case import Case
from cases.querysets import PersonQuerySet


class Person(models.Model):
    """A *förmodat offer*: the unit that is counted. No name, birth date, identity number or address, ever.

    The `first_*` columns repeat the earliest identification over all records that are `same_as` this one:
    what the yearly summary counts by. The actions keep them; `manage.py check_register` recounts them.
    """

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("person number"), max_length=22, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("case"), related_name="persons")
    position = models.PositiveSmallIntegerField(_("number in the case"), editable=False)
    responsible_region = models.ForeignKey(
        Region, models.PROTECT, verbose_name=_("responsible region"), related_name="+", editable=False
    )
    # Whether that is another region than the case's. Few are: who may see a case is asked of them alone.
    moved = models.BooleanField(default=False, editable=False)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex.choices)
    child = models.CharField(_("child at identification"), max_length=7, choices=Child.choices)
    age_class = models.CharField(
        _("age class"), max_length=7, choices=AgeClass.choices, null=True, blank=True
    )
    citizenship = CountryField(_("citizenship"), null=True, blank=True)
    further_citizenships = CountryField(_("further citizenships"), multiple=True, blank=True, max_length=60)
    country_of_origin = CountryField(_("country of origin"), null=True, blank=True)
    residence = models.ForeignKey(
        Code,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("residence status"),
        related_name="+",
        limit_choices_to={"list": "residence"},
    )
    status = models.CharField(
        _("status"), max_length=20, choices=Status.choices, default=Status.UNDER_ASSESSMENT
    )
    status_reason = SecretTextField(_("reason for the status"), blank=True)
    status_on = models.DateField(_("status since"), null=True, blank=True)
    offence = models.ForeignKey(
        Code,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("offence"),
        related_name="+",
        limit_choices_to={"list": "offence"},
    )
    same_as = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("same person as"),
        related_name="duplicates",
        editable=False,
    )
    first_identified_on = models.DateField(_("identified"), editable=False)
    first_year = models.PositiveSmallIntegerField(_("year"), editable=False)
    first_agency = models.ForeignKey(
        Agency, models.PROTECT, verbose_name=_("identified by"), related_name="+", editable=False
    )
    first_county = models.ForeignKey(
        County, models.PROTECT, verbose_name=_("county where identified"), related_name="+", editable=False
    )
    first_region = models.ForeignKey(
        Region, models.PROTECT, verbose_name=_("region where identified"), related_name="+", editable=False
    )
    first_channel = models.ForeignKey(
        Code, models.PROTECT, null=True, verbose_name=_("channel"), related_name="+", editable=False
    )
    # Came from a spreadsheet of the years before: said by its take-over alone, and never taken back.
    taken_over = models.BooleanField(_("taken over from a spreadsheet"), default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    # Of a person of `readable_person`: whether it may be changed, the keys of the main exploitation, the
    # transfer that waits for an answer, and whether there are earlier ones that the reader may see.
    own: bool
    main_purpose: str | None
    main_sector: str | None
    waiting: uuid.UUID | None
    demanded: bool  # of one of `with_demanded`
    # Of a person on the page of a case: when who reads has registered them today.
    registered_at: datetime | None
    transferred: bool

    objects = PersonQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["status_reason", "moved"])

    class Meta:
        verbose_name = _("presumed victim")
        verbose_name_plural = _("presumed victims")
        ordering = ["case", "position"]
        constraints = [
            model_fields.known("person", "sex", Sex),
            model_fields.known("person", "child", Child),
            model_fields.known("person", "status", Status),
            model_fields.of_list("person", "offence", "offence"),
            model_fields.of_list("person", "residence", "residence"),
            model_fields.of_list("person", "first_channel", "channel"),
            models.UniqueConstraint(fields=["case", "position"], name="cases_person_position_once"),
            models.CheckConstraint(
                condition=Q(age_class__isnull=True) | Q(age_class__in=AgeClass.values),
                name="cases_person_age_class_known",
            ),
            models.CheckConstraint(
                condition=(Q(child="yes") & ~Q(age_class__in=ADULT_AGES))
                | (Q(child="no") & ~Q(age_class__in=CHILD_AGES))
                | (Q(child="unknown") & Q(age_class="unknown"))
                | Q(age_class__isnull=True),
                name="cases_person_child_and_age_agree",
            ),
            models.CheckConstraint(
                condition=Q(same_as__isnull=True) | ~Q(same_as=F("id")),
                name="cases_person_not_same_as_itself",
            ),
            models.CheckConstraint(
                condition=Q(first_identified_on__year=F("first_year")),
                name="cases_person_year_of_identification",
            ),
        ]
        indexes = [
            # The yearly summary groups by these; counted rows only.
            models.Index(
                fields=[
                    "first_year",
                    "sex",
                    "child",
                    "first_county",
                    "first_agency",
                    "first_region",
                    "citizenship",
                    "status",
                    "offence",
                    "age_class",
                ],
                name="cases_person_summary",
                condition=Q(same_as__isnull=True) & Q(status__in=COUNTED),
            ),
            models.Index(
                fields=["responsible_region", "-first_identified_on", "-id"], name="cases_person_region"
            ),
            models.Index(fields=["-first_identified_on", "-id"], name="cases_person_identified"),
            models.Index(fields=["first_year"], name="cases_person_taken_over", condition=Q(taken_over=True)),
            models.Index(
                fields=["case", "responsible_region"], name="cases_person_moved", condition=Q(moved=True)
            ),
            models.Index(
                fields=["responsible_region", "case"], name="cases_person_came", condition=Q(moved=True)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **options: Any) -> None:
        self.note_region()
        super().save(*args, **options)

    def get_absolute_url(self) -> str:
        return reverse("cases:person", args=[self.code])

    def note_region(self) -> None:
        """Before every save, in bulk too: `moved` as the regions are."""
        self.moved = self.responsible_region_id != self.case.region_id

    @property
    def counted(self) -> bool:
        return self.same_as_id is None and self.status in COUNTED


class TakenOverYear(models.Model):
    """Whether who was taken over from a spreadsheet must be complete before this year is closed. Without a
    row: no."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    must_be_complete = models.BooleanField(_("who was taken over must be complete"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("year of those taken over")
        verbose_name_plural = _("years of those taken over")
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)
