"""Words and small pieces of the pages of casework and calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.forms.utils import flatatt
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
def toggle(option: BoundWidget, key: object = "") -> SafeString:
    """One option as a toggle: a native input under a full-size label, with the digit that presses it.

    It is drawn here since a form has up to two hundred: by a template it takes four times as long."""
    attrs = {name: value for name, value in option.data["attrs"].items() if name != "class"}
    digit = format_html('<kbd aria-hidden="true">{}</kbd>', key) if key != "" else ""
    return format_html(
        '<label class="toggle"><input type="{}" name="{}" value="{}"{}><span>{}{}</span></label>',
        option.data["type"], option.data["name"], option.data["value"], flatatt(attrs), digit,
        option.choice_label,
    )  # fmt: skip


@register.simple_tag
def labelled(field: BoundField, label: str) -> SafeString:
    """A control without a visible label of its own, as in a grid, with its errors tied to it."""
    attrs: dict[str, str | bool] = {"aria-label": label}
    if field.errors:
        attrs |= {"aria-invalid": "true", "aria-description": " ".join(str(error) for error in field.errors)}
    return field.as_widget(attrs=attrs)
