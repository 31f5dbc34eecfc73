from __future__ import annotations

import uuid
from datetime import date
from typing import Final

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.forms.base import PlainForm
from cases.forms.fields import DayField, NoteField

LONGEST: Final = 200  # characters


class ReminderForm(PlainForm):
    """A day that comes, and a few words that identify nobody."""

    form_token = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)
    day = DayField(label=_("Day"), future=True)
    text = NoteField(label=_("What do you want to remember?"), longest=LONGEST, rows=2, required=True)

    def layout(self) -> Layout:
        return Layout("form_token", "day", "text")

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day < self.lists.today:
            raise ValidationError(_("Enter today or a day that comes."))
        return day
