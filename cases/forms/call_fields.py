"""Fields that only a call has: a moment typed as it is read, and a county typed by a few letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import County
from cases.forms.fields import refuse
from cases.rules import dates, values
from cases.rules.faults import NotAllowed, shorten
from cases.rules.values import fold

# --- counties ---
# A county typed by a few letters, as on the telephone: the beginning of any word of its name.

UNKNOWN: Final = frozenset({"okant", "unknown"})  # folded
_WORD: Final = re.compile(r"\w+")


def matches(text: str, names: Iterable[str]) -> list[str]:
    """The names of which some word begins with `text`, in their order; "gö" finds Västra Götalands län.

    Accents count when any name has them as typed: "or" finds Örebro, "ör" finds nothing without its dots."""
    names = list(names)
    wanted = text.strip().casefold()
    if not wanted:
        return []
    exact = [name for name in names if any(start.startswith(wanted) for start in _starts(name.casefold()))]
    plain = fold(text)
    return exact or [
        name for name in names if plain and any(fold(s).startswith(plain) for s in _starts(name))
    ]


def _starts(name: str) -> list[str]:
    """The name from each of its words on."""
    return [name[word.start() :] for word in _WORD.finditer(name)]


# --- call fields ---
MOMENT: Final = re.compile(r"(.+?)[T ]+(\d{1,2})[:.](\d{2})(?::\d{2})?")
LONGEST: Final = 100  # characters of a moment: the pattern takes the square of their number to refuse it
LISTED: Final = 6  # counties named in a message


class MomentField(forms.CharField):
    """Day and time, local, typed 2018-07-01 10:38 or 1/7-18 10.38; cleans to an aware moment that is not in
    the future."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", LONGEST)
        options.setdefault(
            "widget",
            forms.TextInput(
                attrs={"class": "form-control form-control-moment", "autocomplete": "off", "form": "call"}
            ),
        )
        super().__init__(**options)
        self.now: datetime | None = None

    def prepare_value(self, value: object) -> object:
        if not isinstance(value, datetime):
            return value
        local = timezone.localtime(value)
        return f"{local:%Y-%m-%d} {date_format(local, 'TIME_FORMAT')}"

    def to_python(self, value: object) -> datetime | None:  # type: ignore[override]
        text = (super().to_python(value) or "").strip()
        if not text:
            return None
        typed = MOMENT.fullmatch(text) if len(text) <= LONGEST else None
        wrong = _("{value} is not a time. Write year-month-day and time, for example 2018-07-01 10:38.")
        try:
            if typed is None:
                raise ValueError
            naive = datetime.fromisoformat(f"{values.day(typed[1])} {int(typed[2]):02}:{typed[3]}")
            moment = timezone.make_aware(naive)
            there = timezone.make_naive(moment.astimezone(UTC))
        except (ValueError, OverflowError, NotAllowed):  # in the year 1 there is none before
            raise ValidationError(wrong.format(value=shorten(text))) from None
        if there != naive:  # the hour that summer time leaves out
            raise ValidationError(_("{value} does not exist in the calendar.").format(value=shorten(text)))
        return moment

    def validate(self, value: datetime | None) -> None:
        if value is None:
            raise ValidationError(self.error_messages["required"], code="required")
        if self.now is None:
            return
        refuse(dates.within("", timezone.localdate(value), today=timezone.localdate(self.now)))
        if value > self.now:
            raise ValidationError(_("{value} is in the future.").format(value=self.prepare_value(value)))

    def run_validators(self, value: object) -> None:
        """A moment has no length."""

    def has_changed(self, initial: object, data: object) -> bool:
        return self._minute(initial) != self._minute(data)

    def _minute(self, value: object) -> str:
        try:
            moment = value if isinstance(value, datetime) else self.to_python(value)
        except ValidationError:
            return str(value)
        return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


class CountyField(forms.CharField):
    """A county by name, code or the first letters of a word of it; cleans to the row, None when empty or
    unknown.

    Without script the browser offers the names as they are typed; static/nmt/combobox.js takes the first
    match."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", gettext_lazy("Type a few letters, or “unknown”"))
        widget = forms.TextInput(attrs={"autocomplete": "off", "list": "counties", "data-combobox": True})
        super().__init__(max_length=100, widget=widget, **options)
        self.rows: dict[str, County] = {}

    def fill(self, rows: Sequence[County]) -> None:
        self.rows = {row.code: row for row in rows}

    def prepare_value(self, value: object) -> object:
        row = value if isinstance(value, County) else self.rows.get(str(value or ""))
        return str(row) if row else value

    def clean(self, value: object) -> County | None:
        text = super().clean(value)
        folded = fold(text)
        if not folded or folded in UNKNOWN:
            return None
        names = {str(row): row for row in self.rows.values()}
        exact = [
            row for row in self.rows.values() if folded in map(fold, (row.code, row.name_sv, row.name_en))
        ]
        found = exact or [names[name] for name in matches(text, names)]
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(_("“{value}” is no county.").format(value=shorten(text)))
        among = ", ".join(map(str, found[:LISTED]))
        raise ValidationError(
            _("“{value}” may be {counties}. Write more of it.").format(value=text, counties=among)
        )

    def has_changed(self, initial: object, data: object) -> bool:
        return fold(str(self.prepare_value(initial) or "")) != fold(str(data or ""))
