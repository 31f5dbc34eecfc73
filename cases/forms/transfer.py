"""Hand a person over, and answer when another region does."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.base import PlainForm
from cases.forms.fields import NoteField, RowField


class TransferForm(PlainForm):
    to_region = RowField(
        "region",
        label=_("To region"),
        error_messages={"required": _("Choose the region that is to take over.")},
    )
    reason = NoteField(label=_("Why is the person handed over?"), required=True)

    def __init__(self, *args: Any, from_region: str, **options: Any) -> None:
        super().__init__(*args, **options)
        choices: Any = self.fields["to_region"]
        choices.choices = [pair for pair in choices.choices if pair[0] != from_region]


class AnswerForm(PlainForm):
    """Accept or decline; declining says why."""

    accept = forms.ChoiceField(
        label=_("Answer"),
        choices=[
            ("yes", _("Accept: my region becomes responsible")),
            ("no", _("Decline: the other region stays responsible")),
        ],
        widget=forms.RadioSelect,
    )
    reason = NoteField(label=_("Reason for the answer"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("accept") == "no" and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Say why you decline."))
        return cleaned
