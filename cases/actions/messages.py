"""One side of a handover writes to the other, and reads what came. Anybody of a side does it for the side."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.access import Access
from accounts.acting import beyond
from audit.writer import record
from cases.models import Call, Message, Person, Transfer
from cases.models.message import Subject
from cases.threads import LONGEST, MOST, Thread, about, column_of, over, region_of, sides_of, to_side


class WrittenMeanwhile(Exception):
    """Somebody has written since the form was shown: read that first."""


@transaction.atomic
@beyond("transfer")
def write(*, subject: Subject, text: str, seen: str, by: Access) -> Message:
    """`seen` is the code of the last message that the writer was shown, empty without one. What had come to
    the writer's side is read by the answer. Raises WrittenMeanwhile."""
    side = Thread(subject, by).side
    region = region_of(subject)
    if side is None or region is None or over(subject) or not text.strip() or len(text) > LONGEST:
        raise PermissionDenied
    type(subject)._default_manager.select_for_update().get(pk=subject.pk)  # one writes at a time
    codes = [str(code) for code in about(subject).order_by("pk").values_list("code", flat=True)]
    if len(codes) >= MOST:
        raise PermissionDenied
    if (codes[-1] if codes else "") != seen:
        raise WrittenMeanwhile
    about(subject).filter(read_at__isnull=True).exclude(from_side=side).update(read_by=by.user, read_at=by.at)
    message = Message(region_id=region, from_side=side, text=text, written_by=by.user, written_at=by.at)
    setattr(message, column_of(subject), subject)
    message.save()
    record(by, "message.send", named(subject))
    return message


@transaction.atomic
@beyond("transfer")
def mark_read(*, message: Message, by: Access) -> bool:
    """Whether it was unread. The first of a side reads it for the side."""
    if to_side(message) not in sides_of(message.subject, by):
        raise PermissionDenied
    unread = Message.objects.filter(pk=message.pk, read_at__isnull=True)
    if not unread.update(read_by=by.user, read_at=by.at):
        return False
    record(by, "message.read", named(message.subject))
    return True


def empty_of(call: Call) -> None:
    """Consent was missing after all: what was written about the call goes with its note."""
    for message in Message.objects.filter(call=call).exclude(text=""):
        message.text = ""
        message.save(update_fields=["text"])


def named(subject: Subject) -> Subject | Person:
    """What the trail calls it: a transfer by its person."""
    return subject.person if isinstance(subject, Transfer) else subject
