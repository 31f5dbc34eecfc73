"""How a year that is not over is told of: the mark beside its headings, the sentence under its figures."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _


def mark(day: date | None) -> str:
    """Such as "so far, to 2026-11-25"; empty of a year that is over. `day` as `running.so_far` gives it."""
    return _("so far, to {day}").format(day=date_format(day, "SHORT_DATE_FORMAT")) if day else ""


def named(what: object, day: date | None) -> str:
    """A year, or the heading of its figures, with the mark after it."""
    return f"{what} ({mark(day)})" if day else str(what)


def sentence(year: int, day: date) -> str:
    return _(
        "The year {year} is not over. Its figures are those so far, up to {day}, and are compared with "
        "no other year."
    ).format(year=year, day=date_format(day, "j F Y"))
