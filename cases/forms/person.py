"""Facts of one presumed victim: a new one with what belongs to the person, and a stored one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from agencies.models import Code
from cases.actions.persons import NewPerson
from cases.choices import Status
from cases.facts import OF_PERSON
from cases.forms.base import PlainForm, RowForm, lock, row, values_of
from cases.forms.fields import (
    Countries,
    Lists,
    MonthField,
    RowField,
    RowsField,
    SearchedSeveral,
    of,
    refuse_if,
)
from cases.models import Exploitation, Identification, Measure, Person
from cases.rules import consent, exploitation, persons
from cases.rules.exploitation import ExploitationFacts
from cases.rules.faults import Fault
from cases.rules.persons import PersonFacts, next_statuses

MOST = 200  # persons registered at once; more are imported
# What both forms of a person ask in another way than the model.
SEX: dict[str, Any] = {"widget": forms.RadioSelect(attrs={"class": "toggles toggles-2"})}
CHILD: dict[str, Any] = {
    "widget": forms.RadioSelect(attrs={"class": "toggles toggles-3"}),
    "help_text": _("Under 18 when identified"),
    "error_messages": {"required": _("State whether the person was a child when identified.")},
}
REFERENCE: dict[str, Any] = {"rows": 0, "longest": 100, "help_text": "", "max_length": None}
ONLY_LABOUR, ONLY_SEXUAL = _("Only when the purpose is labour"), _("Only when the purpose is sexual")
MOST_TEXT = _("At most 200 persons can be registered at once. Import a file when there are more.")


class OneOfSeveral(forms.Select):
    """Gives every value that was posted: two main purposes are an error, not the last one of them."""

    def value_from_datadict(self, data: Mapping[str, Any], files: object, name: str) -> str:
        return "|".join(one for one in values_of(data, name) if one)


class MainPurposeField(RowField):
    def clean(self, value: object) -> Model | None:
        chosen = str(value or "").split("|")
        text = _("Choose one main purpose. %(n)d are chosen now.") % {"n": len(chosen)}
        refuse_if(len(chosen) > 1, text)
        return super().clean(value)


class NewPersonForm(PlainForm):
    """A person as first registered: own facts, one identification, purposes, and one measure."""

    sex, child = of(Person, "sex", **SEX), of(Person, "child", **CHILD)
    age_class, citizenship = of(Person, "age_class"), of(Person, "citizenship")
    residence, status, offence = of(Person, "residence"), of(Person, "status"), of(Person, "offence")
    agency = of(Identification, "agency", label=_("Identifying organisation"))
    municipality = of(Identification, "municipality", forms.CharField, max_length=60)
    identified_on, county = of(Identification, "identified_on"), of(Identification, "county")
    channel, reference = of(Identification, "channel"), of(Identification, "reference", **REFERENCE)
    purposes = RowsField("purpose", label=_("Purposes"), required=True)
    main_purpose = MainPurposeField(
        "purpose",
        label=_("Main purpose"),
        required=False,
        widget=OneOfSeveral,
        blank=_("The only one chosen above"),
    )
    sector = of(Exploitation, "sector", help_text=ONLY_LABOUR)
    sexual_form = of(Exploitation, "sexual_form", help_text=ONLY_SEXUAL)
    measure = of(Measure, "kind", required=False)
    measure_month = MonthField(label=_("Month of the measure"), required=False)

    def __init__(self, *args: Any, without: str = "", **options: Any) -> None:
        self.without = without  # why there is a case although consent is missing
        super().__init__(*args, **options)

    def prepare(self, lists: Lists) -> None:
        super().prepare(lists)
        self.fields["municipality"].widget.attrs["list"] = "municipalities"
        lock(self, self.without, "reference")

    def layout(self) -> Layout:
        return Layout(  # of what is always asked: the page folds the rest
            Fieldset(_("Identification"), row("identified_on", "county"), row("agency", "channel")),
            Fieldset(
                _("The person"),
                row("sex", "child"),
                row("age_class", "citizenship"),
                row("status", "offence"),
            ),
            Fieldset(_("Exploitation"), "purposes", row("main_purpose", "sector", "sexual_form")),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        purposes = cleaned.get("purposes", [])
        if not cleaned.get("main_purpose") and len(purposes) == 1:
            cleaned["main_purpose"] = purposes[0]
        check_municipality(self, cleaned.get("municipality", ""))
        self.tell(person_faults(self, cleaned))
        self.tell(consent_faults(self.without, cleaned))
        if purposes and "main_purpose" not in self.errors:
            self.tell(purpose_faults(cleaned, purposes))
        if cleaned.get("measure_month"):
            self.want("measure", _("Choose the measure that the month is about."))
        return cleaned


def person_faults(form: PlainForm | RowForm, cleaned: Mapping[str, Any]) -> tuple[Fault, ...]:
    own = {name: cleaned.get(name) or "" for name in ("sex", "child", "age_class")}
    facts = PersonFacts(
        **own, offence=key(cleaned.get("offence")), identified_on=cleaned.get("identified_on")
    )
    return persons.person(facts, form.lists.context)


def consent_faults(without: str, cleaned: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Whom a case without consent is for, and what it must not hold of them."""
    texts = {"reference": cleaned.get("reference")}
    return (*consent.of_person(without, cleaned.get("child")), *consent.of_case(without, texts))


def purpose_faults(cleaned: Mapping[str, Any], purposes: list[Code]) -> Iterator[Fault]:
    """Exactly one main purpose among those stated, and a sector or form that goes with any of them."""
    main = cleaned.get("main_purpose")
    facts = [ExploitationFacts(purpose=purpose.key, is_main=purpose == main) for purpose in purposes]
    among = exploitation.main_among(key(main), [key(purpose) for purpose in purposes]) if main else ()
    yield from among or exploitation.purposes(facts)
    for rule, name in (
        (exploitation.sector_only_with_labour, "sector"),
        (exploitation.form_only_with_sexual, "sexual_form"),
    ):
        misplaced = [rule(purpose.key, key(cleaned.get(name))) for purpose in purposes]
        if all(misplaced):
            yield from misplaced[0]


def check_municipality(form: PlainForm | RowForm, municipality: str) -> None:
    """Municipal bodies are distinguished by municipality, and only by names that exist: it is no place for
    notes."""
    if municipality and municipality not in form.lists.municipalities:
        form.add_error("municipality", _("“%(name)s” is no municipality.") % {"name": municipality[:40]})


def key(code: Code | str | None) -> str:
    """The key of what was chosen; of what was typed in a grid it is the key already."""
    return str(getattr(code, "key", code or ""))


ROWS: tuple[tuple[str, ...], ...] = (  # facts that stand beside each other
    ("sex", "child"),
    ("age_class", "residence"),
    ("citizenship", "country_of_origin"),
    ("further_citizenships",),
    ("offence",),
)


class EditPersonForm(RowForm):
    """The person's own facts; status and what belongs to the person have forms of their own."""

    sex, child = of(Person, "sex", **SEX), of(Person, "child", **CHILD)
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Person
        fields = tuple(fact.name for fact in OF_PERSON if not fact.name.startswith("status"))

    def prepare(self, lists: Lists) -> None:
        further = self.fields["further_citizenships"]
        further.widget = SearchedSeveral()
        further.choices = Countries()  # type: ignore[attr-defined]
        further.help_text = _("One or several")
        super().prepare(lists)

    def layout(self) -> Layout:
        return Layout("version", *(row(*names) if len(names) > 1 else names[0] for names in ROWS))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["age_class"] = cleaned.get("age_class") or None
        facts = {**cleaned, "identified_on": self.instance.first_identified_on}
        self.tell(person_faults(self, facts))
        case = self.instance.case if self.instance.case_id else cleaned.get("case")
        if case is not None:
            self.tell(consent.of_person(case.without_consent, cleaned.get("child")))
        return cleaned


class StatusForm(RowForm):
    """A change of status, by the one table of transitions, with its reason and day."""

    status = of(Person, "status", widget=forms.RadioSelect)
    status_reason = of(Person, "status_reason", label=_("Why is the status changed?"), required=True)
    status_on = of(Person, "status_on", label=_("Changed on"), required=True)
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Person
        fields = ("status", "status_reason", "status_on")

    def prepare(self, lists: Lists) -> None:
        super().prepare(lists)
        labels = dict(Status.choices)
        self.before = self.instance.status
        self.fields["status"].choices = [(s, labels[s]) for s in next_statuses(self.before)]  # type: ignore[attr-defined]
        self.fields["status_reason"].error_messages["required"] = _("Say why the status is changed.")
        self.initial["status_reason"] = ""
        self.initial["status_on"] = lists.today


def new_person(form: NewPersonForm, differs: Mapping[str, Any]) -> NewPerson:
    """The person that the cleaned form describes, with what `differs` in one row of the grid."""
    facts = {**form.cleaned_data, **differs}
    own = {fact.name: facts[fact.name] or None for fact in OF_PERSON if fact.name in facts}
    person = Person(**own, status_on=facts["identified_on"])
    measures = [Measure(kind=facts["measure"], month=facts["measure_month"])] if facts["measure"] else []
    return NewPerson(person, [_identification(facts)], _exploitations(form, facts), measures)


def _identification(facts: Mapping[str, Any]) -> Identification:
    names = ("agency", "municipality", "identified_on", "county", "channel", "reference")
    return Identification(**{name: facts[name] for name in names})


def _exploitations(form: NewPersonForm, facts: Mapping[str, Any]) -> list[Exploitation]:
    """The main purpose of the row in place of the template's, then the further ones."""
    main, template_main = facts["main_purpose"], form.cleaned_data["main_purpose"]
    further = [p for p in facts["purposes"] if p not in (main, template_main)]
    return [_exploitation(purpose, purpose == main, facts) for purpose in (main, *further)]


def _exploitation(purpose: Code, is_main: bool, facts: Mapping[str, Any]) -> Exploitation:
    labour = not exploitation.sector_only_with_labour(purpose.key, "any")
    sexual = not exploitation.form_only_with_sexual(purpose.key, "any")
    return Exploitation(
        purpose=purpose,
        is_main=is_main,
        sector=facts["sector"] if labour else None,
        sexual_form=facts["sexual_form"] if sexual else None,
    )
