"""What passes between regions and agencies: requests and answers, messages, notifications; and what somebody
says of rows: that they are a mistake, to be remembered, or complete for a year.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Final

from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from accounts.notices import support_line
from agencies.directory import Geography
from agencies.models import Region
from cases.choices import Decision
from cases.forms.base import PlainForm, row, token
from cases.forms.call import COUNTS, CountsForm
from cases.forms.fields import DayField, NoteField, RowField, of, refuse_if
from cases.importing.stored import PERSON_NUMBER, case_number
from cases.messages import MAX_LENGTH
from cases.models import Notification
from cases.rules import texts

SHORTEST: Final = 20  # characters of a reason
LONGEST_REMINDER: Final = 200
WHAT: Final = {
    "persons": gettext_lazy("The persons in the case"),
    "note": gettext_lazy("The note of the case, and what stands beside it"),
}


class AskForm(PlainForm):
    number = forms.CharField(
        label=gettext_lazy("Case number"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    what = forms.MultipleChoiceField(
        label=gettext_lazy("What do you need to read?"),
        choices=list(WHAT.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Each region decides on its persons, the region of the case on its note."),
        error_messages={"required": gettext_lazy("Say what you need to read.")},
    )
    reason = NoteField(least=SHORTEST, label=gettext_lazy("Why do you need to read the case?"), required=True)

    def clean_number(self) -> str:
        """Whether such a number could be: not whether it is. `region` is the region that it names. The number
        of a person names its case."""
        number = case_number(PERSON_NUMBER.sub(r"\1", self.cleaned_data["number"].upper()))
        self.region = Region.objects.filter(code=number.partition("-")[0]).first()
        refuse_if(self.region is None, gettext_lazy("Write a number such as V-2018-0012."))
        return number


class AnswerForm(PlainForm):
    """An answer to another region, with its reason, which is required where it declines."""

    declined: ClassVar[tuple[str, object]]  # the field, and what it is then
    field_order = ("hours", "accept", "reason")
    reason = NoteField(label=gettext_lazy("Reason for the answer"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        name, no = self.declined
        if cleaned.get(name) == no:
            self.want("reason", gettext_lazy("Say why you decline."))
        return cleaned


class AnswerAccessForm(AnswerForm):
    declined = ("hours", 0)
    hours = forms.TypedChoiceField(
        label=gettext_lazy("Answer"),
        coerce=int,
        choices=[
            (1, gettext_lazy("Grant for 1 hour")),
            (8, gettext_lazy("Grant for 8 hours")),
            (24, gettext_lazy("Grant for 24 hours")),
            (0, gettext_lazy("Decline")),
        ],
        widget=forms.RadioSelect,
    )


class TransferForm(PlainForm):
    to_region = RowField(
        "region",
        label=gettext_lazy("To region"),
        error_messages={"required": gettext_lazy("Choose the region that is to take over.")},
    )
    reason = NoteField(label=gettext_lazy("Why is the person handed over?"), required=True)

    def __init__(self, *args: Any, from_region: str, **options: Any) -> None:
        super().__init__(*args, **options)
        choices: Any = self.fields["to_region"]
        choices.choices = [pair for pair in choices.choices if pair[0] != from_region]


class TransferAnswerForm(AnswerForm):
    declined = ("accept", "no")
    accept = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        choices=[
            ("yes", gettext_lazy("Accept: my region becomes responsible")),
            ("no", gettext_lazy("Decline: the other region stays responsible")),
        ],
        widget=forms.RadioSelect,
    )


class DecisionForm(PlainForm):
    decision = forms.ChoiceField(
        label=gettext_lazy("Your judgement"),
        choices=[(d.value, d.label) for d in (Decision.SAME, Decision.DIFFERENT, Decision.UNSURE)],
        widget=forms.RadioSelect,
    )
    reason = NoteField(label=gettext_lazy("Why?"), required=True)


class MessageForm(PlainForm):
    """`seen`: the last message that the writer has seen, which the page fills in."""

    form_token = token()
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)
    text = NoteField(
        label=gettext_lazy("Message"),
        longest=MAX_LENGTH,
        required=True,
        help_text=gettext_lazy("At most 500 characters. Write nothing that could identify a person."),
    )

    def showing(self, last: str) -> MessageForm:
        """The same form, which remembers what the page shows now."""
        self.fields["seen"].initial = last
        if self.is_bound:
            self.data = {**dict(self.data.items()), "seen": last}
        return self


class MistakeForm(PlainForm):
    """`digest`: of what the page shows, so that nobody takes out what they have not seen."""

    form_token = token()
    digest = forms.CharField(widget=forms.HiddenInput)
    reason = NoteField(
        least=SHORTEST,
        label=gettext_lazy("Why was it a mistake?"),
        required=True,
        help_text=gettext_lazy(
            "State what was wrong, such as the wrong person or a double click. No names or numbers."
        ),
    )

    def __init__(self, *args: Any, digest: str, **options: Any) -> None:
        super().__init__(*args, initial={"digest": digest}, **options)


class NotificationForm(CountsForm):
    purposes = of(Notification, "purposes")
    form_token = token()

    class Meta:
        model = Notification
        fields = ("county", "urgency", *COUNTS, "note", "phone")
        widgets = {"phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})}
        labels = {"county": gettext_lazy("County where the persons are")}
        help_texts = {"phone": gettext_lazy("The coordinator calls this number.")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        text = _("Enter how many persons. When nothing is known of them, count them as unknown.")
        is_counted = any(cleaned.get(one) for one in COUNTS) or not self.errors.keys().isdisjoint(COUNTS)
        self.error_if(not is_counted, "women", text)
        county = cleaned.get("county")
        if county is not None and county.code not in Geography.load().rows:
            text = _("No region is responsible for the county. Call the support line, {number}.")
            self.add_error("county", text.format(number=support_line()))
        return cleaned

    def clean_phone(self) -> str:
        """Of the officer at work."""
        typed = str(self.cleaned_data["phone"])
        text = _("Write a telephone number, for example 08-000 00 00.")
        refuse_if(typed and not texts.work_phone(typed), text)
        return typed

    def layout(self) -> Layout:
        counts = Div(*COUNTS, css_class="counts field")
        return Layout("form_token", row("county", "urgency"), counts, "purposes", "note", row("phone"))


class ReminderForm(PlainForm):
    form_token = token()
    day = DayField(label=gettext_lazy("Day"), future=True)
    text = NoteField(
        label=gettext_lazy("What do you want to remember?"), longest=LONGEST_REMINDER, rows=2, required=True
    )

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        refuse_if(day < self.lists.today, gettext_lazy("Enter today or a day that comes."))
        return day


class CloseYearForm(PlainForm):
    """`left`: how much is incomplete and undecided, as the page shows it. Where anything is, it is said that
    it was seen: what was seen then, and no more."""

    digest = forms.CharField(widget=forms.HiddenInput)
    seen = forms.BooleanField(
        label=gettext_lazy(
            "I have seen what is incomplete or undecided. The year may be closed all the same."
        ),
        error_messages={
            "required": gettext_lazy("Confirm that you have seen what is incomplete or undecided.")
        },
    )

    def __init__(self, *args: Any, left: tuple[int, ...], **options: Any) -> None:
        self.left = "-".join(str(one) for one in left)
        super().__init__(*args, initial={"digest": self.left}, **options)
        if not any(left):
            del self.fields["seen"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("digest") != self.left:
            self.data = dict(self.data.items()) | {"digest": self.left}
            text = gettext_lazy("What is missing has changed since the page was shown. Look at it again.")
            self.add_error(None, text)
        return cleaned


class ReopenYearForm(PlainForm):
    reason = NoteField(least=SHORTEST, label=gettext_lazy("Why is it taken back?"), required=True)
