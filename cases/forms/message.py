"""A message to the other side of a handover: short, and without identity."""

from __future__ import annotations

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.base import PlainForm
from cases.forms.fields import NoteField
from cases.forms.lists import Lists
from cases.threads import LONGEST


class MessageForm(PlainForm):
    """`seen`: the last message that the writer has seen, which the page fills in."""

    form_token = forms.UUIDField(required=False, widget=forms.HiddenInput)
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)
    text = NoteField(
        label=_("Message"),
        longest=LONGEST,
        required=True,
        help_text=_("At most 500 characters. Write nothing that could identify a person."),
    )

    def prepare(self, lists: Lists) -> None:
        super().prepare(lists)
        self.fields["form_token"].initial = uuid.uuid4

    def showing(self, last: str) -> MessageForm:
        """The same form, which remembers what the page shows now."""
        self.fields["seen"].initial = last
        if self.is_bound:
            self.data = {**dict(self.data.items()), "seen": last}
        return self
