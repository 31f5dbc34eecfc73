"""A double click or a repeated POST does the work once, and is shown what the first one made."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404

from accounts.access import Access
from accounts.models import SentForm

Row = TypeVar("Row", bound=Model)


def code_of(text: object) -> uuid.UUID | None:
    """The code that somebody sent; None where it is none."""
    try:
        return uuid.UUID(str(text or ""))
    except ValueError:
        return None


def token_of(data: Mapping[str, object]) -> uuid.UUID | None:
    """The token that the form was shown with; None where there is none that can be read."""
    return code_of(data.get("form_token"))


def number_of(data: Mapping[str, object], name: str) -> int:
    """The number of the state in which a page was shown; -1, which no state has, where it cannot be read."""
    text = str(data.get(name) or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1


def sent_before(token: uuid.UUID | None, rows: QuerySet[Row], *, by: Access) -> Row | None:
    """What this very form has made for the same person; None where it was not sent, or is out of scope.

    Asked when a form is refused: it may be so because of what it made itself."""
    sent = SentForm.objects.filter(sender=by.user, token=token).first() if token else None
    return rows.filter(pk=sent.made).first() if sent else None


@transaction.atomic
def once(token: uuid.UUID | None, work: Callable[[], Row], rows: QuerySet[Row], *, by: Access) -> Row:
    """What `work` makes, or what the same form made of `rows` before. Without a token nothing is guarded.

    Whoever sends the form at the same moment waits until this transaction has ended."""
    if token is None:
        return work()
    sent, first = SentForm.objects.get_or_create(sender=by.user, token=token)
    if not first:
        return get_object_or_404(rows, pk=sent.made)
    made = work()
    SentForm.objects.filter(pk=sent.pk).update(made=made.pk)
    return made
