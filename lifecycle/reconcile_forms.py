"""What somebody answers about a difference, and the spreadsheet of a month."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.free_text import FreeForm, FreeTextField
from exchange.reading import ACCEPTED
from lifecycle.reconciled import ANSWERS, Explanation, Group, Kind
from lifecycle.reconciliation import Wanted
from lifecycle.takeover.places import WrongPlace, in_words, of_words
from lifecycle.takeover.reconciling import TOTAL, Reason

OF_ROWS: Final = {Kind.NOT_VICTIM, Kind.TWICE, Kind.TWO_REGIONS, Kind.TWO_YEARS, Kind.YEAR}
MOST: Final = 9_999


class ExplainForm(FreeForm):
    kind = forms.ChoiceField(
        label=pgettext_lazy("explanation", "Reason"),
        choices=ANSWERS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose why the totals differ.")},
    )
    persons = forms.IntegerField(
        label=gettext_lazy("Persons"),
        min_value=-MOST,
        max_value=MOST,
        help_text=gettext_lazy("How many more the other total counts. With a minus where it counts fewer."),
        error_messages={"required": gettext_lazy("Say how many persons this explains.")},
    )
    group = forms.ChoiceField(label=gettext_lazy("Group"), choices=Group.choices, initial=Group.ALL)
    places = forms.CharField(
        label=gettext_lazy("Rows"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("A sheet a line, its rows after a colon, such as Väst 2018: 4, 7-9"),
    )
    note = FreeTextField(
        label=gettext_lazy("In words"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Needed for something else. It stands in the report: name nobody."),
    )

    def __init__(self, *args: Any, sheets: Collection[str] | None, **options: Any) -> None:
        """`sheets`: whose rows may be named; None where the answer is of no rows."""
        super().__init__(*args, **options)
        self.sheets = sheets
        if sheets is None:
            del self.fields["places"]

    def clean_persons(self) -> int:
        persons = int(self.cleaned_data["persons"])
        if not persons:
            raise forms.ValidationError(_("0 persons explain nothing."))
        return persons

    def clean_places(self) -> tuple[tuple[str, int], ...]:
        try:
            return of_words(self.cleaned_data["places"], self.sheets or ())
        except WrongPlace as wrong:
            raise forms.ValidationError(
                _("“%(said)s” is not read. Write a sheet of this list, a colon and its rows: %(sheets)s.")
                % {"said": wrong.said[:60], "sheets": ", ".join(self.sheets or ())}
            ) from None

    def clean(self) -> None:
        super().clean()
        facts = self.cleaned_data
        kind = facts.get("kind")
        if kind == Kind.OTHER and not facts.get("note") and "note" not in self.errors:
            self.add_error("note", _("Say in words what it is."))
        if self.sheets and kind in OF_ROWS and not facts.get("places") and "places" not in self.errors:
            self.add_error("places", _("Say which rows tell of these persons."))

    @property
    def wanted(self) -> Wanted:
        facts = self.cleaned_data
        places = facts.get("places", ())
        return Wanted(facts["kind"], facts["persons"], facts["group"], places, facts["note"])


def as_before(answer: Explanation) -> dict[str, Any]:
    """What the form shows of an answer that is to be changed."""
    facts = {name: getattr(answer, name) for name in ("kind", "persons", "group", "note")}
    return {**facts, "places": in_words(answer.rows)}


def as_offered(reason: Reason) -> dict[str, Any]:
    """What the form shows of what a sheet itself tells."""
    return {
        "kind": reason.kind,
        "persons": reason.persons,
        "group": TOTAL,
        "places": in_words(reason.rows),
    }


class MonthForm(forms.Form):
    region = forms.ChoiceField(label=gettext_lazy("Region"))
    file = forms.FileField(
        label=gettext_lazy("The spreadsheet of this month"),
        allow_empty_file=True,  # the reader says so in its own words
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=gettext_lazy("It is read, compared and forgotten: counts and places of rows are kept."),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )

    mapping = forms.ChoiceField(
        label=gettext_lazy("Mapping of spreadsheets"),
        required=False,
        help_text=gettext_lazy("What was answered when a file of the same hand was taken over."),
    )

    def __init__(
        self,
        *args: Any,
        regions: Collection[tuple[str, str]],
        mappings: Collection[tuple[str, str]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.fields["region"].choices = list(regions)  # type: ignore[attr-defined]
        self.fields["mapping"].choices = [("", _("No kept mapping")), *mappings]  # type: ignore[attr-defined]
