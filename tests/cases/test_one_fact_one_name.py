"""A fact has one name in form, page, list, file and closing, and a form says when the year asks for it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from cases.facts import COMPLETED
from cases.models import Case, Exploitation, Identification, Person
from cases.resources import CaseResource, PersonResource
from cases.views.several import next_incomplete
from tests.actors import access
from tests.cases.pages import coordinator, signed_in
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db
CAME_IN = "Hur ärendet kom in"


def test_how_a_case_came_in_has_one_name_wherever_it_stands() -> None:
    """It had three: in form and page, in what is missing and in statistics, and in the list."""
    karin = coordinator()
    client = signed_in(karin)
    case = new_case(new_person(channel=None), by=access(karin))
    for page in ("/cases/new/", case.get_absolute_url(), "/cases/"):
        text = client.get(page).content.decode()
        assert CAME_IN in text, page
        assert not re.search(r"\bIngång\b|>\s*Källa\s*<", text), page
    for model in (Case, Identification):
        assert str(model._meta.get_field("channel").verbose_name).capitalize() == CAME_IN
    assert CAME_IN in CaseResource().header_in_words
    assert CAME_IN.lower() in PersonResource().header_in_words


def test_what_the_closing_of_the_year_asks_for_is_marked_in_the_form() -> None:
    page = signed_in(coordinator()).get("/cases/new/").content.decode()
    mark = r'for="id_(\w+)"[^<]*<span\s+class="optional">\(behövs till årsskiftet\)'
    marked = {name.removeprefix("case_") for name in re.findall(mark, page)}
    assert marked == {fact.name for fact in COMPLETED}


def test_the_next_case_is_an_open_one_of_ones_own_and_the_newest() -> None:
    karin, vera = coordinator(), coordinator(name="Vera")
    by = access(karin)

    def lacking(year: int, **facts: object) -> Case:
        case = new_case(new_person(), by=by, opened=date(year, 5, 2))
        Person.objects.filter(case=case).update(offence=None)
        Case.objects.filter(pk=case.pk).update(**facts)
        return case

    closed = lacking(2018, state="closed", close_reason="close_reason:support_ended", responsible=karin)
    old, new = lacking(2012), lacking(2018)
    own, of_vera = lacking(2011, responsible=karin), lacking(2018, responsible=vera)
    assert Exploitation.objects.count() == 5
    found: list[Case] = []
    while (case := next_incomplete(by, [str(one.code) for one in found])) is not None:
        found.append(case)
    assert found == [own, of_vera, new, old, closed]
