"""Drafts, kept for their owner until they are saved, and forms that were sent too late, for a day at most.

What is sent when a session has ended, or before the terms of today are accepted, is kept for whoever sent
it, shown when that is done, and sent again by a press of a button. The scanner and the consent rule hold for
both: what they find is left out and named, all else is kept.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.access import Access, acting_as
from accounts.entry import lacks_terms
from accounts.models import SentForm
from accounts.roles import May
from accounts.sessions import BACKGROUND, OPEN, ended
from accounts.transactions import code_of, token_of
from cases.models import Draft, SentLate
from cases.rules import texts

MAX_LENGTH: Final = 300_000  # characters of one draft: two hundred persons fit
NEVER: Final = {"csrfmiddlewaretoken", "go", "save_anyway", "names_shown", "no_name", "find"}
# Names of free texts, after the prefix of a form.
FREE: Final = {"note", "text", "reason", "reference", "registry_number", "question", "why"}
WORK_PHONE: Final = "phone"  # of the officer who notifies
# What else the forms send: numbers, codes, days and months, times, tokens. The scanner has nothing to say of
# it.
PLAIN: Final = re.compile(
    r"\d{0,4}|[a-z_]+:[a-z0-9_]+|[a-z_]{1,20}|\d{4}-\d{2}(-\d{2}([ T]\d{1,2}[:.]\d{2}(:\d{2})?)?)?"
    r"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{1,2}[-–]\d{1,2}|50\+"
)


class TooLong(ValueError):
    """More than a draft may hold."""


# Who may keep drafts of a form. The subject of a new row's draft is the token of its form.
KINDS: Final[Mapping[str, May]] = {
    "call": May.LOG_CALL,
    "call-edit": May.EDIT_CALL,
    "case": May.OPEN_CASE,
    "case-from": May.OPEN_CASE,  # a call or a notification, whose code is the subject
    "persons": May.OPEN_CASE,  # of the case whose code is the subject
    "notify": May.NOTIFY,
}


def keep(kind: str, subject: uuid.UUID, data: Mapping[str, list[str]], *, by: Access) -> list[str]:
    """Keep what is written; answers the names that were left out. Raises TooLong.

    No audit: a draft is not a record."""
    purge(by.at)
    fields, refused = fit(data)
    body = json.dumps(fields, ensure_ascii=False)
    if len(body) > MAX_LENGTH:
        raise TooLong
    # A keeping that arrives after the saving must not bring the draft back.
    if not SentForm.objects.filter(sender=by.user, token=subject).exists():
        values = {"body": body, "updated_at": by.at}
        Draft.objects.update_or_create(owner=by.user, kind=kind, subject=subject, defaults=values)
    return refused


def fit(data: Mapping[str, list[str]]) -> tuple[dict[str, list[str]], list[str]]:
    """What may be kept, and the names of what may not."""
    no_notes = "missing" in data.get("consent", ())
    stored: dict[str, list[str]] = {}
    refused: list[str] = []
    for name, values in data.items():
        if name in NEVER:
            continue
        if any(_faulty(name, value, no_notes) for value in values):
            refused.append(name)
        else:
            stored[name] = values
    return stored, refused


def _faulty(name: str, value: str, no_notes: bool) -> bool:
    if name == WORK_PHONE:
        return bool(value) and not texts.work_phone(value.strip())
    is_free = name.rpartition("-")[2] in FREE
    if is_free and no_notes:
        return bool(value.strip())
    is_plain = not is_free and PLAIN.fullmatch(value)
    return not is_plain and bool(texts.note(name, value))


def latest(kind: str, by: Access, *, subject: uuid.UUID | None = None) -> Draft | None:
    """The draft to offer: of the row, or of a new form the last one that was written."""
    purge(by.at)
    rows = Draft.objects.visible_to(by).filter(kind=kind)
    return (rows.filter(subject=subject) if subject else rows).order_by("-updated_at").first()


def fields_of(row: Draft | SentLate) -> dict[str, list[str]]:
    """What was written, by name; nothing where the key is lost."""
    try:
        found: Any = json.loads(row.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def forget(kind: str, subject: uuid.UUID | None, *, by: Access) -> None:
    """The form is saved, or its draft thrown away."""
    if subject is not None:
        Draft.objects.visible_to(by).filter(kind=kind, subject=subject).delete()


def purge(at: datetime) -> int:
    """Everybody's drafts that are a day old are gone for good. Answers how many."""
    return Draft.objects.expired(at).delete()[0]


def waiting(kinds: Iterable[str], by: Access) -> Iterator[Draft]:
    """Own drafts of these kinds, the latest first."""
    own = Draft.objects.visible_to(by).filter(kind__in=kinds)
    return own.order_by("-updated_at").defer("body").iterator()


LATE: Final = "sent_late"  # the field by which a form that is sent again names what was kept
STEP: Final = "go"  # which button of the form was pressed


def keep_if_late(request: HttpRequest) -> None:
    """Files are not kept, and nothing that a page sends by itself."""
    access: Access | None = getattr(request, "access", None)
    if access is None or request.method != "POST" or not waits(request):
        return
    if request.headers.get(BACKGROUND) or request.path.startswith(OPEN) or request.FILES:
        return
    with acting_as(access):
        stored = keep_sent_late(request.get_full_path(), dict(request.POST.lists()), by=access)
    if stored is not None:
        request.kept_at = reverse("cases:sent_late", args=[stored.code])  # type: ignore[attr-defined]


def forget_if_done(request: HttpRequest, response: HttpResponse) -> None:
    """What was kept is gone when it has been sent again and done."""
    access: Access | None = getattr(request, "access", None)
    if access is None or request.method != "POST" or response.status_code != 302:
        return
    if code := code_of(request.POST.get(LATE)):
        with acting_as(access):
            if _is_done(request, access):
                SentLate.objects.visible_to(access).filter(code=code).delete()


def waits(request: HttpRequest) -> bool:
    """Whether what is sent is not done now."""
    return ended(request) or lacks_terms(request)


def _is_done(request: HttpRequest, access: Access) -> bool:
    """A page that leads on has not always done what was sent: it was held back on its way, or the form that
    makes a row has made none."""
    if request.resolver_match is None or waits(request):
        return False
    token = token_of(request.POST)
    if token is None:
        return True
    return SentForm.objects.filter(sender=access.user, token=token).exists()


@transaction.atomic
def keep_sent_late(address: str, data: Mapping[str, list[str]], *, by: Access) -> SentLate | None:
    """What was sent, without what may not be kept; None where it is too long. No audit: nothing is done."""
    SentLate.objects.expired(by.at).delete()
    fields, left_out = fit({name: values for name, values in data.items() if name != LATE})
    if STEP in data:
        fields[STEP] = data[STEP]
    body = json.dumps(fields, ensure_ascii=False)
    if len(body) > MAX_LENGTH or len(address) > 500:
        return None
    return SentLate.objects.create(
        owner=by.user, address=address, body=body, left_out=left_out, sent_at=by.at
    )


def pairs_of(row: SentLate) -> list[tuple[str, str]]:
    """Names and values to send again; none where the key is lost."""
    return [(name, value) for name, values in fields_of(row).items() for value in values]
