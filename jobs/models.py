"""Long work outside the request: a row that says what to do, who asked, how far it is and how it ended."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from accounts.models import one_of


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, access: Access) -> JobQuerySet:
        """A run is its owner's only."""
        return self.filter(owner=access.user)


class Job(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs")
    params = models.JSONField(default=dict)  # identifiers and settings, never facts of a person
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    step = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True)
    cancel_asked = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    alive_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("background run")
        verbose_name_plural = _("background runs")
        ordering = ["-created_at"]
        constraints = [
            one_of("state", ["queued", "running", "done", "failed", "cancelled"], "jobs_job_state_known")
        ]
        indexes = [
            models.Index(fields=["state", "created_at"], name="jobs_job_queue"),
            models.Index(fields=["owner", "-created_at"], name="jobs_job_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"

    def get_absolute_url(self) -> str:
        return reverse("jobs:detail", args=[self.code])

    @property
    def finished(self) -> bool:
        return self.state not in {self.State.QUEUED, self.State.RUNNING}


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def beat(self, name: str) -> None:
        """Heard now, by the clock of the database: those of several machines differ."""
        if not self.filter(pk=name).update(at=Now()):
            Heartbeat.objects.bulk_create([Heartbeat(name=name, at=Now())], ignore_conflicts=True)

    def aged(self) -> HeartbeatQuerySet:
        """Each with its `age` by the same clock."""
        return self.annotate(age=ExpressionWrapper(Now() - F("at"), output_field=DurationField()))

    def of(self, name: str) -> Heartbeat | None:
        """With its `age`; None where it was never heard."""
        return self.aged().filter(pk=name).first()

    def ages(self) -> dict[str, timedelta]:
        """Of all that were ever heard, by name."""
        return {heartbeat.name: heartbeat.age for heartbeat in self.aged()}


class Heartbeat(models.Model):
    age: timedelta

    WORKER = "worker"

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    objects = HeartbeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")

    def __str__(self) -> str:
        return f"{self.name} {self.at}"
