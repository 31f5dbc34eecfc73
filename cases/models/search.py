"""What the nightly search for duplicates remembers. It points at persons by their keys alone: nothing of it
stands in the way when a person is taken back, and what points at nobody is swept out by the next search."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class LikenessSearch(models.Model):
    """By what weights everybody was compared last: one row."""

    rules = models.CharField(max_length=64)
    shares = models.JSONField()
    # By how much a score may have risen at the most, over all searches since the rules were others.
    drift = models.FloatField(default=0)

    class Meta:
        verbose_name = _("search for duplicates")
        verbose_name_plural = _("searches for duplicates")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="cases_likenesssearch_one")]

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
    """A pair of two regions that has been found, and is told when the newer one's region may get a hint
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
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="cases_waitinghint_in_order"),
        ]
        indexes = [
            models.Index(
                fields=["region", "-similarity", "first", "second"], name="cases_waitinghint_region"
            ),
            models.Index(fields=["second"], name="cases_waitinghint_second"),
        ]

    def __str__(self) -> str:
        return f"{self.first} ~ {self.second}"
