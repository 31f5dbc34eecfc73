"""Who takes part: agencies, counties, regions, coordinators; and the code lists that all share."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User, one_of
from accounts.notices import page_language
from agencies.code_words import AGENCY, first_words, short_forms

NO_LIST: Final = _("The key begins with its list: list:word.")
NOT_IN_ORDER: Final = _("The last day is before the first.")


def in_order(first: str, last: str, name: str) -> models.CheckConstraint:
    """That the last day, if there is one, is not before the first."""
    starts = Q(**{f"{last}__isnull": True}) | Q(**{f"{first}__isnull": True})
    condition = starts | Q(**{f"{last}__gte": F(first)})
    return models.CheckConstraint(condition=condition, name=name, violation_error_message=NOT_IN_ORDER)


def not_over(day: date, last: str = "valid_to") -> Q:
    """That the last day, if there is one, has not passed on `day`."""
    return Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": day})


class CodeQuerySet(models.QuerySet[Any]):
    def of(self, name: str) -> CodeQuerySet:
        """The words of one list, in order."""
        return self.filter(list=name).order_by("position", "key")

    def valid_on(self, day: date) -> CodeQuerySet:
        return self.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=day), not_over(day))


class CountyRegionQuerySet(models.QuerySet[Any]):
    def on(self, day: date) -> CountyRegionQuerySet:
        """One row a county: the latest that has begun on `day`."""
        begun = self.model.objects.filter(county=OuterRef("county"), valid_from__lte=day)
        return self.filter(pk=Subquery(begun.order_by("-valid_from").values("pk")[:1]))


class CoordinatorQuerySet(models.QuerySet[Any]):
    def valid_on(self, day: date) -> CoordinatorQuerySet:
        return self.filter(not_over(day), valid_from__lte=day)

    def own(self, user: User, day: date) -> CoordinatorQuerySet:
        """Somebody's cards of that day and of days to come."""
        return self.filter(not_over(day), user=user).order_by("valid_from", "pk")


class AgencyQuerySet(models.QuerySet[Any]):
    def members_on(self, day: date) -> AgencyQuerySet:
        """The network as it was."""
        return self.filter(not_over(day, "member_to"), member_from__lte=day)


def localised(sv: str, en: str) -> str:
    return sv if page_language().startswith("sv") else en


class Code(models.Model):
    """A word of a list that law or practice may change. Never deleted once used: `valid_to` ends it."""

    FILE_KEY = "word"

    key = models.CharField(
        _("key"), max_length=60, primary_key=True, help_text=_("List and word, such as purpose:labour")
    )
    list = models.CharField(_("list"), max_length=30)
    label_sv = models.CharField(_("label in Swedish"), max_length=200)
    label_en = models.CharField(_("label in English"), max_length=200)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = CodeQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        ordering = ["list", "position", "key"]
        constraints = [in_order("valid_from", "valid_to", "agencies_code_dates_in_order")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return localised(self.label_sv, self.label_en)

    @property
    def word(self) -> str:
        """The key without its list."""
        return self.key.partition(":")[2]

    @property
    def short_names(self) -> tuple[str, ...]:
        """Short forms in common use."""
        return short_forms().get(self.key, ())

    @property
    def first_words(self) -> tuple[str, ...]:
        """What stands for its labels where a short form is no other code's."""
        return (*first_words(self.label_sv), *first_words(self.label_en))

    @property
    def has_its_list(self) -> bool:
        """Whether the key is the list and a word."""
        return self.key.partition(":")[0] == self.list and bool(self.word)

    def valid_on(self, day: date) -> bool:
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


class CodeMapping(models.Model):
    """What a code is called by somebody else: a published grouping or a standard, one set of rows a release.

    `code` is plain text, since closed sets (sex:F) are mapped too without having a row in Code.
    """

    code = models.CharField(_("code"), max_length=60)
    target = models.CharField(_("standard"), max_length=30)
    release = models.CharField(_("release"), max_length=20, blank=True)
    value = models.CharField(_("value"), max_length=120, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("mapping")
        verbose_name_plural = _("mappings")
        ordering = ["target", "release", "code", "value"]
        constraints = [
            models.UniqueConstraint(
                fields=["target", "release", "code", "value"], name="agencies_codemapping_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} → {self.target} {self.release} {self.value}"


class Agency(models.Model):
    """An organisation that identifies persons. Membership of the network is dated."""

    FILE_KEY = "code"

    code = models.CharField(_("code"), max_length=30, unique=True)
    name_sv = models.CharField(_("name in Swedish"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    kind = models.ForeignKey(
        Code,
        models.PROTECT,
        verbose_name=_("kind"),
        related_name="+",
        limit_choices_to={"list": "agency_kind"},
    )
    municipal = models.BooleanField(
        _("municipal body"), default=False, help_text=_("One in each municipality, distinguished by it")
    )
    member_from = models.DateField(_("member from"), null=True, blank=True)
    member_to = models.DateField(_("member to"), null=True, blank=True)
    contact = models.CharField(_("contact"), max_length=200, blank=True)

    objects = AgencyQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["name_sv"]
        constraints = [in_order("member_from", "member_to", "agencies_agency_dates_in_order")]

    def __str__(self) -> str:
        return localised(self.name_sv, self.name_en)

    @property
    def short_names(self) -> tuple[str, ...]:
        return short_forms().get(f"{AGENCY}:{self.code}", ())


class Region(models.Model):
    """An NMT region; a person's responsible region decides who sees the person."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    name_sv = models.CharField(_("name in Swedish"), max_length=40, unique=True)
    name_en = models.CharField(_("name in English"), max_length=40, unique=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("NMT region")
        verbose_name_plural = _("NMT regions")
        ordering = ["name_sv"]

    def __str__(self) -> str:
        return localised(self.name_sv, self.name_en)


class County(models.Model):
    KEY_WIDTH = 2

    code = models.CharField(_("SCB code"), max_length=2, primary_key=True)
    iso = models.CharField(_("ISO code"), max_length=6, unique=True)
    name_sv = models.CharField(_("name in Swedish"), max_length=40, unique=True)
    name_en = models.CharField(_("name in English"), max_length=40, unique=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("county")
        verbose_name_plural = _("counties")
        ordering = ["code"]

    def __str__(self) -> str:
        return localised(self.name_sv, self.name_en)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.code, self.name_sv, self.name_en, *self.short_names)

    @property
    def short_names(self) -> tuple[str, ...]:
        """Such as 1, SE-AB, AB, Stockholms, Stockholm."""
        short, english = self.name_sv.removesuffix(" län"), self.name_en.removesuffix(" County")
        codes = (self.code.lstrip("0"), self.iso, self.iso.removeprefix("SE-"))
        return (*codes, short, short.removesuffix("s"), english)


class CountyRegion(models.Model):
    """The region that a county belongs to from a day on; the end is where the next row begins."""

    county = models.ForeignKey(County, models.PROTECT, verbose_name=_("county"), related_name="regions")
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="counties")
    valid_from = models.DateField(_("valid from"))

    objects = CountyRegionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("county in region")
        verbose_name_plural = _("counties in regions")
        ordering = ["county", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["county", "valid_from"], name="agencies_countyregion_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.county} → {self.region} {self.valid_from:%Y-%m-%d}"


class Coordinator(models.Model):
    """The directory card and the assignment in one. A deputy is a row of these days."""

    class Kind(models.TextChoices):
        COORDINATOR = "coordinator", _("coordinator")
        DEPUTY = "deputy", _("deputy")

    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="coordinators")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.COORDINATOR)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("user"),
        related_name="assignments",
    )
    name = models.CharField(_("name"), max_length=120)
    municipality = models.CharField(_("employer municipality"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    hours = models.CharField(_("hours"), max_length=60, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = CoordinatorQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("coordinator")
        verbose_name_plural = _("coordinators")
        ordering = ["region", "kind", "valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="agencies_coordinator_dates_in_order",
                violation_error_message=NOT_IN_ORDER,
            ),
            models.CheckConstraint(
                condition=~Q(kind="deputy") | Q(valid_to__isnull=False),
                name="agencies_coordinator_deputy_ends",
                violation_error_message=_("Enter the last day on which the deputy stands in."),
            ),
            one_of("kind", ["coordinator", "deputy"], "agencies_coordinator_kind_known"),
        ]
        indexes = [models.Index(fields=["user", "valid_from"], name="agencies_coordinator_user")]

    def __str__(self) -> str:
        return f"{self.name} ({self.region})"

    @property
    def last_day(self) -> date:
        """Return the last day of the card; of one without an end, the last day that there is."""
        return self.valid_to or date.max
