"""What is asked while a year is being published."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.free_text import FreeForm, FreeTextField
from agencies.code_words import of_regions
from summaries.catalogue import PUBLISHED
from summaries.classifications import LEFT_OUT
from summaries.models import Estimate
from summaries.release.models import Publication

State = Publication.State
# What may say how many were corrected, or which of their facts: numbers, groups, the facts of the tables, and
# the names of purposes and regions.
TELLS: Final = re.compile(
    r"\d|\b(en person|ett fel|en uppgift|en post|ett ärende|två|tre|fyra|fem|sex|sju|åtta|nio|tio|kvinn|män\b"
    r"|man\b|flick|pojk|barn|ändamål|medborgar|län\b|länet|kommun|region|ålder|kön|brott|bransch|insats"
    r"|an? person|a record|a case|one|two|three|four|five|six|seven|eight|nine|ten\b|wom[ae]n|m[ae]n\b"
    r"|child|purpose|citizen|count[yi]|municipal|age\b|offence|sector|measure|tvång|orimlig|hushåll|tigg|krimin"
    r"|bidrag|äktensk|adoption|surroga|organ\b|krig|slave|forced|labour|unreasonable|domestic|begg|crim|fraud"
    r"|girl|boy|marriage|military|arbetskraft"
    rf"|{'|'.join([*of_regions('name_sv').values(), *of_regions('name_en').values()])})",
    re.IGNORECASE,
)
STEP_NAMES: Final = (_("Full"), _("Coarse"), _("Coarser"), _("Much coarser"), _("Coarsest"))


def step_names(length: int) -> list[str]:
    """Return what the steps of a table with so many are called."""
    names = (*STEP_NAMES[: length - 1], STEP_NAMES[-1]) if length > 1 else STEP_NAMES[:1]
    return [str(name) for name in names]


def _lines(rows: int, **attributes: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attributes})


class StepsForm(forms.Form):
    """One choice for each table that has coarser categories; a table that is not named keeps its step."""

    def __init__(self, *args: Any, steps: dict[str, int], titles: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for entry in PUBLISHED:
            if len(entry.ladder) > 1:
                self.fields[entry.name] = forms.TypedChoiceField(
                    label=titles.get(entry.name, entry.name),
                    choices=[*enumerate(step_names(len(entry.ladder))), (LEFT_OUT, _("Left out"))],
                    coerce=int,
                    required=False,
                    empty_value=None,
                    initial=steps.get(entry.name, 0),
                )


class TextForm(FreeForm):
    sv = FreeTextField(label=_("Swedish"), widget=_lines(22, lang="sv"), max_length=8000)
    en = FreeTextField(label=_("English"), widget=_lines(22, lang="en"), max_length=8000)


class ExemptionForm(FreeForm):
    table = forms.ChoiceField(label=_("Table"))
    reason = FreeTextField(label=_("Reason"), min_length=20, max_length=300, widget=_lines(3))

    def __init__(self, *args: Any, tables: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["table"].choices = tables  # type: ignore[attr-defined]


def _rounded(estimate: Estimate) -> str:
    words = _("at least about {n} persons; made {date}")
    return str(words).format(n=estimate.result["at_least"], date=f"{estimate.at:%Y-%m-%d}")


def _reason(label: str | Promise, **more: Any) -> FreeTextField:
    more = {"required": False, "widget": _lines(3), **more}
    return FreeTextField(label=label, min_length=10, max_length=300, **more)


class FreezeForm(FreeForm):
    """What is asked of a second person. `digest` is of the draft that was looked at: another one is not
    published by mistake. `hour`: that which was announced. `left_out`: questions that this one needs not."""

    digest = forms.CharField(widget=forms.HiddenInput)
    state = forms.ChoiceField(label=_("Published as"), widget=forms.RadioSelect)
    estimate = forms.ModelChoiceField(
        Estimate.objects.none(),
        label=_("Estimate of the dark figure"),
        required=False,
        empty_label=_("No estimate"),
        help_text=_(
            "Only estimates of this year that are certain enough to be published are shown here: a lower "
            "bound, rounded down, with method and caveats."
        ),
    )

    when = forms.ChoiceField(label=_("Public"), widget=forms.RadioSelect)
    unconfirmed_sv = _reason(
        _("Why it is final before all regions have closed the year, in Swedish"),
        help_text=_("Only if a region has not closed it. Everybody can read it on the page of the year."),
    )
    unconfirmed_en = _reason(_("Why it is final before all regions have closed the year, in English"))
    revised_sv = _reason(
        _("Why it is revised, in Swedish"),
        help_text=_("Only for a revised version. Everybody can read it on the page of the year."),
    )
    revised_en = _reason(_("Why it is revised, in English"))
    revised_told = forms.BooleanField(
        label=_("The reason says neither how many persons were corrected nor which facts"), required=False
    )
    seen_before = FreeTextField(
        label=_("Who sees it before its hour"),
        required=False,
        max_length=600,
        widget=_lines(2),
        help_text=_(
            "One office or function a line. Everybody can read it. Nobody, where nothing is written."
        ),
    )
    numbers = _reason(
        _("Why the text has numbers that no table shows"),
        required=True,
        help_text=_("The person who approves reads your reason and confirms these numbers separately."),
    )
    alike = forms.BooleanField(
        label=_("The text was changed differently in the two languages: I have compared them, and they agree")
    )
    read_sv = forms.BooleanField(label=_("I have read the text in Swedish"))
    read_en = forms.BooleanField(label=_("I have read the text in English"))
    note = FreeTextField(label=_("Note to the approver"), required=False, max_length=300, widget=_lines(2))

    def __init__(
        self,
        *args: Any,
        year: int,
        states: Sequence[str],
        hour: datetime | None,
        left_out: Collection[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for name in left_out:
            del fields[name]
        at = [("hour", date_format(timezone.localtime(hour), "SHORT_DATETIME_FORMAT"))] if hour else []
        fields["when"].choices = [*at, ("once", _("At once, when it is approved"))]
        fields["when"].initial = fields["when"].choices[0][0]
        if State.REVISED not in states:
            del fields["revised_sv"], fields["revised_en"], fields["revised_told"]
        fields["state"].choices = [(state.value, state.label) for state in State if state in states]
        fields["estimate"].queryset = Estimate.objects.for_publication(year)
        fields["estimate"].label_from_instance = _rounded

    def clean(self) -> dict[str, Any]:
        """Ask once more where the reason of a revision may say whom it is about."""
        facts: dict[str, Any] = self.cleaned_data
        for name in ("revised_sv", "revised_en"):
            if TELLS.search(facts.get(name, "")) and not facts.get("revised_told"):
                self.add_error(
                    name,
                    _("This seems to say how many persons were corrected, or which facts. Say only why."),
                )
        return facts


class WithdrawForm(FreeForm):
    """`again`: the versions that could be shown instead, the newest first. Not asked of one that is not
    shown."""

    again = forms.TypedChoiceField(
        label=_("What the page of the year shows then"),
        widget=forms.RadioSelect,
        coerce=lambda value: int(value) or None,
        empty_value=None,
    )
    reason = _reason(
        _("Reason in Swedish"),
        required=True,
        help_text=_("Why it is withdrawn. Everybody can read it on the page of the version."),
    )
    reason_en = _reason(_("Reason in English"), required=True)

    def __init__(self, *args: Any, again: Sequence[int] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if again is None:
            del self.fields["again"]
            return
        choices = [(str(n), _("Version {n} again").format(n=n)) for n in again]
        field: Any = self.fields["again"]
        field.choices = [*choices, ("0", _("Nothing but your reason"))]


# The two fields of a moment have one legend: each has a name of its own beside it.
DAY: Final[dict[str, Any]] = {"type": "date", "aria-label": _("Day")}
TIME: Final[dict[str, Any]] = {"type": "time", "aria-label": _("Time")}


class AnnounceForm(forms.Form):
    """The hour is told to everybody at once, and so is the contact: an office, not a person."""

    at = forms.SplitDateTimeField(
        label=_("Day and hour"),
        widget=forms.SplitDateTimeWidget(date_attrs=DAY, time_attrs=TIME),
        help_text=_("Everybody can read it from now on."),
    )
    contact = forms.CharField(
        label=_("Contact"), max_length=200, help_text=_("For the public: an office, not a person.")
    )

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        if at <= timezone.now():
            raise forms.ValidationError(_("A release is announced before its hour."))
        return at


class CancelForm(FreeForm):
    reason = _reason(
        _("Reason in Swedish"),
        required=True,
        help_text=_("Why it is cancelled. Everybody can read it among the coming releases."),
    )
    reason_en = _reason(_("Reason in English"), required=True)


class QuestionForm(FreeForm):
    """The answer of a second person. A no says why. A yes to `strange` numbers of the text is marked, and one
    to tables from which the register has `moved`."""

    answer = forms.ChoiceField(
        label=_("Your answer"),
        widget=forms.RadioSelect,
        choices=[("yes", _("Yes, as it is asked for")), ("no", _("No"))],
    )
    reason = FreeTextField(
        label=_("Reason for the answer"),
        required=False,
        max_length=300,
        widget=_lines(3),
        help_text=_("Needed at a no."),
    )
    numbers = forms.BooleanField(required=False)
    moved = forms.BooleanField(required=False)

    def __init__(self, *args: Any, strange: Sequence[str] = (), moved: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["moved"].label = _("These tables are to be released although the register differs.")
        self.fields["moved"].help_text = moved
        if not moved:
            del self.fields["moved"]
        message = _("I have checked the numbers that no table shows, and they may be published: {numbers}")
        self.fields["numbers"].label = str(message).format(numbers=", ".join(strange))
        if not strange:
            del self.fields["numbers"]

    def clean(self) -> dict[str, Any]:
        facts = self.cleaned_data
        if facts.get("answer") == "no" and not facts.get("reason"):
            self.add_error("reason", _("Say why, so that it can be mended."))
        for name in ("numbers", "moved"):
            if facts.get("answer") == "yes" and facts.get(name) is False:
                self.add_error(name, _("Tick the box, or decline."))
        return facts
