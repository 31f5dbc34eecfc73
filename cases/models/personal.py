from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, Final, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from accounts.models import User
from accounts.roles import May
from cases import model_fields
from cases.models.case import Case
from encryption.fields import SecretTextField
from exchange.limits import DRAFT_HOURS

LIFETIME: Final = timedelta(hours=DRAFT_HOURS)
M = TypeVar("M", bound=models.Model)


class StoredForADay(models.QuerySet[M]):
    """Rows of an owner, which are kept for a day from the moment in the column `since`."""

    since: str

    def visible_to(self, access: Access) -> Self:
        """Nobody sees what somebody else is writing, or has sent."""
        return self.filter(owner=access.user, **{f"{self.since}__gt": access.at - LIFETIME})

    def expired(self, at: datetime) -> Self:
        return self.filter(**{f"{self.since}__lte": at - LIFETIME})


class DraftQuerySet(StoredForADay["Draft"]):
    since = "updated_at"


class Draft(models.Model):
    """What somebody has written in a form and not saved. Encrypted, the owner's only, kept for a day, without
    history.

    `subject` is the form's own random token, or for a stored row its `code`: two forms of a kind have a draft
    each."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("owner"), related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=20)
    subject = models.UUIDField(_("subject"))
    # JSON: name of the field → its values
    body = SecretTextField(_("body"), bound_to=("owner", "kind", "subject"))
    updated_at = models.DateTimeField(_("updated"), db_index=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ["-updated_at"]
        constraints = [models.UniqueConstraint(fields=["owner", "kind", "subject"], name="cases_draft_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.updated_at:%Y-%m-%d %H:%M}"


class SentLateQuerySet(StoredForADay["SentLate"]):
    since = "sent_at"


class SentLate(models.Model):
    """A form that somebody sent when their session had ended: nothing of it is done until they have signed in
    and sent it again. Encrypted, the sender's only, kept for a day, without history."""

    code = models.UUIDField(_("code"), default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("owner"), related_name="+"
    )
    address = models.CharField(_("address"), max_length=500)
    body = SecretTextField(_("body"))  # JSON: name of the field → its values
    left_out = models.JSONField(_("left out"), default=list)  # names of what may not be kept
    sent_at = models.DateTimeField(_("sent"), db_index=True)

    objects = SentLateQuerySet.as_manager()

    class Meta:
        verbose_name = _("form sent late")
        verbose_name_plural = _("forms sent late")
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d %H:%M}"


class LastListQuerySet(models.QuerySet["LastList"]):
    def visible_to(self, access: Access) -> Self:
        """One's own."""
        return self.filter(user=access.user)


class LastList(models.Model):
    """What somebody chose in a list last: the filter, by what lists may be filtered by, and the columns."""

    CASES, PERSONS, CALLS = "cases", "persons", "calls"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="+"
    )
    name = models.CharField(_("list"), max_length=10)
    filters = models.CharField(_("last filter"), max_length=500, blank=True)  # as in the address of the list
    columns = models.CharField(_("columns"), max_length=200, blank=True)  # names, parted by commas

    objects = LastListQuerySet.as_manager()

    class Meta:
        verbose_name = _("last filter of a list")
        verbose_name_plural = _("last filters of lists")
        ordering = ["user", "name"]
        constraints = [
            model_fields.check("lastlist_known", models.Q(name__in=["cases", "persons", "calls"])),
            models.UniqueConstraint(fields=["user", "name"], name="cases_lastlist_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ReminderQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        """One's own, while the case is: whoever does not work with it any more is reminded of nothing."""
        own = Case.objects.in_own_region(access).filter(pk=OuterRef("case"))
        return self.filter(Exists(own.order_by()), by=access.user)

    def waiting(self) -> Self:
        """Those of which nobody has said that they are done."""
        return self.filter(done_at__isnull=True)


class Reminder(model_fields.Coded):
    """What somebody wants to be reminded of in a case on a day. It is shown to nobody else; it belongs to the
    case, and so to its extract."""

    case = model_fields.link(Case, _("case"), related_name="reminders")
    day = models.DateField(_("day of the reminder"))
    text = SecretTextField(_("what to remember"))
    by = model_fields.link(User, _("reminder of"))
    made_at = models.DateTimeField(_("reminder made"), auto_now_add=True)
    done_at = models.DateTimeField(_("reminder done"), null=True, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder of one's own")
        verbose_name_plural = _("reminders of one's own")
        ordering = ["day", "pk"]
        indexes = [
            models.Index(
                fields=["by", "day"], name="cases_reminder_waiting", condition=models.Q(done_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class ReadingDayQuerySet(models.QuerySet["ReadingDay"]):
    def visible_to(self, access: Access) -> ReadingDayQuerySet:
        """One's own; all for who watches over the audit log."""
        return self if access.may(May.VIEW_AUDIT_LOG) else self.filter(reader=access.user)


class ReadingDay(models.Model):
    """How many cases somebody opened on a day: what an unusual day is held against."""

    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("reader"), related_name="+"
    )
    day = models.DateField(_("day"), db_index=True)
    cases = models.PositiveIntegerField(_("cases"))
    unusual = models.BooleanField(_("unusual"), default=False)

    objects = ReadingDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("day of reading")
        verbose_name_plural = _("days of reading")
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["reader", "day"], name="cases_readingday_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.cases}"
