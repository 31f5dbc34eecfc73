"""The note that is left for the next on the line."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.base import PlainForm
from cases.forms.fields import DayField, NoteField

MOST: Final = 31  # days


class LineNoteForm(PlainForm):
    text = NoteField(label=_("What does the next on the line need to know?"), required=True)
    until = DayField(label=_("Last day that it is shown"), future=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.is_bound:
            self.fields["until"].initial = self.lists.today + timedelta(days=1)

    def clean_until(self) -> date:
        day: date = self.cleaned_data["until"]
        last = self.lists.today + timedelta(days=MOST)
        if not self.lists.today <= day <= last:
            text = _("Choose a day from today to %(last)s.")
            raise forms.ValidationError(text % {"last": last})
        return day
