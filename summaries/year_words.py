"""How a year that is not over is told of: the mark beside its headings, the sentence under its figures."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _, ngettext

OF_RESIDENTS: Final = re.compile(
    r"SCB, Befolkningsstatistik i sammandrag (\S+), folkmängd 31 december (\d{4})"
)


def of_residents(source: str) -> str:
    """The source of residents in the reader's language, where it is the one that is shipped; any other as it
    was written."""
    known = OF_RESIDENTS.fullmatch(source)
    if known is None:
        return source
    text = _("Statistics Sweden (SCB), Summary of population statistics {span}, 31 December {year}")
    return text.format(span=known[1], year=known[2])


def demo_note() -> str:
    """Return that nothing is true here; empty where it is."""
    return _("Demonstration. All data are invented.") if settings.DEMO else ""


def mark(day: date | None) -> str:
    """Such as "so far, to 2026-11-25"; empty of a year that is over. `day` as `coverage.so_far` gives it."""
    return _("so far, to {day}").format(day=date_format(day, "SHORT_DATE_FORMAT")) if day else ""


def named(what: object, day: date | None) -> str:
    """A year, or the heading of its figures, with the mark after it."""
    return f"{what} ({mark(day)})" if day else str(what)


def in_data(day: date | None) -> dict[str, str]:
    """The day to which a year is counted that is not over; files of other years have no such column."""
    return {"so_far": day.isoformat()} if day else {}


def sentence(year: int, day: date | None) -> str:
    """Return that the year is not over, with the day to which it is counted; empty of one that is over."""
    if day is None:
        return ""
    return _(
        "The year {year} is not over. Its figures are those so far, up to {day}, and are compared with "
        "no other year."
    ).format(year=year, day=date_format(day, "j F Y"))


def left_out(persons: int, headline: str) -> str:
    """That a table does not count so many persons, who stand in the headline alone; empty where it counts
    all."""
    if not persons:
        return ""
    return ngettext(
        "%(n)s person is left out here: the group is so small that only the table “%(table)s” shows it.",
        "%(n)s persons are left out here: of groups of so few that only the table “%(table)s” shows them.",
        persons,
    ) % {"n": persons, "table": headline}
