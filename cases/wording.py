"""Words for what is stored, in the reader's language, such as label and value of every column of a row."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Field, Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext_lazy
from django_countries.fields import Country, CountryField

from cases.choices import ListAnswer
from cases.models import Exploitation, Identification, Person
from cases.rules import persons, texts
from cases.rules.faults import KINDS, MESSAGES, Fault
from cases.rules.persons import BOYS, GIRLS, MEN, OTHER, UNKNOWN, WOMEN
from encryption.fields import SecretTextField

# What each fact of a person is called, as its model says.
LABELS: Final[dict[str, str | Promise]] = {
    field.name: capfirst(field.verbose_name)
    for model in (Exploitation, Identification, Person)
    for field in model._meta.concrete_fields
}
LABELS["main_purpose"] = LABELS["is_main"]

GROUPS: Final[dict[str, str | Promise]] = {
    WOMEN: pgettext_lazy("one person", "Woman"),
    MEN: pgettext_lazy("one person", "Man"),
    GIRLS: pgettext_lazy("one person", "Girl"),
    BOYS: pgettext_lazy("one person", "Boy"),
    OTHER: pgettext_lazy("one person", "Other sex"),
    UNKNOWN: pgettext_lazy("one person", "Unknown"),
}

STATUS_TAGS: Final = {
    "under_assessment": "tag-info",
    "presumed": "tag-ok",
    "declined": "tag-warn",
    "identified": "tag-ok",
    "not_victim": "tag-mute",
}
STATE_TAGS: Final = {
    "active": "tag-info",
    "follow_up": "tag-warn",
    "closed": "tag-mute",
    "handed_over": "tag-mute",
}
STEP_NAMES: Final = (
    gettext_lazy("Identification"),
    gettext_lazy("Emergency protection"),
    gettext_lazy("Initial support"),
    gettext_lazy("Long-term support"),
    gettext_lazy("Criminal process"),
    gettext_lazy("Safe return"),
)


def within_a_line(label: str) -> str:
    """With a small letter first, unless it begins with an abbreviation."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def minute(moment: datetime) -> str:
    """A time on the screen: 2018-07-01 10.38 in Swedish, 10:38 in English."""
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def clock(moment: datetime, today: date) -> str:
    """A time of day; of another day its date before it."""
    there = timezone.localtime(moment)
    return date_format(there, "TIME_FORMAT" if there.date() == today else "SHORT_DATETIME_FORMAT")


def say(fault: Fault) -> str:
    """What is wrong, and what to do about it."""
    params = dict(fault.params)
    if fault.code == "identity":
        params["kind"] = _(KINDS[str(params["kind"])])
    return _(MESSAGES[fault.code]).format(**params)


def read_free(text: str) -> tuple[list[str], str]:
    """Why a free text is refused, and the question where it seems to name somebody."""
    refused = (say(one) for one in texts.note("", text, longest=len(text)))
    return list(refused), next((say(one) for one in texts.name_told("", text)), "")


def group_of(person: Person) -> str:
    """Counting rule 3, of one person."""
    return str(GROUPS[persons.group_of(person.sex, person.child)])


# Keys and the register's own bookkeeping, and what the heading says already. The rest of the columns is
# shown.
SILENT: Final = {
    *("id", "code", "reference_index", "sealed_as", "version", "case", "person", "position"),
    *("first", "second", "moved", "kept", "subject", "case_code", "last"),
}
# What the register notes itself, where the column has no name of its own.
NAMES: Final = {"created_at": gettext_lazy("Registered at"), "updated_at": gettext_lazy("Last changed")}
MONTHS: Final = {"month", "start", "end"}  # stored as the first day of it
YES_NO: Final = {True: gettext_lazy("yes"), False: gettext_lazy("no")}


@dataclass(frozen=True)
class RecordSection:
    """One record; `facts` are (label, value) pairs."""

    title: str
    facts: list[tuple[str, str]]


def linked(model: type[Model]) -> set[str]:
    """Return the columns that name another row, and are shown."""
    return {field.name for field in model._meta.concrete_fields if field.is_relation} - SILENT


def facts_of(row: Model, *, texts: bool, only: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Label and value of every column that is not a key, or of those named in `only`. Where a list is empty,
    what that means."""
    meta = row._meta
    fields = {field.name: field for field in (*meta.concrete_fields, *meta.many_to_many)}
    shown = (fields.keys() & (only or fields)) - SILENT
    for name, field in fields.items():
        if name in shown and not name.endswith("_answer"):
            label = str(NAMES.get(name, field.verbose_name))
            yield capfirst(label), in_words(row, field, texts=texts) or "–"


def in_words(row: Model, field: Field[Any, Any], *, texts: bool) -> str:
    if field.many_to_many:
        return _list_in_words(row, field.name)
    if field.choices and not isinstance(field, CountryField):
        return str(getattr(row, f"get_{field.name}_display")() or "")
    value = getattr(row, field.name)
    if not value:
        return _value_in_words(value)
    if isinstance(field, SecretTextField) and not texts:
        n = len(value)
        return ngettext("A text of %(n)d character", "A text of %(n)d characters", n) % {"n": n}
    return f"{value:%Y-%m}" if field.name in MONTHS else _value_in_words(value)


def _value_in_words(value: object) -> str:
    if isinstance(value, bool):
        return str(YES_NO[value])
    if isinstance(value, datetime):
        return minute(value)
    if isinstance(value, Country):
        return str(value.name)
    if isinstance(value, list):  # further citizenships
        return ", ".join(str(country.name) for country in value)
    return "" if value is None else str(value)


def _list_in_words(row: Model, name: str) -> str:
    """Return the codes of a list, or what it means that it has none."""
    codes = ", ".join(str(one) for one in getattr(row, name).all())
    answer = getattr(row, f"{name}_answer", "")  # a notification has none
    return codes or (str(ListAnswer(answer).label) if answer else "")
