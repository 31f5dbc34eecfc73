"""The audit log: append-only, a keyed hash chain, without foreign keys so that it never holds the live data
back."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnly(Exception):
    """An event was about to be changed or removed."""


class LabelStart(models.Func):
    """The first two characters of a label. Its numbers are written out: SQLite finds the index by no
    others."""

    function, template, arity = "SUBSTR", "%(function)s(%(expressions)s, 1, 2)", 1
    output_field = models.CharField()

    def __init__(self, label: str = "target_label") -> None:
        super().__init__(label)


class EventQuerySet(models.QuerySet["Event"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit events cannot be changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly("Audit events cannot be deleted.")

    def beginning(self, text: str) -> EventQuerySet:
        """Those whose target's label begins so, by its first two characters: an index has them in their
        order."""
        return self.alias(label_start=LabelStart()).filter(label_start=text[:2])


class Event(models.Model):
    """One thing that somebody did. Field *names* only, never values; the kind of a search, never its
    words."""

    sequence = models.BigIntegerField(_("number"), primary_key=True)
    at = models.DateTimeField(_("time"))
    actor = models.CharField(_("actor"), max_length=254, blank=True)
    role = models.CharField(_("role"), max_length=20, blank=True)
    action = models.CharField(_("action"), max_length=40)
    target_kind = models.CharField(_("kind of target"), max_length=40, blank=True)
    target_id = models.CharField(_("identifier of target"), max_length=64, blank=True)
    target_label = models.CharField(_("target"), max_length=100, blank=True)
    fields = models.JSONField(_("fields"), default=list, blank=True)
    rows = models.PositiveIntegerField(_("rows"), null=True, blank=True)
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    search_kind = models.CharField(_("kind of search"), max_length=100, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        db_table = "audit_event"
        ordering = ["-sequence"]
        indexes = [
            models.Index(fields=["target_kind", "target_id", "sequence"], name="audit_event_target"),
            models.Index(fields=["target_label", "sequence"], name="audit_event_label"),
            models.Index(fields=["action", "sequence"], name="audit_event_action"),
            models.Index(fields=["actor", "sequence"], name="audit_event_actor"),
            models.Index(fields=["at"], name="audit_event_at"),
            models.Index(LabelStart(), "sequence", name="audit_event_label_start"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action} {self.target_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("Audit events cannot be changed.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit events cannot be deleted.")


class Head(models.Model):
    """The one row that names the last event: writers queue on it, so that the chain has no forks."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)
    signature = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        db_table = "audit_head"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="audit_head_one_row")]

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"

    @classmethod
    def now(cls) -> Head:
        """Return the head as it stands; of an audit log without events that of none."""
        return cls.objects.filter(id=1).first() or cls()


class Segment(models.Model):
    """The events of one year, closed: its signed head stays when the events are disposed of."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    first = models.BigIntegerField(_("first event"))
    last = models.BigIntegerField(_("last event"))
    start_hash = models.CharField(max_length=64)  # of the event before the first
    hash = models.CharField(max_length=64)  # of the last
    closed_at = models.DateTimeField(_("closed"))
    signature = models.CharField(max_length=64)
    disposed_at = models.DateTimeField(_("disposed of"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=300, blank=True)
    disposed_by = models.CharField(_("carried out by"), max_length=254, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=254, blank=True)
    disposal_signature = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("year of the audit log")
        verbose_name_plural = _("years of the audit log")
        db_table = "audit_segment"
        ordering = ["first"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last__gte=models.F("first")), name="audit_segment_from_first_to_last"
            ),
            models.CheckConstraint(
                condition=models.Q(disposed_at__isnull=True)
                | ~models.Q(decision="") & ~models.Q(disposed_by=models.F("approved_by")),
                name="audit_segment_disposed_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.last}:{self.hash}"
