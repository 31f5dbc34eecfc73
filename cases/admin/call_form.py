"""A support-line call as the admin shows it: cleaned by the rules that the call page keeps to."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions.calls import LISTS
from cases.admin.base import AdminForm
from cases.forms.base import RowForm
from cases.forms.fields import DayField, NoteField, RowField, RowsField
from cases.forms.parts import EMPTY_ANSWERS
from cases.models import Call
from cases.rules import consent, dates

COUNTS = ("women", "men", "girls", "boys", "unknown")
EARLIEST = date(1990, 1, 1)


def answer_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=gettext_lazy("If nothing is chosen"), choices=EMPTY_ANSWERS, required=False)


class CallAdminForm(AdminForm, RowForm):
    received_at = forms.SplitDateTimeField(label=gettext_lazy("Received"))
    caller_group = RowField("caller", label=gettext_lazy("Who is calling?"))
    caller_county = RowField("county", label=gettext_lazy("County"), required=False)
    topics = RowsField("topic", label=gettext_lazy("What is the call about?"))
    purposes = RowsField("purpose", label=gettext_lazy("Suspected purposes"))
    outcomes = RowsField("outcome", label=gettext_lazy("What was the outcome?"))
    topics_answer, purposes_answer, outcomes_answer = answer_field(), answer_field(), answer_field()
    referred_region = RowField("region", label=gettext_lazy("Referred to region"), required=False)
    referred_agency = RowField("agency", label=gettext_lazy("Referred to agency"), required=False)
    follow_up_due = DayField(label=gettext_lazy("Follow-up due"), required=False, future=True)
    note = NoteField(label=gettext_lazy("Short note"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Call
        fields = (
            "received_at", "medium", "minutes", "caller_group", "caller_county", "topics", "topics_answer", "purposes",
            "purposes_answer", *COUNTS, "urgency", "consent", "outcomes", "outcomes_answer", "referred_region",
            "referred_agency", "follow_up_due", "note",
        )  # fmt: skip

    def prepare(self, lists: Any) -> None:
        super().prepare(lists)
        for name in COUNTS:
            self.fields[name].required = False
        if not self.instance.pk:
            self.initial.setdefault("received_at", timezone.localtime(self.access.at))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned |= {name: cleaned.get(name) or 0 for name in COUNTS}
        cleaned |= {f"{name}_answer": cleaned.get(f"{name}_answer") or "not_asked" for name in LISTS}
        self.tell(consent.consent(cleaned.get("consent", ""), {"note": cleaned.get("note", "")}))
        moment = cleaned.get("received_at")
        if moment is not None:
            day = timezone.localdate(moment)
            self.tell(dates.within("received_at", day, today=self.lists.today, earliest=EARLIEST))
            due = cleaned.get("follow_up_due")
            if due is not None and due < day:
                self.add_error("follow_up_due", _("The follow-up cannot be due before the call."))
        self.check_version(cleaned)
        return cleaned
