"""Facts of a case."""

from __future__ import annotations

from typing import Any, Final

from crispy_forms.layout import Layout
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from accounts.models import User
from accounts.roles import May
from agencies.models import Coordinator
from cases.choices import CLOSED_STATES
from cases.forms.base import PlainForm, RowForm, lock, row
from cases.forms.fields import NO_SUCH_NUMBER, Lists, NoteField, of
from cases.models import Case
from cases.rules import consent

NOBODY: Final = "nobody"  # who is responsible is taken away by choosing so, never by leaving it open


class CaseForm(RowForm):
    registry_number = of(Case, "registry_number", NoteField, rows=0, longest=40, max_length=None)

    completed: frozenset[str] = frozenset()  # those of a person are asked for

    class Meta:
        model = Case
        fields = ("opened_on", "channel", "registry_number", "accompanying_children", "note")
        labels = {"accompanying_children": _("Accompanying children, not counted as victims")}
        help_texts = {"accompanying_children": ""}
        error_messages = {"opened_on": {"required": _("Enter the day on which the case was opened.")}}

    def prepare(self, lists: Lists) -> None:
        super().prepare(lists)
        self.fields["accompanying_children"].required = False
        self.fields["accompanying_children"].widget.attrs["class"] = "form-control-short"
        lock(self, self.instance.without_consent, "registry_number", "note")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        texts = {"note": cleaned.get("note"), "registry_number": cleaned.get("registry_number")}
        self.tell(consent.of_case(self.instance.without_consent, texts))
        return cleaned

    def clean_accompanying_children(self) -> int:
        return self.cleaned_data["accompanying_children"] or 0

    def layout(self) -> Layout:
        return Layout(row("opened_on", "channel"), row("registry_number", "accompanying_children"), "note")


class NewCaseForm(CaseForm):
    """On one page with a first person, whose identification has a channel of its own."""

    completed = frozenset({"channel"})  # of the person too

    def add_prefix(self, field_name: str) -> str:
        return {"channel": "case_channel"}.get(field_name, super().add_prefix(field_name))


class EditCaseForm(CaseForm):
    version = forms.IntegerField(widget=forms.HiddenInput)

    def layout(self) -> Layout:
        return Layout("version", *super().layout().fields)


class OwnCaseForm(EditCaseForm):
    """With who is responsible, a colleague of the region or nobody; of a case without consent, whether it
    has been given since."""

    class Meta(EditCaseForm.Meta):
        fields = (*EditCaseForm.Meta.fields, "responsible")  # type: ignore[assignment]

    def __init__(self, *args: Any, access: Access, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = Q(pk__in=colleagues(access).values("pk")) | Q(pk=self.instance.responsible_id)
        people = User.objects.filter(chosen).order_by("name")
        self.fields["responsible"] = forms.ModelChoiceField(
            people, label=_("Responsible"), required=False, empty_label=_("Nobody")
        )
        if self.instance.without_consent:
            self.fields["consent_given"] = forms.BooleanField(
                label=_("Consent to referral has been given now"),
                required=False,
                help_text=_("Save first. Then there is room for a note and a registry number."),
            )

    def layout(self) -> Layout:
        version, facts, numbers, note = super().layout().fields
        given = ["consent_given"] if "consent_given" in self.fields else []
        return Layout(version, facts, numbers, "responsible", *given, note)

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors and self.cleaned_data.get("consent_given"):
            self.instance.without_consent = ""

    @property
    def changed(self) -> list[str]:
        stored = {"consent_given": "without_consent"}
        return [stored.get(name, name) for name in super().changed]

    def clean_responsible(self) -> User | None:
        """A form that does not ask who is responsible takes nobody away."""
        return self.cleaned_data["responsible"] if "responsible" in self.data else self.instance.responsible


class CloseForm(RowForm):
    """Close a case, hand it over, follow it up, or open it again. A closed case says why."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Case
        fields = ("state", "close_reason")
        widgets = {"state": forms.RadioSelect}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("state") in CLOSED_STATES:
            self.want("close_reason", _("Say why the case is closed."))
        else:
            cleaned["close_reason"] = None
        return cleaned


class SuspectsForm(PlainForm):
    """Suspects only as a number by relation."""

    def __init__(self, *args: Any, counts: dict[str, int], **options: Any) -> None:
        super().__init__(*args, **options)
        for code in self.lists.by_list["relation"]:
            self.fields[code.word] = forms.IntegerField(
                label=str(code),
                required=False,
                min_value=0,
                max_value=999,
                initial=counts.get(code.key),
                widget=forms.NumberInput(attrs={"class": "form-control-short"}),
                error_messages=NO_SUCH_NUMBER,
            )

    def layout(self) -> Layout:
        return Layout(row(*self.fields))

    def numbers(self) -> dict[str, int]:
        """Key of the relation → number; relations without suspects are left out."""
        return {f"relation:{word}": number for word, number in self.cleaned_data.items() if number}


class ManyCasesForm(PlainForm):
    ACTIONS = (("assign", _("Change who is responsible")), ("close", _("Close the cases")))

    action = forms.ChoiceField(label=_("What do you want to do?"), choices=ACTIONS, widget=forms.RadioSelect)
    responsible = forms.ChoiceField(label=_("Responsible"), required=False)
    close_reason = of(Case, "close_reason")

    def __init__(self, *args: Any, access: Access, **options: Any) -> None:
        super().__init__(*args, **options)
        self.people = {str(colleague.pk): colleague for colleague in colleagues(access)}
        field: Any = self.fields["responsible"]
        field.choices = [("", _("Choose who")), *self.people.items(), (NOBODY, _("Nobody"))]

    def clean(self) -> dict[str, Any]:
        """Nobody is made responsible by what was not chosen, and nobody is taken away by it."""
        cleaned = super().clean()
        if cleaned.get("action") == "close":
            self.want("close_reason", _("Say why the case is closed."))
        if cleaned.get("action") == "assign":
            self.want("responsible", _("Choose who is responsible, or nobody."))
        cleaned["responsible"] = self.people.get(cleaned.get("responsible", ""))
        return cleaned


def colleagues(access: Access) -> QuerySet[User]:
    """Who may be responsible for a case of one's regions: those who coordinate there today."""
    on_duty = Coordinator.objects.valid_on(access.today).filter(region__in=access.regions)
    return User.objects.working(May.COORDINATE).filter(assignments__in=on_duty).distinct().order_by("name")
