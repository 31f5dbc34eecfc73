"""What every form of casework does: fills its lists, words its errors, and lets a warning pass when asked
to."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.functional import Promise, cached_property, lazy
from django.utils.translation import gettext as _, gettext_lazy

from accounts.free_text import NO_NAME, digest_of, record_no_name
from cases.facts import COMPLETED
from cases.forms.fields import DayField, Lists, NoteField, RowField, RowsField, of, search_in
from cases.rules.faults import Fault, Severity
from cases.rules.texts import MAX_LENGTH, name_told
from cases.wording import say

NEEDED: Final = gettext_lazy("(needed by the end of the year)")  # the closing of the year asks for it
NEEDED_IF: Final = {"reason": gettext_lazy("(needed if you decline)"),
                    "close_reason": gettext_lazy("(needed to close)")}  # fmt: skip


def row(*names: Any) -> Div:
    """Fields beside each other where there is room."""
    return Div(*names, css_class="fields-row")


def lock(form: forms.BaseForm, without: str, *names: str) -> None:
    """What a case without consent must not hold cannot be typed in. What stands there from before can be
    taken away."""
    for name in names if without else ():
        if not form[name].value():
            form.fields[name].widget.attrs["disabled"] = True


def _asked_for(label: str | Promise) -> str:
    """Return what is said of a field that was left out."""
    name = str(label)
    asked = _("Answer the question") if name.endswith("?") else _("Enter {field}")
    return asked.format(field=name[:1].lower() + name[1:])


asked_for = lazy(_asked_for, str)  # few are said of all that a form has


def token() -> forms.UUIDField:
    """The field that makes a repeated sending one act."""
    return forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)


class CaseworkForm(forms.BaseForm):
    """Mixed into forms and model forms. `lists` fills the choices; warnings never block: they are shown
    once."""

    lists: Lists
    completed: frozenset[str] = frozenset(fact.name for fact in COMPLETED)

    def __init__(self, *args: Any, lists: Lists, **options: Any) -> None:
        super().__init__(*args, **options)
        self.prepare(lists)

    def prepare(self, lists: Lists) -> None:
        self.lists = lists
        self.warnings: list[str] = []
        self.names: dict[str, str] = {}  # texts that seem to name somebody, by their fields
        for name, field in self.fields.items():
            field.needed = NEEDED if name in self.completed else NEEDED_IF.get(name, "")  # type: ignore[attr-defined]
            if isinstance(field, RowField | RowsField):
                field.fill(lists)
            else:
                search_in(field, "country", lists)
            if isinstance(field, DayField):
                field.know(lists.today)
            if field.error_messages["required"] is forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = asked_for(field.label or name)

    @cached_property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag, helper.disable_csrf, helper.layout = False, True, self.layout()
        return helper

    def layout(self) -> Layout | None:
        return None

    def tell(self, faults: Iterable[Fault]) -> None:
        """Errors to their fields, warnings beside the form. A field that is wrong already gets no second
        error."""
        for fault in faults:
            if fault.severity is Severity.WARNING:
                self.warnings.append(say(fault))
            elif fault.field not in self.errors:
                self.add_error(fault.field if fault.field in self.fields else None, say(fault))

    def error_if(self, wrong: object, name: str | None, text: str | Promise) -> None:
        """Add an error to a field, or to the form as a whole, where something is wrong."""
        if wrong:
            self.add_error(name, str(text))

    def want(self, name: str, text: str | Promise) -> None:
        """Ask for a field that other answers make necessary, unless what was typed in it is wrong already."""
        self.error_if(not self.cleaned_data.get(name) and name not in self.errors, name, text)

    def clean(self) -> dict[str, Any]:
        super().clean()
        return self.cleaned_data

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        for name in self.changed_data:
            text = str(self.data.get(self.add_prefix(name), ""))[:MAX_LENGTH]  # also where it is refused
            if isinstance(self.fields[name], NoteField) and name_told(name, text):
                self.names[name] = text

    @property
    def changed(self) -> list[str]:
        """Names of what somebody changed: not of what the page itself sends with it."""
        return [name for name in self.changed_data if not self[name].is_hidden]

    def ready(self) -> bool:
        """Valid, and without warnings that have not been shown yet. What seems to be a name is passed by its
        own button alone, and that is recorded: of which fields, not of which words."""
        if not self.is_valid() or (self.warnings and self.shown not in values_of(self.data, "save_anyway")):
            return False
        if self.names:
            if not self.names_passed:
                return False
            record_no_name([*self.names])
        return True

    @property
    def names_passed(self) -> bool:
        """Whether that button was pressed, for these very texts."""
        return NO_NAME in self.data and self.names_shown in values_of(self.data, "names_shown")

    @property
    def names_shown(self) -> str:
        return digest_of(self.names)

    @property
    def name_questions(self) -> list[str]:
        """A sentence for each text that seems to name somebody."""
        message = say(Fault("", "name", severity=Severity.WARNING))
        return [f"{self.fields[name].label}: {message}" for name in self.names]

    @property
    def warned(self) -> list[CaseworkForm]:
        """Itself, when a name is to be asked about, or warned of something and nothing is wrong."""
        return [self] if self.names or (self.is_valid() and self.warnings) else []

    @property
    def shown(self) -> str:
        """What the page sends back to say that these very warnings have been read."""
        return hashlib.sha256("\n".join(self.warnings).encode()).hexdigest()[:16]


def values_of(data: Mapping[str, Any], name: str) -> list[str]:
    return data.getlist(name) if hasattr(data, "getlist") else [data.get(name, "")]


# Where the options of a form's `Meta` say what differs from the model, and by which word a field takes it.
DIFFERS: Final = {
    "labels": "label",
    "help_texts": "help_text",
    "error_messages": "error_messages",
    "widgets": "widget",
    "field_classes": "kind",
}


def _differing(meta: type, name: str) -> dict[str, Any]:
    facts = {word: getattr(meta, option, {}).get(name) for option, word in DIFFERS.items()}
    return {word: fact for word, fact in facts.items() if fact is not None}


class PlainForm(CaseworkForm, forms.Form):
    """A form of no stored row."""


class RowForm(CaseworkForm, forms.ModelForm):
    """A form of one stored row, whose fields are as its model has them where `Meta` says nothing else. The
    rules say what the constraints say, in words: the database is not asked again."""

    def __init_subclass__(cls) -> None:
        """Makes the fields that `Meta` names and no class declares. In the admin they are the same."""
        super().__init_subclass__()
        meta: Any = getattr(cls, "Meta", None)
        if meta is None:
            return
        columns = {get_field.name for get_field in meta.model._meta.get_fields()}
        declared = {name for base in cls.__mro__ for name in getattr(base, "declared_fields", ())}
        for name in meta.fields:
            if name in columns - declared and (field := of(meta.model, name, **_differing(meta, name))):
                cls.declared_fields[name] = field

    def _get_validation_exclusions(self) -> set[str]:
        """Return all fields: the database would be asked once for each constraint and each row that is
        chosen, and says nothing that a reader understands."""
        return {*super()._get_validation_exclusions(), *self._meta.fields}  # type: ignore[misc]
