"""Old spreadsheets: each file with what was read of it, what has been answered of its hand, and the import
that each of its sheets came in by.

Beside them what sheets say of a year, and why totals differ: counts and places in a sheet. No fact of a
person stands here in clear.
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from accounts.access import Access
from accounts.models import one_of
from accounts.roles import May
from agencies.models import Region
from audit.writer import Target
from encryption.fields import SecretFileField, SecretTextField, of_bytes
from exchange.models import ImportRun
from legacy_import.sheets.balance import KnownDifference, SheetTotal
from legacy_import.sheets.comparison import TOTAL, DifferenceReason, Of, Place
from legacy_import.sheets.values import Answers

FIRST_YEAR, LAST_YEAR = 1990, 2100
_YEAR: Final = Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR)


def as_text(value: object) -> str:
    """Return a list as it is kept in an encrypted column."""
    return json.dumps(value, ensure_ascii=False)


def _who(words: Any, **options: Any) -> models.ForeignKey[Any, Any]:
    """A person of the register who did something."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=words, related_name="+", **options
    )


class DifferenceKind(models.TextChoices):
    NOT_VICTIM = "not_victim", _("not a victim")
    TWO_REGIONS = "two_regions", _("counted twice, in two regions")
    TWO_YEARS = "two_years", _("counted twice, in two years")
    TWICE = "twice", _("counted twice in one sheet")
    ACCOMPANYING = "accompanying", _("an accompanying child, who is counted apart")
    YEAR = "year", _("the year is not known")
    MISSING = "missing", _("no row is about them")
    OTHER = "other", _("something else")
    WITHDRAWN = "withdrawn", _("taken back")


ANSWERS: Final = [
    (value, label) for value, label in DifferenceKind.choices if value != DifferenceKind.WITHDRAWN
]


class Group(models.TextChoices):
    ALL = TOTAL, _("all, or not known")
    WOMEN = "women", _("women")
    MEN = "men", _("men")
    GIRLS = "girls", _("girls")
    BOYS = "boys", _("boys")
    OTHER_UNKNOWN = "other_unknown", _("other or unknown sex")


def _places(kept: list[list[Any]]) -> tuple[Place, ...]:
    return tuple((sheet, line) for sheet, line in kept)


class CountsQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        """Those of own regions for who imports, all for who reads totals: they are counts."""
        if access.may(May.VIEW_TOTALS):
            return self
        return self.filter(region__in=access.regions) if access.may(May.IMPORT_PERSONS) else self.none()


class SheetFigure(models.Model):
    """What one sheet of a file that was taken in says of a region in a year: persons that its rows tell of,
    its own total, and what may explain that the register counts others."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    run = models.ForeignKey(ImportRun, models.PROTECT, verbose_name=_("import"), related_name="+")
    region = models.ForeignKey(Region, models.PROTECT, verbose_name=_("region"), related_name="+")
    year = models.PositiveSmallIntegerField(_("year"))
    file = SecretTextField(_("file name"), blank=True)
    sheet = SecretTextField(_("sheet"))
    position = models.PositiveSmallIntegerField()
    told = models.PositiveIntegerField(_("persons in its rows"))
    said = models.PositiveIntegerField(_("its own total"), null=True, blank=True)
    reasons = SecretTextField(_("may explain a difference"), blank=True)  # JSON: kind, persons, places
    at = models.DateTimeField(_("time"))

    objects = CountsQuerySet.as_manager()

    class Meta:
        verbose_name = _("total of a sheet")
        verbose_name_plural = _("totals of sheets")
        ordering = ["year", "region", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="legacy_import_sheetfigure_once"),
            models.CheckConstraint(condition=_YEAR, name="legacy_import_sheetfigure_year"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.region_id}"

    @property
    def says(self) -> SheetTotal:
        return SheetTotal(Of(self.year, self.region_id), self.sheet, self.told, self.said, self.offered)

    @cached_property
    def offered(self) -> tuple[DifferenceReason, ...]:
        data = json.loads(self.reasons or "[]")
        return tuple(DifferenceReason(kind, n, _places(rows)) for kind, n, rows in data)


class ExplanationQuerySet(CountsQuerySet):
    def standing(self) -> Self:
        """Answers that hold: neither changed nor taken back."""
        return self.filter(replaced_by__isnull=True).exclude(kind=DifferenceKind.WITHDRAWN)


class Explanation(models.Model):
    """An answer why two totals of a year differ, of a region or of the country. It is never changed: another
    takes its place, and it stays to be read."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    year = models.PositiveSmallIntegerField(_("year"))
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("region"),
        related_name="+",
        help_text=_("empty: between all sheets and what was published"),
    )
    # In the list of its year and region: two who answer at once cannot both have the next.
    number = models.PositiveSmallIntegerField(_("number"), editable=False)
    kind = models.CharField(
        pgettext_lazy("explanation", "reason"), max_length=12, choices=DifferenceKind.choices
    )
    group = models.CharField(_("group"), max_length=13, choices=Group.choices, default=Group.ALL)
    persons = models.SmallIntegerField(
        _("persons"), help_text=_("how many more the other total counts; less than 0 where it counts fewer")
    )
    places = SecretTextField(_("rows"), blank=True)  # JSON: sheet and line of each
    note = SecretTextField(_("in words"), blank=True)
    by = _who(_("answered by"))
    at = models.DateTimeField(_("time"))
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("takes the place of"),
        related_name="replaced_by",
    )

    objects = ExplanationQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("totals", "explanation")
        verbose_name_plural = pgettext_lazy("totals", "explanations")
        ordering = ["year", "region", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "region", "number"],
                name="legacy_import_explanation_next_of_region",
                condition=Q(region__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["year", "number"],
                name="legacy_import_explanation_next_of_country",
                condition=Q(region__isnull=True),
            ),
            models.CheckConstraint(condition=_YEAR, name="legacy_import_explanation_year"),
            models.CheckConstraint(condition=Q(number__gte=1), name="legacy_import_explanation_numbered"),
            one_of("kind", DifferenceKind.values, "legacy_import_explanation_kind_known"),
            one_of("group", Group.values, "legacy_import_explanation_group_known"),
            models.CheckConstraint(
                condition=Q(kind=DifferenceKind.WITHDRAWN, persons=0, replaces__isnull=False)
                | (~Q(kind=DifferenceKind.WITHDRAWN) & ~Q(persons=0)),
                name="legacy_import_explanation_explains_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(kind=DifferenceKind.OTHER) | ~Q(note=""),
                name="legacy_import_explanation_other_in_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.region_id or '*'} {self.number}"

    @property
    def place(self) -> tuple[int, str]:
        """Its year and region, TOTAL for the country."""
        return self.year, self.region_id or TOTAL

    @property
    def answer(self) -> KnownDifference:
        return Of(*self.place, self.group), self.persons

    @cached_property
    def rows(self) -> tuple[Place, ...]:
        return _places(json.loads(self.places or "[]"))


class OfRegionsQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        """Of one's own regions, whoever brought it."""
        here = {f"{self.model._meta.model_name}_id": OuterRef("pk"), "region_id__in": access.regions}
        return self.filter(Exists(self.model.regions.through.objects.filter(**here)))

    def expired(self, at: datetime) -> Self:
        return self.filter(expires_at__lte=at)


class SpreadsheetMapping(models.Model):
    """What has been answered about the spreadsheets of one hand, kept by a name for its next file."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=60)
    regions = models.ManyToManyField(Region, verbose_name=_("regions"), related_name="+")
    answers = SecretTextField(_("answers"), blank=True, default="")  # JSON: by the key of the question
    by = _who(_("made by"))
    used_at = models.DateTimeField(_("last used"))

    objects = OfRegionsQuerySet.as_manager()

    class Meta:
        verbose_name = _("mapping of spreadsheets")
        verbose_name_plural = _("mappings of spreadsheets")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["by", "name"], name="legacy_import_mapping_named_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> Answers:
        return Answers(json.loads(self.answers or "{}"))


class TakeOver(models.Model):
    """A file of spreadsheets on its way in. What it has come to is told by its facts: what was left behind is
    confirmed, questions are open or not (`seen`), a second person has answered, sheets have been taken in.

    `pages`: what was read of its sheets without columns of names, numbers and notes; empty from `expires_at`
    on, or when it was thrown away. `version`: how often it has been answered, by which two who answer at once
    are told apart."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = SecretTextField(_("file name"))
    digest = models.CharField(max_length=64)  # of the file
    regions = models.ManyToManyField(Region, verbose_name=_("regions"), related_name="+")
    mapping = models.ForeignKey(
        SpreadsheetMapping, models.PROTECT, verbose_name=_("mapping of spreadsheets"), related_name="+"
    )
    by = _who(_("uploaded by"))
    at = models.DateTimeField(_("time"))
    expires_at = models.DateTimeField(db_index=True)
    pages = SecretFileField(default=b"")
    answers = SecretTextField(_("answers"), blank=True, default="")  # JSON: by the key of the question
    told = SecretFileField(default=b"")  # JSON: what its pages show, as it was read the last time
    # JSON: by sheet, what who kept the book has counted; and what they said first.
    control = SecretTextField(_("count by who kept the book"), blank=True, default="")
    version = models.PositiveIntegerField(default=0)
    confirmed_at = models.DateTimeField(_("seen what is left behind"), null=True, blank=True)
    confirmed_by = _who(_("seen by"), null=True, blank=True)

    objects = OfRegionsQuerySet.as_manager()

    class Meta:
        verbose_name = _("imported spreadsheet")
        verbose_name_plural = _("imported spreadsheets")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="legacy_import_takeover_confirmed_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return date_format(timezone.localtime(self.at), "SHORT_DATETIME_FORMAT")

    def get_absolute_url(self) -> str:
        return reverse("legacy_import:take_over", args=[self.code])

    @property
    def said(self) -> Answers:
        return Answers(json.loads(self.answers or "{}"))

    @property
    def seen(self) -> dict[str, Any]:
        """What its pages show."""
        return of_bytes(self.told) if self.told else {}

    @property
    def counted(self) -> dict[str, Any]:
        """What who kept the book has counted, by sheet; empty where nobody has been asked yet."""
        found: dict[str, Any] = json.loads(self.control or "{}").get("now", {})
        return found

    @property
    def counted_first(self) -> dict[str, Any]:
        """The same as it was said before anything that was read had been shown."""
        found: dict[str, Any] = json.loads(self.control or "{}").get("first", {})
        return found

    @property
    def waits(self) -> bool:
        """Whether the file is still to be read by what has been answered: its pages show nothing of it."""
        return bool(self.pages and self.seen.get("waits"))

    @property
    def target(self) -> Target:
        """What the audit log and the question to a second person name: no word of the file."""
        return Target("legacy_import.sheets", str(self.code), str(self))


class TakenSheetQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        return self.filter(of__in=TakeOver.objects.visible_to(access))


class TakenSheet(models.Model):
    """A sheet that has come in, by the import that made its rows and takes them back alone."""

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    of = models.ForeignKey(TakeOver, models.PROTECT, related_name="sheets")
    name = SecretTextField(_("sheet"))
    run = models.OneToOneField(ImportRun, models.PROTECT, related_name="+")
    told = SecretFileField(default=b"")  # JSON: rows left out and failed, with their lines; warnings
    rows = SecretFileField(default=b"")  # JSON: by what each row is known again

    objects = TakenSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("sheet taken in")
        verbose_name_plural = _("sheets taken in")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.code)

    @property
    def seen(self) -> dict[str, Any]:
        return of_bytes(self.told) if self.told else {}
