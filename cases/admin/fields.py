"""Words of long lists, typed: with one list of suggestions a page, where choices would stand there for every
field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases.forms.fields import NamedField, RowField
from cases.rules import values
from cases.rules.faults import NotAllowed
from cases.wording import say


class TypedRowField(RowField):
    """A row by its name or key, or by the beginning of one name alone. `suggestions`: the page's list of
    names."""

    def __init__(self, kind: str, *, suggestions: str, **options: Any) -> None:
        super().__init__(
            kind, widget=forms.TextInput(attrs={"list": suggestions, "autocomplete": "off"}), **options
        )
        self.names: dict[str, str] = {}

    def fill(self, lists: Any) -> None:
        super().fill(lists)
        pairs = [
            (name, key) for key, row in self.rows.items() for name in (str(row), key, key.partition(":")[2])
        ]
        self.names = values.index(pairs)

    def prepare_value(self, value: Any) -> Any:
        row = self.rows.get(str(super().prepare_value(value)))
        return str(row) if row else value

    def clean(self, value: Any) -> Any:
        return super().clean(self._key(value))

    def _key(self, value: Any) -> str:
        text = " ".join(str(value or "").split())
        begins = {key for name, key in self.names.items() if text and name.startswith(values.fold(text))}
        if values.fold(text) not in self.names and len(begins) == 1:
            return begins.pop()
        try:
            return values.named(text, self.names)
        except NotAllowed as refused:
            raise ValidationError(say(refused.fault(""))) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return values.fold(str(self.prepare_value(initial) or "")) != values.fold(str(data or ""))


def country(label: Any) -> NamedField:
    """Typed, with one list of suggestions a page: as choices 250 countries would stand there for every
    field."""
    return NamedField(label=label, required=False, widget=forms.TextInput(attrs={"list": "countries"}))


class CountriesField(NamedField):
    """Several countries, parted by semicolons: some names have commas. Cleans to their codes."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str):
            return value
        return "; ".join(str(super(CountriesField, self).prepare_value(one)) for one in value or ())

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        parts = (part.strip() for part in str(value or "").split(";"))
        return [super(CountriesField, self).to_python(part) for part in parts if part]

    def run_validators(self, value: Any) -> None:
        """What is typed may be as long as it needs to be."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial) != (data or ""))
