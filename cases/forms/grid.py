"""Many persons at once: how many are like the template, and the grid of what differs.

A row of the grid in which facts of stored persons are filled in and changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.db.models import Model
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext as _, gettext_lazy

from agencies.models import Code
from cases.actions.persons import OF_FIRST, OF_MAIN, OF_PERSON, PersonEdit
from cases.forms.base import PlainForm, lock
from cases.forms.fields import Lists, ListWords, NamedField, NoteField, of
from cases.forms.person import MOST, MOST_TEXT, NewPersonForm, consent_faults, key, person_faults
from cases.models import Exploitation, Identification, Measure, Person
from cases.rules import consent, exploitation, persons
from cases.rules.persons import PersonFacts

DIFFERS = ("sex", "child", "age_class", "citizenship", "main_purpose", "sector", "measure", "reference")


class NumberForm(PlainForm):
    """How many persons are like the one described. `form_token` makes a repeated sending one registration."""

    number = forms.IntegerField(
        label=gettext_lazy("Number of persons like this"),
        help_text=gettext_lazy(
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

    sex, child, age_class = (
        of(Person, "sex"),
        of(Person, "child", label=gettext_lazy("Child")),
        of(Person, "age_class"),
    )
    citizenship = of(Person, "citizenship", NamedField)
    main_purpose = of(Exploitation, "purpose", label=gettext_lazy("Main purpose"), blank=None)
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


COLUMNS: Final = (*OF_PERSON, *OF_MAIN, *OF_FIRST)
# The code list of a column that is typed as text.
LISTS: Final = {
    "residence": "residence",
    "offence": "offence",
    "main_purpose": "purpose",
    "sector": "sector",
    "channel": "channel",
}


class StoredPersonForm(PlainForm):
    """What is stored of a person, and what it is to be. `was` is what the page was made from."""

    code = forms.UUIDField(widget=forms.HiddenInput)
    was = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    sex, child, age_class = of(Person, "sex"), of(Person, "child"), of(Person, "age_class")
    citizenship = of(Person, "citizenship", NamedField)
    residence, offence = of(Person, "residence", NamedField), of(Person, "offence", NamedField)
    main_purpose = of(Exploitation, "purpose", NamedField, label=gettext_lazy("Main purpose"))
    sector = of(Exploitation, "sector", NamedField)
    channel = of(Identification, "channel", NamedField)

    def __init__(self, *args: Any, edits: Mapping[str, PersonEdit], **options: Any) -> None:
        """`edits`: of each person's code, the rows as they are stored."""
        super().__init__(*args, **options)
        code = str(self["code"].value() or "")
        self.edit = edits.get(code)
        for name in COLUMNS:
            self.fields[name].help_text = ""
            self._dress(name)

    def _dress(self, name: str) -> None:
        field = self.fields[name]
        named = isinstance(field, NamedField)
        field.widget.attrs |= {
            "class": "form-control" if named else "form-select",
            "data-column": name,
            "autocomplete": "off",
        }
        if isinstance(field, NamedField):
            field.widget.attrs["list"] = f"words-{name}"
            field.words = words_of(name, self.lists)

    @property
    def cells(self) -> list[forms.BoundField]:
        return [self[name] for name in COLUMNS]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.edit is None:
            raise forms.ValidationError(_("This person is not in your region any more."))
        person, stated = self.edit.person, {name: cleaned.get(name) or "" for name in COLUMNS}
        facts = PersonFacts(
            sex=stated["sex"],
            child=stated["child"],
            age_class=stated["age_class"],
            offence=stated["offence"],
            identified_on=person.first_identified_on,
        )
        self.tell(fault for fault in persons.person(facts, self.lists.context) if fault.severity == "error")
        self.tell(consent.of_person(person.case.without_consent, stated["child"]))
        self._check_purpose(self.edit, stated["main_purpose"], stated["sector"])
        return cleaned

    def _check_purpose(self, edit: PersonEdit, purpose: str, sector: str) -> None:
        main = edit.main
        if purpose in edit.further:
            self.add_error(
                "main_purpose",
                _("It is one of the further purposes. Choose the main one on the person's own page."),
            )
        if purpose:
            self.tell(exploitation.sector_only_with_labour(purpose, sector))
        if main and main.sexual_form_id and exploitation.form_only_with_sexual(purpose, main.sexual_form_id):
            self.add_error(
                "main_purpose",
                _("A form of sexual exploitation is stated. Change the purpose on the person's own page."),
            )


StoredPersonSet = formset_factory(
    StoredPersonForm, extra=0, max_num=MOST, absolute_max=MOST, validate_max=True
)


def words_of(name: str, lists: Lists) -> ListWords:
    """What a column may be that is typed as text."""
    return lists.words(LISTS[name]) if name in LISTS else lists.countries


def stored(edit: PersonEdit) -> dict[str, Any]:
    """What the rows say, by column: codes by their keys."""
    rows: tuple[tuple[Model | None, Mapping[str, str]], ...] = (
        (edit.person, {name: name for name in OF_PERSON}),
        (edit.main, OF_MAIN),
        (edit.first, OF_FIRST),
    )
    return {name: value_of(row, field) for row, fields in rows for name, field in fields.items()}


def value_of(row: Model | None, field: str) -> str:
    return str(getattr(row, attname(row, field)) or "") if row else ""


def attname(row: Model, field: str) -> str:
    """The attribute that holds the stored value: of a code its key."""
    column: Any = row._meta.get_field(field)
    return str(column.attname)
