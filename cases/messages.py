"""What two sides of a handover have written to each other: who they are, what is read, waits or is over."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.roles import May
from agencies.models import Region
from cases.choices import Consent, Side
from cases.models import Call, Message, Notification, Transfer
from cases.models.notification import Subject

MAX_MESSAGES: Final = 50  # messages about one thing; who has more to say rings
MAX_LENGTH: Final = 500  # characters of one
PAGES: Final = {
    "notification": "cases:notification_messages",
    "call": "calls:messages",
    "transfer": "cases:transfer_messages",
}
# The column of the region that takes over.
TAKERS: Final = {"notification": "region", "call": "referred_region", "transfer": "to_region"}
OTHER_SIDE: Final[dict[str, Side]] = {Side.GIVER: Side.TAKER, Side.TAKER: Side.GIVER}


def column_of(subject: Subject) -> str:
    """The column of a message that leads to its subject."""
    return str(subject._meta.model_name)


def about(subject: Subject) -> QuerySet[Message]:
    """Of its two sides as they are now; asked in actions, which have looked who acts."""
    return Message.objects.filter(**{column_of(subject): subject}, region=region_of(subject))


def region_of(subject: Subject) -> str | None:
    """The region that takes over; None of a call that is not referred."""
    return getattr(subject, f"{TAKERS[column_of(subject)]}_id")


def sides_of(subject: Subject, access: Access) -> set[Side]:
    """The sides that somebody writes for; a coordinator may have both regions of a transfer."""
    if isinstance(subject, Transfer):
        gives = subject.from_region_id in access.regions
        rights: tuple[May, ...] = (May.TRANSFER,)
    elif isinstance(subject, Call):
        gives = access.may(May.LOG_CALL)
        rights = (May.LOG_CALL, May.EDIT_CASE)
    else:
        gives = access.may(May.NOTIFY) and subject.officer_id == access.user.pk
        rights = (May.NOTIFY, May.EDIT_CASE)
    if not access.may(*rights):
        return set()
    own = {Side.GIVER: gives, Side.TAKER: region_of(subject) in access.regions}
    return {one for one in own if own.get(one)}


def over(subject: Subject) -> str:
    """Why nothing is written about it, in words; empty where something may be."""
    if isinstance(subject, Call) and subject.consent == Consent.MISSING:
        return _("Consent is missing: of the call only statistical facts are saved, and no messages.")
    if region_of(subject) is None:
        return _("The call is not referred to a region: there is nobody to write to.")
    return ""


@dataclass
class Thread:
    """`subject` is in scope."""

    subject: Subject
    access: Access

    @cached_property
    def messages(self) -> list[Message]:
        """One query."""
        rows = Message.objects.visible_to(self.access).filter(**{column_of(self.subject): self.subject})
        messages = list(rows.select_related("written_by", "region").order_by("pk"))
        for row in messages:
            setattr(row, column_of(self.subject), self.subject)
        return messages

    @cached_property
    def side(self) -> Side | None:
        """Of who reads; of somebody with both sides, that which the last message was written to."""
        sides = sides_of(self.subject, self.access)
        if len(sides) > 1:
            return to_side(self.now[-1]) if self.now else Side.GIVER
        return next(iter(sides), None)

    @property
    def now(self) -> list[Message]:
        """Of the region that takes over now: a call may have been referred to another before."""
        return [row for row in self.messages if row.region_id == region_of(self.subject)]

    @property
    def last(self) -> str:
        """What a form remembers to have been shown."""
        return str(self.now[-1].code) if self.now else ""

    @property
    def over(self) -> str:
        if len(self.now) >= MAX_MESSAGES:
            return _("There are %(n)d messages about this. Ring instead.") % {"n": MAX_MESSAGES}
        return over(self.subject)

    @property
    def shown(self) -> bool:
        """Whether there is anything to read or to write."""
        return bool(self.messages) or not self.over

    @property
    def url(self) -> str:
        return reverse(PAGES[column_of(self.subject)], args=[self.subject.code])

    @property
    def home(self) -> str:
        """The page of what it is about; an officer opens none of a notification."""
        if isinstance(self.subject, Transfer):
            return reverse("cases:transfer", args=[self.subject.code])
        if isinstance(self.subject, Notification) and self.side == Side.GIVER:
            return self.url
        return self.subject.get_absolute_url()

    @property
    def to(self) -> str:
        if self.side != Side.GIVER:
            return giver_in_words(self.subject)
        return region_in_words(getattr(self.subject, TAKERS[column_of(self.subject)]))

    def lines(self) -> list[tuple[Message, str, bool]]:
        """Each with whose it is in words, and whether it waits to be read by who reads here."""
        mine = sides_of(self.subject, self.access)
        lines = []
        for row in self.messages:
            by_taker = row.from_side == Side.TAKER
            whose = region_in_words(row.region) if by_taker else giver_in_words(self.subject)
            lines.append((row, whose, row.read_at is None and to_side(row) in mine))
        return lines


def to_side(message: Message) -> Side:
    return OTHER_SIDE[message.from_side]


def region_in_words(region: Region | None) -> str:
    return _("Region %(region)s") % {"region": region}


def giver_in_words(subject: Subject) -> str:
    """Who hands over: a region, the support line, or an agency."""
    if isinstance(subject, Transfer):
        return region_in_words(subject.from_region)
    if isinstance(subject, Call):
        return _("The support line")
    return str(subject.agency or _("The agency"))
