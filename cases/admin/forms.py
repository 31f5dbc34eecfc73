"""The forms of casework as the admin shows them: cleaned by the same rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from cases.admin.base import CHANGED_MEANWHILE, AdminForm
from cases.admin.fields import CountriesField, TypedRowField, country
from cases.forms.call import EditCallForm
from cases.forms.case import CloseForm, EditCaseForm, colleagues
from cases.forms.fields import DayField, NamedField, NoteField, RowField
from cases.forms.parts import ExploitationForm, IdentificationForm, MeasureForm
from cases.forms.person import EditPersonForm, StatusForm
from cases.models import Case
from cases.rules import exploitation as rules
from cases.wording import say


class CountryFields(forms.BaseForm):
    def prepare(self, lists: Any) -> None:
        super().prepare(lists)  # type: ignore[misc]
        for field in self.fields.values():
            if isinstance(field, NamedField):
                field.offer(list(countries))
        self.fields.pop("form_token", None)


class RowOfTable(CountryFields):
    """A form whose fields stand under the names of columns: for a screen reader each has its name itself."""

    def prepare(self, lists: Any) -> None:
        super().prepare(lists)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = str(field.label)


class CallAdminForm(AdminForm, EditCallForm):
    """A new or a stored call. What it follows up is chosen on the call page, and stays as it is here."""

    def __init__(self, data: Any = None, files: Any = None, **options: Any) -> None:
        super().__init__(data, access=self.access, **options)
        if not self.instance.pk:
            self.initial.setdefault("received_at", self.access.at)

    def prepare(self, lists: Any) -> None:
        super().prepare(lists)
        del self.fields["follow_up_of"]
        self.fields["received_at"].widget.attrs.pop("form")  # of the call page

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.check_version(cleaned)
        return cleaned


class CaseAdminForm(AdminForm, EditCaseForm, CloseForm):
    """`region` is asked of a new case only: it is where the case was opened, and gives it its number."""

    region = RowField("region", label=gettext_lazy("NMT region"))

    class Meta(EditCaseForm.Meta):
        model = Case
        fields = (*EditCaseForm.Meta.fields, "state", "close_reason", "responsible")  # type: ignore[assignment]

    def prepare(self, lists: Any) -> None:
        super().prepare(lists)
        self.fields["responsible"].queryset = colleagues(self.access)  # type: ignore[attr-defined]
        self.fields["responsible"].empty_label = _("Nobody")  # type: ignore[attr-defined]
        for name in ("region",) if self.instance.pk else ("state", "close_reason"):
            del self.fields[name]
        if not self.instance.pk and self.access.regions:
            own: Any = self.fields["region"]
            own.choices = [pair for pair in own.choices if pair[0] in self.access.regions]
            own.initial = min(self.access.regions)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.check_version(cleaned)
        return cleaned


class PersonFactsForm(AdminForm, CountryFields, EditPersonForm):
    citizenship = country(gettext_lazy("Citizenship"))
    country_of_origin = country(gettext_lazy("Country of origin"))
    further_citizenships = CountriesField(label=gettext_lazy("Further citizenships"), required=False)

    def prepare(self, lists: Any) -> None:
        super().prepare(lists)
        self.fields["further_citizenships"].help_text = gettext_lazy("Parted by semicolons")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned |= {name: cleaned.get(name) or None for name in ("citizenship", "country_of_origin")}
        return cleaned


class NewPersonAdminForm(PersonFactsForm):
    status_on = DayField(label=gettext_lazy("Status since"), required=False)

    class Meta(EditPersonForm.Meta):
        fields = ("case", *EditPersonForm.Meta.fields, "status", "status_on")  # type: ignore[assignment]


class PersonAdminForm(PersonFactsForm, StatusForm):
    """Facts and status; the reason and day belong to a change of status."""

    status_reason = NoteField(label=gettext_lazy("Why is the status changed?"))

    class Meta(EditPersonForm.Meta):
        fields = (*EditPersonForm.Meta.fields, "status", "status_reason", "status_on")  # type: ignore[assignment]

    def prepare(self, lists: Any) -> None:
        super().prepare(lists)
        self.before = self.instance.status
        self.fields["status_reason"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("status") == self.before:
            cleaned |= {"status_reason": self.instance.status_reason, "status_on": self.instance.status_on}
        elif not cleaned.get("status_reason") and "status_reason" not in self.errors:
            self.add_error("status_reason", gettext_lazy("Say why the status is changed."))
        self.check_version(cleaned)
        return cleaned

    @property
    def changed(self) -> list[str]:
        names = super().changed
        return names if "status" in names else [n for n in names if n not in {"status_reason", "status_on"}]


class IdentificationAdminForm(AdminForm, RowOfTable, IdentificationForm):
    agency = TypedRowField("agency", label=gettext_lazy("Identifying organisation"), suggestions="agencies")
    channel = TypedRowField("channel", label=gettext_lazy("Channel"), required=False, suggestions="channels")
    county = TypedRowField("county", label=gettext_lazy("County where identified"), suggestions="counties")

    def _registered(self, cleaned: dict[str, Any]) -> bool:
        """The set of forms sees them all."""
        return False


class ExploitationAdminForm(AdminForm, CountryFields, ExploitationForm):
    country = country(gettext_lazy("Country"))
    county = TypedRowField("county", label=gettext_lazy("County"), required=False, suggestions="counties")
    sector = TypedRowField(
        "sector",
        label=gettext_lazy("Sector"),
        required=False,
        help_text=gettext_lazy("Only when the purpose is labour"),
        suggestions="sectors",
    )
    sexual_form = TypedRowField(
        "sexual_form",
        label=gettext_lazy("Form"),
        required=False,
        help_text=gettext_lazy("Only when the purpose is sexual"),
        suggestions="forms",
    )

    acts: Any = None  # these lists have the page of the purpose
    means: Any = None
    controls: Any = None
    acts_answer: Any = None
    means_answer: Any = None
    controls_answer: Any = None

    class Meta(ExploitationForm.Meta):
        fields = ("purpose", "is_main", "sector", "sexual_form", "place", "county", "country", "start", "end")  # type: ignore[assignment]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["country"] = cleaned.get("country") or None
        return cleaned

    def _check_others(self, cleaned: dict[str, Any]) -> None:
        """The set of forms sees them all."""


class MeasureAdminForm(AdminForm, RowOfTable, MeasureForm):
    kind = TypedRowField("measure", label=gettext_lazy("Measure"), suggestions="kinds")
    provider = TypedRowField(
        "provider", label=gettext_lazy("Kind of provider"), required=False, suggestions="providers"
    )
    agency = TypedRowField("agency", label=gettext_lazy("By"), required=False, suggestions="agencies")


class PartSet(BaseInlineFormSet):
    """What belongs to one person. Each form is told whose part it is, so that none of them asks the database.

    Of many parts the page shows the first `SHOWN` to change: it stays small. `further` are the others, which
    rules over all parts see too."""

    SHOWN = 2

    @cached_property
    def every(self) -> list[Any]:
        return list(super().get_queryset())

    @property
    def further(self) -> list[Any]:
        return self.every[self.SHOWN :]

    def get_queryset(self) -> list[Any]:  # type: ignore[override]
        return self.every[: self.SHOWN]

    def _existing_object(self, pk: Any) -> Any:
        """Of them all: somebody else may have changed which come first."""
        return next((row for row in self.every if row.pk == pk), None)

    def _construct_form(self, i: int, **options: Any) -> Any:
        form = super()._construct_form(i, **options)  # type: ignore[misc]
        form.instance.person = self.instance
        return form

    # --- two people at once ------------------------------------------------------------------
    @cached_property
    def management_form(self) -> Any:
        """With the version of each part that is shown, in one field: a field of each form would make the page
        large."""
        form = super().management_form
        form.fields["VERSIONS"] = forms.CharField(required=False, widget=forms.HiddenInput({"id": False}))
        form.initial["VERSIONS"] = " ".join(f"{row.pk}:{row.version}" for row in self.get_queryset())
        return form

    def clean(self) -> None:
        """What was typed stays in the forms when somebody else has saved, here or on the page of the part."""
        super().clean()
        pairs = (part.partition(":") for part in self.data.get(f"{self.prefix}-VERSIONS", "").split())
        shown = {key: version for key, _colon, version in pairs}
        changed = [form.instance for form in self.initial_forms if form.has_changed()]
        if any(shown.get(str(row.pk)) != str(row.version) for row in changed):
            raise ValidationError(CHANGED_MEANWHILE)

    @property
    def kept(self) -> list[Any]:
        return [form for form in self.forms if form.instance.pk or form.has_changed()]


class MeasureSet(PartSet):
    SHOWN = 3


class IdentificationSet(PartSet):
    default_error_messages = {"too_few_forms": gettext_lazy("Enter at least one identification.")}

    def clean(self) -> None:
        super().clean()
        seen = [self._key(form) for form in self.kept if not form.errors]
        seen += [(row.agency, row.municipality, row.identified_on) for row in self.further]
        if len(seen) > len(set(seen)):
            raise ValidationError(_("This organisation's identification on that day is registered already."))

    @staticmethod
    def _key(form: Any) -> tuple[Any, ...]:
        return tuple(form.cleaned_data.get(name) for name in ("agency", "municipality", "identified_on"))


class ExploitationSet(PartSet):
    """Exactly one main purpose, and none twice."""

    default_error_messages = {"too_few_forms": gettext_lazy("Enter at least one purpose.")}

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.kept if not form.errors]
        stated = [
            rules.ExploitationFacts(
                purpose=form.cleaned_data["purpose"].key, is_main=bool(form.cleaned_data.get("is_main"))
            )
            for form in kept
        ]
        stated += [
            rules.ExploitationFacts(purpose=row.purpose_id, is_main=row.is_main) for row in self.further
        ]
        said = [say(fault) for fault in rules.purposes(stated)] if len(kept) == len(self.kept) else []
        if stated and said:
            raise ValidationError(said)
