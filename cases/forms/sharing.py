"""What passes between regions: ask for a case, a transfer or a judgement of a duplicate, and answer."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from agencies.models import Region
from cases.choices import Decision
from cases.forms.base import PlainForm
from cases.forms.fields import NoteField, RowField
from cases.importing.references import case_number

SHORTEST: Final = 20  # characters of a reason
DECISIONS = [(d.value, d.label) for d in (Decision.SAME, Decision.DIFFERENT, Decision.UNSURE)]


# --- access to a case --------------------------------------------------------------------------
class ReasonField(NoteField):
    """A reason of some length, without anything that identifies a person."""

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and len(value.strip()) < SHORTEST:
            raise ValidationError(_("Give the reason in at least %(n)d characters.") % {"n": SHORTEST})


class AskForm(PlainForm):
    number = forms.CharField(
        label=_("Case number"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    what = forms.MultipleChoiceField(
        label=_("What do you need to read?"),
        choices=[
            ("persons", _("The persons in the case")),
            ("note", _("The note of the case, and what stands beside it")),
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each region decides on its own persons, and the region of the case on its note."),
        error_messages={"required": _("Say what you need to read.")},
    )
    reason = ReasonField(label=_("Why do you need to read the case?"), required=True)

    def clean_number(self) -> str:
        """Whether such a number could be: not whether it is. `region` is the region that it names."""
        number = case_number(self.cleaned_data["number"])
        self.region = next((row for row in self.lists.regions if row.code == number.partition("-")[0]), None)
        if self.region is None:
            raise forms.ValidationError(_("Write a number such as V-2018-0012."))
        return number

    region: Region | None = None


class AnswerAccessForm(PlainForm):
    """Grant for some hours, or decline and say why."""

    hours = forms.TypedChoiceField(
        label=_("Answer"),
        coerce=int,
        choices=[
            (1, _("Grant for 1 hour")),
            (8, _("Grant for 8 hours")),
            (24, _("Grant for 24 hours")),
            (0, _("Decline")),
        ],
        widget=forms.RadioSelect,
    )
    reason = NoteField(label=_("Reason for the answer"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("hours") == 0 and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Say why you decline."))
        return cleaned


# --- transfers -----------------------------------------------------------------------------------
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


class TransferAnswerForm(PlainForm):
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


# --- duplicates ----------------------------------------------------------------------------------
class DecisionForm(PlainForm):
    """Is it the same person?"""

    decision = forms.ChoiceField(label=_("Your judgement"), choices=DECISIONS, widget=forms.RadioSelect)
    reason = NoteField(label=_("Why?"), required=True)
