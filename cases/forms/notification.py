"""An agency's notification: short, and without identity."""

from __future__ import annotations

import uuid
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.owner import support_line
from agencies.geography import Geography
from cases.forms.base import row
from cases.forms.call import COUNTS, CountsForm
from cases.forms.fields import of
from cases.forms.lists import Lists
from cases.models import Notification
from cases.rules import notes


class NotificationForm(CountsForm):
    purposes = of(Notification, "purposes")
    form_token = forms.UUIDField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Notification
        fields = ("county", "urgency", *COUNTS, "note", "phone")
        widgets = {"phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})}
        labels = {"county": gettext_lazy("County where the persons are")}

    def prepare(self, lists: Lists) -> None:
        super().prepare(lists)
        self.fields["form_token"].initial = uuid.uuid4

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not any(cleaned[name] for name in COUNTS) and not any(name in self.errors for name in COUNTS):
            self.add_error(
                "women", _("Say how many persons. When nothing is known of them, count them as unknown.")
            )
        county = cleaned.get("county")
        if county is not None and county.code not in Geography.load().rows:
            self.add_error(
                "county",
                _("No region is responsible for the county. Call the support line, {number}.").format(
                    number=support_line()
                ),
            )
        return cleaned

    def clean_phone(self) -> str:
        """Of the officer at work."""
        typed = str(self.cleaned_data["phone"] or "").strip()
        if typed and not notes.work_phone(typed):
            raise forms.ValidationError(_("Write a telephone number, for example 08-000 00 00."))
        return typed

    def layout(self) -> Layout:
        return Layout(
            "form_token",
            row("county", "urgency"),
            Div(*COUNTS, css_class="counts field"),
            "purposes",
            "note",
            row("phone"),
        )
