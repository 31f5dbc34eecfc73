"""Many persons at once: how many are like the template, and the grid of what differs.

A row of the grid in which facts of stored persons are filled in and changed.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.db.models import Model
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils.translation import gettext as _, gettext_lazy

from cases.actions.persons import OF_FIRST, OF_MAIN, OF_PERSON, PersonEdit
from cases.forms.base import PlainForm, lock
from cases.forms.fields import Lists, ListWords, NamedField, NoteField, of, refuse_if
from cases.forms.person import MOST, MOST_TEXT, NewPersonForm, consent_faults, key, person_faults
from cases.models import Exploitation, Identification, Measure, Person
from cases.rules import consent, exploitation
from cases.rules.faults import errors

MANY: Final = 20  # alike, from which the number is asked about: 140 may be 40 typed behind a 1


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
        refuse_if(number > MOST, MOST_TEXT)
        if number >= MANY and self.data.get("go", "save") == "save":  # the grid shows each of them
            question = _("The case gets %(n)d persons like this one.")
            self.warnings.append(question % {"n": number})
        return number


def dress(form: PlainForm, name: str) -> None:
    """Give a cell its looks, and the name of its column for static/nmt/grid.js."""
    is_text = isinstance(form.fields[name], NamedField | NoteField)
    look = "form-control" if is_text else "form-select"
    form.fields[name].widget.attrs |= {"class": look, "data-column": name, "autocomplete": "off"}


def type_in(field: Any, suggestions: str, words: ListWords) -> None:
    """Let one of `words` be typed. `suggestions`: the page's list of them."""
    field.widget.attrs["list"] = suggestions
    field.words = words


class PersonRowForm(PlainForm):
    sex, child = of(Person, "sex"), of(Person, "child", label=gettext_lazy("Child"))
    age_class = of(Person, "age_class")
    citizenship = of(Person, "citizenship", NamedField)
    main_purpose = of(Exploitation, "purpose", label=gettext_lazy("Main purpose"), blank=None)
    sector = of(Exploitation, "sector")
    measure = of(Measure, "kind", NamedField, required=False)
    reference = of(Identification, "reference", rows=0, longest=100, help_text="")

    def __init__(self, *args: Any, without: str = "", **options: Any) -> None:
        self.without = without
        super().__init__(*args, **options)
        lock(self, without, "reference")
        for name in self.fields:
            dress(self, name)
        type_in(self.fields["citizenship"], "countries", self.lists.countries)
        type_in(self.fields["measure"], "measures", self.lists.words("measure"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.tell(errors(person_faults(self, cleaned)))
        self.tell(consent_faults(self.without, cleaned))
        purpose, sector = key(cleaned.get("main_purpose")), key(cleaned.get("sector"))
        if purpose:
            self.tell(exploitation.sector_only_with_labour(purpose, sector))
        measures = {code.key: code for code in self.lists.by_list["measure"]}
        cleaned["measure"] = measures.get(cleaned.get("measure", ""))
        return cleaned


PersonRowSet = formset_factory(PersonRowForm, extra=0, max_num=MOST, absolute_max=MOST, validate_max=True)


def rows_like(
    template: NewPersonForm, number: int, groups: list[dict[str, str]]
) -> BaseFormSet[PersonRowForm]:
    """An unbound grid of `number` rows. `groups` gives sex and child of the first rows, where a call said
    so."""
    facts = {name: template.cleaned_data[name] for name in PersonRowForm.base_fields}
    facts["measure"] = key(facts["measure"])
    of_calls = itertools.chain(groups, itertools.repeat({}))
    initial = [facts | group for group in itertools.islice(of_calls, number)]
    given = {"lists": template.lists, "without": template.without}
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
TYPED: Final = ("citizenship", *LISTS)  # citizenship by the list of countries


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
        self.edit = edits.get(str(self["code"].value() or ""))
        for name in COLUMNS:
            self.fields[name].help_text = ""
            dress(self, name)
        for name in TYPED:
            type_in(self.fields[name], f"words-{name}", words_of(name, self.lists))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.edit is None:
            raise forms.ValidationError(_("This person is not in your region any more."))
        person, stated = self.edit.person, {name: cleaned.get(name) or "" for name in COLUMNS}
        facts = {**stated, "identified_on": person.first_identified_on}
        self.tell(errors(person_faults(self, facts)))
        self.tell(consent.of_person(person.case.without_consent, stated["child"]))
        self._check_purpose(self.edit, stated["main_purpose"], stated["sector"])
        return cleaned

    def _check_purpose(self, edit: PersonEdit, purpose: str, sector: str) -> None:
        text = _("It is one of the further purposes. Choose the main one on the person's own page.")
        self.error_if(purpose in edit.further, "main_purpose", text)
        if purpose:
            self.tell(exploitation.sector_only_with_labour(purpose, sector))
        form = edit.main.sexual_form_id if edit.main else None
        text = _("A form of sexual exploitation is stated. Change the purpose on the person's own page.")
        self.error_if(form and exploitation.form_only_with_sexual(purpose, form), "main_purpose", text)


StoredPersonSet = formset_factory(
    StoredPersonForm, extra=0, max_num=MOST, absolute_max=MOST, validate_max=True
)


def words_of(name: str, lists: Lists) -> ListWords:
    """What a column may be that is typed as text."""
    return lists.words(LISTS[name]) if name in LISTS else lists.countries


def rows_of(edit: PersonEdit) -> list[tuple[Model | None, Mapping[str, str]]]:
    """Each row of the person, with its fields by the names of their columns."""
    own = dict(zip(OF_PERSON, OF_PERSON, strict=True))
    return [(edit.person, own), (edit.main, OF_MAIN), (edit.first, OF_FIRST)]


def stored(edit: PersonEdit) -> dict[str, str]:
    """What the rows say, by column: codes by their keys."""
    return {
        name: str(getattr(row, attname(row, field)) or "") if row else ""
        for row, fields in rows_of(edit)
        for name, field in fields.items()
    }


def attname(row: Model, field: str) -> str:
    """The attribute that holds the stored value: of a code its key."""
    column: Any = row._meta.get_field(field)
    return str(column.attname)
