"""What passes between regions: transfers, access asked and granted, questions of duplicates.

What the nightly search for duplicates remembers. It points at persons by their keys alone: nothing of it
stands in the way when a person is taken back, and what points at nobody is swept out by the next search.

That somebody has typed facts which are compared with everybody's. Never what was found: a count of hits
would be an answer itself.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies.models import Region
from cases import model_fields
from cases.choices import Decision, RequestAnswer
from cases.duplicates.scoring import HIGH
from cases.models.case import Case
from cases.models.person import Person
from cases.querysets import DuplicateReviewQuerySet, GrantQuerySet, TransferQuerySet
from encryption.fields import SecretTextField


class Transfer(model_fields.Coded):
    person = model_fields.link(Person, related_name="transfers")
    from_region = model_fields.link(Region, _("from region"))
    to_region = model_fields.link(Region, _("to region"))
    asked_by = model_fields.link(User)
    asked_at = models.DateTimeField()
    reason = SecretTextField(_("reason"))
    answer = models.CharField(max_length=10, choices=RequestAnswer.choices, default=RequestAnswer.PENDING)
    answered_by = model_fields.link_or_none(User)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_reason = SecretTextField(_("reason for the answer"), blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering = ["-asked_at"]
        constraints = [
            model_fields.known("transfer", "answer", RequestAnswer),
            models.UniqueConstraint(
                fields=["person"], condition=Q(answer="pending"), name="cases_transfer_one_pending"
            ),
            model_fields.check("transfer_between_two_regions", ~Q(from_region=F("to_region"))),
            model_fields.check(
                "transfer_answered_when_answered",
                Q(answer="pending", answered_at__isnull=True)
                | (~Q(answer="pending") & Q(answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.from_region_id} → {self.to_region_id}"


class AccessGrant(model_fields.Coded):
    """A coordinator asks to read one case of another region; that region grants it for at most 24 hours."""

    case = model_fields.link_or_none(Case, related_name="grants")
    case_number = models.CharField(_("case number"), max_length=16)
    region = model_fields.link(Region, _("region asked"))
    asked_by = model_fields.link(User)
    asked_at = models.DateTimeField()
    # What was asked for. A region opens its persons, and that of the case what is noted of it: its note,
    # registry number, accompanying children and suspects.
    persons = models.BooleanField(_("its persons"), default=True)
    note = models.BooleanField(_("its note"), default=True)
    reason = SecretTextField(_("reason"))
    answer = models.CharField(max_length=10, choices=RequestAnswer.choices, default=RequestAnswer.PENDING)
    answered_by = model_fields.link_or_none(User)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_reason = SecretTextField(_("reason for the answer"), blank=True)
    until = models.DateTimeField(null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("access to a case")
        verbose_name_plural = _("accesses to cases")
        ordering = ["-asked_at"]
        constraints = [
            model_fields.known("accessgrant", "answer", RequestAnswer),
            model_fields.check(
                "accessgrant_not_by_oneself", Q(answered_by__isnull=True) | ~Q(answered_by=F("asked_by"))
            ),
            model_fields.check(
                "accessgrant_until_when_granted",
                (Q(answer="accepted") & Q(until__isnull=False, case__isnull=False))
                | (~Q(answer="accepted") & Q(until__isnull=True)),
            ),
            model_fields.check("accessgrant_of_something", Q(persons=True) | Q(note=True)),
        ]
        indexes = [models.Index(fields=["asked_by", "until"], name="cases_accessgrant_until")]

    def __str__(self) -> str:
        return self.case_number


class DuplicateReview(model_fields.Coded):
    """Two records that may be one person, and what a human decided. `first` is the older record."""

    first = model_fields.link(Person, related_name="reviews_as_first")
    second = model_fields.link(Person, related_name="reviews_as_second")
    similarity = models.FloatField(_("similarity"))
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.OPEN)
    by = model_fields.link_or_none(User)
    at = models.DateTimeField(null=True, blank=True)
    reason = SecretTextField(_("reason"), blank=True)
    found_at = models.DateTimeField()
    asked_by = model_fields.link_or_none(User)
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_region = model_fields.link_or_none(Region, _("region asked"))

    # In the list of judgements: those of the two that one's own region has, and the number of the other.
    own: list[Person]
    other_number: str

    objects = DuplicateReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        ordering = ["-similarity", "pk"]
        constraints = [
            model_fields.known("duplicatereview", "decision", Decision),
            models.UniqueConstraint(fields=["first", "second"], name="cases_duplicatereview_once"),
            model_fields.check("duplicatereview_in_order", Q(first__lt=F("second"))),
            model_fields.together(
                "duplicatereview_asked_of_a_region", "asked_at", "asked_by", "asked_region"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} ~ {self.second}"

    def other_than(self, person: Person) -> Person:
        return self.second if person.pk == self.first_id else self.first

    @property
    def very_alike(self) -> bool:
        return self.similarity >= HIGH


class LikenessSearch(models.Model):
    rules = models.CharField(max_length=64)
    shares = models.JSONField()
    # By how much a score may have risen at the most, over all searches since the rules were others.
    drift = models.FloatField(default=0)

    class Meta:
        verbose_name = _("search for duplicates")
        verbose_name_plural = _("searches for duplicates")
        constraints = [model_fields.check("likenesssearch_one", Q(pk=1))]

    def __str__(self) -> str:
        return self.rules[:8]


class ComparedPerson(models.Model):
    """A person as they were when compared with everybody. They are compared again when the digest is another,
    or when scores may have risen beyond `reach`: then a pair of theirs may have become worth asking about."""

    person = models.BigIntegerField(primary_key=True)
    digest = models.CharField(max_length=64)
    reach = models.FloatField(null=True)  # null: no pair of theirs comes near

    class Meta:
        verbose_name = _("compared person")
        verbose_name_plural = _("compared persons")
        indexes = [models.Index(fields=["reach"], name="cases_comparedperson_reach")]

    def __str__(self) -> str:
        return str(self.person)


class WaitingHint(models.Model):
    """A pair of two regions that has been found, and is shown when the newer one's region may get a hint
    again."""

    first = models.BigIntegerField()
    second = models.BigIntegerField()
    region = models.CharField(max_length=2)
    similarity = models.FloatField()

    class Meta:
        verbose_name = _("hint that waits")
        verbose_name_plural = _("hints that wait")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="cases_waitinghint_once"),
            model_fields.check("waitinghint_in_order", Q(first__lt=F("second"))),
        ]
        indexes = [
            models.Index(
                fields=["region", "-similarity", "first", "second"], name="cases_waitinghint_region"
            ),
            models.Index(fields=["second"], name="cases_waitinghint_second"),
        ]

    def __str__(self) -> str:
        return f"{self.first} ~ {self.second}"


class Try(models.Model):
    """One form or one file whose persons were compared, or one change of the facts that are."""

    class Kind(models.TextChoices):
        FORM = "form", _("form")
        EDIT = "edit", _("change")
        IMPORT = "import", _("import")

    by = model_fields.link(User)
    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    persons = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("comparison tried")
        verbose_name_plural = _("comparisons tried")
        constraints = [model_fields.check("try_kind_known", models.Q(kind__in=["form", "edit", "import"]))]

    def __str__(self) -> str:
        return f"{self.kind} {self.persons}"
