"""The register's own template tags; the settings register them as built in, so no template loads them.

First what is wrong with a submitted page, in reading order, for the summary at its top; then numbers, dates,
cells, icons, addresses, and whose register it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from typing import Any, Final, TypeAlias, cast

from django.conf import settings
from django.forms import BaseForm, BoundField
from django.forms.formsets import BaseFormSet
from django.template import Context, Library
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext as _

from accounts import notices
from accounts.access import Access
from accounts.roles import May
from home.figures import exemptions
from home.guide import BELOW, SECTION_OF_PAGE
from nmt_site.context import in_language
from summaries.year_words import mark, named

AnyForm: TypeAlias = "BaseForm | BaseFormSet[Any]"


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence, and the id of the control it is about (empty when it is about the whole form)."""

    text: str
    target: str = ""


def forms_in(values: Iterable[object]) -> list[AnyForm]:
    """The forms and form sets among `values` (those in lists and tuples too) that have errors, each once.

    A form that stands beside its own form set is told about once, by the set.
    """
    items = (one for value in values for one in (value if isinstance(value, list | tuple) else (value,)))
    forms = (item for item in items if isinstance(item, BaseForm | BaseFormSet))
    wrong = {id(form): form for form in forms if form.is_bound and not form.is_valid()}
    for form_set in list(wrong.values()):
        for member in getattr(form_set, "forms", ()):
            wrong.pop(id(member), None)
    return list(wrong.values())


def problems_of(items: Iterable[AnyForm]) -> Iterator[Problem]:
    for item in items:
        yield from _of_set(item) if isinstance(item, BaseFormSet) else _of(item)


def _of(form: BaseForm, before: str = "") -> Iterator[Problem]:
    for error in form.non_field_errors():
        yield Problem(before + str(error))
    for field in _as_read(form):
        for error in field.errors:
            words = _in_words(str(error))
            yield Problem(f"{before}{_lead(field, words)}{words}", target_of(field))


def _in_words(error: str) -> str:
    """In words alone: a button that answers it stands beside its field."""
    words, button, _rest = error.partition(" <button")
    return unescape(words) if button else error


def _as_read(form: BaseForm) -> list[BoundField]:
    """The fields in the order in which a form lays them out."""
    layout = getattr(getattr(form, "helper", None), "layout", None)
    order = {found.name: place for place, found in enumerate(layout.get_field_names())} if layout else {}
    return sorted(form, key=lambda field: order.get(field.name, -1))


def _lead(field: BoundField, error: str) -> str:
    """ "County: ", but "Why? " of a label that ends in a mark of its own, and nothing where the
    error says what it is about."""
    label = str(field.label)
    if label.casefold() in error.casefold():
        return ""
    return f"{label} " if label.endswith(("?", ".")) else f"{label}: "


def _of_set(formset: BaseFormSet[Any]) -> Iterator[Problem]:
    yield from (Problem(str(non_form_error)) for non_form_error in formset.non_form_errors())
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


# Our own small pictures: one path each on a 16 by 16 ground, drawn with a line of 1.75.
ICONS: Final[dict[str, str]] = {
    "add": "M8 3v10M3 8h10",
    "back": "M10 3 5 8l5 5",
    "calendar": "M2.5 4h11v9.5h-11zM2.5 7h11M5 2v3M11 2v3",
    "check": "M3 8.5 6.5 12 13 4.5",
    "close": "M4 4l8 8M12 4l-8 8",
    "down": "M8 3v10M4 9l4 4 4-4",
    "download": "M8 2v8M4.5 7 8 10.5 11.5 7M3 13.5h10",
    "edit": "M3 13l.7-3L11 2.7 13.3 5 6 12.3z",
    "external": "M9 3h4v4M13 3 7.5 8.5M11 9.5V13H3V5h3.5",
    "forward": "M6 3l5 5-5 5",
    "info": "M8 7v4.5M8 4.5v.01M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0z",
    "lock": "M4 7h8v6.5H4zM5.5 7V5a2.5 2.5 0 0 1 5 0v2",
    "person": "M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8zM3 13.5c.5-2.7 2.4-4 5-4s4.5 1.3 5 4",
    "phone": (
        "M4 2.5h2l1 3-1.5 1a7 7 0 0 0 4 4l1-1.5 3 1v2c0 1-.5 1.5-1.5 1.5C7 13.5 2.5 9 2.5 4c0-1 .5-1.5 "
        "1.5-1.5z"
    ),
    "print": "M4.5 6V2.5h7V6M4.5 11H3V6h10v5h-1.5M4.5 9.5h7v4h-7z",
    "search": "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 13.5 13.5",
    "up": "M8 13V3M4 7l4-4 4 4",
    "warning": "M8 2.5 14 13H2zM8 6.5v3M8 11.3v.01",
}


register = Library()
register.simple_tag(exemptions, name="waiting_exemptions")  # as My page lists them

NO_BREAK: Final = "\u00a0"
MINUS: Final = "\u2212"
HIDDEN: Final = "x"
MISSING: Final = ".."
NOT_APPLICABLE: Final = "–"
# In this order: each of them claims to be those after it too.
BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: Final = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
NUMBERED: Final = re.compile(r"^[A-ZÅÄÖ0-9]+(-[A-Z0-9]+)+[.,:;]?$")  # V-2018-0012-P1, UTJUU-88UW4
COMPOUND: Final = re.compile(
    r"\b(?:arbets(?:krafts|miljö)|jämställdhets|migrations|människo|region|tvångs|uppehålls|utlands|åklagar|äktenskaps)"
    r"(?=\w{5})",
    re.IGNORECASE,
)
SMALLEST_BASE: Final = 50  # below it a percentage says more than the counts can bear


@register.filter
def may(access: Access | None, right: str) -> bool:
    """Whether whoever is signed in has the right of that name in `May`: `request.access|may:"GRANT"`."""
    return access.may(May[right]) if access else False


@register.filter
def without_placeholders(form: BaseForm) -> BaseForm:
    """Forms of packages repeat the label inside the field, where it looks like an answer."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    return form


@register.filter
def number(value: float | None, decimals: int = 0) -> str:
    """1 234 in Swedish, 1,234 in English; a value that is not known here is `x`."""
    if value is None:
        return HIDDEN
    english = f"{abs(value):,.{decimals}f}"
    sign = MINUS if value < 0 and english.strip("0.,") else ""
    if get_language() == "en":
        return sign + english
    return sign + english.replace(",", NO_BREAK).replace(".", ",")


@register.filter
def difference(value: int | None) -> str:
    """With its sign: +55, −19, 0; `x` when a hidden value is part of it."""
    text = number(value)
    return f"+{text}" if value is not None and value > 0 else text


@register.filter
def percent(part: int | None, base: int | None) -> str:
    """Whole percent of `base`; `x` when either is hidden, a dash when the base is too small to be divided."""
    if part is None or base is None:
        return HIDDEN
    if base < SMALLEST_BASE:
        return NOT_APPLICABLE
    gap = "" if get_language() == "en" else NO_BREAK
    return f"{(200 * part + base) // (2 * base)}{gap}%"


@register.filter
def exact(value: datetime | None) -> str:
    """A moment to the second, as in the audit log: 2018-07-01 10.38.05 in Swedish, 10:38:05 in English."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    minute = date_format(local, "SHORT_DATETIME_FORMAT")
    return f"{minute}{minute[-3]}{local:%S}"


@register.filter
def mail(address: str) -> SafeString:
    """An address that a narrow column breaks before its @, not within a word."""
    before, at, after = address.rpartition("@")
    return format_html("{}<wbr>{}{}", before, at, after) if at else format_html("{}", address)


@register.filter
def whole(text: str) -> SafeString:
    """Text whose numbers of cases, persons and receipts a narrow page does not break at their hyphens."""
    words = str(conditional_escape(str(text))).split(" ")
    return mark_safe(" ".join(NUMBERED.sub(r'<span class="num">\g<0></span>', word) for word in words))  # noqa: S308


@register.filter
def breakable(label: str) -> str:
    """The label of a column or row, with soft hyphens where a narrow table may part its long words: browsers
    know no Swedish compounds, or not all of them do."""
    return COMPOUND.sub("\\g<0>\u00ad", str(label))


@register.filter
def browser(user_agent: str) -> str:
    """Firefox, Windows: what a person knows a browser by. The text itself where it says neither."""
    known = (next((name for mark, name in marks if mark in user_agent), "") for marks in (BROWSERS, SYSTEMS))
    return ", ".join(one for one in known if one) or user_agent[:60]


@register.filter
def month(value: date | None) -> str:
    return f"{value:%Y-%m}" if value else ""


@register.simple_tag
def cell(value: object, label: str = "", reason: int = 0, plain: bool = False) -> SafeString:
    """The `<td>` of a cell of a `libs.suppression.tables.Table`, or of a number.

    `label` is the column's name, for tables that become cards on phones. `reason` is for the publish page
    only: 1 below the threshold, 2 suppressed to protect another cell, 3 suppressed but derivable, 4 disclosed
    by an earlier version. `plain`: in a table of class `figures`, whose cells are all numbers and need not
    say so one by one.
    """
    status = str(getattr(value, "status", "shown"))
    count: Any = getattr(value, "value", value)
    labelled = format_html(' data-label="{}"', label) if label else ""
    if status == "missing":
        return format_html('<td class="n missing"{}>{}</td>', labelled, MISSING)
    if status == "hidden" or count is None:
        return _hidden_cell(labelled, reason)
    return format_html("<td{}{}>{}</td>", "" if plain else mark_safe(' class="n"'), labelled, number(count))


def _hidden_cell(labelled: str, reason: int) -> SafeString:
    why = {
        1: _("fewer than {k} persons").format(k=settings.SMALL_CELL_K),
        2: _("hidden to protect another cell"),
        3: _("suppressed but derivable from figures that are shown, or were published before"),
    }.get(reason, "")
    mark, said = (format_html("<sup>{}</sup>", reason), f", {why}") if why else ("", "")
    return format_html(
        '<td class="n hid{}"{}><b aria-hidden="true">x{}</b><span class="visually-hidden">{}{}</span></td>',
        {2: " hid-2"}.get(reason, ""),
        labelled,
        mark,
        _("hidden value"),
        said,
    )


@register.filter
def so_far(heading: object, day: date | str | None) -> str:
    """A year, or the heading of its figures, with the day to which a year is counted that is not over."""
    return named(heading, date.fromisoformat(day) if isinstance(day, str) else day)


@register.filter
def so_far_mark(day: date | None) -> str:
    """The mark alone, with a capital: a tag beside the heading of a page."""
    text = mark(day)
    return text[:1].upper() + text[1:]


@register.simple_tag
def so_far_note(day: date | None) -> SafeString:
    """Below a year at the head of a row or column: the mark, whose day a narrow one does not break."""
    if day is None:
        return mark_safe("")
    before, written, after = so_far_mark(day).partition(date_format(day, "SHORT_DATE_FORMAT"))
    marked = '<small class="so-far">{}<span class="num">{}</span>{}</small>'
    return format_html(marked, before, written, after)


@register.simple_tag
def icon(name: str) -> SafeString:
    """An inline picture, hidden from screen readers: the words beside it say the same."""
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d="{}" '
        'fill="none" stroke="currentColor" '
        'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"/></svg>',
        ICONS[name],
    )


@register.filter
def label_of(mapping: dict[str, str], key: str) -> str:
    """The label of a code, the code itself when it has none."""
    return mapping.get(key, key)


@register.simple_tag
def public_url(name: str, *args: Any) -> str:
    """The address of a public page in the reader's language."""
    return in_language(reverse(f"public:{name}", args=args))


@register.simple_tag
def notice_class(level: str) -> str:
    return {"error": "notice-danger", "warning": "notice-warn", "success": "notice-ok"}.get(level, "")


@register.simple_tag(takes_context=True)
def sort_header(context: Context, label: str, key: str, numeric: bool = False, by: str = "") -> SafeString:
    """A sortable `<th>`. The order stands in the address as `sort=key` or `sort=-key`; `by` is the order used
    when the address says nothing.
    """
    request = context["request"]
    now = request.GET.get("sort", by)
    query = request.GET.copy()
    for page in ("after", "before", "page"):
        query.pop(page, None)
    query["sort"] = f"-{key}" if now == key else key
    state, arrow = {key: ("ascending", "up"), f"-{key}": ("descending", "down")}.get(now, ("", ""))
    return format_html(
        '<th scope="col"{}{}><a class="sort" href="?{}">{}{}</a></th>',
        mark_safe(' class="n"') if numeric else "",
        format_html(' aria-sort="{}"', state) if state else "",
        query.urlencode(),
        label,
        icon(arrow) if arrow else "",
    )


@register.simple_tag(takes_context=True)
def title_prefix(context: Context) -> str:
    """ "Error: " before the title of a page whose form came back, so that a screen reader says it first."""
    return _("Error:") + " " if forms_in(context.flatten().values()) else ""


@register.inclusion_tag("_how_to.html", takes_context=True)
def how_to(context: Context, *, below: bool = False) -> dict[str, str]:
    """The part of the guide that belongs to the form of this page, folded; nothing where there is none."""
    match = getattr(context.get("request"), "resolver_match", None)
    return {"key": (BELOW if below else SECTION_OF_PAGE).get(getattr(match, "view_name", ""), "")}


@register.inclusion_tag("_error_summary.html", takes_context=True)
def error_summary(context: Context, *forms: Any, kept: bool = True) -> dict[str, Any]:
    """What needs correcting, with links to the fields: of `forms`, or of every form the page was given.

    Not `kept` is what a browser never gets back: passwords.

    The base template calls it; a page that calls it again for the same forms gets nothing twice.
    """
    told: set[int] = cast("dict[str, set[int]]", context.render_context).setdefault("nmt_told", set())
    wrong = [form for form in forms_in(forms or context.flatten().values()) if id(form) not in told]
    told.update(id(one) for one in wrong)
    return {"problems": list(problems_of(wrong)), "kept": kept}


@register.inclusion_tag("_error_summary.html", takes_context=True)
def admin_error_summary(context: Context) -> dict[str, Any]:
    """The same for a page of the admin, which wraps its form and its inline form sets."""
    wrapped = [context["adminform"].form, *(inline.formset for inline in context["inline_admin_formsets"])]
    return error_summary(context, *wrapped)


register.simple_tag(notices.organisation)
register.simple_tag(notices.support_line)
register.simple_tag(notices.support_line_link)
register.simple_tag(lambda: settings.ORGANISATION_ADDRESS, name="organisation_address")
register.simple_tag(lambda: settings.MANUAL_ADDRESS, name="manual_address")
