from __future__ import annotations

import secrets
from operator import attrgetter
from typing import Any, Final

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from agencies.models import Agency, County, Region
from cases import model_fields
from cases.choices import ContactWay, NotificationState, Side, Urgency
from cases.models.call import Call
from cases.models.case import Case
from cases.models.sharing import Transfer
from cases.querysets import MessageQuerySet, NotificationQuerySet
from encryption.fields import SecretTextField

LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is read as something else


def new_receipt() -> str:
    """Random: says nothing of when, where or how many, and cannot be guessed."""
    drawn = [secrets.choice(LETTERS) for _n in range(10)]
    return f"{''.join(drawn[:5])}-{''.join(drawn[5:])}"


class Notification(model_fields.Coded):
    """An agency tells a region of presumed victims, without identity. A coordinator may open a case from
    it."""

    receipt = models.CharField(
        _("receipt number"), max_length=11, unique=True, default=new_receipt, editable=False
    )
    officer = model_fields.link(User, _("officer"), editable=False)
    agency = model_fields.link_or_none(Agency, _("agency"), editable=False)
    county = model_fields.link(County, _("county"))
    region = model_fields.link(Region, _("NMT region"), editable=False)
    women = models.PositiveSmallIntegerField(_("women"), default=0)
    men = models.PositiveSmallIntegerField(_("men"), default=0)
    girls = models.PositiveSmallIntegerField(_("girls"), default=0)
    boys = models.PositiveSmallIntegerField(_("boys"), default=0)
    unknown = models.PositiveSmallIntegerField(_("unknown"), default=0)
    purposes = model_fields.codes("purpose", _("suspected purposes"))
    phone = models.CharField(
        _("your work telephone"),
        max_length=30,
        blank=True,
        help_text=_("The coordinator calls this number, and sees your name, agency and work e-mail."),
    )
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency.choices, default=Urgency.GENERAL)
    note = SecretTextField(_("short note"), blank=True)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=NotificationState.choices,
        default=NotificationState.RECEIVED,
        editable=False,
    )
    case = model_fields.link_or_none(Case, _("case"), related_name="notifications", editable=False)
    taken_by = model_fields.link_or_none(User, _("taken over by"), editable=False)
    taken_at = models.DateTimeField(_("taken over"), null=True, blank=True, editable=False)
    contacted_by = model_fields.link_or_none(User, _("contacted by"), editable=False)
    contacted_at = models.DateTimeField(_("contacted"), null=True, blank=True, editable=False)
    contacted_how = models.CharField(
        _("how the agency was reached"), max_length=10, choices=ContactWay.choices, blank=True, editable=False
    )
    sent_at = models.DateTimeField(_("sent"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = NotificationQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["note"])

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            model_fields.known("notification", "urgency", Urgency),
            model_fields.known("notification", "state", NotificationState),
            model_fields.check(
                "notification_of_somebody",
                Q(Q(women__gt=0) | Q(men__gt=0) | Q(girls__gt=0) | Q(boys__gt=0) | Q(unknown__gt=0)),
            ),
            model_fields.together("notification_taken_by_somebody", "taken_at", "taken_by"),
            model_fields.check(
                "notification_contacted_somehow",
                Q(contacted_by__isnull=True, contacted_at__isnull=True, contacted_how="")
                | Q(
                    contacted_by__isnull=False,
                    contacted_at__isnull=False,
                    contacted_how__in=ContactWay.values,
                ),
            ),
        ]
        indexes = [
            models.Index(F("officer"), F("sent_at").desc(), name="cases_notification_officer"),
            models.Index(F("region"), F("state"), F("sent_at").desc(), name="cases_notification_region"),
        ]

    def __str__(self) -> str:
        return self.receipt

    def get_absolute_url(self) -> str:
        return reverse("cases:notification", args=[self.code])

    @property
    def begins(self) -> dict[str, Any]:
        """What the form of a case that is opened from it begins with."""
        day = timezone.localdate(self.sent_at).isoformat()
        return {"opened_on": day, "identified_on": day, "county": self.county_id, "agency": self.agency_id}

    @property
    def persons_concerned(self) -> int:
        return self.women + self.men + self.girls + self.boys + self.unknown

    @property
    def concerns_child(self) -> bool:
        return self.girls + self.boys > 0


Subject = Notification | Call | Transfer
SUBJECTS: Final = ("notification", "call", "transfer")  # the columns, of which one is filled


class Message(model_fields.Coded):
    """A short text from one side of a handover to the other, about a notification, a referred call or a
    transfer. Whoever of the other side says so, or answers, has read it for that side."""

    notification = model_fields.link_or_none(Notification, related_name="messages")
    call = model_fields.link_or_none(Call, _("call"), related_name="messages")
    transfer = model_fields.link_or_none(Transfer, related_name="messages")
    region = model_fields.link(Region, _("region that takes over"))
    from_side = models.CharField(_("from"), max_length=10, choices=Side.choices)
    written_by = model_fields.link(User, _("written by"))
    written_at = models.DateTimeField(_("written"))
    text = SecretTextField(_("message"))
    read_by = model_fields.link_or_none(User, _("read by"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["pk"]
        constraints = [
            model_fields.known("message", "from_side", Side),
            model_fields.check(
                "message_about_one_thing",
                Q(notification__isnull=False, call__isnull=True, transfer__isnull=True)
                | Q(notification__isnull=True, call__isnull=False, transfer__isnull=True)
                | Q(notification__isnull=True, call__isnull=True, transfer__isnull=False),
            ),
            model_fields.together("message_read_by_somebody", "read_at", "read_by"),
        ]
        indexes = [
            models.Index(
                fields=["region", "from_side"], name="cases_message_unread", condition=Q(read_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return str(self.code)

    @property
    def subject(self) -> Subject:
        return next(one for one in attrgetter(*SUBJECTS)(self) if one)
