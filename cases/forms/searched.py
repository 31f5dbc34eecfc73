"""Choices of many rows in which one searches by typing, as the browser draws them: static/nmt/combobox.js."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.forms.lists import Lists

SEARCHED: Final = {"agency", "county"}  # rows of which there are many; countries too, which are no rows
NOT_LISTED: Final = _("“%(value)s” is not in the list. Choose a name that it has.")
SHOWN: Final = 100  # characters of what is in no list


class _Searched(forms.widgets.ChoiceWidget):
    """What the reader's region uses most is told to the script, which offers it first. What was typed and is
    in no list stays in the field. Without script it is a list as others."""

    kind = ""
    lists: Lists | None = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        used = self.lists.used.get(self.kind, ()) if self.lists else ()
        searched = {"data-combobox": True, "data-first": " ".join(used) or False}
        return super().get_context(name, value, {**(attrs or {}), **searched})

    def optgroups(self, name: str, value: Sequence[str], attrs: Any = None) -> list[Any]:
        groups: list[Any] = super().optgroups(name, list(value), attrs)
        known = {str(option["value"]) for _name, options, _index in groups for option in options}
        for typed in value:
            if typed and str(typed) not in known:
                shown = str(typed)[:SHOWN]
                option: Any = self.create_option(name, shown, shown, True, len(groups))
                option["attrs"] |= {"data-typed": True}
                groups.append((None, [option], len(groups)))
        return groups


class Searched(_Searched, forms.Select):
    """One of many."""


class SearchedSeveral(_Searched, forms.SelectMultiple):
    """Several of many."""


def search_in(field: forms.Field, kind: str, lists: Lists) -> None:
    """Tell a field that is searched in what its list is of, and what is used most."""
    widget: Any = field.widget
    if isinstance(widget, _Searched):
        widget.kind, widget.lists = kind, lists
        field.error_messages["invalid_choice"] = NOT_LISTED
