"""The forms of old spreadsheets: the file, what is asked about it, and why two totals differ."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy

from accounts.access import Access
from accounts.free_text import FreeForm, FreeTextField, FreeTextForm
from cases.forms.fields import refuse_if
from exchange.views import UploadForm
from legacy_import.control import PERSONS, years_of
from legacy_import.models import ANSWERS, DifferenceKind, Explanation, Group, SpreadsheetMapping
from legacy_import.sentences import COLUMNS, LATER, LONG, WRITTEN, ListWords
from legacy_import.sheets.comparison import DifferenceReason, WrongPlace, in_words, of_words
from legacy_import.spreadsheets import FilledAnswer

MOST_PERSONS: Final = 20_000
COUNTED_AS: Final = {
    PERSONS: gettext_lazy("Persons in all"),
    "women": gettext_lazy("Women"),
    "men": gettext_lazy("Men"),
    "girls": gettext_lazy("Girls"),
    "boys": gettext_lazy("Boys"),
}
QUESTIONS_A_PAGE: Final = 10  # questions of a page
_ON: Final = re.compile(r"(?:19|20)\d\d(?:-\d\d){0,2}")


# What may be written of a day, or of who stands in a row.
_WRITTEN_AS: Final = {
    "on": (gettext_lazy("Or a year or day"), gettext_lazy("Such as 2018, or 2018-05-04.")),
    "sex": (gettext_lazy("Or who they are"), gettext_lazy("Such as 2 kvinnor, 1 barn.")),
}


class SpreadsheetForm(FreeTextForm, UploadForm):
    """A file, and whose hand it is of: one that is kept, or a new one by its name."""

    mapping = forms.ModelChoiceField(
        SpreadsheetMapping.objects.none(),
        label=gettext_lazy("Saved mapping"),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("A new one"),
        help_text=gettext_lazy("Answers that were saved from earlier files of the same person."),
    )
    new_mapping = FreeTextField(
        label=gettext_lazy("Name of a new mapping"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Such as “Väst, sheets until 2018”. Not the name of a person."),
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, access: Access, *args: Any, mapping: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {"form_token": uuid.uuid4(), "mapping": mapping}
        self.fields["file"].help_text = _("XLSX, ODS or CSV, as it is: every sheet is read.")
        field: Any = self.fields["mapping"]
        field.queryset = SpreadsheetMapping.objects.visible_to(access)


class ReasonForm(FreeForm):
    reason = FreeTextField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What the file is, and how you have checked that it is read correctly."),
        error_messages={"required": gettext_lazy("Write why, for the person who answers.")},
    )


class ControlForm(forms.Form):
    """How many persons are in each sheet, by who kept the book."""

    def __init__(self, sheets: Sequence[str], counted: Mapping[str, Any], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.sheets = sheets
        for place, sheet in enumerate(sheets):
            said = counted.get(sheet)
            for name, label in COUNTED_AS.items():
                field = forms.IntegerField(label=label, min_value=0, max_value=MOST_PERSONS, required=False)
                field.initial = (said or {}).get(name)
                field.widget.attrs["class"] = "form-control"
                self.fields[f"{name}_{place}"] = field
            self.fields[f"years_{place}"] = forms.CharField(
                label=_("Year or years"),
                required=False,
                max_length=9,
                initial=(said or {}).get("years", ""),
                help_text=_("Such as 2017, or 2015–2018."),
                widget=forms.TextInput({"class": "form-control"}),
            )
            self.fields[f"unknown_{place}"] = forms.BooleanField(
                label=_("I do not know"), required=False, initial=said is not None and not said
            )

    def clean(self) -> None:
        super().clean()
        self.counted: dict[str, Any] = {}
        for place, sheet in enumerate(self.sheets):
            persons = self.cleaned_data.get(f"persons_{place}")
            if self.cleaned_data.get(f"unknown_{place}"):
                self.counted[sheet] = {}
            elif persons is None and f"persons_{place}" not in self.errors:
                words = _("Write how many persons there are, 0 for none, or tick that you do not know.")
                self.add_error(f"persons_{place}", words)
            else:
                self.counted[sheet] = self._of_sheet(place)

    def _of_sheet(self, place: int) -> dict[str, Any]:
        numbers = {name: self.cleaned_data.get(f"{name}_{place}") for name in COUNTED_AS}
        years = self.cleaned_data.get(f"years_{place}", "")
        if years and years_of(years) is None:
            self.add_error(f"years_{place}", _("Write a year, or two with a line between."))
        groups = [number or 0 for name, number in numbers.items() if name != PERSONS]
        if numbers[PERSONS] is not None and sum(groups) > numbers[PERSONS]:
            self.add_error(f"persons_{place}", _("Women, men, girls and boys are more than all persons."))
        return {**{name: number for name, number in numbers.items() if number is not None}, "years": years}

    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return each sheet with its fields."""
        names = (*COUNTED_AS, "years", "unknown")
        return [
            (sheet, [self[f"{name}_{place}"] for name in names]) for place, sheet in enumerate(self.sheets)
        ]


class ColumnForm(forms.Form):
    def __init__(self, headings: Mapping[str, str], words: ListWords, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["column"] = forms.ChoiceField(label=_("Column"), choices=[*headings.items()])
        meanings = [(column, words.column(column)) for column in COLUMNS]
        self.fields["meaning"] = forms.ChoiceField(label=_("It is"), choices=meanings)


class _AnswerField(forms.ChoiceField):
    """An answer that is needed in the end, and may be left for later or say that nothing is known."""

    def validate(self, value: str) -> None:
        if value:
            super().validate(value)


class QuestionsForm(forms.Form):
    use_required_attribute = False

    def __init__(
        self, questions: Sequence[Mapping[str, Any]], words: ListWords, *args: Any, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.questions, self.words = questions[:QUESTIONS_A_PAGE], words
        self.answers: dict[str, str] = {}  # of those that were answered, by the key of the question
        for place, one in enumerate(self.questions):
            offered = [(LATER, _("Answer later")), *words.options(one)]
            self.fields[f"answer_{place}"] = _AnswerField(
                initial=LATER, label=words.asks(one), choices=offered, help_text=self._where(one)
            )
            if _is_day(one) or one["about"] in WRITTEN:
                self.fields[f"written_{place}"] = self._field(one)

    def _where(self, one: Mapping[str, Any]) -> str:
        sheets = dict.fromkeys(each[0] for each in one["lines"])
        if one["kind"] == "default" and len(sheets) > 1:
            facts = {"n": one["cells"], "sheets": len(sheets), "names": ", ".join(sheets)}
            return _("Rows: %(n)d. Applies to all %(sheets)d sheets: %(names)s") % facts
        lines = ", ".join(f"{sheet} {line}" for sheet, line in one["lines"][:3])
        return _("%(n)d cells wait for the answer: %(lines)s") % {"n": one["cells"], "lines": lines}

    def _field(self, one: Mapping[str, Any]) -> forms.CharField:
        """A text that is written in place of a choice."""
        about = "on" if _is_day(one) else one["about"]
        label, help_text = _WRITTEN_AS.get(about, (_("Or another one"), ""))
        attrs = {"autocomplete": "off"} | ({"list": f"all-{about}"} if about in LONG else {})
        field = forms.CharField(
            label=label, required=False, widget=forms.TextInput(attrs), help_text=help_text
        )
        field.needed = _("(if no choice fits)")  # type: ignore[attr-defined]
        return field

    def lists(self) -> list[tuple[str, list[str]]]:
        """What the fields to write in propose, each once."""
        wanted = dict.fromkeys(one["about"] for one in self.questions if one["about"] in LONG)
        return [(f"all-{one}", self.words.written(one)) for one in wanted]

    def clean(self) -> None:
        super().clean()
        for place, one in enumerate(self.questions):
            if text := self.cleaned_data.get(f"written_{place}", "").strip():
                self._clean_written(f"written_{place}", one, text)
            elif f"answer_{place}" in self.data:
                self._clean_chosen(f"answer_{place}", one)

    def _clean_written(self, name: str, one: Mapping[str, Any], text: str) -> None:
        if not _is_day(one):
            shown_text = self.words.of_written(one["about"], text)
        else:
            shown_text = f"on={text}" if _ON.fullmatch(text) else ""
        if shown_text:
            self.answers[one["key"]] = shown_text
        else:
            self.add_error(name, _("“%(text)s” is not known here.") % {"text": text[:40]})

    def _clean_chosen(self, name: str, one: Mapping[str, Any]) -> None:
        """Nothing is an answer where it is offered: of a value "" means not recorded."""
        field: Any = self.fields[name]
        chosen: Any = self.cleaned_data.get(name, LATER)  # of what is no choice the field says so
        if chosen == "" and "" not in dict(field.choices):
            self.add_error(name, _("Choose an answer, or “Answer later”."))
        elif chosen != LATER:
            self.answers[one["key"]] = chosen


def _is_day(one: Mapping[str, Any]) -> bool:
    return one["about"] in {"on", "identified_on", "year"} and one["kind"] in {"default", "value"}


OF_ROWS: Final = {
    *(DifferenceKind.NOT_VICTIM, DifferenceKind.TWICE, DifferenceKind.TWO_REGIONS),
    *(DifferenceKind.TWO_YEARS, DifferenceKind.YEAR),
}
MAX_NUMBER: Final = 9_999


class ExplainForm(FreeForm):
    kind = forms.ChoiceField(
        label=pgettext_lazy("explanation", "Reason"),
        choices=ANSWERS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose why the totals differ.")},
    )
    persons = forms.IntegerField(
        label=gettext_lazy("Persons"),
        min_value=-MAX_NUMBER,
        max_value=MAX_NUMBER,
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
        help_text=gettext_lazy("Needed for something else. It is shown in the report: name nobody."),
    )

    def __init__(self, *args: Any, sheets: Collection[str] | None, **options: Any) -> None:
        """`sheets`: whose rows may be named; None where the answer is of no rows."""
        super().__init__(*args, **options)
        self.sheets = sheets or ()
        if sheets is None:
            del self.fields["places"]

    def clean_persons(self) -> int:
        persons = int(self.cleaned_data["persons"])
        refuse_if(not persons, _("0 persons explain nothing."))
        return persons

    def clean_places(self) -> tuple[tuple[str, int], ...]:
        try:
            return of_words(self.cleaned_data["places"], self.sheets)
        except WrongPlace as wrong:
            raise forms.ValidationError(
                _("“%(said)s” is not read. Write a sheet of this list, a colon and its rows: %(sheets)s.")
                % {"said": wrong.said[:60], "sheets": ", ".join(self.sheets)}
            ) from None

    def clean(self) -> None:
        super().clean()
        facts = self.cleaned_data
        if (facts.get("kind"), facts.get("note")) == (DifferenceKind.OTHER, ""):
            self.add_error("note", _("Say in words what it is."))
        if self.sheets and facts.get("kind") in OF_ROWS and facts.get("places") == ():
            self.add_error("places", _("Say which rows are about these persons."))

    @property
    def wanted(self) -> FilledAnswer:
        facts = self.cleaned_data
        places = facts.get("places", ())
        return FilledAnswer(facts["kind"], facts["persons"], facts["group"], places, facts["note"])


def as_before(answer: Explanation) -> dict[str, Any]:
    """What the form shows of an answer that is to be changed."""
    facts = {name: getattr(answer, name) for name in ("kind", "persons", "group", "note")}
    return {**facts, "places": in_words(answer.rows)}


def as_offered(reason: DifferenceReason) -> dict[str, Any]:
    """What the form shows of what a sheet itself tells."""
    return {"kind": reason.kind, "persons": reason.persons, "places": in_words(reason.rows)}
