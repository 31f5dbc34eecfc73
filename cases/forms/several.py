"""A row of the grid in which facts of stored persons are filled in and changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.db.models import Model
from django.forms.formsets import formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.actions.several import OF_FIRST, OF_MAIN, OF_PERSON, PersonEdit
from cases.forms.base import PlainForm
from cases.forms.fields import NamedField, of
from cases.forms.lists import Lists, ListWords
from cases.forms.person import MOST
from cases.models import Exploitation, Identification, Person
from cases.rules import consent, exploitation, persons
from cases.rules.persons import PersonFacts

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
        facts = PersonFacts(
            sex=cleaned.get("sex") or "",
            child=cleaned.get("child") or "",
            age_class=cleaned.get("age_class") or "",
            offence=cleaned.get("offence") or "",
            identified_on=self.edit.person.first_identified_on,
        )
        self.tell(fault for fault in persons.person(facts, self.lists.context) if fault.severity == "error")
        self.tell(consent.of_person(self.edit.person.case.without_consent, cleaned.get("child") or ""))
        self._check_purpose(self.edit, cleaned.get("main_purpose") or "", cleaned.get("sector") or "")
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
