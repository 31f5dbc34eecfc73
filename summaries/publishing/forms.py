"""What is asked while a year is being published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.free_text import FreeForm, FreeTextField
from summaries.catalogue import PUBLISHED
from summaries.classifying import LEFT_OUT
from summaries.models import Estimate
from summaries.publishing.models import Publication

STEP_NAMES: Final = (_("Full"), _("Coarse"), _("Coarser"), _("Coarsest"))


def step_names(length: int) -> list[str]:
    """Of a table with so many steps."""
    return (
        [str(name) for name in (*STEP_NAMES[: length - 1], STEP_NAMES[-1])]
        if length > 1
        else [str(STEP_NAMES[0])]
    )


class StepsForm(forms.Form):
    """One choice for each table that has coarser categories; a table that is not named keeps its step."""

    def __init__(self, *args: Any, steps: dict[str, int], titles: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, length in ((entry.name, len(entry.ladder)) for entry in PUBLISHED):
            if length > 1:
                self.fields[name] = forms.TypedChoiceField(
                    label=titles.get(name, name),
                    choices=[*enumerate(step_names(length)), (LEFT_OUT, _("Left out"))],
                    coerce=int,
                    required=False,
                    empty_value=None,
                    initial=steps.get(name, 0),
                )


class TextForm(FreeForm):
    sv = FreeTextField(
        label=_("Swedish"), widget=forms.Textarea(attrs={"rows": 22, "lang": "sv"}), max_length=8000
    )
    en = FreeTextField(
        label=_("English"), widget=forms.Textarea(attrs={"rows": 22, "lang": "en"}), max_length=8000
    )


class ExemptionForm(FreeForm):
    """The person who asks is not the one who answers."""

    table = forms.ChoiceField(label=_("Table"))
    reason = FreeTextField(
        label=_("Reason"), min_length=20, max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, tables: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["table"].choices = tables  # type: ignore[attr-defined]


def _rounded(estimate: Estimate) -> str:
    words = _("at least about {n} persons; made {date}")
    return str(words).format(n=estimate.result["at_least"], date=f"{estimate.at:%Y-%m-%d}")


class FreezeForm(forms.Form):
    """`digest` is of the draft that was looked at: another one is not published by mistake."""

    digest = forms.CharField(widget=forms.HiddenInput)
    state = forms.ChoiceField(
        label=_("Published as"),
        widget=forms.RadioSelect,
    )
    estimate = forms.ModelChoiceField(
        Estimate.objects.none(),
        label=_("Estimate of the dark figure"),
        required=False,
        empty_label=_("No estimate"),
        help_text=_(
            "Only estimates of this year that are certain enough for the outside stand here. "
            "What is printed is a lower bound, rounded down, with method and caveats."
        ),
    )

    def __init__(self, *args: Any, year: int, states: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["state"]
        kinds.choices = [(s.value, s.label) for s in Publication.State if s in states]
        field: Any = self.fields["estimate"]
        field.queryset = Estimate.objects.for_publication(year)
        field.label_from_instance = _rounded


class WithdrawForm(FreeForm):
    reason = FreeTextField(
        label=_("Reason"),
        min_length=10,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Why it is withdrawn. Everybody can read it on the page of the version."),
    )
