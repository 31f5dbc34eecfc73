"""Dates are typed and written one way in each language."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django import forms
from django.utils import formats, translation

from cases.forms.fields import alphabetical


@pytest.mark.parametrize("language", ["sv", "en"])
def test_only_iso_dates_are_read(language: str) -> None:
    with translation.override(language):
        assert forms.DateField().clean("2018-07-01") == date(2018, 7, 1)
        for other in ("01/07/2018", "1.7.2018", "07-01-2018", "180701"):
            with pytest.raises(forms.ValidationError):
                forms.DateField().clean(other)


@pytest.mark.parametrize(
    ("language", "running", "time"),
    [("sv", "1 juli", "2018-07-01 10.38"), ("en", "1 July", "2018-07-01 10:38")],
)
def test_dates_and_times_are_written_as_the_language_does(language: str, running: str, time: str) -> None:
    moment = datetime(2018, 7, 1, 10, 38)
    with translation.override(language):
        assert formats.date_format(moment.date(), "MONTH_DAY_FORMAT") == running
        assert formats.date_format(moment.date(), "SHORT_DATE_FORMAT") == "2018-07-01"
        assert formats.date_format(moment, "SHORT_DATETIME_FORMAT") == time
        assert (formats.localize(moment.date()), formats.localize(moment)) == (
            "2018-07-01",
            time,
        )  # as in the admin


@pytest.mark.parametrize("written", ["10:38", "10.38"])
def test_both_ways_to_write_a_time_are_read(written: str) -> None:
    with translation.override("sv"):
        assert forms.TimeField().clean(written).strftime("%H:%M") == "10:38"


@pytest.mark.parametrize(
    ("language", "order"),
    [
        ("sv", ["Albanien", "Zambia", "Åland", "Älmhult", "Örebro"]),
        ("en", ["Åland", "Albanien", "Älmhult", "Örebro", "Zambia"]),
    ],
)
def test_a_list_to_choose_from_has_the_order_of_the_language(language: str, order: list[str]) -> None:
    with translation.override(language):
        assert alphabetical(sorted(order)) == order


def test_years_are_never_grouped() -> None:
    with translation.override("sv"):
        assert formats.localize(2018) == "2018"
