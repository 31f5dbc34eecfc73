"""Numbers, cells, headers and error summaries as pages show them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from libs.suppression.tables import Cell, Status
from nmt_site.templatetags import nmt

HIDDEN = Cell(("a",), None, Status.HIDDEN)


def shown(source: str, **values: object) -> str:
    return Template(source).render(Context(values)).strip()


@pytest.mark.parametrize(
    ("value", "swedish", "english"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1234, "1\u00a0234", "1,234"),
        (-19, "−19", "−19"),
        (None, "x", "x"),
    ],
)
def test_a_number_is_grouped_as_the_language_does(value: int | None, swedish: str, english: str) -> None:
    with translation.override("sv"):
        assert nmt.number(value) == swedish
    with translation.override("en"):
        assert nmt.number(value) == english


def test_decimals_follow_the_language() -> None:
    with translation.override("sv"):
        assert (nmt.number(2.56, 2), nmt.number(1234.5, 1)) == ("2,56", "1\u00a0234,5")
    with translation.override("en"):
        assert nmt.number(2.56, 2) == "2.56"


@pytest.mark.parametrize(("value", "expected"), [(55, "+55"), (-19, "−19"), (0, "0"), (None, "x")])
def test_a_difference_carries_its_sign(value: int | None, expected: str) -> None:
    assert nmt.difference(value) == expected


@pytest.mark.parametrize(
    ("part", "base", "expected"),
    [
        (205, 262, "78\u00a0%"),
        (57, 262, "22\u00a0%"),
        (1, 200, "1\u00a0%"),
        (10, 49, "–"),
        (None, 262, "x"),
        (5, None, "x"),
    ],
)
def test_percent_is_whole_and_never_beside_a_hidden_value(
    part: int | None, base: int | None, expected: str
) -> None:
    with translation.override("sv"):
        assert nmt.percent(part, base) == expected
    with translation.override("en"):
        assert nmt.percent(part, base) == expected.replace("\u00a0", "")


def test_a_month_is_written_without_its_day() -> None:
    assert nmt.month(date(2018, 7, 1)) == "2018-07"
    assert nmt.month(None) == ""


@pytest.mark.parametrize(
    ("language", "written"), [("sv", "2018-07-01 10.38.05"), ("en", "2018-07-01 10:38:05")]
)
def test_a_moment_to_the_second_is_written_as_the_language_does(language: str, written: str) -> None:
    with translation.override(language):
        assert nmt.exact(datetime(2018, 7, 1, 8, 38, 5, tzinfo=UTC)) == written
        assert nmt.exact(None) == ""


def test_a_hidden_cell_says_so_in_words_and_shows_only_x() -> None:
    with translation.override("en"):
        assert shown("{% cell cell %}", cell=HIDDEN) == (
            '<td class="n hid"><b aria-hidden="true">x</b><span class="visually-hidden">hidden value</span></td>'  # noqa: E501
        )
        assert "fewer than 5 persons" in shown("{% cell cell reason=1 %}", cell=HIDDEN)
        assert "hid-2" in shown("{% cell cell reason=2 %}", cell=HIDDEN)


def test_a_hidden_cell_that_holds_a_value_does_not_print_it() -> None:
    assert "4711" not in shown("{% cell cell %}", cell=Cell(("a",), 4711, Status.HIDDEN))


def test_cells_show_numbers_and_what_is_missing() -> None:
    with translation.override("en"):
        assert shown("{% cell 1234 %}") == '<td class="n">1,234</td>'
        assert (
            shown("{% cell cell %}", cell=Cell(("a",), None, Status.MISSING))
            == '<td class="n missing">..</td>'
        )
        assert shown('{% cell 3 label="Women" %}') == '<td class="n" data-label="Women">3</td>'


def header(query: str) -> str:
    request = RequestFactory().get(f"/cases/?{query}")
    return shown('{% sort_header "Number" "number" by="-opened" %}', request=request)


def test_a_sorted_column_says_how_and_turns_round() -> None:
    assert 'aria-sort="ascending"' in header("sort=number&county=14&after=9")
    assert 'href="?sort=-number&amp;county=14"' in header("sort=number&county=14&after=9")
    assert 'aria-sort="descending"' in header("sort=-number")
    assert "aria-sort" not in header("")
    assert 'href="?sort=number"' in header("")


class Measure(forms.Form):
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    county = forms.CharField(label="County")
    note = forms.CharField(label="Note", required=False)

    def clean(self) -> None:
        raise forms.ValidationError("The end is before the start.")


def test_the_summary_links_to_the_first_control_of_each_field() -> None:
    with translation.override("en"):
        page = shown("{% error_summary %}", form=Measure({}))
    assert "3 things need correcting" in page
    assert "<li>The end is before the start.</li>" in page
    assert '<a href="#id_kind_0">Kind: This field is required.</a>' in page
    assert '<a href="#id_county">County: This field is required.</a>' in page


def test_a_form_set_names_the_row() -> None:
    rows = forms.formset_factory(Measure, extra=0)
    data = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-kind": "a", "form-0-county": "14"}
    with translation.override("en"):
        page = shown("{% error_summary rows %}", rows=rows({**data, "form-1-kind": "b", "form-1-county": ""}))
    assert '<a href="#id_form-1-county">Row 2: County: This field is required.</a>' in page


def test_the_same_errors_are_told_once_a_page() -> None:
    assert (
        shown("{% error_summary %}{% error_summary form %}", form=Measure({})).count("error-summary-title")
        == 2
    )


def test_a_page_without_errors_has_no_summary_and_an_unchanged_title() -> None:
    assert shown("{% error_summary %}{% title_prefix %}", form=Measure()) == ""


def test_the_title_of_a_page_that_came_back_begins_with_error() -> None:
    with translation.override("en"):
        assert (
            Template("{% title_prefix %}New call").render(Context({"form": Measure({})})) == "Error: New call"
        )


def test_what_was_typed_is_escaped_in_the_summary() -> None:
    class Echo(forms.Form):
        age = forms.ChoiceField(label="Age", choices=[("1", "1")])

    page = shown("{% error_summary %}", form=Echo({"age": "<script>"}))
    assert "<script>" not in page


def test_a_field_is_label_help_error_control_in_that_order_and_says_what_describes_it() -> None:
    class Call(forms.Form):
        county = forms.CharField(label="County", help_text="Type a few letters")
        note = forms.CharField(label="Note", required=False)
        topics = forms.MultipleChoiceField(
            label="Topics",
            choices=[("a", "A")],
            widget=forms.CheckboxSelectMultiple(attrs={"class": "toggles"}),
        )

    with translation.override("en"):
        page = " ".join(shown("{% load crispy_forms_tags %}{{ form|crispy }}", form=Call({})).split())
    parts = ("County", 'id="id_county_helptext"', 'id="id_county_error"', "<input")
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert 'aria-describedby="id_county_helptext id_county_error"' in page
    assert 'Note <span class="optional">(optional)</span>' in page
    assert "*" not in page
    assert "data-toggles" in page
    assert 'aria-hidden="true">1</kbd>A' in page


def test_an_icon_is_silent_beside_its_words() -> None:
    assert 'aria-hidden="true"' in shown('{% icon "check" %}')


class LaidOut(forms.Form):
    """Its fields stand on the page in another order than in the form."""

    agency = forms.CharField(label="Organisation", error_messages={"required": "Enter the organisation."})
    day = forms.CharField(label="Date", error_messages={"required": "Enter a day."})

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.layout = Layout("day", "agency")
        return helper


def test_the_summary_follows_the_page_and_names_no_field_twice() -> None:
    page = shown("{% error_summary %}", form=LaidOut({}))
    assert re.findall(r">([^<]+)</a>", page) == ["Date: Enter a day.", "Enter the organisation."]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Number UTJUU-88UW4. Thank you", 'Number <span class="num">UTJUU-88UW4.</span> Thank you'),
        ("Measure V-2018-0012-P1", 'Measure <span class="num">V-2018-0012-P1</span>'),
        ("NMT-region <b>", "NMT-region &lt;b&gt;"),
    ],
)
def test_a_number_of_a_case_or_receipt_is_not_broken_at_its_hyphens(text: str, written: str) -> None:
    assert nmt.whole(text) == written


def test_long_compounds_may_be_parted_between_their_words_and_nowhere_else() -> None:
    parted = [
        nmt.breakable(word) for word in ("Arbetskraftsexploatering", "Grov människoexploatering", "Regioner")
    ]
    assert parted == ["Arbetskrafts\u00adexploatering", "Grov människo\u00adexploatering", "Regioner"]
