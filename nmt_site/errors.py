"""What is wrong with a submitted page, in reading order, for the summary at its top."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any, TypeAlias

from django.forms import BaseForm, BoundField
from django.forms.formsets import BaseFormSet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

AnyForm: TypeAlias = "BaseForm | BaseFormSet[Any]"


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence, and the id of the control it is about (empty when it is about the whole form)."""

    text: str
    target: str = ""


def has_errors(item: object) -> bool:
    return isinstance(item, BaseForm | BaseFormSet) and item.is_bound and not item.is_valid()


def forms_in(values: Iterable[object]) -> list[AnyForm]:
    """The forms and form sets among `values` (those in lists and tuples too) that have errors, each once."""
    found: dict[int, AnyForm] = {}
    for value in values:
        for item in value if isinstance(value, list | tuple) else (value,):
            if isinstance(item, BaseForm | BaseFormSet) and has_errors(item):
                found.setdefault(id(item), item)
    return _without_members(list(found.values()))


def _without_members(items: list[AnyForm]) -> list[AnyForm]:
    """A form that stands beside its own form set is told about once, by the set."""
    members = {id(form) for item in items if isinstance(item, BaseFormSet) for form in item.forms}
    return [item for item in items if id(item) not in members]


def problems_of(items: Iterable[Any]) -> list[Problem]:
    return [
        problem
        for item in items
        for problem in (_of_set(item) if isinstance(item, BaseFormSet) else _of(item))
    ]


def _of(form: BaseForm, before: str = "") -> Iterator[Problem]:
    for error in form.non_field_errors():
        yield Problem(before + str(error))
    for field in _as_read(form):
        for error in field.errors:
            words = _said(str(error))
            yield Problem(f"{before}{_lead(field, words)}{words}", target_of(field))


def _said(error: str) -> str:
    """In words alone: a button that answers it stands beside its field."""
    words, button, _rest = error.partition(" <button")
    return unescape(words) if button else error


def _as_read(form: BaseForm) -> list[BoundField]:
    """The fields in the order in which a form lays them out."""
    layout = getattr(getattr(form, "helper", None), "layout", None)
    order = {found.name: place for place, found in enumerate(layout.get_field_names())} if layout else {}
    return sorted(form, key=lambda field: order.get(field.name, -1))


def _lead(field: BoundField, error: str) -> str:
    """ "County: ", but "Who is calling? " of a label that ends in a mark of its own, and nothing where the
    error says what it is about."""
    label = str(field.label or "")
    if label.casefold() in error.casefold():
        return ""
    return f"{label} " if label.endswith("?") else f"{label}: " if label else ""


def _of_set(formset: BaseFormSet[Any]) -> Iterator[Problem]:
    for error in formset.non_form_errors():
        yield Problem(str(error))
    for number, form in enumerate(formset.forms, start=1):
        yield from _of(form, before=_row_of(formset) % {"number": number})


def _row_of(formset: BaseFormSet[Any]) -> str:
    """ "Identification 1: " on a page of parts of several kinds, "Row 1: " in a grid."""
    model = getattr(formset, "model", None)
    return f"{capfirst(model._meta.verbose_name)} %(number)s: " if model else _("Row %(number)s: ")


def target_of(field: BoundField) -> str:
    """The id of the first control of `field`: a group of choices has none of its own, its first choice
    has."""
    if field.is_hidden:
        return ""
    return field.id_for_label or next((part.id_for_label for part in field.subwidgets), "") or field.auto_id
