from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

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
from cases.models.case import Case
from cases.querysets import PersonQuerySet
from encryption.fields import SecretTextField


class Person(model_fields.Coded):
    """A *förmodat offer*: the unit that is counted. No name, birth date, identity number or address, ever.

    The `first_*` columns repeat the earliest identification over all records that are `same_as` this one:
    what the yearly summary counts by. The actions keep them; `manage.py check_register` recounts them.
    """

    number = models.CharField(_("person number"), max_length=22, unique=True, editable=False)
    case = model_fields.link(Case, _("case"), related_name="persons")
    position = models.PositiveSmallIntegerField(_("number in the case"), editable=False)
    responsible_region = model_fields.link(Region, _("responsible region"), editable=False)
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
    residence = model_fields.code_or_none("residence", _("residence status"))
    status = models.CharField(
        _("status"), max_length=20, choices=Status.choices, default=Status.UNDER_ASSESSMENT
    )
    status_reason = SecretTextField(_("reason for the status"), blank=True)
    status_on = models.DateField(_("status since"), null=True, blank=True)
    offence = model_fields.code_or_none("offence", _("offence"))
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
    first_agency = model_fields.link(Agency, _("identified by"), editable=False)
    first_county = model_fields.link(County, _("county where identified"), editable=False)
    first_region = model_fields.link(Region, _("region where identified"), editable=False)
    first_channel = model_fields.link_or_none(Code, _("how the case came in"), editable=False, blank=False)
    # Came from a spreadsheet of the years before: said by its import alone, and never taken back.
    taken_over = models.BooleanField(_("imported from a spreadsheet"), default=False, editable=False)
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
            model_fields.check(
                "person_age_class_known", Q(age_class__isnull=True) | Q(age_class__in=AgeClass.values)
            ),
            model_fields.check(
                "person_child_and_age_agree",
                (Q(child="yes") & ~Q(age_class__in=ADULT_AGES))
                | (Q(child="no") & ~Q(age_class__in=CHILD_AGES))
                | (Q(child="unknown") & Q(age_class="unknown"))
                | Q(age_class__isnull=True),
            ),
            model_fields.check("person_not_same_as_itself", Q(same_as__isnull=True) | ~Q(same_as=F("id"))),
            model_fields.check("person_year_of_identification", Q(first_identified_on__year=F("first_year"))),
        ]
        indexes = [
            # The yearly summary groups by these; counted rows only.
            models.Index(
                fields=[
                    *("first_year", "sex", "child", "first_county", "first_agency", "first_region"),
                    *("citizenship", "status", "offence", "age_class"),
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
