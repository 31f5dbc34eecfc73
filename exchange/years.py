"""The years that the register knows, and how one is written in an address, a form and a command."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.urls import register_converter
from django.utils.translation import gettext as _

YEARS: Final = range(1900, 2101)  # figures from before the register may be of any year of the last century
YEAR: Final = "<year:year>"


class YearConverter:
    """A year with four digits. Another number is no address: no view ever counts in the year 99999."""

    regex = "[0-9]{4}"

    def to_python(self, value: str) -> int:
        """Raises ValueError, which is a 404."""
        if int(value) not in YEARS:
            raise ValueError
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{value:04d}"


register_converter(YearConverter, "year")


def year_of(text: str) -> int:
    """The year that was typed to a command. Raises ValueError with one sentence that says what is allowed."""
    if text not in (str(one) for one in YEARS):
        between = f"from {YEARS[0]} to {YEARS[-1]}"
        raise ValueError(f"{text!r} is not a year: write it with four digits, such as 2018, {between}.")
    return int(text)


def wrong_year(year: int) -> str:
    """What is wrong with a year that was typed into a form or a file; empty where nothing is."""
    if year in YEARS:
        return ""
    message = _("%(year)s is not a year of this list. Allowed: %(first)d to %(last)d.")
    return message % {"year": year, "first": YEARS[0], "last": YEARS[-1]}


def known(day: date) -> bool:
    """Whether days can be counted from it: Python knows none before its first year or after its last."""
    return day.year in YEARS
