"""Words of long lists, typed: with one list of suggestions a page, where choices would stand there for every
field."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.rules.values import fold, index


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
        return {str(key): str(label) for key, label in choices if key not in ("", None)}

    @cached_property
    def keys(self) -> dict[str, str]:
        """Folded name, key, or key without its list → key."""
        names = (
            (name, key) for key, label in self.labels.items() for name in (label, key, key.partition(":")[2])
        )
        return index([(name, key) for name, key in names if name])

    def format_value(self, value: object) -> str:
        return self.labels.get(str(value), str(value)) if value not in ("", None) else ""

    def value_from_datadict(self, data: Mapping[str, object], files: object, name: str) -> object:
        return self.key(str(data.get(name) or ""))

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
        return "; ".join(super(TypedSeveral, self).format_value(one) for one in several)

    def value_from_datadict(self, data: Mapping[str, object], files: object, name: str) -> object:
        parts = str(data.get(name) or "").split(";")
        return [self.key(part) for part in parts if part.strip()]


def type_in(field: forms.Field, suggestions: str) -> None:
    """Let the choices of `field` be typed. `suggestions`: the page's list of names."""
    if isinstance(field, forms.MultipleChoiceField):
        field.widget = TypedSeveral(field, suggestions)
        field.help_text = _("Parted by semicolons")
    elif isinstance(field, forms.ChoiceField):
        field.widget = Typed(field, suggestions)
