"""Publications of a year, their files, exemptions from disclosure control, and announced releases.

Beside the versions of a year is kept what else was given out, and which attacks were run again.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, Final

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.notices import page_language
from agencies.models import localised
from encryption.fields import SecretTextField, Unreadable
from libs.groups import grouped
from summaries.coverage import so_far

REMEMBERED: Final = timedelta(days=30)  # after the hour at which a cancelled release would have come
OPEN: Final = Q(ended_at__isnull=True)
IS_FROZEN: Final = attrgetter("version")  # a draft has none
IS_WITHDRAWN: Final = attrgetter("withdrawn")


class WithTrueFigures(models.Model):
    """A row whose `sealed` holds true values, which never leave the register."""

    sealed: Any

    class Meta:
        abstract = True

    def set_true_values(self, value: dict[str, Any]) -> None:
        self.sealed = json.dumps(value)

    def true_values(self) -> dict[str, Any]:
        """Raises NotDecrypted."""
        if isinstance(self.sealed, Unreadable):
            raise self.sealed.why
        return json.loads(self.sealed) if self.sealed else {}


class PublicationQuerySet(models.QuerySet["Publication"]):
    def published(self) -> PublicationQuerySet:
        """Return every frozen version, withdrawn ones and those that wait for their hour too.

        What was read cannot be unread, and what will be read is known. What of them is public, `public` says.
        """
        return self.filter(version__isnull=False)

    def public(self, now: datetime) -> PublicationQuerySet:
        """Return what everybody may know at `now`: every version whose hour has come, withdrawn ones
        too, which say why. A version that was taken back before its hour never becomes public."""
        return self.published().filter(published_at__lte=now).exclude(withdrawn_at__lt=F("published_at"))

    def standing(self) -> PublicationQuerySet:
        return self.published().exclude(state=Publication.State.WITHDRAWN)

    def told(self, now: datetime) -> PublicationQuerySet:
        """Of those that everybody may know, whose figures are told."""
        return self.public(now).exclude(state=Publication.State.WITHDRAWN)

    def newest(self, year: int) -> Publication | None:
        return self.published().filter(year=year).order_by("-version").first()

    def drafts(self) -> PublicationQuerySet:
        return self.filter(version__isnull=True)


class Publication(WithTrueFigures):
    """One version of a year, or the draft of the next. `sealed` holds true values: it never leaves the
    register.

    `release` is what is told of how it came out: why it is revised, why it did not wait for all regions, who
    saw it before. `hands`: who prepared it or edited its text; none of them approves it. `shown_again`: which
    version the page of the year shows since this one is withdrawn. `differing`: how many of its figures the
    register had otherwise last night.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PROTECTED = "protected", _("Protected")
        TESTED = "tested", _("Checked")
        PRELIMINARY = "preliminary", _("Preliminary")
        FINAL = "final", _("Final")
        REVISED = "revised", _("Revised")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    year = models.PositiveSmallIntegerField(_("year"))
    version = models.PositiveSmallIntegerField(_("version"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.DRAFT)
    k = models.PositiveSmallIntegerField(_("threshold"), default=5)
    steps = models.JSONField(_("coarser categories"), default=dict, blank=True)
    tables = models.JSONField(default=list, blank=True)
    sealed = SecretTextField(blank=True)
    audit = models.JSONField(_("attack test"), default=dict, blank=True)
    passed = models.BooleanField(_("attack test passed"), default=False)
    digest = models.CharField(max_length=64, blank=True)
    texts = models.JSONField(_("texts"), default=dict, blank=True)
    content = models.JSONField(default=dict, blank=True)
    checksum = models.CharField(max_length=64, blank=True)
    software = models.CharField(_("software version"), max_length=20, blank=True)
    made_at = models.DateTimeField(_("figures of"), null=True, blank=True)
    made_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(_("reason of withdrawal"), max_length=300, blank=True)
    withdrawn_reason_en = models.CharField(_("reason of withdrawal in English"), max_length=300, blank=True)
    approved_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    withdrawal_approved_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    shown_again = models.PositiveSmallIntegerField(_("version that is shown again"), null=True, blank=True)
    release = models.JSONField(default=dict, blank=True)
    hands = models.JSONField(default=list, blank=True)
    differing = models.PositiveIntegerField(_("figures that differ from the register"), default=0)
    differing_at = models.DateTimeField(null=True, blank=True)

    withdrawn_after: Sequence[Publication] = ()  # newer ones, where it is shown again: set by `shown_of`
    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-year", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["year", "version"], name="summaries_publication_version_once"),
            models.UniqueConstraint(
                fields=["year"], condition=Q(version__isnull=True), name="summaries_publication_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(version__isnull=True, state__in=["draft", "protected", "tested"])
                | Q(version__gte=1, state__in=["preliminary", "final", "revised", "withdrawn"]),
                name="summaries_publication_state_fits",
            ),
            models.CheckConstraint(
                condition=Q(version__isnull=True) | (Q(passed=True) & ~Q(digest="") & ~Q(checksum="")),
                name="summaries_publication_only_tested",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | ~Q(withdrawn_reason=""),
                name="summaries_publication_withdrawn_why",
            ),
            models.CheckConstraint(
                condition=Q(version__isnull=True)
                | (Q(approved_by__isnull=False) & ~Q(approved_by=F("published_by"))),
                name="summaries_publication_released_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn")
                | Q(withdrawn_at__lt=F("published_at"))
                | (
                    Q(withdrawal_approved_by__isnull=False)
                    & ~Q(withdrawal_approved_by=F("withdrawn_by"))
                    & ~Q(withdrawn_reason_en="")
                ),
                name="summaries_publication_withdrawn_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.version or ''}".strip()

    def get_absolute_url(self) -> str:
        return reverse("summaries:publication", args=[self.year])

    @property
    def number(self) -> int:
        """Of its version; 0 of a draft."""
        return self.version or 0

    def tables_named(self, name: str) -> list[dict[str, Any]]:
        """The table of that name as it is stored; none where the version does not print it."""
        return [table for table in self.tables if table["name"] == name]

    @property
    def withdrawn(self) -> bool:
        return self.state == self.State.WITHDRAWN

    @property
    def withdrawn_because(self) -> str:
        """In the reader's language; of an old one the one reason that was given."""
        return localised(self.withdrawn_reason, self.withdrawn_reason_en) or self.withdrawn_reason

    @property
    def revised_because(self) -> str:
        return self._reason("revised")

    @property
    def unconfirmed_because(self) -> str:
        """Why it is final though not all regions had confirmed the year."""
        return self._reason("unconfirmed")

    @property
    def regions_confirmed(self) -> tuple[int, int] | None:
        """Of how many regions; None of an old version, where all had, or where nobody knew."""
        n, of = self.release.get("regions", (0, 0))
        return (n, of) if n < of else None

    def _reason(self, what: str) -> str:
        return str(self.release.get(what, {}).get(page_language(), ""))

    @property
    def never_public(self) -> bool:
        """Whether it was called off before its hour."""
        return bool(self.withdrawn_at and self.published_at and self.withdrawn_at < self.published_at)

    def waits_for_its_hour(self, now: datetime) -> bool:
        """Whether it is frozen and nobody outside may know of it yet."""
        return self.published_at is not None and self.published_at > now and not self.withdrawn

    @property
    def so_far(self) -> date | None:
        """The day of its figures, where the year was not over then. For good: a version never changes."""
        return so_far(self.year, timezone.localdate(self.made_at)) if self.made_at else None


def shown_of(versions: Iterable[Publication]) -> Publication | None:
    """Return the version whose figures the page of the year shows, of all that everybody may know.

    It is the newest, and where that is withdrawn the version that was chosen to be shown again. None where
    nothing is shown.
    """
    known = {version.number: version for version in versions}
    at = max(known, default=0)
    after: list[Publication] = []
    while (one := known.get(at)) is not None and one.withdrawn:
        after.append(one)
        at = min(one.shown_again or 0, at - 1)
    if one is not None:
        one.withdrawn_after = after
    return one


def by_year(versions: Iterable[Publication]) -> dict[int, list[Publication]]:
    """The versions of each year, as they come."""
    return grouped(versions, attrgetter("year"))


def shown_by_year(versions: Iterable[Publication]) -> list[Publication]:
    """Return of each year the version that is shown, if any is, the oldest year first."""
    years = by_year(versions)
    return [one for one in (shown_of(years[one]) for one in sorted(years)) if one]


class PublicationFile(models.Model):
    """A file as it was made when its version was frozen. `sha256` is that of its bytes, so that nobody has to
    read them to tell it; empty where it was made before that was kept."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="files")
    language = models.CharField(max_length=2)
    kind = models.CharField(max_length=4)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("file of a publication")
        verbose_name_plural = _("files of publications")
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "language", "kind"], name="summaries_publicationfile_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["csv", "json", "xlsx", "pdf"], language__in=["sv", "en"]),
                name="summaries_publicationfile_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication} {self.kind} {self.language}"


class OpenFile(models.Model):
    """A file for other programs, of one table of a version; of all where `table` is empty. Made when it was
    frozen, like those for people."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="open_files")
    table = models.CharField(max_length=30, blank=True, default="")
    language = models.CharField(max_length=2)
    kind = models.CharField(max_length=9)
    content = models.BinaryField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("open file of a publication")
        verbose_name_plural = _("open files of publications")
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "table", "language", "kind"], name="summaries_openfile_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["csv", "semicolon", "px", "jsonstat", "sdmx", "structure"],
                    language__in=["sv", "en"],
                ),
                name="summaries_openfile_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication} {self.table} {self.kind} {self.language}"


class ExemptionQuerySet(models.QuerySet["Exemption"]):
    def in_force(self, year: int) -> ExemptionQuerySet:
        """Exemptions by standing decision, or approved for the year."""
        return self.filter(Q(year=None) | Q(year=year), approved=True)

    def asked(self) -> ExemptionQuerySet:
        """Exemptions that wait for an answer."""
        return self.filter(asked_by__isnull=False, answered_at=None)


class Exemption(models.Model):
    """A table shown whatever is in it. Standing (no year): the agency's own decision. Else asked, and
    approved by somebody else; it counts only when approved.

    `effect`: what would follow in other tables, of which draft (`try_exemption`); no value of a figure.
    """

    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    table = models.CharField(_("table"), max_length=30)
    reason = models.CharField(_("reason"), max_length=300)
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    approved = models.BooleanField(_("approved"), default=False)
    effect = models.JSONField(default=dict, blank=True)

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("exemption from disclosure control")
        verbose_name_plural = _("exemptions from disclosure control")
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="summaries_exemption_reason"),
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True)
                | Q(answered_by__isnull=True)
                | ~Q(asked_by=F("answered_by")),
                name="summaries_exemption_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(year__isnull=True)
                | Q(approved=False)
                | Q(asked_by__isnull=False, answered_by__isnull=False, answered_at__isnull=False),
                name="summaries_exemption_approved_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["table"], condition=Q(year__isnull=True), name="summaries_exemption_standing_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.year or ''}"

    @property
    def waits(self) -> bool:
        return self.asked_by_id is not None and self.answered_at is None


class HandedOut(WithTrueFigures):
    """Protected figures of a year that were given out beside its versions. Who holds them reads every later
    version beside them, so that each is tested as if they had been published.

    `tables` are what was given out; `sealed` holds true values, and never leaves the register.
    """

    year = models.PositiveSmallIntegerField(_("year"))
    at = models.DateTimeField(_("given out"), default=timezone.now)
    by = models.CharField(_("by"), max_length=254)
    tables = models.JSONField(default=list)
    sealed = SecretTextField(bound_to=("year", "digest"))
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("figures given out")
        verbose_name_plural = _("figures given out")
        ordering = ["year", "at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["year", "digest"], name="summaries_handedout_once"),
            models.CheckConstraint(condition=~Q(digest=""), name="summaries_handedout_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.at:%Y-%m-%d}"


class AttackResult(models.Model):
    """What one version of the attack found of a frozen version. Counts of figures, never which."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="attacks")
    attack = models.PositiveSmallIntegerField(_("version of the attack"))
    at = models.DateTimeField(_("run"), default=timezone.now)
    recovered = models.PositiveIntegerField(_("can be worked out"), default=0)
    under_protected = models.PositiveIntegerField(_("too weakly protected"), default=0)
    readable = models.BooleanField(_("could be read"), default=True)

    class Meta:
        verbose_name = _("attack run again")
        verbose_name_plural = _("attacks run again")
        ordering = ["publication", "attack"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "attack"], name="summaries_attackresult_once"),
        ]

    def __str__(self) -> str:
        return f"{self.publication} {self.attack}"

    @property
    def open(self) -> int:
        """How many figures are not what was promised of them."""
        return max(self.recovered, self.under_protected)


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def in_force(self) -> AnnouncementQuerySet:
        return self.filter(ended_at=None)

    def coming(self, now: datetime) -> AnnouncementQuerySet:
        """Announcements whose hour has not come, the next first."""
        return self.in_force().filter(at__gt=now).order_by("at", "year")

    def told(self, now: datetime) -> AnnouncementQuerySet:
        """What the calendar shows: those that are coming, and those that are cancelled, until the year is
        announced again, or comes out, or nobody waits for it any more."""
        anew = Announcement.objects.filter(year=OuterRef("year"), pk__gt=OuterRef("pk"))
        out = Publication.objects.public(now).filter(
            year=OuterRef("year"), published_at__gt=OuterRef("ended_at")
        )
        cancelled = Q(cancelled_by__isnull=False, at__gt=now - REMEMBERED) & ~Exists(anew) & ~Exists(out)
        return self.filter(Q(ended_at=None, at__gt=now) | cancelled).order_by("at", "year")


class Announcement(models.Model):
    """That a version of a year comes out on a day at an hour, told to everybody beforehand. One a year is in
    force: another hour is another row, and the former ends. `contact`: whom the public asks. One that is
    cancelled ends too, and says why: those who wait for it read that nothing comes."""

    year = models.PositiveSmallIntegerField(_("year"))
    at = models.DateTimeField(_("day and hour"))
    contact = models.CharField(_("contact"), max_length=200)
    made_at = models.DateTimeField(_("announced"))
    made_by = models.ForeignKey(
        "accounts.User", models.PROTECT, verbose_name=_("announced by"), related_name="+"
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("cancelled by"),
        related_name="+",
    )
    cancelled_reason = models.CharField(_("why it is cancelled"), max_length=300, blank=True)
    cancelled_reason_en = models.CharField(_("why it is cancelled, in English"), max_length=300, blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announced release")
        verbose_name_plural = _("announced releases")
        ordering = ["at", "year"]
        constraints = [
            models.UniqueConstraint(fields=["year"], condition=OPEN, name="summaries_announcement_once"),
            models.CheckConstraint(condition=~Q(contact=""), name="summaries_announcement_contact"),
            models.CheckConstraint(
                condition=Q(at__gt=F("made_at")), name="summaries_announcement_beforehand"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_by__isnull=True, cancelled_reason="", cancelled_reason_en="")
                | Q(cancelled_by__isnull=False, ended_at__isnull=False)
                & ~Q(cancelled_reason="")
                & ~Q(cancelled_reason_en=""),
                name="summaries_announcement_cancelled_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.at:%Y-%m-%d %H:%M}"

    @property
    def cancelled_because(self) -> str:
        """In the reader's language; empty where it is not cancelled."""
        return localised(self.cancelled_reason, self.cancelled_reason_en)
