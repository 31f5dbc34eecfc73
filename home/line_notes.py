"""What those who answer the support line tell each other: write it, end it.

The note that is left for the next on the line.

What the line leaves to the next, in the demonstration.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from accounts.models import User
from accounts.roles import May
from audit.writer import record
from cases.forms.base import PlainForm
from cases.forms.fields import DayField, NoteField
from home.models import LineNote

MAX_DAYS: Final = 31  # days


class LineNoteForm(PlainForm):
    text = NoteField(label=_("What does the next person on the line need to know?"), required=True)
    until = DayField(label=_("Last day that it is shown"), future=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.is_bound:
            self.fields["until"].initial = self.lists.today + timedelta(days=1)

    def clean_until(self) -> date:
        day: date = self.cleaned_data["until"]
        last = self.lists.today + timedelta(days=MAX_DAYS)
        if not self.lists.today <= day <= last:
            text = _("Choose a day from today to %(last)s.")
            raise forms.ValidationError(text % {"last": last})
        return day


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


def leave_note(operator: User, today: date) -> None:
    at = timezone.make_aware(datetime.combine(today - timedelta(days=1), time(16, 30)))
    text = "Påhittat: koordinatorn i Öst är borta, hänvisa till ersättaren."
    write_note(text=text, until=today + timedelta(days=7), by=Access.of(operator, at=at))
