"""Many persons at once: how many are like the template, and the grid of what differs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from agencies.models import Code
from cases.forms.base import PlainForm, lock
from cases.forms.fields import NamedField, NoteField, of
from cases.forms.lists import Lists
from cases.forms.person import MOST, MOST_TEXT, NewPersonForm, consent_faults, key, person_faults
from cases.models import Exploitation, Identification, Measure, Person
from cases.rules import exploitation

DIFFERS = ("sex", "child", "age_class", "citizenship", "main_purpose", "sector", "measure", "reference")


class NumberForm(PlainForm):
    """How many persons are like the one described. `form_token` makes a repeated sending one registration."""

    number = forms.IntegerField(
        label=_("Number of persons like this"),
        help_text=_(
            "This one counted: 40 registers forty persons. Then you can change what differs between them."
        ),
        min_value=1,
        initial=1,
        widget=forms.NumberInput(attrs={"class": "form-control-short"}),
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput)

    def clean_number(self) -> int:
        number: int = self.cleaned_data["number"]
        if number > MOST:
            raise forms.ValidationError(MOST_TEXT)
        return number


class PersonRowForm(PlainForm):
    """One row of the grid: what may differ from the template."""

    sex, child, age_class = of(Person, "sex"), of(Person, "child", label=_("Child")), of(Person, "age_class")
    citizenship = of(Person, "citizenship", NamedField)
    main_purpose = of(Exploitation, "purpose", label=_("Main purpose"), blank=None)
    sector = of(Exploitation, "sector")
    measure = of(Measure, "kind", NamedField, required=False)
    reference = of(Identification, "reference", rows=0, longest=100, help_text="")

    def __init__(
        self, *args: Any, identified_on: date | None = None, without: str = "", **options: Any
    ) -> None:
        self.without = without
        super().__init__(*args, **options)
        lock(self, without, "reference")
        self.identified_on = identified_on
        self.fields["citizenship"].words = self.lists.countries  # type: ignore[attr-defined]
        self.fields["measure"].words = self.lists.words("measure")  # type: ignore[attr-defined]
        self.fields["citizenship"].widget.attrs["list"] = "countries"
        self.fields["measure"].widget.attrs["list"] = "measures"
        for name, field in self.fields.items():
            is_text = isinstance(field, NamedField | NoteField)
            field.widget.attrs |= {
                "class": "form-control" if is_text else "form-select",
                "data-column": name,
                "autocomplete": "off",
            }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.tell(fault for fault in person_faults(self, cleaned) if fault.severity == "error")
        self.tell(consent_faults(self.without, cleaned))
        purpose, sector = key(cleaned.get("main_purpose")), key(cleaned.get("sector"))
        if purpose:
            self.tell(exploitation.sector_only_with_labour(purpose, sector))
        codes: dict[str, Code] = {code.key: code for code in self.lists.by_list["measure"]}
        cleaned["measure"] = codes.get(cleaned.get("measure") or "")
        return cleaned


PersonRowSet = formset_factory(PersonRowForm, extra=0, max_num=MOST, absolute_max=MOST, validate_max=True)


def rows_like(
    template: NewPersonForm, number: int, lists: Lists, groups: list[dict[str, str]]
) -> BaseFormSet[PersonRowForm]:
    """An unbound grid of `number` rows. `groups` gives sex and child of the first rows, where a call said
    so."""
    facts = {name: template.cleaned_data[name] for name in DIFFERS}
    facts["measure"] = key(facts["measure"])
    initial = [{**facts, **(groups[i] if i < len(groups) else {})} for i in range(number)]
    given = {"lists": lists, "without": template.without}
    return PersonRowSet(prefix="row", initial=initial, form_kwargs=given)
