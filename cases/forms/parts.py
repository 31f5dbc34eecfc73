"""What belongs to a person: identifications, exploitations, measures, indicators."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases.choices import ListAnswer, Place
from cases.forms.base import PlainForm, RowForm, row
from cases.forms.fields import Lists, MonthField, of
from cases.forms.person import ONLY_LABOUR, ONLY_SEXUAL, REFERENCE, check_municipality, consent_faults, key
from cases.models import Exploitation, Identification, Measure, Person
from cases.rules import exploitation as rules
from cases.rules.faults import fault_if

OF_LISTS = [(name, f"{name}_answer") for name in Exploitation.LISTS]  # what is chosen, and if nothing is
EMPTY_ANSWERS = [(value, label) for value, label in ListAnswer.choices if value != ListAnswer.GIVEN]


def answer_if_empty(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=EMPTY_ANSWERS, required=False)


class PartForm(RowForm):
    """A part of a person: a new one has a token, a stored one the version that the form shows."""

    form_token = forms.UUIDField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    alone = True  # False where its set shows it the others

    def prepare(self, lists: Lists) -> None:
        super().prepare(lists)
        self.fields["version"].required = self.instance.pk is not None

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.alone:
            stored = self._meta.model._default_manager.filter(person=self.instance.person_id)
            self.check_others(stored.exclude(pk=self.instance.pk))

    def check_others(self, others: Iterable[Any]) -> None:
        """Hold the part against the person's others of its kind."""


class IdentificationForm(PartForm):
    reference = of(Identification, "reference", **REFERENCE)

    class Meta:
        model = Identification
        fields = ("agency", "municipality", "identified_on", "county", "channel", "reference")
        labels = {"agency": _("Identifying organisation")}

    def prepare(self, lists: Lists) -> None:
        super().prepare(lists)
        self.fields["municipality"].widget.attrs["list"] = "municipalities"

    def layout(self) -> Layout:
        return Layout(
            "form_token",
            "version",
            row("identified_on", "county"),
            row("agency", "municipality"),
            row("channel", "reference"),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        check_municipality(self, cleaned.get("municipality") or "")
        if cleaned.get("reference"):
            self.tell(consent_faults(self._without, {"child": "yes", **cleaned}))
        return cleaned

    @property
    def _without(self) -> str:
        try:
            return str(self.instance.person.case.without_consent)
        except ObjectDoesNotExist:  # of a new person, whose case is not chosen
            return ""

    def check_others(self, others: Iterable[Identification]) -> None:
        """No organisation identifies a person twice on a day."""
        if not self.errors:
            text = _("This organisation's identification on that day is registered already.")
            self.error_if(self.instance.once in (other.once for other in others), "agency", text)


class ExploitationForm(PartForm):
    acts_answer = answer_if_empty(_("If no act is chosen"))
    means_answer = answer_if_empty(_("If no means is chosen"))
    controls_answer = answer_if_empty(_("If no method is chosen"))

    class Meta:
        model = Exploitation
        fields = (
            *("purpose", "is_main", "sector", "sexual_form", "place", "county", "country", "start", "end"),
            *(name for of_list in OF_LISTS for name in of_list),
        )
        help_texts = {
            "sector": ONLY_LABOUR,
            "sexual_form": ONLY_SEXUAL,
            "end": _("Leave empty when it goes on"),
        }
        field_classes = {"start": MonthField, "end": MonthField}

    def layout(self) -> Layout:
        return Layout(
            "form_token",
            "version",
            row("purpose", "sector", "sexual_form"),
            "is_main",
            row("place", "county", "country"),
            row("start", "end"),
            *(Div(*of_list, css_class="list-answer") for of_list in OF_LISTS),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        chosen = {name: cleaned.get(name, []) for name in Exploitation.LISTS if name in self.fields}
        self.instance.chosen_lists = chosen
        for name, rows in chosen.items():
            answer = cleaned.get(f"{name}_answer") or ListAnswer.NOT_ASKED
            cleaned[f"{name}_answer"] = ListAnswer.GIVEN if rows else answer
        person = self.instance.person
        codes: dict[str, Any] = {name: tuple(row.key for row in rows) for name, rows in chosen.items()}
        facts = rules.ExploitationFacts(
            purpose=key(cleaned.get("purpose")),
            is_main=bool(cleaned.get("is_main")),
            sector=key(cleaned.get("sector")),
            sexual_form=key(cleaned.get("sexual_form")),
            start=cleaned.get("start"),
            end=cleaned.get("end"),
            **codes,
        )
        known = {"child": person.child, "identified_on": person.first_identified_on}
        self.tell(rules.exploitation(facts, self.lists.context, **known))
        self._check_place(cleaned)
        return cleaned

    def _check_place(self, cleaned: dict[str, Any]) -> None:
        place = cleaned.get("place")
        text = _("A county is stated only when the place is in Sweden.")
        self.error_if(place != Place.SWEDEN and cleaned.get("county"), "county", text)
        text = _("A country is stated only when the place is abroad.")
        self.error_if(place != Place.ABROAD and cleaned.get("country"), "country", text)

    def check_others(self, others: Iterable[Exploitation]) -> None:
        """No purpose twice; the main one can be replaced by another, not taken away."""
        mains = dict((other.purpose_id, other.is_main) for other in others)
        self.tell(fault_if(key(self.cleaned_data.get("purpose")) in mains, "purpose", "purpose_twice"))
        was_main = self.instance.pk and "is_main" in self.changed_data and not self.instance.is_main
        text = _("Choose another purpose as the main one first.")
        self.error_if(was_main and True not in mains.values(), "is_main", text)


class MeasureForm(PartForm):
    ends_on = of(Measure, "ends_on", future=True)

    class Meta:
        model = Measure
        fields = ("kind", "answer", "month", "provider", "agency", "ends_on")
        field_classes = {"month": MonthField}

    def layout(self) -> Layout:
        return Layout(
            "form_token", "version", row("kind", "answer", "month"), row("provider", "agency", "ends_on")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        month, ends = cleaned.get("month"), cleaned.get("ends_on")
        text = _("End {end} cannot be before start {start}").format(end=ends, start=str(month)[:7])
        self.error_if(month and ends and ends < month, "ends_on", text)
        self.tell(self.lists.context.outside("kind", key(cleaned.get("kind")), month))
        return cleaned


class CaseMeasureForm(MeasureForm):
    persons = forms.ModelMultipleChoiceField(
        Person.objects.none(),
        label=_("Persons"),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "toggles"}),
    )
    everybody = forms.BooleanField(label=_("All persons in the case"), required=False)

    def __init__(self, *args: Any, persons: QuerySet[Person], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["persons"]
        field.required = not self.data.get("everybody")
        field.queryset, field.to_field_name = persons, "code"

    def layout(self) -> Layout:
        whom = ["persons"] if self.initial.get("persons") else ["everybody", "persons"]
        return Layout(*whom, *super().layout().fields)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("everybody"):
            cleaned["persons"] = list(self.fields["persons"].queryset)  # type: ignore[attr-defined]
        return cleaned


class IndicatorsForm(PlainForm):
    """The indicators of the six groups, each seen, not seen, unknown or not asked. It never sets the
    status."""

    ANSWERS = (("", _("not asked")), ("yes", _("yes")), ("no", _("no")), ("unknown", _("unknown")))

    def __init__(self, *args: Any, given: dict[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        for code in self.lists.by_list["indicator"]:
            self.fields[code.word] = forms.ChoiceField(
                label=str(code), choices=self.ANSWERS, required=False, initial=given.get(code.key, "")
            )

    def answers(self) -> dict[str, str]:
        """Key of the indicator → answer, of those that were asked."""
        return {f"indicator:{word}": answer for word, answer in self.cleaned_data.items() if answer}
