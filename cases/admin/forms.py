"""The forms of casework as the admin shows them: the very classes of the pages, which know who asks.

Words of long lists, typed: with one list of suggestions a page, where choices would stand there for every
field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.contrib.admin import site
from django.contrib.admin.widgets import AutocompleteSelect
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from accounts.free_text import with_button
from cases.forms.base import CaseworkForm, RowForm, row, token
from cases.forms.case import CloseForm, EditCaseForm, OwnCaseForm
from cases.forms.fields import Lists, RowField, refuse
from cases.forms.person import EditPersonForm, NewPersonForm, StatusForm
from cases.models import Case, Exploitation, Person
from cases.rules import exploitation as rules
from cases.rules.values import fold, index
from exchange.admin import access_of


class Typed(forms.TextInput):
    """The text field of a field of choices: understands a name, a key, or the beginning of one name alone.

    What is understood reaches the field as the key; what is not, as typed: the field says that it is none."""

    def __init__(self, field: forms.ChoiceField, suggestions: str) -> None:
        super().__init__({**field.widget.attrs, "list": suggestions, "autocomplete": "off"})
        self.attrs.pop("class", None)
        self.choices = field.choices
        self.is_required = field.required

    @cached_property
    def labels(self) -> dict[str, str]:
        """Key → name, of the choices that are none of the empty one."""
        choices: Any = self.choices
        return {str(key): str(label) for key, label in choices if key}

    @cached_property
    def keys(self) -> dict[str, str]:
        """Folded name, key, or key without its list → key."""
        return index(
            (name, key) for key, label in self.labels.items() for name in (label, key, key.partition(":")[2])
        )

    def format_value(self, value: object) -> str:
        return self.labels.get(str(value), str(value or ""))

    def value_from_datadict(self, data: Mapping[str, object], files: object, name: str) -> object:
        return self.key(str(data.get(name, "")))

    def key(self, typed: str) -> str:
        text = " ".join(typed.split())
        folded = fold(text)
        begun = {key for name, key in self.keys.items() if folded and name.startswith(folded)}
        only = begun.pop() if len(begun) == 1 else text
        return self.keys.get(folded, only)


class TypedSeveral(Typed):
    """The same of several choices, parted by semicolons: some names of countries have commas."""

    def format_value(self, value: object) -> str:
        several = value if isinstance(value, list | tuple) else ()
        names = []
        for one in several:
            names.append(super().format_value(one))
        return "; ".join(names)

    def value_from_datadict(self, data: Mapping[str, object], files: object, name: str) -> object:
        parts = str(data.get(name, "")).split(";")
        return [self.key(part) for part in parts if part.strip()]


def type_in(field: forms.Field, suggestions: str) -> None:
    """Let the choices of `field` be typed. `suggestions`: the page's list of names."""
    if isinstance(field, forms.MultipleChoiceField):
        field.widget = TypedSeveral(field, suggestions)
        field.help_text = _("Parted by semicolons")
    elif isinstance(field, forms.ChoiceField):
        field.widget = Typed(field, suggestions)


CHANGED_MEANWHILE = _(
    "Somebody else saved this in the meantime, and nothing of yours was saved. Open the page again in a "
    "new tab, compare, and save there."
)
Shown = list[tuple[Any, Any]]  # fieldsets


def lists_of(request: HttpRequest) -> Lists:
    """The lists that forms choose from, read once a request."""
    return request.__dict__.setdefault("lists", Lists(access_of(request).today))


class InAdmin(RowForm):
    """Mixed into a form of casework for one request: what `in_admin` says is given to the class.

    `options`: what else the form is made with. `part`: one of several that go with their person, whose form
    has the token. `conflict`: somebody else has saved what was to be saved."""

    access: Access
    own_lists: Lists
    options: ClassVar[Mapping[str, Any]] = {}
    left_out: ClassVar[Sequence[str]] = ()
    part = False
    in_table = False
    conflict = False

    def __init__(self, *args: Any, **options: Any) -> None:
        options.pop("files", None)  # no form of casework takes files; the admin offers them to each
        super().__init__(*args[:1], lists=self.own_lists, **self.options, **options)
        if self.instance.pk and hasattr(self.instance, "version"):
            self.initial.setdefault("version", self.instance.version)

    def full_clean(self) -> None:
        """What seems to be a name is passed by its own button alone, as on the pages. It stands with the
        text, and passes what every form of the page was shown with."""
        super().full_clean()
        if not self.names or self.names_passed:
            return
        first, *further = self.name_questions
        questions = [_asked(first, self.names_shown), *further]
        for name, question in zip(self.names, questions, strict=True):
            self.add_error(name, question)

    def prepare(self, lists: Lists) -> None:
        super().prepare(lists)
        for name in self.left_out:
            self.fields.pop(name, None)
        self.fields.pop("form_token", None)
        if not self.part:
            self.fields["form_token"] = token()
        for field in self.fields.values():
            if suggestions := self.suggestions(field):
                type_in(field, suggestions)
            field.widget.attrs.pop("form", None)  # the admin's page has one form
            # under the name of a column: for a screen reader each has its name itself
            if self.in_table and not field.widget.is_hidden:
                field.widget.attrs["aria-label"] = str(field.label)

    def suggestions(self, field: forms.Field) -> str:
        """The page's list of names for a field that is typed: of countries always, of other rows in parts."""
        if isinstance(field, forms.TypedChoiceField | forms.TypedMultipleChoiceField):
            return "countries"
        return field.kind if self.part and isinstance(field, RowField) else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.error_if(self.conflict, None, CHANGED_MEANWHILE)
        return cleaned

    def as_shown(self) -> Any:
        """The row to be saved, as of the version that the form was shown with."""
        if "version" in self.cleaned_data:
            self.instance.version = self.cleaned_data["version"]
        return self.instance


def _asked(question: str, digest: str) -> SafeString:
    shown = '{}<input type="hidden" name="names_shown" value="{}">'
    return format_html(shown, with_button(question, digest), digest)


def in_admin(form: type[RowForm], request: HttpRequest, **given: Any) -> type[InAdmin]:
    """`form` as this request's admin shows it."""
    asked = {"access": access_of(request), "own_lists": lists_of(request), **given}
    return cast(type[InAdmin], type(form.__name__, (InAdmin, form), asked))


def fieldsets_of(form: CaseworkForm, *, without: Sequence[str] = ()) -> Shown:
    """The form's own layout as the admin has it: rows of names, under the headings of the layout."""
    layout = form.layout()
    parts: list[Any] = list(layout.fields) if layout else list(form.fields)
    names = form.fields.keys() - set(without)
    plain, headed = list[Any](), list[Any]()
    for part in parts:
        (headed if isinstance(part, Fieldset) else plain).append(part)
    sets = [(None, [*plain, "form_token"]), *((one.legend, one.fields) for one in headed)]
    return [(legend, {"fields": _rows(fields, names)}) for legend, fields in sets]


def _rows(parts: Sequence[Any], names: set[str]) -> list[Any]:
    rows = [getattr(part, "fields", (part,)) for part in parts]
    remaining = [tuple(name for name in row if name in names) for row in rows]
    return list(dict.fromkeys(one for one in remaining if one))


class CaseAloneForm(OwnCaseForm):
    """A case without its persons: its region, which a person's county gives it elsewhere, is asked for."""

    region = RowField("region", label=_("NMT region"))

    def __init__(self, *args: Any, access: Access, **options: Any) -> None:
        super().__init__(*args, access=access, **options)
        if access.regions:
            own: Any = self.fields["region"]
            own.choices = [pair for pair in own.choices if pair[0] in access.regions]
            own.initial = min(access.regions)

    def layout(self) -> Layout:
        return Layout("region", *super().layout().fields)


class WholeCaseForm(OwnCaseForm, CloseForm):
    class Meta(EditCaseForm.Meta):
        fields = (*OwnCaseForm.Meta.fields, *CloseForm.Meta.fields)  # type: ignore[assignment]

    def layout(self) -> Layout:
        return Layout(*super().layout().fields, row("state", "close_reason"))


class FirstFactsForm(EditPersonForm):
    access: Access  # see `InAdmin`
    status = NewPersonForm.declared_fields["status"]

    class Meta(EditPersonForm.Meta):
        fields = ("case", *EditPersonForm.Meta.fields, "status")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        case = Person._meta.get_field("case")
        self.fields["case"] = forms.ModelChoiceField(
            Case.objects.changeable_by(self.access),
            label=case.verbose_name,
            widget=AutocompleteSelect(case, site),
        )

    def layout(self) -> Layout:
        return Layout("case", *super().layout().fields, "status")


class WholePersonForm(EditPersonForm, StatusForm):
    class Meta(EditPersonForm.Meta):
        fields = (*EditPersonForm.Meta.fields, *StatusForm.Meta.fields)

    def prepare(self, lists: Lists) -> None:
        super().prepare(lists)
        self.fields["status_reason"].required = False

    def layout(self) -> Layout:
        status = Fieldset(_("Status"), "status", row("status_on", "status_reason"))
        return Layout(*super().layout().fields, status)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("status") == self.before:
            cleaned |= {"status_reason": self.instance.status_reason, "status_on": self.instance.status_on}
        else:
            self.want("status_reason", self.fields["status_reason"].error_messages["required"])
        return cleaned

    @property
    def changed(self) -> list[str]:
        names = super().changed
        return names if "status" in names else [n for n in names if n not in {"status_reason", "status_on"}]


class PartSet(BaseInlineFormSet):
    """What belongs to one person. Each form knows whose part it is, so that none of them asks the database.

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

    def _existing_object(self, pk: object) -> Any:
        """Of them all: somebody else may have changed which come first."""
        return {row.pk: row for row in self.every}.get(pk)

    def _construct_form(self, i: int, **options: Any) -> Any:
        form = super()._construct_form(i, **options)  # type: ignore[misc]
        form.instance.person = self.instance
        return form

    @property
    def kept(self) -> list[Any]:
        return [form for form in self.forms if form.instance.pk or form.has_changed()]

    def clean(self) -> None:
        """Each part is held against the others as they will be, which is more than what is stored."""
        for form in self.kept:
            form.check_others([other.instance for other in self.kept if other is not form] + self.further)


class IdentificationSet(PartSet):
    default_error_messages: ClassVar = {"too_few_forms": _("Enter at least one identification.")}


class ExploitationSet(PartSet):
    default_error_messages: ClassVar = {"too_few_forms": _("Enter at least one purpose.")}

    def clean(self) -> None:
        super().clean()
        rows: list[Exploitation] = [*(one.instance for one in self.kept), *self.further]
        if not rows or any(one.errors for one in self.kept):
            return
        refuse(rules.purposes([rules.ExploitationFacts(row.purpose_id, row.is_main) for row in rows]))
