"""Is it the same person?"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.choices import Decision
from cases.forms.base import PlainForm
from cases.forms.fields import NoteField

DECISIONS = [(d.value, d.label) for d in (Decision.SAME, Decision.DIFFERENT, Decision.UNSURE)]


class DecisionForm(PlainForm):
    decision = forms.ChoiceField(label=_("Your judgement"), choices=DECISIONS, widget=forms.RadioSelect)
    reason = NoteField(label=_("Why?"), required=True)
