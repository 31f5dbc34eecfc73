"""Words and small pieces of the pages of casework and calls."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Final

from django.forms import BoundField, CharField
from django.template import Context, Library, Node, NodeList
from django.template.base import FilterExpression, Parser, Token
from django.utils.choices import BlankChoiceIterator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext

from cases.forms.fields import Countries, DayField
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
MOST_DRAWN: Final = 1000  # fields that are kept, of a few kB each
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


class Kept(Node):
    """How fields are drawn, kept for any page on which nothing differs that the drawing shows."""

    drawn: Final[dict[Hashable, str]] = {}

    def __init__(self, nodelist: NodeList, *parts: FilterExpression) -> None:
        self.nodelist, self.parts = nodelist, parts

    def render(self, context: Context) -> str:
        try:
            fields, *beside = (part.resolve(context, ignore_failures=True) for part in self.parts)
            shown = shown_of(fields) if isinstance(fields, BoundField) else tuple(map(shown_of, fields))
            key = (self, get_language(), shown, *beside)
            found = self.drawn.get(key)
        except TypeError:
            return self.nodelist.render(context)
        if found is None:
            if len(self.drawn) >= MOST_DRAWN:
                self.drawn.clear()
            found = self.drawn[key] = self.nodelist.render(context)
        return found


@register.tag
def kept(parser: Parser, token: Token) -> Kept:
    """`{% kept fields %}` … `{% endkept %}`; after the fields stands what else the drawing depends on."""
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(nodes, *map(parser.compile_filter, token.split_contents()[1:]))


def shown_of(field: BoundField) -> Hashable:
    """Return all that a drawing of the field shows of it. Raises TypeError where that is not to be kept: an
    error, a text that somebody wrote, a file, and rows that are asked for as they are drawn."""
    own, widget, value = field.field, field.field.widget, field.value()
    is_written = value and isinstance(own, CharField) and not isinstance(own, DayField)
    if is_written or field.errors or widget.needs_multipart_form:
        raise TypeError
    facts = vars(widget) | {"attrs": tuple(widget.attrs.items()), "lists": getattr(widget, "first", "")}
    return (
        *(type(widget), repr(value), field.auto_id, field.html_name, str(field.label), str(field.help_text)),
        *(own.required, own.disabled, getattr(own, "needed", ""), own.initial == 0, field.css_classes()),
        field.form.use_required_attribute and widget.use_required_attribute(field.initial),
        *(
            (name, tuple(fact) if isinstance(fact, list | Countries | BlankChoiceIterator) else fact)
            for name, fact in facts.items()
        ),
    )
