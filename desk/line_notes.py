"""What those who answer the support line tell each other: write it, end it."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from accounts.access import Access
from accounts.roles import May
from audit.writer import record
from desk.models import LineNote


@transaction.atomic
def write_note(*, text: str, until: date, by: Access) -> LineNote:
    by.require(May.LOG_CALL)
    note = LineNote.objects.create(text=text, until=until, written_by=by.user, written_at=by.at)
    record(by, "line_note.write", note)
    return note


@transaction.atomic
def end_note(*, note: LineNote, by: Access) -> None:
    """By whoever answers the line. Ended twice, it is ended once."""
    by.require(May.LOG_CALL)
    if LineNote.objects.filter(pk=note.pk, ended_at=None).update(ended_by=by.user, ended_at=by.at):
        record(by, "line_note.end", note)
