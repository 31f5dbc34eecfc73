"""Words for what is stored, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases.models import Exploitation, Identification, Person
from cases.rules import notes
from cases.rules.faults import Fault
from cases.rules.messages import KINDS, MESSAGES

# What each fact of a person is called, as its model says.
LABELS: Final[dict[str, str | Promise]] = {
    field.name: capfirst(field.verbose_name)
    for model in (Exploitation, Identification, Person)
    for field in model._meta.concrete_fields
}
LABELS["main_purpose"] = LABELS["is_main"]

GROUPS: Final[dict[tuple[str, bool], str | Promise]] = {
    ("F", False): pgettext_lazy("one person", "Woman"),
    ("M", False): pgettext_lazy("one person", "Man"),
    ("F", True): pgettext_lazy("one person", "Girl"),
    ("M", True): pgettext_lazy("one person", "Boy"),
}
OTHER: Final = pgettext_lazy("one person", "Other sex")
UNKNOWN: Final = pgettext_lazy("one person", "Unknown")

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
    refused = [say(fault) for fault in notes.note("", text, longest=len(text))]
    return refused, next((say(fault) for fault in notes.name_told("", text)), "")


def group_of(person: Person) -> str:
    """Counting rule 3, of one person."""
    if person.sex == "O":
        return str(OTHER)
    if person.child == "unknown":
        return str(UNKNOWN)
    return str(GROUPS.get((person.sex, person.child == "yes"), UNKNOWN))
