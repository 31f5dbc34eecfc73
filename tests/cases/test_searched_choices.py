"""Choices of many rows: what a region uses most is offered first, and what no list has stays to be
corrected."""

from __future__ import annotations

import re

import pytest

from cases.models import Person
from tests.actors import access
from tests.cases.call_forms import logged
from tests.cases.pages import coordinator, errors_of, operator, person_facts, signed_in
from tests.makers import new_case, new_person

pytestmark = pytest.mark.django_db


def field(page: str, name: str) -> str:
    return re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)[0]


def test_what_a_region_uses_most_is_offered_first_and_nothing_of_another_region_s():
    vera, sara = coordinator("V"), coordinator("SY", "Sara")
    new_case(new_person(citizenship="MD"), by=access(sara), region="SY")
    case, *_others = (new_case(new_person(citizenship=word), by=access(vera)) for word in ("RO", "TH", "RO"))
    page = signed_in(vera).get("/cases/new/").content.decode()
    assert 'data-first="RO TH"' in field(page, "citizenship")
    assert 'data-first="14"' in field(page, "county")
    assert "data-combobox" in field(page, "agency")
    named = signed_in(vera).get(f"/cases/several/persons/?case={case.code}")
    words = named.content.decode().partition('<datalist id="words-citizenship">')[2]
    assert re.findall(r'value="(.*?)"', words)[:2] == ["Rumänien", "Thailand"]


def test_the_counties_that_call_most_often_come_first_in_the_form_of_a_call():
    olle = operator()
    for county in ("12", "14", "14"):
        logged(access(olle), caller_county_id=county)
    page = signed_in(olle).get("/calls/new/").content.decode()
    assert re.findall(r'data-code="(\d+)"', page)[:3] == ["14", "12", "10"]  # then by name


def test_what_was_typed_and_is_in_no_list_stays_in_the_field_and_is_named():
    client = signed_in(coordinator())
    answer = client.post("/cases/new/", {"opened_on": "2018-05-03", **person_facts(citizenship="<Atlantis>")})
    assert errors_of(answer)["citizenship"] == [
        "”<Atlantis>” finns inte i listan. Välj ett namn som står där."
    ]
    kept = field(answer.content.decode(), "citizenship")
    assert re.search(r'<option value="&lt;Atlantis&gt;"\s+selected\s+data-typed', kept)
    assert Person.objects.count() == 0
