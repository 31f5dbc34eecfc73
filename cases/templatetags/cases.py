"""Words and small pieces of the pages of casework and calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.forms import BoundField
from django.template import Context, Library
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, ngettext

from cases.timeline import WANTED
from cases.views.case import Lacking
from cases.wording import STEP_NAMES

register = Library()

STEP_STATES: Final = {
    "done": ("tag-ok", gettext_lazy("Done")),
    "now": ("tag-info", gettext_lazy("Under way")),
    "missing": ("tag-warn", gettext_lazy("Missing")),
    "empty": ("tag-mute", gettext_lazy("Nothing entered")),
    "not_relevant": ("tag-mute", gettext_lazy("Not relevant")),
}
KEYS: Final = "1234567890"
NAMED: Final = 4  # persons named in a line; more are a number


@register.filter
def any_names(forms: Sequence[Any]) -> bool:
    """Whether a text of one of them seems to name somebody."""
    return any(form.names for form in forms)


@register.simple_tag
def step_name(number: int) -> str:
    return str(STEP_NAMES[number - 1])


@register.simple_tag
def step_tag(state: str) -> SafeString:
    """The state in words; its shape is the list's."""
    tag, words = STEP_STATES[state]
    return format_html('<span class="tag {}">{}</span>', tag, words)


@register.simple_tag
def measure_name(key: str) -> str:
    """A measure that the manual asks for."""
    return str(WANTED[key].name)


@register.simple_tag(takes_context=True)
def what_lacks(context: Context, lacking: Lacking) -> str:
    """A fact that is missing; who may enter it is led to where."""
    if not lacking.address or not (context.get("may_edit") or context.get("may_complete")):
        return str(lacking.name)
    return format_html('<a href="{}">{}</a>', lacking.address, lacking.name)


@register.simple_tag
def names_of(persons: Sequence[str], what: str = "all") -> str:
    """P1, P2, P3; of many their number, which is said already where `what` was done has no words of its
    own."""
    if len(persons) > NAMED:
        return ngettext("%(n)d person", "%(n)d persons", len(persons)) % {"n": len(persons)} if what else ""
    return ", ".join(persons)


@register.simple_tag
def labelled(field: BoundField, label: str) -> SafeString:
    """A control without a visible label of its own, as in a grid, with its errors tied to it."""
    attrs: dict[str, str | bool] = {"aria-label": label}
    if field.errors:
        attrs |= {"aria-invalid": "true", "aria-description": " ".join(map(str, field.errors))}
    return field.as_widget(attrs=attrs)


@register.inclusion_tag("cases/_toggles.html")
def toggles(field: BoundField, columns: int = 2) -> dict[str, Any]:
    """A group of choices with a key each; those beyond the common ones open behind the next key."""
    options = list(field)
    common = getattr(field.field, "common", len(options))
    shown, rest = options[:common], options[common:]
    return {
        "field": field,
        "columns": columns,
        "options": list(zip(KEYS, shown, strict=False)),
        "rest": rest,
        "rest_key": KEYS[common] if rest else "",
        "rest_chosen": any(option.data["selected"] for option in rest),
    }
